import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Connections at a time: a process has so many files open at most, often. */
const MAX_CONNECTIONS = 1000;

/** Ports that no system gives away by itself (Linux does from 32768 on): one that is closed for a moment stays free. */
const [LOWEST, HIGHEST] = [20_000, 32_767];
const TRIES = 20;

/** A server that can be cut off and opened again at the same port. */
export class Listener {
  readonly #server: Server;
  readonly #connections = new Set<Socket>();

  constructor(server: Server) {
    this.#server = server;
    server.maxConnections = MAX_CONNECTIONS;
    server.on('connection', (connection: Socket) => {
      this.#connections.add(connection);
      // What breaks on a client's connection ends in its 'close', whoever listens otherwise.
      connection.on('error', () => undefined);
      connection.on('close', () => this.#connections.delete(connection));
    });
  }

  /** @param port 0: any free one. @returns the port */
  async open(host: string, port: number): Promise<number> {
    for (let left = port === 0 ? TRIES : 0; left > 0; left -= 1) {
      const any = await this.#listen(host, randomInt(LOWEST, HIGHEST + 1)).catch(() => undefined);
      if (any !== undefined) return any;
    }
    return this.#listen(host, port);
  }

  async #listen(host: string, port: number): Promise<number> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts every connection, upgraded ones too, and gives the port back. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const connection of this.#connections) connection.destroy();
    await closed;
  }
}
