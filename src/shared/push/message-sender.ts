import { buildMessage, socketPath } from '../wire/request.js';
import { type OpenSocket, sendOver } from '../link/socket-connector.js';
import { type Clock, within } from '../clock.js';
import { BusyError, ClosedError, InvalidParameterError, NvrTimeoutError, NvrUnreachableError } from '../errors.js';
import { limits } from '../limits.js';
import type { Socket } from '../sdk/declaration.js';
import type { SocketEnvironment } from '../link/reconnecting-socket.js';

/** ms until the network must have taken a message: an NVR that reads nothing takes none. */
const PATIENCE = 10_000;

/**
 * Throws events (SDK 4.1) or metadata (4.3) into the NVR over one WebSocket, for those who throw many. The NVR answers
 * nothing: whether it took one shows on the hook only.
 */
export class MessageSender<Message> implements Disposable {
  readonly #declaration: Socket;
  readonly #wire: (message: Message) => Readonly<Record<string, unknown>>;
  readonly #socket: OpenSocket;
  readonly #clock: Clock;
  readonly #owner: AbortSignal;
  /** UTF-16 units that the network has not taken. */
  #waiting = 0;
  #lost = false;
  #closed = false;

  readonly #close = () => this.close();

  /**
   * @param wire the message's fields as the declaration names them
   * @param socket open at the declaration's path
   * @param owner closes the sender when it is aborted
   * @internal
   */
  constructor(
    declaration: Socket,
    wire: (message: Message) => Readonly<Record<string, unknown>>,
    socket: OpenSocket,
    clock: Clock,
    owner: AbortSignal,
  ) {
    this.#declaration = declaration;
    this.#wire = wire;
    this.#socket = socket;
    this.#clock = clock;
    this.#owner = owner;
    owner.addEventListener('abort', this.#close);
    socket.on('error', () => (this.#lost = true));
    socket.on('close', () => (this.#lost = true));
  }

  /**
   * Resolves when the message has been handed to the network.
   *
   * @throws `INVALID_PARAMETER` where it does not fit the declaration or is longer than a megabyte, `BUSY` where so much
   *   waits already, before anything is sent; `NVR_UNREACHABLE` once the connection is lost; `NVR_TIMEOUT` where the NVR takes nothing any more, which ends it; `CLOSED`
   */
  async send(message: Message): Promise<void> {
    const text = buildMessage(this.#declaration, this.#wire(message));
    const { path } = this.#declaration;
    if (text.length > limits.socket.message)
      throw new InvalidParameterError(
        '',
        `${path}: a message must not have more than ${limits.socket.message} characters`,
      );
    if (this.#closed) throw new ClosedError(`${path}: the sender is closed`);
    if (this.#lost) throw new NvrUnreachableError(`${path}: the connection is lost`);
    if (this.#waiting + text.length > limits.socket.message) throw new BusyError(`${path}: too much waits to be sent`);
    this.#waiting += text.length;
    const late = (): never => {
      this.#lost = true;
      this.#socket.terminate();
      throw new NvrTimeoutError(`${path}: the NVR takes no more messages`);
    };
    try {
      await within(this.#clock, PATIENCE, sendOver(this.#socket, text, path), late);
    } finally {
      this.#waiting -= text.length;
    }
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

/**
 * Opens a sender.
 *
 * @param owner closes it
 */
export async function openSender<Message>(
  environment: Pick<SocketEnvironment, 'clock' | 'connect'>,
  owner: AbortSignal,
  declaration: Socket,
  wire: (message: Message) => Readonly<Record<string, unknown>>,
): Promise<MessageSender<Message>> {
  const { promise, resolve, reject } = Promise.withResolvers<MessageSender<Message>>();
  const opened = (socket: OpenSocket) =>
    resolve(new MessageSender(declaration, wire, socket, environment.clock, owner));
  environment.connect(socketPath(declaration), { opened, message: () => undefined }, owner).catch(reject);
  return promise;
}
