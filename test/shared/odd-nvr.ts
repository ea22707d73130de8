import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { Nvr, type NvrClientOptions } from '../../src/shared/index.js';

/** What an odd NVR answers: a JSON value, or whatever the handler writes itself (then it returns `undefined`). */
export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => unknown;

/** A recorder that behaves as a test says, where the simulator would be too well-mannered. */
export interface OddNvr {
  readonly client: Nvr;
  readonly port: number;
  /** `METHOD /path` of each request. */
  readonly requests: readonly string[];
  /** How often a request of that kind came. */
  count(request: string): number;
}

const challenge = { realm: 'xnvr', qop: 'auth', nonce: 'n', opaque: '' };
const ok = { Result: 'OK', Description: 'userID=1' };

/** Handlers by `METHOD /path`; logins succeed unless a handler says otherwise. Closed after the test. */
export async function startOddNvr(
  handlers: Readonly<Record<string, Handler>>,
  {
    upgrade,
    ...options
  }: Partial<NvrClientOptions> & { upgrade?: (request: IncomingMessage, socket: Duplex) => boolean } = {},
): Promise<OddNvr> {
  const all: Readonly<Record<string, Handler>> = {
    'GET /admin/login': () => challenge,
    'POST /admin/login': (_request, response) => {
      response.setHeader('set-cookie', 'sid=1');
      return ok;
    },
    'GET /admin/logout': () => ok,
    ...handlers,
  };
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const kind = `${request.method} ${request.url?.split('?')[0]}`;
    requests.push(kind);
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const reply = all[kind]?.(request, response, body);
      if (reply !== undefined) response.end(JSON.stringify(reply));
    });
  }).listen(0, '127.0.0.1');
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    requests.push(`UPGRADE ${request.url}`);
    socket.on('error', () => undefined);
    if (upgrade?.(request, socket) ?? true) sockets.handleUpgrade(request, socket, head, () => undefined);
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = new Nvr({ host: '127.0.0.1', port, username: 'admin', password: 'p4ssw0rd', ...options });
  running.push({ client, server, sockets });
  return { client, port, requests, count: (kind) => requests.filter((other) => other === kind).length };
}

const running: { client: Nvr; server: Server; sockets: WebSocketServer }[] = [];

afterEach(async () => {
  for (const { client, server, sockets } of running.splice(0)) {
    await client.close();
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
