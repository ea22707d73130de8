import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Clock } from '../../shared/clock.js';
import type { FaultSettings } from '../faults/fault-table.js';
import { type WireReply, faultyReply } from '../faults/reply-faults.js';
import type { Nvr } from '../nvr/nvr.js';
import { Refusal, WrongLogin } from '../nvr/refusal.js';
import { notLoggedIn, perform, refusalReply } from './operations.js';
import { type RequestLog, logEntry, urlOf } from './request-log.js';
import { readBody } from './read-body.js';
import { operationAt } from './routes.js';
import { visitorOf } from './visitor.js';

export interface ApiParts {
  readonly nvr: Nvr;
  readonly faults: FaultSettings;
  readonly log: RequestLog;
  readonly clock: Clock;
  readonly picture: (channel: number) => Buffer;
}

/** The NVR's HTTP interface. */
export function httpApi(parts: ApiParts): RequestListener {
  return (request, response) => {
    // A client that hangs up while it sends has no use for an answer.
    answer(parts, request, response).catch(() => response.destroy());
  };
}

async function answer(parts: ApiParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { faults, log, clock } = parts;
  const body = await readBody(request);
  const url = urlOf(request);
  const logged = logEntry(request, url, body, clock.now());
  log.received(logged);
  if (faults.stalledReplies) return;

  const route = operationAt(logged.method, url.pathname);
  const visitor = visitorOf(request, faults.implicitSession);
  const refuse = (refusal: Refusal, status = 200) => {
    log.refuse(logged, refusal.message);
    return refusalReply(refusal, status);
  };
  const decide = (): WireReply => {
    if (!route) return refuse(new Refusal(`${logged.method} ${url.pathname}: no such operation`), 404);
    if (!route.operation.anonymous && !parts.nvr.sessions.isOpen(visitor.id)) return notLoggedIn();
    try {
      const context = { ...parts, visitor, port: request.socket.localPort ?? 0 };
      return perform(route.id, route.operation, url.searchParams, body, context);
    } catch (error) {
      if (error instanceof WrongLogin) return refusalReply(error);
      if (error instanceof Refusal) return refuse(error);
      throw error;
    }
  };
  const reply = faultyReply(decide(), faults, route?.operation.anonymous ?? false);
  if (faults.slowReplies > 0) await delay(faults.slowReplies, clock, response);
  const headers = visitor.setCookie === undefined ? {} : { 'set-cookie': visitor.setCookie };
  send(response, reply, headers, faults.resetReplies);
}

/** Never ends where the client gives up, or the NVR stops, before. */
function delay(ms: number, clock: Clock, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, resolve);
    response.on('close', () => timer.cancel());
  });
}

function send(response: ServerResponse, reply: WireReply, headers: Record<string, string>, reset: boolean): void {
  const { status, contentType, body } = reply;
  response.writeHead(status, { ...headers, 'content-type': contentType, 'content-length': body.length });
  if (!reset) response.end(body);
  else response.write(body.subarray(0, body.length / 2), () => response.socket?.resetAndDestroy());
}
