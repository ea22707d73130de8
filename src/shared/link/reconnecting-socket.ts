import { type OpenSocket, sendOver, type SocketHandlers } from './socket-connector.js';
import { type Clock, inSeconds, type Timer } from '../clock.js';
import {
  ClosedError,
  endsConnection,
  LoginRejectedError,
  NvrError,
  type NvrErrorCode,
  NvrRefusedError,
  NvrUnreachableError,
  UntrustedCertificateError,
} from '../errors.js';
import type { LimitCounters } from '../limit-counters.js';
import type { Logger } from '../logger.js';
import { HEALTHY_AFTER, reconnectDelay } from './backoff.js';
import type { Recovery } from './recovery.js';

/** ms between pings. */
const HEARTBEAT = 15_000;

/** ms between tries that others bring about: an NVR whose calls work and whose socket does not must not be stormed. */
const HURRY_PACE = 10_000;

/** ms from the beginning of one try to that of the next, however many want it. */
const WANTED_PACE = 2000;

/** ms within which an NVR that has too many sockets ends one. */
const AT_ONCE = 5000;

/** Close codes of an end that was meant (RFC 6455 section 7.4.1): normal, going away, none given. */
const ORDERLY: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/** What a probe of a dead peer fails with; whoever refuses, or answers nonsense, is alive. */
const DEAD: ReadonlySet<NvrErrorCode> = new Set(['NVR_UNREACHABLE', 'NVR_TIMEOUT', 'SESSION_LOST', 'NOT_AN_NVR']);

/** What a socket that is kept open needs from outside. */
export interface SocketEnvironment {
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the NVR runs into. */
  readonly limits: LimitCounters;
  /** 0 ≤ random < 1 */
  random(): number;
  /** Opens a socket, or rejects with an {@link NvrError}. */
  connect(path: string, handlers: SocketHandlers, signal: AbortSignal): Promise<void>;
  /** Shared by all sockets of the NVR. */
  readonly recovery: Recovery;
  /** Asks the NVR for something small; rejects with an {@link NvrError}. */
  probe(): Promise<void>;
  /** A socket was not opened, or ended at once: an NVR that is alive may have too many. */
  unheard?(path: string): void;
}

/**
 * Tells of a socket that the NVR did not open, or ended at once, unless it has said why.
 *
 * @param triedAt when its try began, ms
 */
export function tellUnheard(
  environment: SocketEnvironment,
  path: string,
  triedAt: number,
  error: NvrError | undefined,
): void {
  const isAtOnce = environment.clock.now() - triedAt < AT_ONCE;
  if (isAtOnce && !(error instanceof NvrRefusedError) && !endsConnection(error)) environment.unheard?.(path);
}

export interface SocketListener {
  opened(): void;
  /** @returns whether it was understood: a peer that sends only rubbish is as dead as one that sends nothing */
  message(data: Buffer, binary: boolean): boolean;
  /** The connection is gone (`orderly`: the NVR closed it as WebSockets are closed), or could not be had; another try follows unless {@link endsConnection} says so. */
  closed(error: NvrError | undefined, orderly: boolean): void;
}

/**
 * One WebSocket that is kept open: reconnects with full jitter, notices a dead peer by heartbeat or silence, and stops
 * only when closed, or until a rejected login or a changed certificate is accepted.
 */
export class ReconnectingSocket {
  readonly #environment: SocketEnvironment;
  readonly #path: () => string;
  /** For messages: a query may hold a secret. */
  #name = 'the socket';
  readonly #listener: SocketListener;
  readonly #silenceLimit: number | undefined;
  readonly #maxMessage: number | undefined;
  #socket: OpenSocket | undefined;
  #failures = 0;
  #paused = false;
  readonly #closing = new AbortController();
  #heard = false;
  /** Whether this connection has brought a message that was understood. */
  #proven = false;
  /** When the newest message came that was understood, or the connection opened, ms. */
  #understood = 0;
  #waiting: Timer | undefined;
  #retryTimer: Timer | undefined;
  /** When the next try is due, and the last one that others brought about. */
  #retryAt = Infinity;
  #hurriedAt = -Infinity;
  /** When the last try began, and how often the NVR had been heard by then. */
  #triedAt = -Infinity;
  #heardBefore = 0;
  /** Whether a try that failed while the NVR was heard has been made good since the last message. */
  #madeGood = false;
  #refused = false;
  #healthTimer: Timer | undefined;
  #beatTimer: Timer | undefined;
  #silenceTimer: Timer | undefined;

