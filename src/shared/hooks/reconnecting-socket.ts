import type { OpenSocket, SocketHandlers } from '../client/socket-connector.js';
import type { Clock, Timer } from '../clock.js';
import { ClosedError, endsConnection, NvrError, NvrUnreachableError } from '../errors.js';
import type { Logger } from '../logger.js';
import { HEALTHY_AFTER, reconnectDelay } from './backoff.js';

/** ms between pings. */
const HEARTBEAT = 15_000;

/** What a socket that is kept open needs from outside. */
export interface SocketEnvironment {
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0 ≤ random < 1 */
  random(): number;
  /** Opens a socket, or rejects with an {@link NvrError}. */
  connect(path: string, handlers: SocketHandlers, signal: AbortSignal): Promise<void>;
  /** Rejects where the NVR cannot be reached. */
  probe(): Promise<void>;
}

export interface SocketListener {
  opened(): void;
  message(data: Buffer, binary: boolean): void;
  /** The connection is gone, or could not be had; another try follows unless {@link endsConnection} says so. */
  closed(error: NvrError | undefined): void;
}

/**
 * One WebSocket that is kept open: reconnects with full jitter, notices a dead peer by heartbeat or silence, and stops
 * only when closed or when somebody must change something first (rejected login, changed certificate).
 */
export class ReconnectingSocket {
  readonly #environment: SocketEnvironment;
  readonly #path: string;
  readonly #listener: SocketListener;
  readonly #silenceLimit: number | undefined;
  #socket: OpenSocket | undefined;
  #timers: Timer[] = [];
  #failures = 0;
  readonly #closing = new AbortController();
  #heard = false;
  #answersPings = false;
  #silence: Timer | undefined;

  /** @param silenceLimit ms without a message after which the peer counts as dead; none where silence is normal */
  constructor(environment: SocketEnvironment, path: string, listener: SocketListener, silenceLimit?: number) {
    this.#environment = environment;
    this.#path = path;
    this.#listener = listener;
    this.#silenceLimit = silenceLimit;
    void this.#connect();
  }

  close(): void {
    this.#closing.abort(new ClosedError(`${this.#path} is closed`));
    this.#stopTimers();
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.removeAllListeners();
    socket?.on('error', () => undefined);
    socket?.terminate();
  }

  async #connect(): Promise<void> {
    try {
      await this.#environment.connect(
        this.#path,
        { opened: (socket) => this.#opened(socket), message: (data, binary) => this.#received(data, binary) },
        this.#closing.signal,
      );
    } catch (error) {
      this.#lost(error instanceof NvrError ? error : new NvrUnreachableError(String(error)));
    }
  }

  #opened(socket: OpenSocket): void {
    if (this.#closing.signal.aborted) return socket.terminate();
    this.#socket = socket;
    const lost = (error?: Error) => {
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.terminate();
      this.#lost(error && new NvrUnreachableError(`${this.#path}: ${error.message}`));
    };
    // ws reports a broken connection as an error and then as a close: the first of them counts.
    socket.once('error', lost);
    socket.once('close', () => lost());
    socket.on('pong', () => (this.#answersPings = this.#heard = true));
    this.#after(HEALTHY_AFTER, () => (this.#failures = 0));
    this.#after(HEARTBEAT, () => void this.#beat(socket, lost));
    this.#watchSilence();
    this.#listener.opened();
  }

  #received(data: Buffer, binary: boolean): void {
    if (this.#closing.signal.aborted) return;
    this.#heard = true;
    this.#watchSilence();
    this.#listener.message(data, binary);
  }

  #lost(error: NvrError | undefined): void {
    this.#socket = undefined;
    this.#stopTimers();
    if (this.#closing.signal.aborted) return;
    if (!endsConnection(error)) {
      const delay = reconnectDelay(this.#failures++, this.#environment.random());
      this.#after(delay, () => void this.#connect());
    }
    this.#listener.closed(error);
  }

  /** A missing pong counts only for a device that has ever answered one; any other is asked by HTTP. */
  async #beat(socket: OpenSocket, lost: (error: Error) => void): Promise<void> {
    if (!this.#heard) {
      if (this.#answersPings) return lost(new Error(`no answer to a ping within ${HEARTBEAT} ms`));
      try {
        await this.#environment.probe();
      } catch (error) {
        if (socket === this.#socket) lost(error as Error);
        return;
      }
      if (socket !== this.#socket) return;
    }
    this.#heard = false;
    socket.ping();
    this.#after(HEARTBEAT, () => void this.#beat(socket, lost));
  }

  #watchSilence(): void {
    if (this.#silenceLimit === undefined) return;
    this.#silence?.cancel();
    const limit = this.#silenceLimit;
    this.#silence = this.#environment.clock.after(limit, () => {
      this.#socket?.emit('error', new Error(`nothing received for ${limit} ms`));
    });
  }

  #after(ms: number, action: () => void): void {
    this.#timers.push(this.#environment.clock.after(ms, action));
  }

  #stopTimers(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
    this.#silence?.cancel();
  }
}
