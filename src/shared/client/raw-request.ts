import { InvalidParameterError } from '../errors.js';
import type { Call } from './caller.js';
import { hasMagic, type Verdict, type WholeReply } from './reply.js';
import { queryString } from './request.js';

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
  if (typeof path !== 'string' || !/^\/(?!\/)[^\s?#\\]*$/.test(path)) {
    throw new InvalidParameterError('path', 'must start with one / and hold neither query, fragment nor spaces');
  }
  if (typeof query !== 'object' || query === null || Array.isArray(query)) {
    throw new InvalidParameterError('query', 'must be an object of names and values');
  }
  return {
    name: `${method} ${path}`,
    wire: {
      method,
      path: path + queryString(Object.entries(query)),
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    },
    // Nothing is known of it, and GETs of this API may change things: it is never repeated.
    effect: 'write',
    judge: judgeRaw,
  };
}

/** JSON where it is JSON, else text; pictures and clips as bytes. The NVR's `Result` is left to the caller. */
function judgeRaw({ status, body }: WholeReply): Verdict {
  if (status === 401 || status === 403 || (status >= 300 && status < 400)) return { is: 'session-lost', certain: true };
  const value = hasMagic(body, 'ffd8') || hasMagic(body, '52494646') ? body : parse(body.toString('utf8'));
  return { is: 'value', value, drift: [] };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
