import type { TSchema } from 'typebox';
import { type LimitName, limits } from '../limits.js';
import type { Operation, Reply } from '../sdk/declaration.js';
import { decode, type Drift, looksLike } from './decode.js';
import { isBeyondTolerance, parseJson } from './parse-json.js';

/** A reply, read as a whole. */
export interface WholeReply {
  /** HTTP status. */
  readonly status: number;
  readonly body: Buffer;
}

/** What a reply means. */
export type Verdict =
  | { readonly is: 'value'; readonly value: unknown; readonly drift: readonly Drift[] }
  /** The NVR says, in so many words, that there is no session or right for this: it did not carry out the request. */
  | { readonly is: 'no-session'; readonly words: string }
  /** A web page came where data was due: probably there is no session, but what the request did is not known. */
  | { readonly is: 'web-page' }
  /** The NVR answered `Result: "Error"`, or HTTP 4xx. */
  | { readonly is: 'refused'; readonly words: string }
  /** The NVR cannot answer now (HTTP 5xx, 429). */
  | { readonly is: 'unavailable'; readonly words: string }
  /** Nothing can be made of it; where that is for a limit, which one. */
  | { readonly is: 'invalid'; readonly words: string; readonly limit?: LimitName };

/** Which limit a reply has, by what is due, its status and its first bytes. */
export function roomFor(due: Reply, status: number, head: Buffer): LimitName {
  if (status >= 300) return 'reply.outcome';
  switch (due.as) {
    case 'json':
    case 'result':
      return 'items' in due.schema ? 'reply.list' : 'reply.settings';
    case 'bytes':
      return hasMagic(head, due.magic) ? 'reply.picture' : 'reply.outcome';
    case 'file':
      return 'reply.file';
    case 'any':
      return 'reply.list';
    case 'status':
    case 'stream':
      return 'reply.outcome';
  }
}

/** Judges a reply by its envelope and first bytes; Content-Type is not trusted. */
export function judgeReply(operation: Operation, reply: WholeReply): Verdict {
  const { body } = reply;
  const { reply: due } = operation;
  const bytesDue = due.as === 'bytes' || due.as === 'stream';
  if (bytesDue && reply.status < 300 && hasMagic(body, due.magic)) return { is: 'value', value: body, drift: [] };

  // A file so long is no outcome, and nothing else is to be read in it.
  const isLongFile = due.as === 'file' && body.length > limits.reply.outcome;
  const text = body.toString('utf8', 0, isLongFile ? HEAD : undefined).trim();
  const document = isLongFile ? undefined : documentIn(text);
  const fault = judgeFault(reply.status, text, document);
  // A file may be XML.
  if (fault && !(fault.is === 'web-page' && due.as === 'file' && !isHtml(text))) return fault;
  if (due.as === 'file') {
    return text === '' ? { is: 'invalid', words: 'an empty file' } : { is: 'value', value: body, drift: [] };
  }
  if (due.as === 'any') return { is: 'value', value: document === undefined ? text : document, drift: [] };
  if (due.as === 'status' && !operation.anonymous && isBareSuccess(text)) return judgeStatus({ Result: 'OK' });
  if (document === undefined && isBeyondTolerance(text)) {
    return { is: 'invalid', words: 'no strict JSON', limit: 'json.tolerant' };
  }
  if (document === undefined) return { is: 'invalid', words: text === '' ? 'an empty reply' : 'no JSON' };
  if (bytesDue) return { is: 'invalid', words: `JSON where ${due.mediaType} is due` };
  if (due.as === 'status') return judgeStatus(document);
  const payload = payloadOf(document);
  const isBare = due.as === 'result' && payload === document;
  const verdict = judgeDocument(due.schema, isBare && !looksLike(due.schema, payload) ? undefined : payload);
  const failures = verdict.is === 'value' && 'failures' in due ? due.failures(verdict.value as never) : [];
  return failures.length > 0 ? { is: 'refused', words: failures.join('; ') } : verdict;
}

