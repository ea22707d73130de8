import { InvalidParameterError } from '../errors.js';
import { passwordsIn } from './passwords.js';
import type { Call } from './call.js';
import { parseJson } from './parse-json.js';
import { hasMagic, judgeFault, type Verdict, type WholeReply } from './reply.js';
import { queryString, toJson } from './request.js';

/** A request by path, for what no operation covers. */
export interface RawRequest {
  readonly method: 'GET' | 'POST';
  /** Absolute path without query, such as `/device/cameraList`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

const methods: ReadonlySet<string> = new Set(['GET', 'POST']);

/** @throws {@link InvalidParameterError} */
export function rawCall({ method, path, query = {}, body }: RawRequest): Call {
  if (!methods.has(method)) throw new InvalidParameterError('method', 'must be GET or POST');
  if (typeof path !== 'string' || !/^\/(?!\/)(?:(?![?#\\])[!-~])*$/.test(path)) {
    throw new InvalidParameterError(
      'path',
      'must start with one /, be of ASCII, and hold neither query, fragment nor spaces',
    );
  }
  if (typeof query !== 'object' || query === null || Array.isArray(query)) {
    throw new InvalidParameterError('query', 'must be an object of names and values');
  }
  return {
    name: `${method} ${path}`,
    wire: {
      method,
      path: path + queryString(Object.entries(query)),
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: toJson('body', body) }),
    },
    // Nothing is known of it, and GETs of this API may change things: repeated only where it was surely refused.
    effect: 'write',
    secrets: () => passwordsIn([query, body]),
    roomFor: (status, head) => (status < 300 && isMedia(head) ? 'reply.file' : 'reply.list'),
    judge: judgeRaw,
  };
}

/** A JPEG, or AVI. */
function isMedia(head: Buffer): boolean {
  return hasMagic(head, 'ffd8') || hasMagic(head, '52494646');
}

/** JSON where it is JSON, else text; pictures and clips as bytes. */
function judgeRaw({ status, body }: WholeReply): Verdict {
  if (isMedia(body)) return { is: 'value', value: body, drift: [] };
  const text = body.toString('utf8').trim();
  const document = text.startsWith('<') ? undefined : parseJson(text);
  const value = document === undefined ? text : document;
  return judgeFault(status, text, document) ?? { is: 'value', value, drift: [] };
}
