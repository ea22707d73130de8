import { ReplyTooLargeError } from './errors.js';
import { type LimitName, limits } from './limits.js';

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const STAR = 0x2a;
const COMMA = 0x2c;
const SLASH = 0x2f;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPENING_LIST = 0x5b;
const CLOSING_LIST = 0x5d;
const OPENING_OBJECT = 0x7b;
const CLOSING_OBJECT = 0x7d;

/** How much a text may hold, see {@link limits.json}; what is absent has no limit but the text's own. */
export interface JsonBudget {
  readonly depth: number;
  readonly values: number;
  readonly text?: number;
  readonly names?: number;
  readonly name?: number;
}

/**
 * Counts what a JSON text would become, in one pass and without building anything of it: a text of 4 MB may be two million
 * lists, which take half a gigabyte. Of a text that is no JSON it counts something, and no harm is done.
 *
 * @param json what it may hold
 * @param spelling with JSON5, `'` ends texts as well, and comments are passed over
 * @throws {@link ReplyTooLargeError} with the name of the limit
 */
export function checkJsonBudget(
  text: string,
  json: JsonBudget = limits.json,
  spelling: 'JSON' | 'JSON5' = 'JSON',
): void {
  const beyond = (limit: JsonLimit) => new ReplyTooLargeError(`JSON with ${words[limit](json)}`, limit);
  const isTolerant = spelling === 'JSON5';
  const { text: longest = Infinity, names: most = Infinity, name: longestName = Infinity } = json;
  let depth = 0;
  let values = 1;
  /** Of the objects that we are in, from the outermost on. */
  const names = new Uint32Array(json.depth + 2);
  /** Where the text within quotes begins that ended last, and its length. */
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    const sign = text.charCodeAt(index);
    switch (sign) {
      case APOSTROPHE:
      case QUOTE: {
        if (sign === APOSTROPHE && !isTolerant) break;
        const end = endOfText(text, index + 1, sign);
        length = end - index - 1;
        // A document may be a text as a whole, which holds the document.
        if (length > longest && depth > 0) throw beyond('json.text');
        index = end;
        break;
      }
      case SLASH:
        if (isTolerant) index = endOfComment(text, index);
        break;
      case COLON:
        if (length > longestName) throw beyond('json.name');
        names[depth] = (names[depth] ?? 0) + 1;
        if (Number(names[depth]) > most) throw beyond('json.names');
        length = 0;
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
        // The next name may have no quotes.
        length = 0;
        break;
    }
  }
}

/** Where the quote stands that ends a text, or the end of all. */
function endOfText(text: string, start: number, quote: number): number {
  for (let index = start; index < text.length; index++) {
    const sign = text.charCodeAt(index);
    if (sign === quote) return index;
    if (sign === BACKSLASH) index += 1;
  }
  return text.length;
}

/** Where the last sign of a comment stands that begins there, or the end of all; there, where none begins. */
function endOfComment(text: string, start: number): number {
  const second = text.charCodeAt(start + 1);
  if (second === STAR) {
    const end = text.indexOf('*/', start + 2);
    return end < 0 ? text.length : end + 1;
  }
  if (second !== SLASH) return start;
  for (let index = start + 2; index < text.length; index++) if (endsLine(text.charCodeAt(index))) return index;
  return text.length;
}

/** ECMA-262, 12.3 */
function endsLine(sign: number): boolean {
  return sign === LINE_FEED || sign === 0x0d || sign === 0x2028 || sign === 0x2029;
}

/** The same for a document that was read already, since what is no strict JSON cannot be counted beforehand. */
export function checkDepth(document: unknown): void {
  let level = [document].filter(isNested);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > limits.json.depth) {
      throw new ReplyTooLargeError(`JSON with ${words['json.depth'](limits.json)}`, 'json.depth');
    }
    level = level.flatMap((value) => Object.values(value).filter(isNested));
  }
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

type JsonLimit = LimitName & `json.${keyof JsonBudget}`;

const words: Readonly<Record<JsonLimit, (json: JsonBudget) => string>> = {
  'json.depth': ({ depth }) => `lists and objects nested more than ${depth} deep`,
  'json.values': ({ values }) => `more than ${values} values`,
  'json.text': ({ text = NaN }) => `a text of more than ${text} characters`,
  'json.names': ({ names = NaN }) => `an object of more than ${names} names`,
  'json.name': ({ name = NaN }) => `a name of more than ${name} characters`,
};
