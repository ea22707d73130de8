import JSON5 from 'json5';
import { limits } from '../limits.js';
import { checkDepth, checkJsonBudget } from '../json-budget.js';

const SMART_QUOTES = '“”';

/**
 * Reads JSON as firmware writes it: besides strict JSON, a byte order mark, NULs, trailing commas, single-quoted and
 * “smart-quoted” strings and unquoted names pass (the document prints such in 7.9, 10.1, 10.19).
 * `undefined` where nothing can be made of it: plain text, or a document that is cut short.
 *
 * @throws `REPLY_TOO_LARGE` before anything is built of what exceeds the limits of a document
 */
export function parseJson(padded: string): unknown {
  const text = withoutPadding(padded);
  if (!mayBeJson(text)) return undefined;
  const strict = parseStrictly(text);
  if (strict !== undefined || text.length > limits.json.tolerant) return strict;
  const [document, ...others] = splitDocuments(text);
  return document !== undefined && others.length === 0
    ? (parseStrictly(document) ?? parseTolerantly(document))
    : undefined;
}

/** Whether a text is not read as JSON only because it is no strict one, and long. */
export function isBeyondTolerance(padded: string): boolean {
  return padded.length > limits.json.tolerant && isStructure(withoutPadding(padded));
}

/**
 * Like {@link parseJson}, but the text may hold several objects or lists on end, or one a line: those up to a broken one.
 *
 * @param exceeds is told where one is passed over that a limit keeps from being read
 * @throws `REPLY_TOO_LARGE` likewise
 */
export function parseDocuments(padded: string, exceeds: () => void = () => undefined): readonly unknown[] {
  const text = withoutPadding(padded);
  if (!mayBeJson(text)) return [];
  const strict = parseStrictly(text);
  if (strict !== undefined) return [strict];
  if (text.length > limits.socket.message) return [];
  const documents: unknown[] = [];
  let patience: number = limits.json.tolerant;
  for (const part of splitDocuments(text)) {
    const document = parseStrictly(part) ?? ((patience -= part.length) >= 0 ? parseTolerantly(part) : undefined);
    // Past a broken one, nothing tells where the next begins; and failing a million times would take seconds.
    if (document === undefined) {
      if (patience < 0) exceeds();
      break;
    }
    documents.push(document);
  }
  return documents;
}

/** NULs are no JSON, wherever they are; a byte order mark counts as white space. */
function withoutPadding(text: string): string {
  if (!text.includes('\0')) return text.trim();
  // In bytes, one by one: a replacement, or a search, of millions of single characters would take a second.
  const bytes = Buffer.from(text);
  for (let index = 0; index < bytes.length; index++) if (bytes[index] === 0) bytes[index] = 0x20;
  return bytes.toString().trim();
}

/** By its first sign, so that a long text of something else costs nothing. */
function mayBeJson(text: string): boolean {
  return /^[[{"'“”,\-\w]/.test(text);
}

function parseStrictly(text: string): unknown {
  // What begins otherwise is a text or a number at most.
  if (isStructure(text)) checkJsonBudget(text);
  return tryParse(JSON.parse, text);
}

/** Bare words and numbers are text: JSON5 would take `Infinity` and `0x10` for numbers. */
function parseTolerantly(text: string): unknown {
  const document = isStructure(text) ? tryParse(JSON5.parse, text) : undefined;
  checkDepth(document);
  return document;
}

function isStructure(text: string): boolean {
  return /^[[{]/.test(text);
}

function tryParse(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** Signs that begin or end something. */
const STRUCTURE = `"'${SMART_QUOTES}[]{}`;

/** The objects and lists that follow each other in a text, and what is left after them; smart quotes are made plain. */
function splitDocuments(text: string): string[] {
  const documents: string[] = [];
  let document = '';
  let copied = 0;
  let depth = 0;
  /** The signs that end the string we are in. */
  let closing: string | undefined;

  const copyTo = (end: number) => {
    document += text.slice(copied, end);
    copied = end;
  };
  const replaceQuote = (index: number) => {
    copyTo(index);
    document += '"';
    copied += 1;
  };
  const finish = () => {
    const trimmed = document.replace(/^[\s,]+/, '');
    if (trimmed !== '') documents.push(trimmed.trimEnd());
    document = '';
  };

  // More than a message may have entries are not worth the time.
  for (let index = 0; index < text.length && documents.length <= limits.hook.entries; index++) {
    const sign = text.charAt(index);
    if (sign === '\\') index += 1;
    if (!STRUCTURE.includes(sign)) continue;
    if (closing !== undefined) {
      if (closing === SMART_QUOTES && sign === '"') {
        copyTo(index);
        document += '\\';
      }
      if (!closing.includes(sign)) continue;
      if (closing === SMART_QUOTES) replaceQuote(index);
      closing = undefined;
    } else if (SMART_QUOTES.includes(sign)) {
      replaceQuote(index);
      closing = SMART_QUOTES;
    } else if (sign === '"' || sign === "'") {
      closing = sign;
    } else if (sign === '{' || sign === '[') {
      depth += 1;
    } else if (sign === '}' || sign === ']') {
      depth -= 1;
      if (depth > 0) continue;
      depth = 0;
      copyTo(index + 1);
      finish();
    }
  }
  if (documents.length <= limits.hook.entries) {
    copyTo(text.length);
    finish();
  }
  return documents;
}
