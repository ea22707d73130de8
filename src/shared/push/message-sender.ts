import { buildMessage, socketPath } from '../wire/request.js';
import { type OpenSocket, sendOver } from '../link/socket-connector.js';
import { ClosedError, NvrUnreachableError } from '../errors.js';
import type { Socket } from '../sdk/declaration.js';
import type { SocketEnvironment } from '../link/reconnecting-socket.js';

/**
 * Throws events (SDK 4.1) or metadata (4.3) into the NVR over one WebSocket, for those who throw many. The NVR answers
 * nothing: whether it took one shows on the hook only.
 */
export class MessageSender<Message> implements Disposable {
  readonly #declaration: Socket;
  readonly #wire: (message: Message) => Readonly<Record<string, unknown>>;
  readonly #socket: OpenSocket;
  readonly #owner: AbortSignal;
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
    owner: AbortSignal,
  ) {
    this.#declaration = declaration;
    this.#wire = wire;
    this.#socket = socket;
    this.#owner = owner;
    owner.addEventListener('abort', this.#close);
    socket.on('error', () => (this.#lost = true));
    socket.on('close', () => (this.#lost = true));
  }

  /**
   * Resolves when the message has been handed to the network.
   *
   * @throws `INVALID_PARAMETER` before anything is sent; `NVR_UNREACHABLE` once the connection is lost; `CLOSED`
   */
  async send(message: Message): Promise<void> {
    const text = buildMessage(this.#declaration, this.#wire(message));
    const { path } = this.#declaration;
    if (this.#closed) throw new ClosedError(`${path}: the sender is closed`);
    if (this.#lost) throw new NvrUnreachableError(`${path}: the connection is lost`);
    await sendOver(this.#socket, text, path);
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
  environment: Pick<SocketEnvironment, 'connect'>,
  owner: AbortSignal,
  declaration: Socket,
  wire: (message: Message) => Readonly<Record<string, unknown>>,
): Promise<MessageSender<Message>> {
  const { promise, resolve, reject } = Promise.withResolvers<MessageSender<Message>>();
  const opened = (socket: OpenSocket) => resolve(new MessageSender(declaration, wire, socket, owner));
  environment.connect(socketPath(declaration), { opened, message: () => undefined }, owner).catch(reject);
  return promise;
}
