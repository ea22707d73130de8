import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { Clock } from '../../../../src/shared/clock.js';
import { type WireReply, faultyReply } from '../faults/reply-faults.js';
import type { Context } from '../handlers/handler.js';
import { Refusal, WrongLogin } from '../nvr/refusal.js';
import { rightFor } from '../nvr/rights.js';
import { notAllowed, notLoggedIn, perform, refusalReply } from './operations.js';
import { type RequestLog, logEntry, urlOf } from './request-log.js';
import { readBody, STRANGERS_BODY } from './read-body.js';
import { readRequest } from './read-request.js';
import { operationsAt } from './routes.js';
import { visitorOf } from './visitor.js';

export interface ApiParts extends Omit<Context, 'visitor'> {
  readonly log: RequestLog;
  /** Port of the control server on this machine, if there is one. */
  readonly page: () => number | undefined;
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
  if (isForPeople(request)) return showPage(request, response, parts.page());
  const visitor = visitorOf(request, faults.implicitSession);
  const body = await readBody(request, parts.nvr.sessions.isOpen(visitor.id) ? undefined : STRANGERS_BODY);
  const url = urlOf(request);
  const logged = logEntry(request, url, body.toString('utf8'), clock.wall());
  log.received(logged);
  if (faults.stalledReplies) return;

  const routes = operationsAt(logged.method, url.pathname);
  const anonymous = routes.some(({ operation }) => operation.anonymous);
  const refuse = (refusal: Refusal, status = 200) => {
    log.refuse(logged, refusal.message);
    return refusalReply(refusal, status);
  };
  const decide = async (): Promise<WireReply> => {
    if (routes.length === 0) return refuse(new Refusal(`${logged.method} ${url.pathname}: no such operation`), 404);
    if (!anonymous && !parts.nvr.sessions.isOpen(visitor.id)) return notLoggedIn();
    try {
      const contentType = request.headers['content-type'] ?? '';
      const { route, params } = await readRequest(routes, { query: url.searchParams, body, contentType });
      if (!parts.nvr.sessions.allows(visitor.id, rightFor(route.operation))) return notAllowed();
      return await perform(route.id, route.operation, params, { ...parts, visitor });
    } catch (error) {
      if (error instanceof WrongLogin) return refusalReply(error);
      if (error instanceof Refusal) return refuse(error);
      throw error;
    }
  };
  const reply = faultyReply(await decide(), faults, anonymous);
  if (faults.slowReplies > 0) await delay(faults.slowReplies, clock, response);
  const headers = visitor.setCookie === undefined ? {} : { 'set-cookie': visitor.setCookie };
  send(response, reply, headers, faults.resetReplies);
}

/** What a browser asks for first; no operation of the document is there. */
function isForPeople({ method, url, headers }: IncomingMessage): boolean {
  return method === 'GET' && url === '/' && headers.accept?.includes('text/html') === true;
}

/** The NVR's own web page: here, the way to the control page. */
function showPage({ socket }: IncomingMessage, response: ServerResponse, port: number | undefined): void {
  const control = `http://127.0.0.1:${port}/`;
  const isLocal = socket.remoteAddress === socket.localAddress;
  if (port !== undefined && isLocal) return void response.writeHead(302, { location: control }).end();
  const where = port === undefined ? 'It has no control page.' : `Its control page is ${control} on its own machine.`;
  const html = `<!doctype html><meta charset="utf-8"><title>EverFocus NVR, simulated</title><p>A simulated NVR. ${where}</p>\n`;
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
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
  const head = { ...headers, 'content-type': contentType };
  if (!Buffer.isBuffer(body)) {
    response.writeHead(status, head);
    if (reset) body.once('data', () => response.socket?.resetAndDestroy());
    // Whoever gives up on either end ends both.
    pipeline(body, response, () => undefined);
    return;
  }
  response.writeHead(status, { ...head, 'content-length': body.length });
  if (!reset) response.end(body);
  else response.write(body.subarray(0, body.length / 2), () => response.socket?.resetAndDestroy());
}
