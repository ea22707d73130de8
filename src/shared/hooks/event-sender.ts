import { buildMessage } from '../client/request.js';
import type { OpenSocket } from '../client/socket-connector.js';
import { ClosedError, NvrUnreachableError } from '../errors.js';
import { addEventSocket } from '../sdk/events.js';
import type { NvrEvent } from './messages.js';

/**
 * Throws events into the NVR over one WebSocket (SDK 4.1), for those who throw many. The NVR answers nothing: whether
 * it took an event shows on the event hook only.
 */
export class EventSender implements Disposable {
  readonly #socket: OpenSocket;
  #lost = false;
  #closed = false;

  readonly #owner: AbortSignal;
  readonly #close = () => this.close();

  /**
   * @param socket open at {@link addEventSocket}
   * @param owner closes the sender when it is aborted
   */
  constructor(socket: OpenSocket, owner: AbortSignal) {
    this.#socket = socket;
    this.#owner = owner;
    owner.addEventListener('abort', this.#close);
    socket.on('error', () => (this.#lost = true));
    socket.on('close', () => (this.#lost = true));
  }

  /**
   * Resolves when the event has been handed to the network.
   *
   * @throws `INVALID_PARAMETER` before anything is sent; `NVR_UNREACHABLE` once the connection is lost; `CLOSED`
   */
  async send({ channel, type, state }: NvrEvent): Promise<void> {
    const message = buildMessage(addEventSocket, { ChannelID: channel, Type: type, State: state });
    if (this.#closed) throw new ClosedError('the event sender is closed');
    if (this.#lost) throw new NvrUnreachableError('the connection of the event sender is lost');
    await new Promise<void>((resolve, reject) => {
      this.#socket.send(message, (error) => {
        if (error) reject(new NvrUnreachableError(`the event was not sent: ${error.message}`));
        else resolve();
      });
    });
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.#owner.removeEventListener('abort', this.#close);
    this.#socket.terminate();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
