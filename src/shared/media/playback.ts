import { type Clock, within } from '../clock.js';
import { InvalidParameterError, NvrTimeoutError } from '../errors.js';
import { buildMessage } from '../wire/request.js';
import type { QueuePolicy } from '../push/backlog.js';
import type { Subscription } from '../push/hook.js';
import { type MessageStream, openStream } from '../push/message-stream.js';
import type { SocketEnvironment } from '../link/reconnecting-socket.js';
import { tell } from '../push/tell.js';
import type { Logger } from '../logger.js';
import { playback, type PlaybackCommand } from '../sdk/playback.js';
import type { Frame } from '../codec/frame.js';
import { frameBacklog } from './frame-backlog.js';
import type { FeedOptions } from './live-feed.js';
import { PlaybackConnection, type PlaybackListener } from './playback-connection.js';
import type { PlaybackControl } from './playback-control.js';
import { continuing, secondsOf } from './playback-course.js';
import { type StreamName, streamNumber } from '../sdk/stream-name.js';
import { waitingBacklog } from './waiting-backlog.js';

/** How many times faster, or slower, than real time. */
export type PlaybackSpeed = 1 | 2 | 4 | 8 | 16;

export interface PlaybackOptions {
  /** From 1. */
  readonly channel: number;
  readonly stream: StreamName;
  /**
   * Where to start: a Date, or ms since 1970 UTC. The NVR takes whole seconds, and begins with a keyframe that can be
   * some seconds older; what is not recorded is jumped over.
   */
  readonly from: Date | number;
  /** Closes the playback; who iterates over its frames gets the reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How commands travel: over HTTP, which acknowledges them, or as text over the playback's own socket, which does not.
   * Default: `http`, or `socket` for an NVR that has shown that it knows nothing else.
   */
  readonly control?: 'http' | 'socket' | undefined;
  /** ms for each command, waiting for the connection and for earlier commands included. Default: 10,000. */
  readonly commandTimeout?: number | undefined;
}

/** ms, as for calls */
const COMMAND_TIMEOUT = 10_000;

export interface PlaybackStreamOptions extends FeedOptions {
  /** What becomes of frames that come faster than they are read. `wait`: the NVR has to wait. Default: `wait`. */
  readonly queue?: QueuePolicy | 'wait' | undefined;
  /** Ends the iteration, not the playback. */
  readonly signal?: AbortSignal | undefined;
}

interface Entry {
  readonly listener: PlaybackListener;
  readonly all: boolean;
}

/**
 * One playback of recorded video and audio (SDK 3.3–3.5). It plays forward from its start; the NVR has to wait until
 * somebody listens. Commands go out one after the other, and resolve when the NVR has acknowledged them, or, over the
 * socket, when they are sent. They reject with an error of `Nvr.call`, which is `NVR_TIMEOUT` where the NVR was away for
 * as long as a command may take and nothing was sent, or with why the playback ended. One that is away for longer does
 * not end the playback, but for five minutes without a new frame.
 */
export class Playback implements AsyncDisposable {
  readonly #connection: PlaybackConnection;
  readonly #control: PlaybackControl;
  readonly #way: 'http' | 'socket';
  readonly #clock: Clock;
  readonly #commandTimeout: number;
  readonly #logger: Logger;
  readonly #entries = new Set<Entry>();
  #turn: Promise<unknown> = Promise.resolve();
  #end: { readonly error: Error | undefined } | undefined;

