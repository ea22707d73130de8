import { once } from 'node:events';
import { createServer, request as ask, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Simulator } from '../../packages/simulator/src/index.js';

/** What a recorder does otherwise, see {@link AlteredNvr.alter}. */
export interface Alterations {
  /** Answers instead of what is due, by `METHOD /path`; a number is the status. Whatever is not named is answered well. */
  readonly answers?: Readonly<Record<string, string | readonly [number, string]>>;
  /** Messages that hooks say first of all, by path. */
  readonly messages?: Readonly<Record<string, readonly string[]>>;
}

/** Stands before a simulator, and is as good an NVR until it is altered. */
export class AlteredNvr implements AsyncDisposable {
  readonly #simulator: Simulator;
  readonly #alterations: Alterations;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #open = new Set<Duplex>();
  readonly #done = new Set<string>();
  readonly #hooks = new Set<string>();
  #altered = false;

  private constructor(simulator: Simulator, alterations: Alterations) {
    this.#simulator = simulator;
    this.#alterations = alterations;
    this.#server = createServer((request, response) => {
      const kind = kindOf(request);
      const answer = this.#altered ? alterations.answers?.[kind] : undefined;
      if (answer !== undefined) {
        const [status, body] = typeof answer === 'string' ? [200, answer] : answer;
        request.resume();
        response.on('error', () => undefined);
        response.writeHead(status).end(body, () => this.#done.add(kind));
        return;
      }
      const { host, port } = simulator;
      const { method, url, headers } = request;
      const onward = ask({ host, port, method, path: url, headers }, (reply) => {
        reply.on('error', () => response.destroy());
        reply.pipe(response.writeHead(reply.statusCode ?? 500, reply.headers));
      });
      onward.on('error', () => response.destroy());
      request.pipe(onward);
    });
    this.#server.on('connection', (socket: Socket) => {
      this.#open.add(socket);
      socket.on('error', () => undefined).on('close', () => this.#open.delete(socket));
    });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  static async start(simulator: Simulator, alterations: Alterations): Promise<AlteredNvr> {
    const front = new AlteredNvr(simulator, alterations);
    await once(front.#server.listen(0, '127.0.0.1'), 'listening');
    return front;
  }

  readonly host = '127.0.0.1';

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Everything that is altered was met once. */
  get hasAltered(): boolean {
    const { answers = {}, messages = {} } = this.#alterations;
    return [...Object.keys(answers), ...Object.keys(messages)].every((kind) => this.#done.has(kind));
  }

  /** Paths of sockets that were opened since the last time. */
  get hooks(): ReadonlySet<string> {
    return this.#hooks;
  }

  /** Does so from now on, and cuts what is open, so that everything is asked once more. */
  alter(altered = true): void {
    this.#altered = altered;
    this.#cut();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #cut(): void {
    this.#hooks.clear();
    for (const socket of this.#open) socket.destroy();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { host, port } = this.#simulator;
    const { cookie = '' } = request.headers;
    const simulated = new WebSocket(`ws://${host}:${port}${request.url}`, { headers: { cookie } });
    simulated.on('error', () => socket.destroy());
    simulated.on('unexpected-response', (_, { statusCode, statusMessage }) => {
      socket.end(`HTTP/1.1 ${statusCode} ${statusMessage}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      simulated.terminate();
    });
    socket.on('close', () => simulated.terminate());
    simulated.once('open', () => {
      this.#sockets.handleUpgrade(request, socket, head, (client) => {
        client.on('error', () => undefined).on('message', (data, binary) => simulated.send(data, { binary }));
        simulated.on('close', () => client.terminate());
        simulated.on('message', (data, binary) => client.send(data, { binary }));
        const path = kindOf(request).split(' ')[1] ?? '';
        this.#hooks.add(path);
        const messages = this.#altered ? (this.#alterations.messages?.[path] ?? []) : [];
        for (const message of messages) client.send(message);
        if (messages.length > 0) this.#done.add(path);
      });
    });
  }
}

function kindOf({ method, url }: IncomingMessage): string {
  return `${method} ${url?.split('?')[0]}`;
}
