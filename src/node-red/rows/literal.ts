import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { InvalidParameterError } from '../../shared/index.js';

/** What of a JSON schema decides how text is read. */
interface Shape {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly TSchema[];
  readonly items?: TSchema;
}

/** Types whose text holds no commas of its own, or rarely enough. */
const plainTypes: readonly unknown[] = ['integer', 'number', 'string', 'boolean'];

/** How a literal says that an empty text is to be sent, and not nothing. */
const emptyText = '""';

/**
 * Reads text (a literal of a form, an environment variable) as the declaration of its parameter says. A list of plain
 * values is JSON or its items separated by commas. Empty text is `undefined`: not sent. Text that does not fit goes
 * through as it is, for the driver to refuse.
 *
 * @throws InvalidParameterError where JSON is due and the text is none
 */
export function readText(name: string, schema: TSchema, text: string): unknown {
  const { type, enum: options, anyOf, items } = schema as Shape;
  if (text === '') return undefined;
  if (options) return options.find((option) => String(option) === text) ?? text;
  if ('const' in schema) return String(schema.const) === text ? schema.const : text;
  if (anyOf) return readUnion(name, anyOf, text);
  switch (type) {
    case 'string':
      return text === emptyText ? '' : text;
    case 'integer':
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'array':
      return items && isPlain(items) && !text.trimStart().startsWith('[')
        ? text.split(',').map((item) => readText(name, items, item.trim()))
        : readJson(name, text);
    default:
      return readJson(name, text);
  }
}

/** As the first alternative that fits it; where none does, as the last that can be read at all. */
function readUnion(name: string, alternatives: readonly TSchema[], text: string): unknown {
  let failure: unknown;
  let readable: { readonly value: unknown } | undefined;
  for (const schema of alternatives) {
    try {
      readable = { value: readText(name, schema, text) };
      if (Value.Check(schema, readable.value)) return readable.value;
    } catch (error) {
      failure = error;
    }
  }
  if (readable) return readable.value;
  throw failure;
}

function isPlain(schema: TSchema): boolean {
  const { type, enum: options } = schema as Shape;
  return options !== undefined || plainTypes.includes(type);
}

function readJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidParameterError(name, 'is not JSON');
  }
}
