import {
  type Clock,
  ClosedError,
  type Frame,
  type LiveFeed,
  type NvrError,
  type Subscription,
  type Timer,
} from '../../shared/index.js';

/** ms in which a stream that stands in has to show a picture: hubs wait some 10 s for a first fragment of 4 s. */
const PATIENCE = 3000;

export interface RecordedStreamOptions {
  readonly feed: LiveFeed;
  /** What may stand in for it. */
  readonly instead: LiveFeed | undefined;
  /** ms before now that it begins, as far as the past is kept. */
  readonly past: number;
  readonly clock: Clock;
  /** In one go what is kept of the past, then one by one. */
  readonly onFrames: (frames: readonly Frame[]) => void;
  readonly onInterrupted: (error: NvrError | undefined) => void;
}

/** The stream that a recording is made of: the one that Home asked for, or another one in its place. */
export class RecordedStream {
  readonly #options: RecordedStreamOptions;
  #subscription: Subscription | undefined;
  /** Counts the streams that were followed: what comes late from one of before is nobody's. */
  #turn = 0;
  /** When the other one took its place, ms of the clock. */
  #left: number | undefined;
  /** Runs while the other one has shown nothing. */
  #timer: Timer | undefined;

  constructor(options: RecordedStreamOptions) {
    this.#options = options;
  }

  begin(): void {
    this.#follow(this.#options.feed, this.#options.past);
  }

  /**
   * Goes over to the other stream, with what is kept of it; where that shows no picture in time, back again.
   *
   * @returns `false` where there is none, or it has been tried: all stays as it is
   */
  standIn(): boolean {
    const { instead, past, clock } = this.#options;
    if (!instead || this.#left !== undefined) return false;
    this.#left = clock.now();
    this.#timer = clock.after(PATIENCE, () => this.#goBack());
    this.#follow(instead, past);
    return true;
  }

  close(): void {
    this.#turn += 1;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#subscription?.close();
    this.#subscription = undefined;
  }

  #goBack(): void {
    if (!this.#timer) return;
    const { feed, past, clock } = this.#options;
    this.#timer.cancel();
    this.#timer = undefined;
    this.#follow(feed, past + clock.now() - (this.#left ?? clock.now()));
  }

  #follow(feed: LiveFeed, past: number): void {
    const turn = (this.#turn += 1);
    this.#subscription?.close();
    const kept: Frame[] = [];
    let replaying = true;
    const interrupted = (error: NvrError | undefined) => {
      if (turn !== this.#turn) return;
      // A feed may end while it is being subscribed to.
      if (this.#timer) queueMicrotask(() => this.#goBack());
      else this.#options.onInterrupted(error);
    };
    const frame = (each: Frame) => {
      if (turn !== this.#turn) return;
      if (replaying) kept.push(each);
      else this.#pass([each]);
    };
    try {
      this.#subscription = feed.subscribe({ frame, interrupted }, { past });
    } catch (error) {
      // The NVR was taken out meanwhile.
      if (!(error instanceof ClosedError)) throw error;
      return interrupted(error);
    }
    replaying = false;
    this.#pass(kept);
  }

  #pass(frames: readonly Frame[]): void {
    if (frames.some((frame) => frame.kind === 'video' && frame.keyframe)) {
      this.#timer?.cancel();
      this.#timer = undefined;
    }
    if (frames.length > 0) this.#options.onFrames(frames);
  }
}
