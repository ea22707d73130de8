import type { Clock, Timer } from '../clock.js';
import type { Frame, VideoFrame } from '../codec/frame.js';
import { datedPicture } from '../codec/picture.js';
import { ClosedError, endsConnection, type NvrError } from '../errors.js';
import type { Logger } from '../logger.js';
import type { Subscription } from '../push/hook.js';
import { tell } from '../push/tell.js';
import { type Feed, type FeedOptions, firstKeyframe, type LiveFeedListener } from './live-feed.js';
import type { StreamName } from '../sdk/stream-name.js';
import type { Playback } from './playback.js';
import { TimeShift } from './time-shift.js';

/** A moment of what was recorded of a camera. */
export interface Moment {
  readonly channel: number;
  /** ms since 1970 UTC */
  readonly time: number;
}

export interface PastFeedOptions {
  /** Plays the recordings of a camera from a moment on. @throws NvrError */
  readonly play: (moment: Moment) => Pick<Playback, 'subscribe' | 'close'>;
  /** What is shown as long as nothing was asked for; `undefined`: nothing. */
  readonly otherwise: () => Moment | undefined;
  /**
   * ms by which the clock of what plays is ahead of the one by which moments are asked for and frames are handed on. Default:
   * they are alike.
   */
  readonly ahead?: () => number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For so long it plays on after its last subscriber, ms. */
  readonly lingerMs: number;
}

type Entry = Required<LiveFeedListener> & { readonly linger: boolean };

/**
 * What was recorded, as a feed: who subscribes gets pictures from the asked moment on, as if they were live. It plays as
 * long as somebody watches, in one playback, since an NVR has few; the next one to come sees the asked moment again. Its
 * newest keyframe is kept: who wants no more than a picture plays nothing.
 */
export class PastFeed {
  readonly #options: PastFeedOptions;
  readonly #listeners = new Set<Entry>();
  readonly #kept: TimeShift;
  #asked: Moment | undefined;
  #latest: VideoFrame | undefined;
  #playing: { readonly moment: Moment; readonly playback: Pick<Playback, 'close'> } | undefined;
  /** Timestamp of the newest picture of this playback. */
  #time: number | undefined;
  #linger: Timer | undefined;
  #closed = false;

  constructor(options: PastFeedOptions) {
    this.#options = options;
    this.#kept = new TimeShift(options.clock);
  }

  get warm(): boolean {
    return this.#kept.keyframe !== undefined;
  }

  get latestKeyframe(): VideoFrame | undefined {
    return this.#latest;
  }

  /** As that stream of a camera: whichever is asked for, there is the one playback. */
  as(stream: StreamName): Feed {
    return new PastStream(stream, this);
  }

  /** What was asked for last, whether somebody watches or not. */
  get asked(): Moment | undefined {
    return this.#asked;
  }

  /** What is being shown; `undefined` while nobody watches. */
  get position(): Moment | undefined {
    if (!this.#playing || this.#listeners.size === 0) return undefined;
    const { channel, time } = this.#playing.moment;
    return { channel, time: this.#time ?? time };
  }

  /** Goes on with another moment, at once for those who watch. */
  show(moment: Moment): void {
    this.#asked = moment;
    this.#latest = undefined;
    const watched = this.#listeners.size > 0;
    this.#stop();
    if (!watched || this.#closed) return;
    // It begins with a keyframe of another time, perhaps of another camera.
    this.#tell((listener) => listener.interrupted(undefined));
    this.#play();
  }

  /** As with a live feed. @throws {@link ClosedError} */
  subscribe(listener: LiveFeedListener, { linger = true }: FeedOptions = {}): Subscription {
    if (this.#closed) throw new ClosedError('the past is closed');
    this.#linger?.cancel();
    const entry: Entry = {
      linger,
      frame: (frame, replay) => listener.frame(frame, replay),
      interrupted: (error) => listener.interrupted?.(error),
    };
    for (const frame of this.#kept.since()) tell([entry], this.#options.logger, () => entry.frame(frame, true));
    this.#listeners.add(entry);
    if (!this.#playing) this.#play();
    return { close: () => this.#unsubscribe(entry) };
  }

  /** A picture of the asked moment, or the newest that was shown since. */
  async keyframe({ signal }: { signal?: AbortSignal | undefined } = {}): Promise<VideoFrame> {
    return this.#latest ?? firstKeyframe(this, { signal, linger: false });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stop();
    this.#tell((listener) => listener.interrupted(new ClosedError('the past is closed')));
    this.#listeners.clear();
  }

  #play(): void {
    const { play, otherwise, logger } = this.#options;
    const moment = this.#asked ?? otherwise();
    if (!moment) return;
    const ahead = this.#options.ahead?.() ?? 0;
    try {
      // The clock of an NVR that has forgotten the date begins in 1970.
      const playback = play({ ...moment, time: Math.max(0, moment.time + ahead) });
      const playing = { moment, playback };
      this.#playing = playing;
      playback.subscribe({
        frame: (played) => {
          if (this.#playing !== playing) return;
          const frame = dated(played, played.timestamp - ahead);
          if (frame.kind === 'video') this.#time = frame.timestamp;
          if (frame.kind === 'video' && frame.keyframe) this.#latest = frame;
          this.#kept.push(frame);
          this.#tell((listener) => listener.frame(frame, false));
        },
        interrupted: (error) => {
          if (this.#playing === playing && !endsConnection(error)) this.#interrupted(error);
        },
        // Without an error: the recordings have come to their end. What is shown stays.
        ended: (error) => {
          if (this.#playing !== playing) return;
          this.#playing = undefined;
          this.#interrupted(error as NvrError | undefined);
        },
      });
    } catch (error) {
      logger.debug(`the past cannot be played: ${String(error)}`);
      this.#interrupted(error as NvrError);
    }
  }

  #interrupted(error: NvrError | undefined): void {
    this.#kept.clear();
    this.#tell((listener) => listener.interrupted(error));
  }

  #unsubscribe(entry: Entry): void {
    if (!this.#listeners.delete(entry) || this.#listeners.size > 0) return;
    const { clock, lingerMs } = this.#options;
    if (entry.linger) this.#linger = clock.after(lingerMs, () => this.#stop());
    else this.#stop();
  }

  #stop(): void {
    this.#linger?.cancel();
    const { playback } = this.#playing ?? {};
    this.#playing = this.#time = undefined;
    this.#kept.clear();
    playback?.close();
  }

  #tell(action: (listener: Entry) => void): void {
    tell(this.#listeners, this.#options.logger, action);
  }
}

function dated(frame: Frame, timestamp: number): Frame {
  return frame.kind === 'video' ? datedPicture(frame, timestamp) : { ...frame, timestamp };
}

class PastStream implements Feed {
  readonly recorded = true;

  constructor(
    readonly stream: StreamName,
    private readonly past: PastFeed,
  ) {}

  get warm(): boolean {
    return this.past.warm;
  }

  get latestKeyframe(): VideoFrame | undefined {
    return this.past.latestKeyframe;
  }

  subscribe(listener: LiveFeedListener, options?: FeedOptions): Subscription {
    return this.past.subscribe(listener, options);
  }

  keyframe(options?: { signal?: AbortSignal | undefined }): Promise<VideoFrame> {
    return this.past.keyframe(options);
  }
}
