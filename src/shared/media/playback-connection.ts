import { randomBytes } from 'node:crypto';
import { socketPath } from '../wire/request.js';
import type { Timer } from '../clock.js';
import { ClosedError, endsConnection, type NvrError, NvrTimeoutError, NvrUnreachableError } from '../errors.js';
import { ReconnectingSocket, type SocketEnvironment } from '../link/reconnecting-socket.js';
import { playback, type PlaybackCommand } from '../sdk/playback.js';
import type { Frame } from '../codec/frame.js';
import { FrameIntake, type FrameReceiver } from './frame-intake.js';
import type { ControlTarget } from './playback-control.js';
import { directionOf, followsOn, moves, silenceLimit } from './playback-course.js';
import { type Delivered, Repetition } from './repetition.js';

/** ms without a new frame over broken connections after which a playback is given up. */
const GIVE_UP = 300_000;

export interface PlaybackListener {
  /** Its timestamp is the recorded time. */
  frame(frame: Frame): void;
  /**
   * The connection is lost. While it plays it is made anew where it broke off; while it stands still, with the next
   * command. What was delivered is not repeated.
   */
  interrupted?(error: NvrError | undefined): void;
  /** The first new picture after an interruption follows. `gap`: something may be missing in front of it. */
  resumed?(gap: boolean): void;
  /**
   * It should play, but nothing has come for some time: the recordings have ended, a gap is played through, or the NVR is
   * stuck. The document has no sign that tells which. Told once, until the next frame.
   */
  silent?(error: NvrTimeoutError): void;
  /**
   * Nothing more comes. Without an error: it was closed by its user, or by the NVR in good order with nothing left to
   * show, or after `stop`. Else an error of the connection, `CLOSED` with the client, or the signal's reason.
   */
  ended?(error: Error | undefined): void;
}

/** What a connection tells: also frames that cannot be decoded any more, and which those are. */
export type ConnectionListener = Required<Omit<PlaybackListener, 'frame'>> & { readonly frame: FrameReceiver };

/** Which recording is played. */
export interface PlaybackPlace {
  readonly channel: number;
  /** 0 main, 1 sub. */
  readonly stream: number;
  /** s since 1970 UTC */
  readonly from: number;
}

/**
 * The socket of one playback. Lost while it plays, it is opened anew where it broke off, with a session id of its own:
 * the NVR may not have noticed yet that the old one is gone.
 */
export class PlaybackConnection implements ControlTarget {
  readonly #place: PlaybackPlace;
  readonly #environment: SocketEnvironment;
  readonly #listener: ConnectionListener;
  readonly #restore: (present: PlaybackCommand) => Promise<void>;
  readonly #intake: FrameIntake;
  readonly #holders = new Set<object>();
  #socket: ReconnectingSocket | undefined;
  #ready: PromiseWithResolvers<void> = Promise.withResolvers();
  #connected = false;
  #session = '';
  /** s since 1970 UTC */
  #from: number;
  #present: PlaybackCommand = { command: 'play' };
  /** What the NVR is being told: its pictures may come before its answer. */
  #asked: PlaybackCommand | undefined;
  /** What the next connection is opened for. */
  #next: PlaybackCommand = this.#present;
  #delivered: Delivered | undefined;
  #repetition: Repetition | undefined;
  #everConnected = false;
  /** Whether this connection has brought something new. */
  #fruitful = false;
  /** ms */
  #lostSince: number | undefined;
  #silence: Timer | undefined;
  #ended = false;

  /**
   * @param restore tells the NVR to do again, on a new connection, what the old one did
   * @throws `INVALID_PARAMETER`
   */
  constructor(
    place: PlaybackPlace,
    environment: SocketEnvironment,
    listener: ConnectionListener,
    restore: (present: PlaybackCommand) => Promise<void>,
  ) {
    this.#place = place;
    this.#from = place.from;
    this.#environment = environment;
    this.#listener = listener;
    this.#restore = restore;
    this.#intake = new FrameIntake(`playback ${place.channel}/${place.stream}`, environment);
    this.#ready.promise.catch(() => undefined);
    this.#newPath();
    this.#open();
  }

  get session(): string {
    return this.#session;
  }

  /** What the playback does. */
  get present(): PlaybackCommand {
    return this.#present;
  }

