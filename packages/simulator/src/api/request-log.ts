import { channel } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { Newest } from '../newest.js';

/**
 * Hears of each operation that is carried out, socket that opens and stream that is asked for, by its id: a test run learns
 * from it what its tests really called.
 */
export const carriedOut = channel('everfocus-simulator:carried-out');

/** One request as it came in. */
export interface LoggedRequest {
  /** ms since 1970-01-01 UTC */
  readonly time: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** As sent; empty for a GET without one. */
  readonly body: string;
  /** A WebSocket's upgrade. */
  readonly upgrade: boolean;
}

/** A request that contradicts the SDK document, or that the NVR cannot do. */
export interface RefusedRequest {
  readonly request: LoggedRequest;
  readonly why: string;
}

/** Of each list only so many are kept, so that a simulator may run for weeks. */
const KEPT = 1000;

/** What was asked, and what of it was wrong. A missing session and a wrong password are not wrong requests. */
export class RequestLog {
  readonly #requests = new Newest<LoggedRequest>(KEPT, textOf);
  readonly #refused = new Newest<RefusedRequest>(KEPT, ({ request, why }) => textOf(request) + why.length);

  get requests(): readonly LoggedRequest[] {
    return this.#requests.all;
  }

  get refused(): readonly RefusedRequest[] {
    return this.#refused.all;
  }

  received(request: LoggedRequest): void {
    this.#requests.add(request);
  }

  refuse(request: LoggedRequest, why: string): void {
    this.#refused.add({ request, why });
  }
}

function textOf({ path, query, body }: LoggedRequest): number {
  return path.length + query.length + body.length;
}

/** What was asked for; the root for a URL that is none. */
export function urlOf(request: IncomingMessage): URL {
  return URL.parse(request.url ?? '/', 'http://nvr') ?? new URL('http://nvr/');
}

export function logEntry(request: IncomingMessage, url: URL, body: string, time: number): LoggedRequest {
  const { pathname: path, search: query } = url;
  return { time, method: request.method ?? 'GET', path, query, body, upgrade: request.headers.upgrade !== undefined };
}