  /**
   * @param owner closes the playback
   * @throws `INVALID_PARAMETER`, or the reason of a signal that is aborted already
   * @internal
   */
  constructor(options: PlaybackOptions, environment: SocketEnvironment, control: PlaybackControl, owner: AbortSignal) {
    const { channel, stream, from, signal, commandTimeout = COMMAND_TIMEOUT } = options;
    if (!(commandTimeout > 0 && commandTimeout < 2 ** 31)) {
      throw new InvalidParameterError('commandTimeout', 'must be positive, ms');
    }
    const either = signal ? AbortSignal.any([signal, owner]) : owner;
    either.throwIfAborted();
    this.#control = control;
    this.#way = options.control ?? 'http';
    this.#clock = environment.clock;
    this.#commandTimeout = commandTimeout;
    this.#logger = environment.logger;
    const abort = () => this.#connection.end(either.reason as Error);
    this.#connection = new PlaybackConnection(
      { channel, stream: streamNumber(stream), from: secondsOf('from', from) },
      environment,
      {
        frame: (frame, decodable) =>
          this.#tell((listener, all) => {
            if (decodable || all) listener.frame(frame);
          }),
        interrupted: (error) => this.#tell((listener) => listener.interrupted?.(error)),
        resumed: (gap) => this.#tell((listener) => listener.resumed?.(gap)),
        silent: (error) => this.#tell((listener) => listener.silent?.(error)),
        ended: (error) => {
          either.removeEventListener('abort', abort);
          this.#end = { error };
          this.#tell((listener) => listener.ended?.(error));
          this.#entries.clear();
        },
      },
      (present) => this.#send(present),
    );
    this.#connection.hold(this, true);
    either.addEventListener('abort', abort);
  }

  /**
   * From the first listener on nothing waits any more; who comes later gets frames from then on. After a lost or damaged
   * picture those that follow it are handed on from the next keyframe on, unless they are shown one by one or backward.
   */
  subscribe(listener: PlaybackListener, { all = false }: FeedOptions = {}): Subscription {
    // An entry of its own, so that one listener object may subscribe twice.
    const entry: Entry = { listener, all };
    const end = this.#end;
    if (end) tell([listener], this.#logger, () => listener.ended?.(end.error));
    else this.#entries.add(entry);
    this.#connection.hold(this, false);
    return { close: () => void this.#entries.delete(entry) };
  }

  /**
   * The frames for `for await`. The iteration is over when the playback ends, and rejects with the reason if there is
   * one; with `NVR_TIMEOUT` where nothing comes although it should play (see {@link PlaybackListener.silent}).
   *
   * @throws `INVALID_PARAMETER`, or the reason of a signal that is aborted already
   */
  frames({ queue = 'wait', signal, all }: PlaybackStreamOptions = {}): MessageStream<Frame> {
    const holder = {};
    return openStream<Frame>(
      (sink) =>
        this.subscribe(
          {
            frame: (frame) => sink.push(frame),
            silent: (error) => sink.end(error),
            ended: (error) => sink.end(error),
          },
          { all },
        ),
      (policy) =>
        queue === 'wait' ? waitingBacklog((held) => this.#connection.hold(holder, held)) : frameBacklog(policy),
      queue === 'wait' ? 'latest' : queue,
      signal,
    );
  }

  play(): Promise<void> {
    return this.#command({ command: 'play' });
  }

  pause(): Promise<void> {
    return this.#command({ command: 'pause' });
  }

  /** Whether it can be played on after that is up to the NVR: one that closes the socket ends the playback. */
  stop(): Promise<void> {
    return this.#command({ command: 'stop' });
  }

  forward(): Promise<void> {
    return this.#command({ command: 'forward' });
  }

  backward(): Promise<void> {
    return this.#command({ command: 'backward' });
  }

  fastForward(speed: PlaybackSpeed): Promise<void> {
    return this.#command({ command: 'fast_forward', speed });
  }

  fastBackward(speed: PlaybackSpeed): Promise<void> {
    return this.#command({ command: 'fast_backward', speed });
  }

  slowForward(speed: PlaybackSpeed): Promise<void> {
    return this.#command({ command: 'slow_forward', speed });
  }

  slowBackward(speed: PlaybackSpeed): Promise<void> {
    return this.#command({ command: 'slow_backward', speed });
  }

  /** Shows the next picture and pauses. */
  stepForward(): Promise<void> {
    return this.#command({ command: 'step_forward' });
  }

  stepBackward(): Promise<void> {
    return this.#command({ command: 'step_backward' });
  }

  /** Shows the picture of a time (a Date, or ms since 1970 UTC; the NVR takes whole seconds) and pauses. */
  async seek(time: Date | number): Promise<void> {
    return this.#command({ command: 'seek', time: secondsOf('time', time) });
  }

  /** Idempotent. */
  close(): void {
    this.#connection.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  async #command(command: PlaybackCommand): Promise<void> {
    buildMessage(playback, command);
    const end = this.#clock.now() + this.#commandTimeout;
    const turn = this.#turn.then(() => this.#carryOut(command, () => end - this.#clock.now()));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** @param remaining ms */
  async #carryOut(command: PlaybackCommand, remaining: () => number): Promise<void> {
    const late = () => {
      throw new NvrTimeoutError(
        `playback command ${command.command}: not sent, the NVR was away for ${this.#commandTimeout} ms`,
      );
    };
    if (remaining() <= 0) late();
    await within(this.#clock, remaining(), this.#connection.ready(command), late);
    await this.#connection.carryOut(command, () => this.#send(command, () => Math.max(1, remaining())));
  }

  async #send(command: PlaybackCommand, remaining: () => number = () => this.#commandTimeout): Promise<void> {
    const connection = this.#connection;
    if (this.#way === 'socket') await this.#control.text(connection, command, remaining());
    else await this.#control.command(connection, command, continuing(connection.present), remaining);
  }

  #tell(action: (listener: PlaybackListener, all: boolean) => void): void {
    tell(this.#entries, this.#logger, ({ listener, all }) => action(listener, all));
  }
}
