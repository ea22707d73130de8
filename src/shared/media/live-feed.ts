import { socketPath } from '../wire/request.js';
import { abortable, type Clock, type Timer } from '../clock.js';
import { ClosedError, endsConnection, type FatalError, type NvrError } from '../errors.js';
import type { Subscription } from '../push/hook.js';
import { type MessageStream, openStream, type StreamOptions } from '../push/message-stream.js';
import { ReconnectingSocket, type SocketEnvironment } from '../link/reconnecting-socket.js';
import { tell } from '../push/tell.js';
import type { Logger } from '../logger.js';
import { live } from '../sdk/streaming.js';
import type { Frame, VideoFrame } from '../codec/frame.js';
import { frameBacklog } from './frame-backlog.js';
import { FrameIntake } from './frame-intake.js';
import type { FrameFaults, FrameReading } from './frame-reassembler.js';
import { type StreamName, streamNumber } from '../sdk/stream-name.js';
import { TimeShift } from './time-shift.js';

/** ms without a frame that makes sense after which the connection counts as dead. */
const SILENCE_LIMIT = 10_000;

/** Which frames somebody wants. */
export interface FeedOptions {
  /**
   * Also the pictures that follow a lost or damaged one, up to the next keyframe: they cannot be decoded without it.
   * Default: false.
   */
  readonly all?: boolean | undefined;
  /**
   * Begin with the last keyframe that is at least so old, ms, as far as somebody {@link LiveFeed.hold | holds} the past.
   * Default: 0, the newest keyframe.
   */
  readonly past?: number | undefined;
  /**
   * Whether the feed stays open for a while after its last subscriber, so that the next one finds it warm. `false`: not
   * for the sake of this one. Default: true.
   */
  readonly linger?: boolean | undefined;
}

export interface LiveFeedListener {
  /** @param replay the frame was kept from before the subscription */
  frame(frame: Frame, replay: boolean): void;
  /** The connection is lost; frames go on with a keyframe once it is back, unless `error` is a rejected login or certificate, or the end of the client. */
  interrupted?(error: NvrError | undefined): void;
}

/** Frames that go on and on, and the newest of them: live ones, or those of the past as if they were. */
export type Feed = Pick<LiveFeed, 'stream' | 'warm' | 'latestKeyframe' | 'subscribe' | 'keyframe'> & {
  /** Whether its frames are of the past: their timestamps tell when. */
  readonly recorded?: boolean;
  /** Of its socket, where it has one. */
  readonly path?: string;
};

interface Subscriber extends Required<LiveFeedListener> {
  readonly all: boolean;
  readonly linger: boolean;
}

/**
 * The live frames of one (channel, stream), shared by all who watch. Opened for the first subscriber; after the last
 * it lingers, so that the next one finds it warm. A newcomer gets the current group of pictures at once.
 */
export class LiveFeed {
  readonly channel: number;
  readonly stream: StreamName;
  /** Of its socket. @internal */
  readonly path: string;
  readonly #environment: SocketEnvironment;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #lingerMs: number;
  readonly #listeners = new Set<Subscriber>();
  readonly #timeShift: TimeShift;
  readonly #intake: FrameIntake;
  #socket: ReconnectingSocket | undefined;
  #linger: Timer | undefined;
  /** Until when it stays open without subscribers, ms. */
  #lingersUntil = -Infinity;
  #latest: VideoFrame | undefined;
  #error: FatalError | undefined;
  #closed = false;

