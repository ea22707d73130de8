import { sockets } from '../shared/index.js';
import { closed, EventState } from '../shared/sdk/index.js';
import { type Action, isTried, type Parameter } from './actions/action.js';
import { byMessage, messageParameters } from './actions/choose.js';
import { actionsByType } from './actions/index.js';
import { kinds } from './message-names.js';
import { nvrKinds } from './nodes/nvr-event/wanted.js';
import { exampleText } from './rows/example.js';

/** A parameter as the editor needs it. */
export interface ParameterForm extends Parameter {
  /** As its row would hold it. */
  readonly example?: string | undefined;
}

/** An action as the editor needs it: a JSON document. */
export interface ActionForm extends Omit<Action, 'run' | 'parameters'> {
  readonly parameters: readonly ParameterForm[];
  /** Its form may run it. */
  readonly isTried?: true;
}

/** Everything that the editor builds its forms and help tables from. */
export interface Forms {
  readonly actions: readonly ActionForm[];
  /** Ids of the pickers' entries, by node type. */
  readonly pickers: Readonly<Record<string, readonly string[]>>;
  /** What the picker offers besides: the operation comes with the message. */
  readonly byMessage: { readonly id: string; readonly parameters: readonly ParameterForm[] };
  readonly events: {
    readonly states: readonly string[];
    readonly types: readonly string[];
    /** What messages call the types that every NVR knows, and the changes of a camera's status. */
    readonly kinds: readonly string[];
  };
  /** What an NVR event is of. */
  readonly nvrKinds: readonly string[];
}

/** What stands in the place of a part that is in {@link FormsDocument.parts}. */
export interface PartOf {
  readonly $part: number;
}

/** The forms as they are served: what stands in them more than once (a setting in its operation and in its form) is sent once. */
export interface FormsDocument {
  /** {@link Forms}, in which parts are named. */
  readonly forms: unknown;
  /** In them are other parts, of lower numbers. */
  readonly parts: readonly unknown[];
}

/** JSON of fewer characters is not worth a part. */
const SMALL = 40;

/** @returns a JSON document; the editor puts it together again */
export function formsDocument(): FormsDocument {
  const plain: unknown = JSON.parse(JSON.stringify(forms()));
  const counts = new Map<string, number>();
  const count = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const json = JSON.stringify(value);
    if (json.length <= SMALL) return;
    const before = counts.get(json) ?? 0;
    counts.set(json, before + 1);
    // What is in a part is sent with it.
    if (before === 0) Object.values(value).forEach(count);
  };
  count(plain);
  const parts: unknown[] = [];
  const places = new Map<string, PartOf>();
  const pack = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const json = JSON.stringify(value);
    const known = places.get(json);
    if (known) return known;
    const packed = Array.isArray(value)
      ? value.map(pack)
      : Object.fromEntries(Object.entries(value).map(([name, field]) => [name, pack(field)]));
    if ((counts.get(json) ?? 0) < 2) return packed;
    const place = { $part: parts.push(packed) - 1 };
    places.set(json, place);
    return place;
  };
  return { forms: pack(plain), parts };
}

/** The forms of the whole palette, from the operation declarations. */
export function forms(): Forms {
  const { examples } = sockets.eventHook.message.properties.Type as { examples?: readonly string[] };
  return {
    actions: [...new Set<Action>(Object.values(actionsByType).flat())].map((action) => formOf(action)),
    pickers: Object.fromEntries(
      Object.entries(actionsByType).map(([type, actions]) => [type, actions.map(({ id }) => id)]),
    ),
    byMessage: { id: byMessage, parameters: [messageParameters] },
    events: { states: EventState.enum, types: examples ?? [], kinds: Object.keys(kinds) },
    nvrKinds,
  };
}

function formOf({ run: _run, parameters, ...form }: Action): ActionForm {
  return {
    ...form,
    ...(isTried(form) && { isTried: true }),
    parameters: parameters.map((parameter) => ({
      ...parameter,
      // The editor checks with it, so it is what the driver will check with.
      schema: closed(parameter.schema),
      example: exampleText(parameter.schema),
    })),
  };
}
