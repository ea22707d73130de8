import type { TObject, TSchema } from 'typebox';
import {
  bridgeOptions,
  brokerOptions,
  commandOptions,
  nvrOptions,
  queueOptions,
  snapshotOptions,
} from '../../src/mqtt/config/options.js';

/** What is known of an option beyond its type. */
type Option = TSchema & { readonly description?: string; readonly default?: unknown; readonly otherwise?: string };

const SETTINGS = /<!-- settings: made by `npm run docs` -->\n(?:\n\|[^]*?\|\n(?=\n))?/;

/** The page of the bridge with its table of settings as they are now. @throws where it has no place for it */
export function mqttPage(page: string): string {
  if (!SETTINGS.test(page)) throw new Error('docs/mqtt.md lacks the mark of the settings');
  return page.replace(SETTINGS, () => `<!-- settings: made by \`npm run docs\` -->\n\n${settingsTable()}\n`);
}

/** What `$schema` of a configuration file may name, so that an editor helps. */
export function bridgeSchema(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'MQTT bridge of homebridge-everfocus-nvr',
    ...closed(bridgeOptions),
  };
}

/** Our own words for messages are not JSON Schema's; what is not declared is a fault, but for the schema's own address. */
function closed(option: TSchema): object {
  const schema = JSON.parse(JSON.stringify(option)) as Record<string, unknown>;
  delete schema['write'];
  delete schema['otherwise'];
  const { properties, items } = option as { properties?: Record<string, TSchema>; items?: TSchema };
  if (properties) {
    const all = Object.entries(properties).map(([name, field]) => [name, closed(field)]);
    schema['properties'] = {
      ...Object.fromEntries(all),
      ...(option === bridgeOptions && { $schema: { type: 'string' } }),
    };
    schema['additionalProperties'] = false;
  }
  if (items) schema['items'] = closed(items);
  return schema;
}

function settingsTable(): string {
  const heads = ['Setting', 'Meaning', 'If left out'];
  return [
    row(heads),
    row(heads.map(() => '---')),
    ...rows(bridgeOptions, '', ['broker', 'nvrs', 'queue']),
    ...rows(brokerOptions, 'broker.', []),
    ...rows(nvrOptions, 'nvrs[].', ['snapshots', 'commands']),
    ...rows(snapshotOptions, 'nvrs[].snapshots.', []),
    ...rows(commandOptions, 'nvrs[].commands.', []),
    ...rows(queueOptions, 'queue.', []),
  ].join('\n');
}

function rows(schema: TObject, prefix: string, groups: readonly string[]): string[] {
  return Object.entries(schema.properties as Record<string, Option>)
    .filter(([name]) => !groups.includes(name))
    .map(([name, option]) => {
      const required = (schema.required ?? []).includes(name);
      const fallback = required ? 'required' : (option.otherwise ?? inWords(option.default));
      return row([`\`${prefix}${name}\``, option.description ?? '', fallback]);
    });
}

function inWords(value: unknown): string {
  return value === undefined ? '' : `\`${JSON.stringify(value)}\``;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