  /** @throws {@link InvalidParameterError} @internal */
  constructor(channel: number, stream: StreamName, environment: SocketEnvironment, lingerMs: number) {
    this.channel = channel;
    this.stream = stream;
    this.path = socketPath(live, { ChannelID: channel, StreamID: streamNumber(stream) });
    this.#environment = environment;
    this.#clock = environment.clock;
    this.#logger = environment.logger;
    this.#lingerMs = lingerMs;
    const name = `live ${channel}/${stream}`;
    this.#intake = new FrameIntake(name, environment);
    this.#timeShift = new TimeShift(this.#clock, (limit) =>
      environment.limits.hit(
        limit,
        name,
        limit === 'timeShift.bytes'
          ? 'less of the past is kept for recordings'
          : 'a group of pictures is not kept, newcomers wait for the next keyframe',
      ),
    );
  }

  /**
   * The newest keyframe ever received, its parameter sets in front; also after the connection is lost. From an NVR that
   * sends the slices of a picture as frames of their own it is the first of them.
   */
  get latestKeyframe(): VideoFrame | undefined {
    return this.#latest;
  }

  /** Whether a newcomer gets a picture at once. */
  get warm(): boolean {
    return this.#timeShift.keyframe !== undefined;
  }

  /** How the NVR writes frames, as far as the current connection shows. */
  get reading(): FrameReading {
    return this.#intake.reading;
  }

  /** What was passed over on the current connection. */
  get faults(): Readonly<FrameFaults> {
    return this.#intake.faults;
  }

  /** Delivers the kept group of pictures at once, keyframe first, then live frames. @throws {@link ClosedError} */
  subscribe(listener: LiveFeedListener, { all = false, past = 0, linger = true }: FeedOptions = {}): Subscription {
    if (this.#closed) throw new ClosedError(`the feed of channel ${this.channel} is closed`);
    this.#linger?.cancel();
    const entry: Subscriber = {
      all,
      linger,
      frame: (frame: Frame, replay: boolean) => listener.frame(frame, replay),
      interrupted: (error: NvrError | undefined) => listener.interrupted?.(error),
    };
    for (const frame of [...this.#timeShift.since(past)])
      tell([listener], this.#logger, () => listener.frame(frame, true));
    this.#listeners.add(entry);
    // One that lingers may be waiting for its next try, for up to a minute.
    if (this.#socket) this.#socket.want();
    else this.#socket = this.#open();
    if (this.#error) entry.interrupted(this.#error);
    return { close: () => this.#unsubscribe(entry) };
  }

  /**
   * Keeps the feed open and its newest seconds in memory, for subscribers that ask for the `past`, until it is closed.
   *
   * @param ms at most `limits.timeShift.length`; whole groups of pictures are kept, so it may be more, or less where they
   *   are large
   * @throws {@link ClosedError}
   */
  hold(ms: number): Subscription {
    const subscription = this.subscribe({ frame: () => undefined });
    const release = this.#timeShift.hold(ms);
    return {
      close: () => {
        release();
        subscription.close();
      },
    };
  }

  /**
   * The same frames for `for await`, whose reader may be slow: pictures that it loses are lost up to a keyframe, so that
   * what it gets can be decoded. After a lost connection they go on with a keyframe, too. A number as `queue` counts
   * frames; `latest` (the default) holds no more than the current group of pictures. Rejects with the signal's reason or
   * a fatal error.
   *
   * @throws `INVALID_PARAMETER`, `CLOSED`
   */
  frames({ queue = 'latest', signal, all, past, linger }: StreamOptions & FeedOptions = {}): MessageStream<Frame> {
    return openStream<Frame>(
      (sink) =>
        this.subscribe(
          {
            frame: (frame) => sink.push(frame),
            interrupted: (error) => {
              if (endsConnection(error)) sink.end(error);
            },
          },
          { all, past, linger },
        ),
      frameBacklog,
      queue,
      signal,
    );
  }

  /**
   * The kept keyframe of a warm feed, which can be as old as a whole group of pictures (seconds; its `timestamp` tells),
   * else the first to arrive. Rejects with the signal's reason or a fatal error.
   */
  async keyframe({ signal }: { signal?: AbortSignal | undefined } = {}): Promise<VideoFrame> {
    return firstKeyframe(this, { signal });
  }

  /** Closes the socket and forgets every subscriber, who is told: the client does, when it closes. @internal */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#error = new ClosedError(`the feed of channel ${this.channel} is closed`);
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    this.#shut();
    tell(listeners, this.#logger, (listener) => listener.interrupted?.(this.#error));
  }

  #unsubscribe(entry: Subscriber): void {
    if (!this.#listeners.delete(entry)) return;
    const now = this.#clock.now();
    if (entry.linger) this.#lingersUntil = now + this.#lingerMs;
    if (this.#listeners.size > 0) return;
    if (this.#lingersUntil > now) this.#linger = this.#clock.after(this.#lingersUntil - now, () => this.#shut());
    else this.#shut();
  }

  #shut(): void {
    this.#linger?.cancel();
    this.#socket?.close();
    this.#socket = undefined;
    this.#timeShift.clear();
  }

  #open(): ReconnectingSocket {
    this.#error = undefined;
    return new ReconnectingSocket(
      this.#environment,
      this.path,
      {
        opened: () => this.#begin(),
        // Text is no frame, and between two of them no damage.
        message: (data, binary) => binary && this.#received(data),
        closed: (error) => this.#interrupted(error),
      },
      SILENCE_LIMIT,
    );
  }

  #begin(): void {
    this.#error = undefined;
    this.#intake.begin();
  }

  #received(data: Buffer): boolean {
    return this.#intake.take(data, (frame, decodable) => {
      if (frame.kind === 'video' && frame.keyframe) this.#latest = frame;
      if (decodable) this.#timeShift.push(frame);
      tell(this.#listeners, this.#logger, (listener) => {
        if (decodable || listener.all) listener.frame(frame, false);
      });
    });
  }

  #interrupted(error: NvrError | undefined): void {
    this.#timeShift.clear();
    if (endsConnection(error)) this.#error = error;
    tell(this.#listeners, this.#logger, (listener) => listener.interrupted?.(error));
  }
}

/** The kept keyframe, else the first to arrive. Rejects with the signal's reason or a fatal error. */
export async function firstKeyframe(
  feed: Pick<Feed, 'subscribe'>,
  { signal, ...options }: FeedOptions & { readonly signal?: AbortSignal | undefined },
): Promise<VideoFrame> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<VideoFrame>();
  const subscription = feed.subscribe(
    {
      frame: (frame) => {
        if (frame.kind === 'video' && frame.keyframe) resolve(frame);
      },
      interrupted: (error) => {
        if (endsConnection(error)) reject(error);
      },
    },
    options,
  );
  try {
    return await (signal ? abortable(promise, signal) : promise);
  } finally {
    subscription.close();
  }
}