  async send(text: string): Promise<void> {
    if (!this.#socket) throw new NvrUnreachableError('playback: the connection is lost');
    await this.#socket.send(text);
  }

  /** Resolves when the NVR can be told to do that. */
  ready(next: PlaybackCommand): Promise<void> {
    if (!this.#socket && !this.#ended) {
      this.#next = next;
      if (next.time !== undefined) this.#jump(next.time);
      this.#open();
    }
    return this.#ready.promise;
  }

  /** Tells the NVR to do that, by `send`, and takes it for done when that resolves. */
  async carryOut(command: PlaybackCommand, send: () => Promise<void>): Promise<void> {
    this.#asked = command;
    try {
      await send();
    } finally {
      this.#asked = undefined;
    }
    this.#moved(command);
  }

  /** The NVR does that now. */
  #moved(command: PlaybackCommand): void {
    this.#present = this.#next = command;
    if (command.time !== undefined) this.#jump(command.time);
    const direction = directionOf(command);
    if (direction && direction !== this.#repetition?.direction) this.#repetition = undefined;
    this.#watchSilence();
  }

  /** Makes the NVR wait, as long as anybody holds. */
  hold(holder: object, held: boolean): void {
    const before = this.#holders.size;
    if (held) this.#holders.add(holder);
    else this.#holders.delete(holder);
    if (this.#holders.size === before) return;
    if (this.#holders.size > 0) this.#socket?.pause();
    else this.#socket?.resume();
    this.#watchSilence();
  }

  /** Idempotent. */
  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#connected = false;
    this.#silence?.cancel();
    this.#socket?.close();
    this.#socket = undefined;
    this.#ready.reject(error ?? new ClosedError('the playback is closed'));
    this.#renewReady(error ?? new ClosedError('the playback is closed'));
    this.#listener.ended(error);
  }

  #renewReady(rejected?: Error): void {
    this.#ready = Promise.withResolvers();
    this.#ready.promise.catch(() => undefined);
    if (rejected) this.#ready.reject(rejected);
  }

  #jump(time: number): void {
    this.#from = time;
    this.#delivered = undefined;
    this.#repetition = undefined;
  }

  #newPath(): string {
    const { channel, stream } = this.#place;
    this.#session = randomBytes(16).toString('hex');
    const time = this.#delivered ? Math.floor(this.#delivered.video / 1000) : this.#from;
    return socketPath(playback, { ChannelID: channel, StreamID: stream, time, session: this.#session });
  }

  #open(): void {
    this.#socket = new ReconnectingSocket(this.#environment, () => this.#newPath(), {
      opened: () => this.#opened(),
      // An NVR may answer a command as it came: as text (SDK 3.4).
      message: (data, binary) => binary && this.#received(data),
      closed: (error, orderly) => this.#closed(error, orderly),
    });
    if (this.#holders.size > 0) this.#socket.pause();
  }

  #opened(): void {
    const again = this.#everConnected;
    this.#connected = this.#everConnected = true;
    this.#fruitful = false;
    this.#intake.begin();
    this.#repetition = this.#delivered && new Repetition(directionOf(this.#next) ?? 'forward', this.#delivered);
    this.#ready.resolve();
    this.#watchSilence();
    // Every connection begins by playing forward.
    if (again && moves(this.#present)) void this.#restorePresent();
  }

  async #restorePresent(): Promise<void> {
    const { session, present } = this;
    if (present.command === 'play' || present.command === 'forward') return;
    try {
      await this.#restore(present);
    } catch (error) {
      if (this.#connected && session === this.#session) this.end(error as Error);
    }
  }

  #received(data: Buffer): boolean {
    const understood = this.#intake.take(data, (frame, decodable) => this.#receive(frame, decodable));
    if (understood && !this.#ended) this.#watchSilence();
    return understood;
  }

  #receive(frame: Frame, decodable: boolean): void {
    if (this.#ended || this.#repetition?.repeats(frame)) return;
    if (!decodable && followsOn(this.#asked ?? this.#present)) return this.#listener.frame(frame, false);
    if (frame.kind === 'video') this.#resume();
    this.#fruitful = true;
    this.#lostSince = undefined;
    const { timestamp } = frame;
    const { video, audio } = this.#delivered ?? { video: timestamp, audio: timestamp };
    this.#delivered = frame.kind === 'video' ? { video: timestamp, audio } : { video, audio: timestamp };
    this.#listener.frame(frame, true);
  }

  #resume(): void {
    const repetition = this.#repetition;
    this.#repetition = undefined;
    if (repetition) this.#listener.resumed(repetition.gap);
  }

  #closed(error: NvrError | undefined, orderly: boolean): void {
    const opened = this.#connected;
    this.#connected = false;
    this.#silence?.cancel();
    const reason = error ?? new NvrUnreachableError('playback: the NVR closed the connection');
    if (!this.#everConnected || endsConnection(error)) return this.end(reason);
    if (this.#present.command === 'stop' || (opened && orderly && !this.#fruitful)) return this.end();
    const now = this.#environment.clock.now();
    this.#lostSince ??= now;
    if (now - this.#lostSince >= GIVE_UP) return this.end(reason);
    if (opened) this.#renewReady();
    if (!moves(this.#present)) {
      this.#socket?.close();
      this.#socket = undefined;
      this.#ready.reject(reason);
      this.#renewReady();
    }
    this.#listener.interrupted(error);
  }

  #watchSilence(): void {
    this.#silence?.cancel();
    const limit = silenceLimit(this.#present);
    if (limit === undefined || !this.#connected || this.#holders.size > 0) return;
    this.#silence = this.#environment.clock.after(limit, () => {
      const problem = `playback: nothing has come for ${limit} ms; nothing more may be recorded`;
      this.#listener.silent(new NvrTimeoutError(problem));
    });
  }
}