  /**
   * @param path made anew for each connection where it is a function
   * @param silenceLimit ms without a message that is understood after which the peer counts as dead; none where silence is normal
   * @param maxMessage bytes; a larger message ends the connection. Default: that of frames
   */
  constructor(
    environment: SocketEnvironment,
    path: string | (() => string),
    listener: SocketListener,
    silenceLimit?: number,
    maxMessage?: number,
  ) {
    this.#environment = environment;
    this.#path = typeof path === 'string' ? () => path : path;
    this.#listener = listener;
    this.#silenceLimit = silenceLimit;
    this.#maxMessage = maxMessage;
    void this.#connect();
  }

  /** Somebody waits for it now: a try that is still to come comes at once. Where it was refused it comes when it is due. */
  want(): void {
    if (this.#retryAt !== Infinity && !this.#refused) this.#bringForward(this.#triedAt + WANTED_PACE);
  }

  close(): void {
    this.#closing.abort(new ClosedError(`${this.#name} is closed`));
    this.#stopTimers();
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.removeAllListeners();
    socket?.on('error', () => undefined);
    socket?.terminate();
  }

  /** Reads no more: what the NVR sends waits there. */
  pause(): void {
    this.#paused = true;
    this.#socket?.pause();
  }

  resume(): void {
    this.#paused = false;
    // What waited, pongs too, comes only now.
    this.#heard = true;
    this.#socket?.resume();
  }

  /** Resolves when the text has been handed to the network. @throws {@link NvrUnreachableError} */
  async send(text: string): Promise<void> {
    const socket = this.#socket;
    if (!socket) throw new NvrUnreachableError(`${this.#name}: the connection is lost`);
    await sendOver(socket, text, this.#name);
  }

  async #connect(): Promise<void> {
    const path = this.#path();
    this.#name = path.split('?', 1).join();
    this.#triedAt = this.#environment.clock.now();
    this.#heardBefore = this.#environment.recovery.heardTimes;
    this.#proven = false;
    try {
      await this.#environment.connect(
        path,
        {
          opened: (socket) => this.#opened(socket),
          message: (data, binary) => this.#received(data, binary),
          ...(this.#maxMessage !== undefined && { maxMessage: this.#maxMessage }),
        },
        this.#closing.signal,
      );
    } catch (error) {
      this.#lost(error instanceof NvrError ? error : new NvrUnreachableError(String(error)));
    }
  }

  #opened(socket: OpenSocket): void {
    if (this.#closing.signal.aborted) return socket.terminate();
    this.#socket = socket;
    const lost = (error?: Error, orderly = false) => {
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.terminate();
      this.#lost(error && new NvrUnreachableError(`${this.#name}: ${error.message}`), orderly);
    };
    // ws reports a broken connection as an error and then as a close: the first of them counts.
    socket.once('error', lost);
    socket.once('close', (code: number) => lost(undefined, ORDERLY.has(code)));
    const { recovery } = this.#environment;
    socket.on('pong', () => (recovery.answersPings = this.#heard = true));
    this.#healthTimer = this.#environment.clock.after(HEALTHY_AFTER, () => (this.#failures = 0));
    this.#heard = false;
    socket.ping();
    this.#scheduleBeat(socket, lost);
    this.#understood = this.#environment.clock.now();
    if (this.#silenceLimit !== undefined) this.#watchSilence(socket, this.#silenceLimit, this.#silenceLimit);
    if (this.#paused) socket.pause();
    this.#listener.opened();
  }

  #received(data: Buffer, binary: boolean): void {
    if (this.#closing.signal.aborted) return;
    this.#heard = true;
    if (!this.#listener.message(data, binary)) return;
    this.#understood = this.#environment.clock.now();
    if (this.#proven) return;
    this.#proven = true;
    this.#madeGood = false;
    this.#hurriedAt = -Infinity;
    this.#environment.recovery.heard();
  }

  #lost(error: NvrError | undefined, orderly = false): void {
    this.#socket = undefined;
    this.#stopTimers();
    if (this.#closing.signal.aborted) return;
    const { recovery } = this.#environment;
    if (!endsConnection(error)) this.#retryAfter(reconnectDelay(this.#failures++, this.#environment.random()));
    this.#refused = error instanceof NvrRefusedError;
    if (!this.#proven) tellUnheard(this.#environment, this.#name, this.#triedAt, error);
    // What is not accepted is not tried again by itself, but may be accepted later. A lacking right is nobody's recovery.
    const mayHurry = error instanceof UntrustedCertificateError || error instanceof LoginRejectedError;
    if (mayHurry || !(endsConnection(error) || this.#refused)) this.#waiting = recovery.wait(() => this.#hurry());
    // The NVR came back while this try was failing. Once: the try itself may have been what was heard.
    if (this.#retryAt !== Infinity && !this.#refused && this.#wasMissed()) {
      this.#madeGood = true;
      this.#bringForward(this.#soon());
    }
    this.#listener.closed(error, orderly);
  }

  /** Whether the NVR was heard while a try was failing, so that nobody will hurry the next. */
  #wasMissed(): boolean {
    return !this.#proven && !this.#madeGood && this.#environment.recovery.heardTimes > this.#heardBefore;
  }

  /** Others have heard from the NVR: the next try comes soon. */
  #hurry(): void {
    const soon = Math.max(this.#soon(), this.#hurriedAt + HURRY_PACE);
    if (this.#bringForward(soon)) this.#hurriedAt = soon;
  }

  /** ms; all sockets of an NVR hear at once that it is back. */
  #soon(): number {
    return this.#environment.clock.now() + reconnectDelay(0, this.#environment.random());
  }

  /** @returns whether the next try would have come later */
  #bringForward(at: number): boolean {
    if (at >= this.#retryAt) return false;
    this.#retryAfter(Math.max(0, at - this.#environment.clock.now()));
    return true;
  }

  #retryAfter(ms: number): void {
    const { clock } = this.#environment;
    this.#retryTimer?.cancel();
    this.#retryAt = clock.now() + ms;
    this.#retryTimer = clock.after(ms, () => {
      this.#retryAt = Infinity;
      this.#waiting?.cancel();
      void this.#connect();
    });
  }

  #scheduleBeat(socket: OpenSocket, lost: (error: Error) => void): void {
    this.#beatTimer = this.#environment.clock.after(HEARTBEAT, () => void this.#beat(socket, lost));
  }

  /** A missing pong counts only for a device that has ever answered one, on any socket; any other is asked by HTTP. */
  async #beat(socket: OpenSocket, lost: (error: Error) => void): Promise<void> {
    if (!this.#heard && !this.#paused) {
      if (this.#environment.recovery.answersPings)
        return lost(new Error(`no answer to a ping within ${inSeconds(HEARTBEAT)}`));
      const loss = await this.#probe();
      if (socket !== this.#socket) return;
      if (loss) return lost(loss);
    }
    this.#heard = false;
    socket.ping();
    this.#scheduleBeat(socket, lost);
  }

  /** What shows that the NVR is gone. */
  async #probe(): Promise<NvrError | undefined> {
    try {
      await this.#environment.probe();
    } catch (error) {
      if (error instanceof NvrError && DEAD.has(error.code)) return error;
    }
    return undefined;
  }

  /** Not a timer for each message, but one that looks when the newest came. */
  #watchSilence(socket: OpenSocket, limit: number, wait: number): void {
    const { clock } = this.#environment;
    this.#silenceTimer = clock.after(wait, () => {
      const left = this.#understood + limit - clock.now();
      if (left > 0) this.#watchSilence(socket, limit, left);
      else socket.emit('error', new Error(`nothing that can be understood for ${limit} ms`));
    });
  }

  #stopTimers(): void {
    this.#waiting?.cancel();
    this.#retryTimer?.cancel();
    this.#healthTimer?.cancel();
    this.#beatTimer?.cancel();
    this.#silenceTimer?.cancel();
  }
}
