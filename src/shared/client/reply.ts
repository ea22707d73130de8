import type { TSchema } from 'typebox';
import { InvalidReplyError, NvrRefusedError, type NvrError } from '../errors.js';
import type { Operation } from '../sdk/declaration.js';
import { decode, type Drift } from './decode.js';

/** A reply, read as a whole. */
export interface WholeReply {
  /** HTTP status. */
  readonly status: number;
  readonly body: Buffer;
}

/** What a reply means. */
export type Verdict =
  | { readonly is: 'value'; readonly value: unknown; readonly drift: readonly Drift[] }
  /** The session is gone; `certain` where the NVR surely did not carry out the request. */
  | { readonly is: 'session-lost'; readonly certain: boolean }
  | { readonly is: 'error'; readonly error: NvrError };

/** The NVR's way to say that it failed. */
interface Refusal {
  readonly description: string;
}

/** Judges a reply by its envelope and first bytes; Content-Type is not trusted. */
export function judgeReply(operation: Operation, reply: WholeReply): Verdict {
  const { status, body } = reply;
  if (status === 401 || status === 403 || (status >= 300 && status < 400)) return { is: 'session-lost', certain: true };
  const { reply: due } = operation;

  if ((due.as === 'bytes' || due.as === 'stream') && hasMagic(body, due.magic)) {
    return { is: 'value', value: body, drift: [] };
  }
  const text = body.toString('utf8').trim();
  if (text.startsWith('<')) {
    return status >= 400 ? invalid(operation, `HTTP status ${status}`) : { is: 'session-lost', certain: false };
  }

  const document = parseJson(text);
  const refusal = refusalOf(document);
  if (refusal) {
    return aboutLogin(refusal)
      ? { is: 'session-lost', certain: true }
      : { is: 'error', error: new NvrRefusedError(operation.id, refusal.description) };
  }
  if (status >= 400) return invalid(operation, `HTTP status ${status}`);
  if (document === undefined) return invalid(operation, text === '' ? 'an empty reply' : 'no JSON');
  if (due.as === 'bytes' || due.as === 'stream') return invalid(operation, `JSON where ${due.mediaType} is due`);
  if (due.as === 'status') return judgeStatus(operation, document);
  return judgeDocument(operation, due.schema, due.as === 'result' ? field(document, 'Result') : document);
}

/** Whether bytes start with a signature given in hexadecimal. */
export function hasMagic(bytes: Buffer, magic: string): boolean {
  return bytes.subarray(0, magic.length / 2).toString('hex') === magic;
}

function judgeStatus(operation: Operation, document: unknown): Verdict {
  const word = resultWord(field(document, 'Result'));
  if (word !== 'ok' && word !== 'success') return invalid(operation, 'neither OK nor Error');
  return { is: 'value', value: { ...(document as object), Result: 'OK' }, drift: [] };
}

function judgeDocument(operation: Operation, schema: TSchema, document: unknown): Verdict {
  const decoded = decode(schema, document);
  return decoded ? { is: 'value', ...decoded } : invalid(operation, 'JSON of another shape than the document says');
}

function refusalOf(document: unknown): Refusal | undefined {
  const word = resultWord(field(document, 'Result'));
  if (word !== 'error' && word !== 'fail') return undefined;
  const description = field(document, 'Description');
  return { description: typeof description === 'string' ? description : '' };
}

function resultWord(result: unknown): string | undefined {
  return typeof result === 'string'
    ? result
        .trim()
        .replace(/^["'“”]|["'“”]$/g, '')
        .toLowerCase()
    : undefined;
}

function aboutLogin({ description }: Refusal): boolean {
  return /\b(not logged in|log ?in (first|required)|please log ?in|need(s)? (to )?log ?in|session|unauthori[sz]ed|not authenticated)\b/i.test(
    description,
  );
}

function field(document: unknown, name: string): unknown {
  return typeof document === 'object' && document !== null ? (document as Record<string, unknown>)[name] : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function invalid(operation: Operation, found: string): Verdict {
  return { is: 'error', error: new InvalidReplyError(`${operation.id} (SDK ${operation.section}): got ${found}`) };
}
