import type { Shape } from '../../shared/values/index.js';

/**
 * An example of a parameter as a row would hold it; `undefined` where the declaration gives none. What is structured
 * always has one, to start from, not to be sent as it is: every field of which something can be said. A password that
 * nobody typed, for one, is not among them.
 */
export function exampleText(schema: Shape): string | undefined {
  const { type, examples = [] } = schema;
  const structured = type === 'object' || type === 'array';
  const value = examples[0] ?? (structured ? exampleOf(schema) : undefined);
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item !== 'object'))
    return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function exampleOf(schema: Shape): unknown {
  const { type, examples = [], default: preset, enum: options = [], anyOf, items, properties = {} } = schema;
  const given = examples[0] ?? preset ?? options[0] ?? ('const' in schema ? schema.const : undefined);
  if (given !== undefined) return given;
  if (anyOf?.[0]) return exampleOf(anyOf[0]);
  switch (type) {
    case 'array':
      return items ? Array<unknown>(schema.minItems || 1).fill(exampleOf(items)) : [];
    case 'object': {
      const { required = [] } = schema;
      const fields = Object.entries(properties).map(([name, field]) => [name, exampleOf(field)] as const);
      return Object.fromEntries(fields.filter(([name, value]) => required.includes(name) || saysSomething(value)));
    }
    case 'integer':
    case 'number':
      return schema.minimum ?? 0;
    case 'boolean':
      return false;
    case 'string':
      return '';
    default:
      return null;
  }
}

function saysSomething(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some((part) => saysSomething(part));
  return value !== '' && value !== null;
}