/** The document calls many a reply a "JSON string" (2.2, 3.6): perhaps one that holds the document. */
function documentIn(text: string): unknown {
  const document = text.startsWith('<') ? undefined : parseJson(text);
  if (typeof document !== 'string' || !/^\s*[[{]/.test(document)) return document;
  return parseJson(document) ?? document;
}

/** What any reply may be instead of what is due; `undefined` where it is none of that. */
export function judgeFault(status: number, text: string, document: unknown): Verdict | undefined {
  const words = refusalOf(document);
  if (status === 401 || status === 403 || (status >= 300 && status < 400)) {
    return { is: 'no-session', words: words || `HTTP status ${status}` };
  }
  if (words !== undefined) return { is: aboutLogin(words) ? 'no-session' : 'refused', words };
  if (status >= 500 || status === 429) return { is: 'unavailable', words: `HTTP status ${status}` };
  if (status >= 400) return { is: 'refused', words: `HTTP status ${status}` };
  return text.startsWith('<') ? { is: 'web-page' } : undefined;
}

/** Bytes in which a web page shows that it is one. */
const HEAD = 64 * 1024;

/** Comments may stand before; what has no end is none. */
function isHtml(text: string): boolean {
  const head = text.slice(0, HEAD);
  let start = 0;
  while (head.startsWith('<!--', start)) {
    const end = head.indexOf('-->', start + '<!--'.length);
    if (end < 0) return false;
    start = end + '-->'.length;
    while (/\s/.test(head.charAt(start))) start += 1;
  }
  return /^<(!doctype\s+)?html\b/i.test(head.slice(start, start + 256));
}

/** Whether bytes start with a signature given in hexadecimal. */
export function hasMagic(bytes: Buffer, magic: string): boolean {
  return bytes.subarray(0, magic.length / 2).toString('hex') === magic;
}

/** What is due, in the envelope of 2.17 and 2.21, or bare: a device may use it everywhere or nowhere. */
export function payloadOf(document: unknown): unknown {
  const result = field(document, 'Result');
  return typeof result === 'object' && result !== null ? result : document;
}

/**
 * Nothing, or the bare word, with a status of success: what an HTTP server says by itself of a request that was carried
 * out (RFC 9110, 15.3). No login, where a session hangs on it.
 */
function isBareSuccess(text: string): boolean {
  if (text.length > LONGEST_WORD) return false;
  return /^["']?(ok|success)?["']?$/i.test(text);
}

function judgeStatus(document: unknown): Verdict {
  const word = resultWord(document);
  if (word !== 'ok' && word !== 'success') return { is: 'invalid', words: 'neither OK nor Error' };
  const words = wordsOf(document);
  const described = words === undefined ? {} : { Description: words };
  return { is: 'value', value: { ...(document as object), Result: 'OK', ...described }, drift: [] };
}

function judgeDocument(schema: TSchema, document: unknown): Verdict {
  const decoded = decode(schema, document);
  return decoded
    ? { is: 'value', ...decoded }
    : { is: 'invalid', words: 'JSON of another shape than the document says' };
}

/** The NVR's own words where it failed, empty where it gave none; `undefined` where it did not fail. */
function refusalOf(document: unknown): string | undefined {
  const word = resultWord(document);
  if (word !== 'error' && word !== 'fail') return undefined;
  return wordsOf(document) ?? '';
}

/** `Description`, which may be a bare channel (2.5) or whatever a camera answered (2.18). */
function wordsOf(document: unknown): string | undefined {
  const description = field(document, 'Description');
  if (typeof description === 'string' || description === undefined) return description;
  return description === null ? '' : JSON.stringify(description);
}

/** Characters of the longest text that may be the word of an outcome, with what stands around it. */
const LONGEST_WORD = 64;

/** `Result`, trimmed, unquoted and case-folded. */
function resultWord(document: unknown): string | undefined {
  const result = field(document, 'Result');
  return typeof result === 'string' && result.length <= LONGEST_WORD
    ? result
        .trim()
        .replace(/^["'“”]|["'“”]$/g, '')
        .toLowerCase()
    : undefined;
}

/**
 * Devices word it in many ways. A wrong guess costs one login: after that the same words count as a refusal.
 * A bare "session" is no evidence: playback has sessions of its own.
 */
function aboutLogin(words: string): boolean {
  return /log[ -]?(ged|in|on)|authenticat|authori[sz]|session[ _-]?(id )?(has |is )?(expired|invalid|lost|time)/i.test(
    words.slice(0, limits.text.words),
  );
}

/** A member of an object, whatever the case of its name. */
function field(document: unknown, name: string): unknown {
  if (typeof document !== 'object' || document === null) return undefined;
  if (Object.hasOwn(document, name)) return (document as Record<string, unknown>)[name];
  for (const key in document) {
    if (key.length === name.length && key.toLowerCase() === name.toLowerCase()) {
      return (document as Record<string, unknown>)[key];
    }
  }
  return undefined;
}
