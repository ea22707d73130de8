import { abortable } from '../clock.js';
import { NvrRefusedError, SessionLostError } from '../errors.js';
import type { ClientSettings } from './options.js';
import type { Refusals } from './refusals.js';
import type { Session } from './session.js';
import { openSocket, type OpenSocket, type SocketHandlers } from './socket-connector.js';

/**
 * Opens the WebSockets of one NVR within its session. An upgrade that is refused as for want of a session is tried once
 * more in another one, unless the user lacks the right (see {@link Refusals}). Devices refuse an upgrade without session
 * in many other ways, too, or close the socket before it said anything: before the next try, the session is checked by a
 * read.
 */
export class Upgrades {
  readonly #settings: ClientSettings;
  readonly #session: Session;
  readonly #refusals: Refusals;
  readonly #checkSession: () => Promise<void>;
  /** Paths whose last try failed. */
  readonly #failed = new Set<string>();

  /** @param checkSession a read, which brings another session where this one does not hold; never rejects */
  constructor(settings: ClientSettings, session: Session, refusals: Refusals, checkSession: () => Promise<void>) {
    this.#settings = settings;
    this.#session = session;
    this.#refusals = refusals;
    this.#checkSession = checkSession;
  }

  /**
   * @param signal ends the attempt with its reason, an {@link NvrError}
   * @throws {@link NvrRefusedError} where the user seems to lack the right, {@link NvrError}
   */
  async open(path: string, handlers: SocketHandlers, signal: AbortSignal): Promise<void> {
    const name = bare(path);
    if (this.#failed.delete(name)) await abortable(this.#checkSession(), signal);
    try {
      await this.#openInSession(path, handlers, signal);
    } catch (error) {
      // A refusal needs no second opinion.
      if (!(error instanceof NvrRefusedError)) this.#failed.add(name);
      throw error;
    }
  }

  async #openInSession(path: string, handlers: SocketHandlers, signal: AbortSignal): Promise<void> {
    const name = bare(path);
    for (const again of [false, true]) {
      await abortable(this.#session.ensure(), signal);
      const { generation, headers } = this.#session;
      try {
        return await openSocket(this.#settings, headers, path, this.#watch(name, generation, handlers), signal);
      } catch (error) {
        if (!(error instanceof SessionLostError)) throw error;
        if (await this.#refusals.judge({ name, key: name }, generation, again, signal)) continue;
        throw new NvrRefusedError(name, `${error.message}; this user may lack the right`);
      }
    }
  }

  /** The handlers, noticing whether the socket says anything before it closes. */
  #watch(name: string, generation: number, handlers: SocketHandlers): SocketHandlers {
    let heard = false;
    const hear = () => {
      if (!heard) this.#refusals.succeeded({ name, key: name }, generation);
      heard = true;
    };
    return {
      ...handlers,
      opened: (socket: OpenSocket) => {
        socket.once('pong', hear);
        socket.once('close', () => {
          if (!heard) this.#failed.add(name);
        });
        handlers.opened(socket);
      },
      message: (data, binary) => {
        hear();
        handlers.message(data, binary);
      },
    };
  }
}

/** Without the query, which is another one for each playback. */
function bare(path: string): string {
  return path.split('?', 1).join();
}
