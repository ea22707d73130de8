import type { OpenSocket, SocketHandlers } from './socket-connector.js';

/**
 * Remembers sockets that were refused, or closed by the NVR before they said anything. Devices refuse an upgrade
 * without session in many ways that do not say so: before the next try the session is checked by a read.
 */
export class RefusedUpgrades {
  readonly #paths = new Set<string>();

  /** Whether the last try of that path failed; forgets it. */
  take(path: string): boolean {
    return this.#paths.delete(bare(path));
  }

  add(path: string): void {
    this.#paths.add(bare(path));
  }

  /** The handlers, noticing a socket that closes before its first message. */
  watch(path: string, handlers: SocketHandlers): SocketHandlers {
    let heard = false;
    return {
      opened: (socket: OpenSocket) => {
        socket.once('close', () => {
          if (!heard) this.add(path);
        });
        handlers.opened(socket);
      },
      message: (data, binary) => {
        heard = true;
        handlers.message(data, binary);
      },
    };
  }
}

/** Without the query, which is another one for each playback. */
function bare(path: string): string {
  return path.split('?', 1).join();
}
