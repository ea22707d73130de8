import type { TSchema } from 'typebox';
import { InvalidParameterError } from '../../shared/index.js';

/** What of a JSON schema decides how text is read. */
interface Shape {
  readonly type?: string;
  readonly enum?: readonly unknown[];
}

/**
 * Reads text (a literal of a form, an environment variable) as the declaration of its parameter says.
 * Empty text is `undefined`: not sent. Text that does not fit goes through as it is, for the driver to refuse.
 *
 * @throws InvalidParameterError where JSON is due and the text is none
 */
export function readText(name: string, schema: TSchema, text: string): unknown {
  const { type, enum: options } = schema as Shape;
  if (text === '') return undefined;
  if (options) return options.find((option) => String(option) === text) ?? text;
  switch (type) {
    case 'string':
      return text;
    case 'integer':
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    default:
      return readJson(name, text);
  }
}

function readJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidParameterError(name, 'is not JSON');
  }
}
