import type { TObject, TSchema } from 'typebox';
import {
  cameraOptions,
  inputOptions,
  nvrOptions,
  type OptionHints,
  outputOptions,
  platformOptions,
} from '../../src/homebridge/config/options.js';
import { mqttOptions } from '../../src/homebridge/config/mqtt-options.js';
import { PLATFORM_NAME } from '../../src/homebridge/settings.js';

/** What is known of an option beyond its type. */
type Option = TSchema &
  OptionHints & {
    readonly type?: string;
    readonly title?: string;
    readonly description?: string;
    readonly default?: unknown;
    readonly items?: TSchema;
  };

/** Keywords of JSON Schema that the form of Homebridge's settings page understands. */
const KEYWORDS = ['title', 'description', 'default', 'minimum', 'maximum', 'enum', 'placeholder', 'examples'] as const;

/** The settings page of the plugin: what `config.schema.json` holds. */
export function settingsForm(): object {
  return {
    pluginAlias: PLATFORM_NAME,
    pluginType: 'platform',
    singular: true,
    customUi: true,
    headerDisplay: 'Shows the cameras and alarm outputs of EverFocus network video recorders in Apple Home.',
    footerDisplay: 'Changes take effect when Homebridge restarts.',
    schema: formSchema(platformOptions),
    layout: [nvrTabs(), mqttSection(), section('Advanced', ['name', 'ffmpeg'])],
  };
}

/** Whether a tab's NVR is talked to by HTTPS; run by the page. */
const USES_HTTPS =
  'const nvr = (model.nvrs || [])[arrayIndices[0]] || {}; return nvr.https === true || /^\\s*https:/i.test(nvr.host);';

/** The page draws each item of a `tabarray` as a tab of its own, unless they are one. */
function nvrTabs(): object {
  const fingerprint = { key: 'nvrs[].fingerprint', condition: { functionBody: USES_HTTPS } };
  return {
    key: 'nvrs',
    type: 'tabarray',
    title: "{{ value.name || value.host || 'New NVR' }}",
    items: [
      {
        type: 'div',
        items: [
          ...['name', 'host', 'username'].map((name) => `nvrs[].${name}`),
          { key: 'nvrs[].password', type: 'password' },
          section('Connection', ['nvrs[].https', 'nvrs[].port', fingerprint, 'nvrs[].instant']),
          section('Recording', ['nvrs[].recording', 'nvrs[].past']),
          section('Faults', ['nvrs[].faults']),
          section('Alarm outputs', [list('nvrs[].outputs', 'Add an alarm output', outputOptions)]),
          section('Alarm inputs', [list('nvrs[].inputs', 'Add an alarm input', inputOptions)]),
          section('Cameras', [list('nvrs[].cameras', 'Add a camera', cameraOptions)]),
        ],
      },
    ],
  };
}

function mqttSection(): object {
  const fields = keys(mqttOptions, 'mqtt.').map((key) => (key === 'mqtt.password' ? { key, type: 'password' } : key));
  return section('MQTT', fields);
}

function list(key: string, buttonText: string, schema: TObject): object {
  const items = [{ type: 'div', items: keys(schema, `${key}[].`) }];
  return { key, type: 'array', notitle: true, orderable: false, buttonText, items };
}

function section(title: string, items: readonly unknown[]): object {
  return { type: 'fieldset', title, expandable: true, expanded: false, items };
}

function keys({ properties }: TObject, prefix: string): string[] {
  return Object.keys(properties).map((name) => prefix + name);
}

function formSchema(option: Option): object {
  const hints = Object.fromEntries(KEYWORDS.flatMap((word) => (word in option ? [[word, option[word as never]]] : [])));
  if (isObjectOption(option)) {
    const { properties, required } = option;
    return {
      ...hints,
      type: 'object',
      properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, formSchema(field)])),
      ...(required && required.length > 0 && { required }),
    };
  }
  const { description, otherwise } = option;
  // A whole number between two bounds would be a slider.
  const type = option.type === 'integer' ? 'number' : option.type;
  return {
    ...hints,
    ...(description && otherwise && { description: `${description} Empty: ${otherwise}.` }),
    ...(option.selfEvident && { description: undefined }),
    type,
    ...(option.form && { 'x-schema-form': option.form }),
    ...(option.items && { items: formSchema(option.items) }),
  };
}

function isObjectOption(option: TSchema): option is TObject {
  return 'properties' in option;
}

/** The settings as the README shows them. */
export function settingsTable(): string {
  const heads = ['Setting', 'In the form', 'Meaning', 'If left out'];
  return [
    row(heads),
    row(heads.map(() => '---')),
    ...rows(platformOptions, '', ['nvrs']),
    ...rows(mqttOptions, 'mqtt.', []),
    ...rows(nvrOptions, 'nvrs[].', ['outputs', 'inputs', 'cameras']),
    ...rows(outputOptions, 'nvrs[].outputs[].', []),
    ...rows(inputOptions, 'nvrs[].inputs[].', []),
    ...rows(cameraOptions, 'nvrs[].cameras[].', []),
  ].join('\n');
}

function rows(schema: TObject, prefix: string, lists: readonly string[]): string[] {
  return Object.entries(schema.properties as Record<string, Option>).map(([name, option]) => {
    const list = lists.includes(name) ? '[]' : '';
    const fallback = (schema.required ?? []).includes(name)
      ? 'required'
      : (option.otherwise ?? inWords(option.default));
    return row([`\`${prefix}${name}${list}\``, option.title ?? '', option.description ?? '', fallback]);
  });
}

function inWords(value: unknown): string {
  return value === undefined ? '' : `\`${JSON.stringify(value)}\``;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

const BEGIN = '<!-- settings: made by `npm run docs` -->';
const END = '<!-- /settings -->';

/** The README with the table as it is now. @throws where it has no place for it */
export function withSettings(readme: string): string {
  const [before, rest] = split(readme, BEGIN);
  const [, after] = split(rest, END);
  // Columns in line would be as wide as the longest cell, and most of the README blanks.
  return `${before}${BEGIN}\n\n<!-- prettier-ignore -->\n${settingsTable()}\n\n${END}${after}`;
}

function split(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  if (at === -1) throw new Error(`the README lacks the line ${mark}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}
