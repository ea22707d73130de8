import JSON5 from 'json5';

/** Characters; a longer text must be strict JSON, since the tolerant parser is slow. */
const TOLERANT_LIMIT = 1024 * 1024;
const SMART_QUOTES = '“”';

/**
 * Reads JSON as firmware writes it: besides strict JSON, a byte order mark, NULs, trailing commas, single-quoted and
 * “smart-quoted” strings and unquoted names pass (the document prints such in 7.9, 10.1, 10.19).
 * `undefined` where nothing can be made of it: plain text, or a document that is cut short.
 */
export function parseJson(padded: string): unknown {
  const text = withoutPadding(padded);
  const strict = tryParse(JSON.parse, text);
  if (strict !== undefined || text.length > TOLERANT_LIMIT) return strict;
  const [document, ...others] = splitDocuments(text);
  return document !== undefined && others.length === 0 ? parseTolerantly(document) : undefined;
}

/** Like {@link parseJson}, but the text may hold several objects or lists on end, or one a line: those up to a broken one. */
export function parseDocuments(padded: string): readonly unknown[] {
  const text = withoutPadding(padded);
  const strict = tryParse(JSON.parse, text);
  if (strict !== undefined) return [strict];
  if (text.length > TOLERANT_LIMIT) return [];
  const documents: unknown[] = [];
  for (const part of splitDocuments(text)) {
    const document = parseTolerantly(part);
    // Past a broken one, nothing tells where the next begins; and failing a million times would take seconds.
    if (document === undefined) break;
    documents.push(document);
  }
  return documents;
}

/** NULs are no JSON, wherever they are; a byte order mark counts as white space. */
function withoutPadding(text: string): string {
  return text.replaceAll('\0', ' ').trim();
}

function parseTolerantly(text: string): unknown {
  const strict = tryParse(JSON.parse, text);
  // Bare words and numbers are text: JSON5 would take `Infinity` and `0x10` for numbers.
  return strict === undefined && /^[[{]/.test(text) ? tryParse(JSON5.parse, text) : strict;
}

function tryParse(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

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

  // One sign a match, so that the time is linear whatever comes.
  for (const { 0: sign, index } of text.matchAll(/\\.|["'“”[\]{}]/gs)) {
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
  copyTo(text.length);
  finish();
  return documents;
}
