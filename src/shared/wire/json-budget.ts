import { ReplyTooLargeError } from '../errors.js';
import { type LimitName, limits } from '../limits.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPENING_LIST = 0x5b;
const CLOSING_LIST = 0x5d;
const OPENING_OBJECT = 0x7b;
const CLOSING_OBJECT = 0x7d;

/**
 * Counts what a JSON text would become, in one pass and without building anything of it: a text of 4 MB may be two million
 * lists, which take half a gigabyte. Of a text that is no JSON it counts something, and no harm is done.
 *
 * @throws {@link ReplyTooLargeError} with the name of the limit
 */
export function checkJsonBudget(text: string): void {
  const { json } = limits;
  let depth = 0;
  let values = 1;
  /** Of the objects that we are in, from the outermost on. */
  const names = new Uint32Array(json.depth + 2);
  /** Where the text within quotes begins that ended last, and its length. */
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    switch (text.charCodeAt(index)) {
      case QUOTE: {
        const end = endOfText(text, index + 1);
        length = end - index - 1;
        // A document may be a text as a whole, which holds the document.
        if (length > json.text && depth > 0) throw beyond('json.text');
        index = end;
        break;
      }
      case COLON:
        if (length > json.name) throw beyond('json.name');
        names[depth] = (names[depth] ?? 0) + 1;
        if (Number(names[depth]) > json.names) throw beyond('json.names');
        break;
      case OPENING_LIST:
      case OPENING_OBJECT:
        if (++depth > json.depth) throw beyond('json.depth');
        if (++values > json.values) throw beyond('json.values');
        names[depth] = 0;
        break;
      case CLOSING_LIST:
      case CLOSING_OBJECT:
        if (depth > 0) depth -= 1;
        break;
      case COMMA:
        if (++values > json.values) throw beyond('json.values');
        break;
    }
  }
}

/** Where the quote stands that ends a text, or the end of all. */
function endOfText(text: string, start: number): number {
  for (let index = start; index < text.length; index++) {
    const sign = text.charCodeAt(index);
    if (sign === QUOTE) return index;
    if (sign === BACKSLASH) index += 1;
  }
  return text.length;
}

/** The same for a document that was read already, since what is no strict JSON cannot be counted beforehand. */
export function checkDepth(document: unknown): void {
  let level = [document].filter(isNested);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > limits.json.depth) throw beyond('json.depth');
    level = level.flatMap((value) => Object.values(value).filter(isNested));
  }
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const words: Partial<Record<LimitName, string>> = {
  'json.depth': `lists and objects nested more than ${limits.json.depth} deep`,
  'json.values': `more than ${limits.json.values} values`,
  'json.text': `a text of more than ${limits.json.text} characters`,
  'json.names': `an object of more than ${limits.json.names} names`,
  'json.name': `a name of more than ${limits.json.name} characters`,
};

function beyond(limit: LimitName): ReplyTooLargeError {
  return new ReplyTooLargeError(`JSON with ${words[limit]}`, limit);
}
