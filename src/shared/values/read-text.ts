import { asDeclared, fits } from './as-declared.js';
import { kindOf } from './kind.js';
import { isPlain, type Shape, textOf } from './shape.js';

/** How a literal says that an empty text is to be sent, and not nothing. */
const emptyText = '""';

/** An alarm input as people and lists write it: "1", "DI 1". Group 1 is its pin. */
export const inputPin = /^(?:DI ?)?([1-9]\d{0,8})$/i;

/** The text is to be JSON, and is none. */
export class NoJsonError extends Error {
  constructor() {
    super('is not JSON');
  }
}

/**
 * Reads text (a literal of a form, an environment variable) as the declaration of its parameter says. A list of plain
 * values is JSON or its items separated by commas. Empty text is `undefined`: not sent. Text that does not fit goes
 * through as it is, for the driver to refuse.
 *
 * @throws NoJsonError
 */
export function readText(schema: Shape, text: string): unknown {
  return text === '' ? undefined : asDeclared(schema, parse(schema, text));
}

/** Text that {@link readText} reads as that value again, as a person would write it. */
export function writeText(schema: Shape, value: unknown): string {
  const kind = kindOf(schema);
  if (kind === 'json') return textOf(value);
  if (value === '') return emptyText;
  if (kind !== 'list' || !Array.isArray(value)) return textOf(value);
  const items = value.map((item) => textOf(item));
  // With commas of their own they would be more items than they are.
  const isSimple = items.length > 0 && items.every((item) => /^[^\s,["]([^,]*[^\s,])?$/.test(item));
  return isSimple ? items.join(', ') : JSON.stringify(value);
}

/** @throws NoJsonError */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NoJsonError();
  }
}

/** Whether text that is written into a form is what the declaration asks for. Nothing at all is no text. */
export function textFits(schema: Shape, text: string): boolean {
  try {
    return fits(schema, readText(schema, text));
  } catch {
    return false;
  }
}

function parse(schema: Shape, text: string): unknown {
  const { type, enum: options, anyOf, items } = schema;
  if (options) return text;
  if ('const' in schema) return String(schema.const) === text ? schema.const : text;
  if (anyOf) return parseUnion(anyOf, text);
  switch (type) {
    case 'string':
      return text === emptyText ? '' : text;
    case 'integer':
    case 'number':
    case 'boolean':
      return text;
    case 'array':
      return items && isPlain(items) && !text.trimStart().startsWith('[')
        ? text.split(',').map((item) => readText(items, item.trim()))
        : readJson(text);
    default:
      return readJson(text);
  }
}

/**
 * As the first alternative that fits it, rather one that it is written as (`true`, not 1, of both); where none does, as
 * the last that can be read at all.
 */
function parseUnion(alternatives: readonly Shape[], text: string): unknown {
  let failure: unknown;
  const readable: { readonly value: unknown; readonly fits: boolean }[] = [];
  for (const schema of alternatives) {
    try {
      const value = readText(schema, text);
      readable.push({ value, fits: fits(schema, value) });
    } catch (error) {
      failure = error;
    }
  }
  const fitting = readable.filter((each) => each.fits);
  const chosen = fitting.find(({ value }) => String(value) === text) ?? fitting[0] ?? readable.at(-1);
  if (chosen) return chosen.value;
  throw failure;
}
