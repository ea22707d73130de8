import { parseDocuments } from '../client/parse-json.js';
import { endsConnection, type NvrError } from '../errors.js';
import { ReconnectingSocket, type SocketEnvironment } from './reconnecting-socket.js';
import { tell } from './tell.js';

/** Bytes; a longer message is passed over, since reading it would hold up everything else. */
const MAX_MESSAGE = 1024 * 1024;

/** Ends a subscription; ending it twice is fine. */
export interface Subscription {
  close(): void;
}

export interface HookListener<Message> {
  message(message: Message): void;
  /** Also called at once for a subscriber who comes while the hook is connected. */
  connected?(): void;
  /**
   * Nothing that was reported before is to be believed any more. Also called at once for a subscriber who comes after
   * the hook has stopped for good (rejected login, untrusted certificate).
   */
  disconnected?(error: NvrError | undefined): void;
}

/**
 * One push WebSocket of the NVR, shared: opened for the first subscriber, closed with the last.
 * A message that cannot be understood is counted, logged once and never closes the socket.
 */
export class Hook<Message> {
  readonly #environment: SocketEnvironment;
  readonly #path: string;
  readonly #read: (document: unknown) => readonly Message[];
  readonly #silenceLimit: number | undefined;
  readonly #listeners = new Set<HookListener<Message>>();
  #socket: ReconnectingSocket | undefined;
  #connected = false;
  /** Why the hook tries no more. */
  #final: NvrError | undefined;
  #misunderstood = 0;

  /** @param silenceLimit ms without a message after which the connection counts as dead */
  constructor(
    environment: SocketEnvironment,
    path: string,
    read: (document: unknown) => readonly Message[],
    silenceLimit?: number,
  ) {
    this.#environment = environment;
    this.#path = path;
    this.#read = read;
    this.#silenceLimit = silenceLimit;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Messages that could not be understood, since the client was made. */
  get misunderstood(): number {
    return this.#misunderstood;
  }

  subscribe(listener: HookListener<Message>): Subscription {
    // A wrapper, so that one listener object may subscribe twice.
    const entry: HookListener<Message> = {
      message: (message) => listener.message(message),
      connected: () => listener.connected?.(),
      disconnected: (error) => listener.disconnected?.(error),
    };
    this.#listeners.add(entry);
    const { logger } = this.#environment;
    if (this.#connected) tell([entry], logger, () => entry.connected?.());
    else if (this.#final) tell([entry], logger, () => entry.disconnected?.(this.#final));
    this.#socket ??= this.#open();
    return { close: () => this.#unsubscribe(entry) };
  }

  /** Closes the socket and forgets every subscriber. */
  close(): void {
    this.#listeners.clear();
    this.#socket?.close();
    this.#socket = undefined;
    this.#connected = false;
    this.#final = undefined;
  }

  #unsubscribe(entry: HookListener<Message>): void {
    if (this.#listeners.delete(entry) && this.#listeners.size === 0) this.close();
  }

  #open(): ReconnectingSocket {
    return new ReconnectingSocket(
      this.#environment,
      this.#path,
      {
        opened: () => {
          this.#connected = true;
          this.#tell((listener) => listener.connected?.());
        },
        message: (data) => this.#received(data),
        closed: (error) => {
          this.#connected = false;
          if (endsConnection(error)) this.#final = error;
          this.#tell((listener) => listener.disconnected?.(error));
        },
      },
      this.#silenceLimit,
    );
  }

  #received(data: Buffer): void {
    const messages = data.length > MAX_MESSAGE ? [] : this.#messagesIn(data.toString('utf8'));
    if (messages.length === 0) this.#complain(data);
    for (const message of messages) this.#tell((listener) => listener.message(message));
  }

  /** Documents on end are one list; each of them may be one already. */
  #messagesIn(text: string): readonly Message[] {
    const documents = parseDocuments(text);
    if (documents.length === 0) return [];
    return this.#read(documents.length === 1 ? documents[0] : documents.flat());
  }

  #tell(action: (listener: HookListener<Message>) => void): void {
    tell(this.#listeners, this.#environment.logger, action);
  }

  #complain(data: Buffer): void {
    this.#misunderstood += 1;
    if (this.#misunderstood > 1) return;
    const start = data.toString('utf8', 0, 80);
    this.#environment.logger.warn(`${this.#path}: a message could not be understood and is passed over: ${start}`);
  }
}
