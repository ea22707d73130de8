import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type WholeWireReply, faultyReply, jsonReply } from '../faults/reply-faults.js';
import { Refusal } from '../nvr/refusal.js';
import { socketHandlers } from '../sockets/index.js';
import { isDeaf } from '../sockets/send-message.js';
import type { Serve, SocketContext } from '../sockets/socket-handler.js';
import { checkFields } from './check.js';
import { rightFor } from '../nvr/rights.js';
import { notAllowed, notLoggedIn, refusalReply } from './operations.js';
import { carriedOut, type RequestLog, logEntry, urlOf } from './request-log.js';
import { type SocketId, socketAt } from './routes.js';
import { visitorOf } from './visitor.js';

/** bytes; a client of these sockets has little to say */
const MAX_MESSAGE = 64 * 1024;

/** A WebSocket that may open. */
interface Admission {
  readonly id: SocketId;
  readonly serve: Serve;
  readonly refuse: (why: string) => void;
}

/** The NVR's WebSocket interface. */
export class SocketApi {
  readonly #context: SocketContext;
  readonly #log: RequestLog;
  readonly #server = new WebSocketServer({
    noServer: true,
    autoPong: false,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE,
  });
  readonly #open = new Map<WebSocket, { readonly id: SocketId; readonly end: () => void }>();

  constructor(context: SocketContext, log: RequestLog) {
    this.#context = context;
    this.#log = log;
  }

  /** WebSockets that are open. */
  get size(): number {
    return this.#open.size;
  }

  /** Open WebSockets of that kind. */
  of(id: SocketId): WebSocket[] {
    return [...this.#open].filter(([, open]) => open.id === id).map(([socket]) => socket);
  }

  /** Cuts every WebSocket. */
  cut(): void {
    for (const socket of [...this.#open.keys()]) {
      socket.terminate();
      this.#drop(socket);
    }
  }

  /** Answers an `Upgrade` request. */
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    connection.on('error', () => connection.destroy());
    const { faults } = this.#context;
    const admission = this.#admit(request);
    if (faults.stalledReplies) return;
    const spoilt = faults.htmlReplies || faults.errorReplies;
    if ('status' in admission || spoilt) {
      const reply = 'status' in admission ? admission : jsonReply(200, {});
      connection.end(rawReply(faultyReply(reply, faults, false)));
      return;
    }
    this.#server.handleUpgrade(request, connection, head, (socket) => this.#serve(socket, admission));
  }

  #admit(request: IncomingMessage): Admission | WholeWireReply {
    const { nvr, faults, clock } = this.#context;
    const url = urlOf(request);
    const logged = logEntry(request, url, '', clock.wall());
    this.#log.received(logged);
    const refuse = (refusal: Refusal, status: number) => {
      this.#log.refuse(logged, refusal.message);
      return refusalReply(refusal, status);
    };
    const route = socketAt(url.pathname);
    if (!route) return refuse(new Refusal(`${url.pathname}: no such WebSocket`), 404);
    const visitor = visitorOf(request, faults.implicitSession);
    if (!nvr.sessions.isOpen(visitor.id)) return notLoggedIn();
    if (!nvr.sessions.allows(visitor.id, rightFor(route))) return notAllowed();
    const { id, socket, fields } = route;
    try {
      const params = {
        ...checkFields(socket.pathParameters, fields),
        ...checkFields(socket.query, url.searchParams),
      };
      const refuseMessage = (why: string) => this.#log.refuse(logged, why);
      return { id, serve: socketHandlers[id](params, this.#context), refuse: refuseMessage };
    } catch (error) {
      if (error instanceof Refusal) return refuse(error, 400);
      throw error;
    }
  }

  #serve(socket: WebSocket, { id, serve, refuse }: Admission): void {
    this.#open.set(socket, { id, end: serve(socket, refuse) });
    carriedOut.publish(id);
    socket.on('ping', (data) => {
      if (isDeaf(socket)) socket.terminate();
      else if (!this.#context.faults.halfOpenSockets) socket.pong(data);
    });
    // What goes wrong on a client's socket ends in its 'close'.
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#drop(socket));
  }

  #drop(socket: WebSocket): void {
    this.#open.get(socket)?.end();
    this.#open.delete(socket);
  }
}

function rawReply({ status, contentType, body }: WholeWireReply): Buffer {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `Content-Type: ${contentType}`,
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}
