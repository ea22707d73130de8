import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Visitor } from '../handlers/handler.js';

const COOKIE = 'xnvr.sid';

/** Who sent the request, and the cookie to answer with. */
export interface RequestVisitor extends Visitor {
  /** `Set-Cookie` of the reply, where the visitor was given a new id. */
  readonly setCookie: string | undefined;
}

/** @param implicit fault `implicitSession`: no cookies, the address is the id */
export function visitorOf(request: IncomingMessage, implicit: boolean): RequestVisitor {
  const address = request.socket.remoteAddress ?? '';
  let id = implicit ? address : cookieOf(request.headers.cookie);
  let setCookie: string | undefined;
  return {
    get id() {
      return id;
    },
    get setCookie() {
      return setCookie;
    },
    renew() {
      id = implicit ? address : randomBytes(16).toString('hex');
      if (!implicit) setCookie = `${COOKIE}=${id}; Path=/; HttpOnly`;
      return id;
    },
  };
}

function cookieOf(header = ''): string | undefined {
  const pairs = header.split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === COOKIE)?.[1];
}
