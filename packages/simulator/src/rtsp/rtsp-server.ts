import { createServer } from 'node:net';
import type { RequestLog } from '../api/request-log.js';
import { Listener } from '../listener.js';
import type { SocketContext } from '../sockets/socket-handler.js';
import { RtspConnection } from './rtsp-connection.js';

/** The NVR's RTSP interface (SDK 3.1, 3.3, 3.4; RFC 2326). */
export class RtspServer {
  readonly #listener: Listener;
  /** Each until it has ended. */
  readonly #connections = new Map<RtspConnection, Promise<void>>();

  constructor(context: SocketContext, log: RequestLog) {
    this.#listener = new Listener(createServer((socket) => this.#serve(new RtspConnection(socket, context, log))));
  }

  /** Sessions that are open. */
  get sessions(): number {
    return [...this.#connections.keys()].filter(({ hasSession }) => hasSession).length;
  }

  /** @param port 0: any free one. @returns the port */
  open(host: string, port: number): Promise<number> {
    return this.#listener.open(host, port);
  }

  /** Cuts every client, and with it its session, and gives the port back. */
  async close(): Promise<void> {
    await this.#listener.close();
    await Promise.all(this.#connections.values());
  }

  #serve(connection: RtspConnection): void {
    const served = connection.serve().finally(() => this.#connections.delete(connection));
    this.#connections.set(connection, served);
  }
}
