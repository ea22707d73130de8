import {
  type Clock,
  ConversionError,
  type Frame,
  type LiveFeed,
  type NvrError,
  type Subscription,
  systemClock,
} from '../../../shared/index.js';
import { type Child, type ChildOwner, type Ffmpeg, startFfmpeg } from '../../../shared/ffmpeg/index.js';

/** ms by which the date must be set for ffmpeg to begin anew: it numbers pictures by the date as they come. */
const SET = 1000;

/** Who watches what a conversion makes. */
export interface Watcher<T> {
  /** @param past it was made before this one came */
  next(item: T, past: boolean): void;
  /** Nothing comes any more. */
  ended(error: Error): void;
}

export interface ConversionOptions<T> {
  readonly feed: LiveFeed;
  readonly ffmpeg: Ffmpeg;
  /** Whose process it is. */
  readonly owner: ChildOwner;
  /** Which frames of the feed. Default: `video`. */
  readonly kind?: Frame['kind'];
  /** Elementary stream on stdin, what `reader` reads on stdout. */
  readonly argumentsFor: (codec: Frame['codec']) => readonly string[];
  /** Made anew for each process. */
  readonly reader: () => (bytes: Buffer) => readonly T[];
  /** What newcomers are given of what was made so far. */
  readonly keep: (kept: readonly T[], item: T) => readonly T[];
  readonly clock?: Clock;
}

/** A live feed made into something else by one ffmpeg, for all who watch; none runs while nobody does. */
export class Conversion<T> {
  readonly #options: ConversionOptions<T>;
  readonly #watchers = new Set<Watcher<T>>();
  #subscription: Subscription | undefined;
  #child: { readonly process: Child; readonly codec: Frame['codec'] } | undefined;
  #kept: readonly T[] = [];
  /** Add this to `now` to get the date. ms */
  #date = NaN;
  readonly #leaving = new Set<Promise<void>>();

  constructor(options: ConversionOptions<T>) {
    this.#options = options;
  }

  /** Whether somebody watches. */
  get runs(): boolean {
    return this.#watchers.size > 0;
  }

  /** @throws ClosedError */
  watch(watcher: Watcher<T>): Subscription {
    this.#watchers.add(watcher);
    for (const item of this.#kept) watcher.next(item, true);
    const close = () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size === 0) this.#stop();
    };
    try {
      this.#subscription ??= this.#options.feed.subscribe({
        frame: (frame, past) => this.#take(frame, past),
        interrupted: (error) => this.#interrupted(error),
      });
    } catch (error) {
      close();
      throw error;
    }
    // It may have ended while the feed told what it had.
    if (!this.runs) this.#stop();
    return { close };
  }

  /** Resolves when no process is left. */
  async close(error: Error): Promise<void> {
    this.#end(error);
    await Promise.all(this.#leaving);
  }

  #take(frame: Frame, past: boolean): void {
    const { kind = 'video' } = this.#options;
    if (frame.kind !== kind) return;
    // Nobody wants to hear what was before.
    if (frame.kind === 'audio' && past) return;
    // An hour more would be filled with copies of one picture.
    if (frame.kind === 'video' && this.#dateWasSet()) this.#stopChild();
    if (this.#child?.codec !== frame.codec) {
      if (frame.kind === 'video' && !frame.keyframe) return;
      this.#stopChild();
      this.#child = { process: this.#start(frame.codec), codec: frame.codec };
    }
    if (this.#child.process.write(frame.data)) return;
    // More of the past than fits: the next keyframe is waited for.
    if (past) this.#stopChild();
    else this.#end(new ConversionError('ffmpeg does not keep up'));
  }

  /** Since it was asked last. */
  #dateWasSet(): boolean {
    const { clock = systemClock } = this.#options;
    const before = this.#date;
    this.#date = clock.wall() - clock.now();
    return Math.abs(this.#date - before) > SET;
  }

  #start(codec: Frame['codec']): Child {
    const { ffmpeg, owner, kind, argumentsFor, reader, keep } = this.#options;
    const child = startFfmpeg(ffmpeg, kind === 'audio' ? 'sound' : 'video', argumentsFor(codec), owner);
    const read = reader();
    child.read((bytes) => {
      if (this.#child?.process !== child) return;
      for (const item of read(bytes)) {
        this.#kept = keep(this.#kept, item);
        for (const watcher of [...this.#watchers]) watcher.next(item, false);
      }
    });
    void child.exited.then(({ complaint, error }) => {
      if (this.#child?.process !== child) return;
      this.#end(error ?? new ConversionError(`ffmpeg ended: ${complaint || 'it gave no reason'}`));
    });
    return child;
  }

  /** It comes back by itself; what ffmpeg holds of the picture before is of no use then. */
  #interrupted(error: NvrError | undefined): void {
    this.#stopChild();
    if (error && !error.recoverable) this.#end(error);
  }

  #end(error: Error): void {
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    this.#stop();
    for (const watcher of watchers) watcher.ended(error);
  }

  #stop(): void {
    this.#subscription?.close();
    this.#subscription = undefined;
    this.#stopChild();
  }

  #stopChild(): void {
    this.#kept = [];
    if (!this.#child) return;
    const leaving = this.#child.process.stop();
    this.#child = undefined;
    this.#leaving.add(leaving);
    void leaving.finally(() => this.#leaving.delete(leaving));
  }
}
