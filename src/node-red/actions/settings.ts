import type { TSchema } from 'typebox';
import {
  InvalidParameterError,
  type Nvr,
  patchSettings,
  readSettings,
  restoreSettings,
  type SettingsPair,
  settingsPairs,
} from '../../shared/index.js';
import type { Shape } from '../../shared/values/index.js';
import type { Action, Parameter } from './action.js';
import { byRow, fieldsOf, patchOf } from './settings-fields.js';

type Fields = Readonly<Record<string, unknown>>;

/** What most people mean. */
const usual: Readonly<Record<string, unknown>> = { GroupID: 'Record' };

/** Changes beyond the rows, as a message may bring them. */
const patch: Parameter = {
  name: 'patch',
  schema: {
    type: 'object',
    title: 'Changes',
    description: 'In place of the rows: an object of the shape that is read, with the fields that change.',
  },
  required: false,
};

const saved: Parameter = {
  name: 'saved',
  schema: {
    title: 'Saved settings',
    description: 'What was read of the same settings before.',
    fromMessage: 'payload',
  },
  required: true,
};

/** Each kind of settings of the NVR three times: read, change, restore. */
export const settingsActions: readonly Action[] = settingsPairs.flatMap((pair) => [
  readAction(pair),
  changeAction(pair),
  restoreAction(pair),
]);

function readAction(pair: SettingsPair): Action {
  const { read, name } = pair;
  return {
    ...aboutOf(pair, 'read'),
    ...{ id: `${name}.read`, section: read.section, effect: 'read', needsConfirmation: false },
    description: read.description,
    parameters: namesOf(pair),
    run: (client, params, signal) => readSettings(client, pair, params, { signal }),
  };
}

function changeAction(pair: SettingsPair): Action {
  const { write, guarded, name } = pair;
  const rows = fieldsOf(pair);
  return {
    ...aboutOf(pair, 'change'),
    ...{ id: `${name}.change`, section: write.section, effect: write.effect, needsConfirmation: guarded },
    description: write.settings?.().change ?? write.description,
    parameters: [...namesOf(pair), ...rows.keys, ...rows.fields, patch],
    run: async (client, params, signal) => {
      const { patch: whole, ...others } = params;
      const changes = patchOf(rows, others);
      if (whole !== undefined && changes !== undefined) {
        throw new InvalidParameterError(patch.name, 'there are other rows as well: use either');
      }
      requireKeys(rows.keys, others, whole);
      try {
        return await patchSettings(client, pair, pick(pair, params), whole ?? changes, { signal });
      } catch (error) {
        throw byRow(rows, error);
      }
    },
  };
}

function restoreAction(pair: SettingsPair): Action {
  const { write, guarded, name } = pair;
  return {
    ...aboutOf(pair, 'restore'),
    ...{ id: `${name}.restore`, section: write.section, effect: write.effect, needsConfirmation: guarded },
    description: write.description,
    parameters: [...namesOf(pair), saved],
    run: (client: Nvr, params, signal) =>
      restoreSettings(client, pair, pick(pair, params), params['saved'], { signal }),
  };
}

/** `Set mail settings` → Mail settings */
function subjectOf({ write: { title } }: SettingsPair): string {
  const subject = title.replace(/^(Set|Update) (the )?/, '');
  return subject.charAt(0).toUpperCase() + subject.slice(1);
}

function aboutOf(pair: SettingsPair, verb: NonNullable<Action['verb']>) {
  const { write, words, parameters } = pair;
  const titles = [...parameters, ...fieldsOf(pair).fields].flatMap(({ schema }) => {
    const { title = '', headings = [] } = schema as Shape;
    return [...headings, title];
  });
  return { title: subjectOf(pair), verb, domain: write.domain, keywords: [verb, words, ...new Set(titles)].join(' ') };
}

function namesOf({ parameters }: SettingsPair): Parameter[] {
  return parameters.map(({ name, schema, required }) => ({
    name,
    schema: Object.hasOwn(usual, name) ? { ...schema, default: usual[name] } : schema,
    required,
  }));
}

function pick({ parameters }: SettingsPair, params: Fields): Fields {
  return Object.fromEntries(parameters.flatMap(({ name }) => (name in params ? [[name, params[name]]] : [])));
}

/** Which camera, pin or disk, where the settings are those of all of them. @throws InvalidParameterError */
function requireKeys(keys: readonly Parameter[], params: Fields, patch: unknown): void {
  const given = keys.filter(({ name }) => params[name] !== undefined);
  if (keys.length === 0 || patch !== undefined || given.length === 1) return;
  const [first] = keys.filter(({ schema }) => isApplicable(schema, params));
  throw new InvalidParameterError(first?.name ?? '', given.length === 0 ? 'is required' : 'name one of them only');
}

function isApplicable(schema: TSchema, params: Fields): boolean {
  const { onlyWith = {} } = schema as { onlyWith?: Readonly<Record<string, readonly unknown[]>> };
  return Object.entries(onlyWith).every(([name, values]) => values.includes(params[name]));
}
