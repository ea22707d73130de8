import type { Clock } from '../clock.js';
import type { Frame, VideoFrame } from '../codec/frame.js';
import { type LimitName, limits } from '../limits.js';
import { GroupOfPictures } from './group-of-pictures.js';

/** Frames from one keyframe to the next. */
interface Group {
  readonly frames: readonly Frame[];
  readonly bytes: number;
  /** When its keyframe came, ms of `now`. */
  readonly begun: number;
}

/**
 * The newest frames of a feed: the group of pictures that every newcomer starts with and, as long as somebody holds
 * them, the groups of some seconds before. Whole groups only, bounded by time and by bytes. Each frame is kept once,
 * for whoever wants it. Time is that of arrival, so that a step of the NVR's clock neither empties nor swells it.
 */
export class TimeShift {
  readonly #clock: Clock;
  readonly #hit: (limit: LimitName) => void;
  readonly #current: GroupOfPictures;
  #begun = 0;
  /** Oldest first. */
  #past: Group[] = [];
  #pastBytes = 0;
  readonly #holders = new Set<{ readonly reach: number }>();
  #reach = 0;

  /** @param hit is told when a limit cuts what is kept */
  constructor(clock: Clock, hit: (limit: LimitName) => void = () => undefined) {
    this.#clock = clock;
    this.#hit = hit;
    this.#current = new GroupOfPictures(hit);
  }

  /** Keeps this much of the past from now on, until what it returns is called. @param reach ms */
  hold(reach: number): () => void {
    const holder = { reach: Math.min(reach, limits.timeShift.length) };
    this.#holders.add(holder);
    this.#reach = longest(this.#holders);
    return () => {
      this.#holders.delete(holder);
      this.#reach = longest(this.#holders);
      this.#trim();
    };
  }

  push(frame: Frame): void {
    if (frame.kind === 'video' && frame.keyframe) this.#turn();
    this.#current.push(frame);
    // Past groups without the one that follows them would be a recording with a hole.
    if (this.#current.frames.length === 0) this.#forgetPast();
    while (this.#past.length > 0 && this.#pastBytes + this.#current.bytes > limits.timeShift.bytes) {
      this.#hit('timeShift.bytes');
      this.#forgetOldest();
    }
  }

  clear(): void {
    this.#current.clear();
    this.#forgetPast();
  }

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#pastBytes + this.#current.bytes;
  }

  /** That of the newest group. */
  get keyframe(): VideoFrame | undefined {
    return this.#current.keyframe;
  }

  /**
   * Frames from the last keyframe on that is at least so old, or as far back as they are kept: keyframe first. Empty
   * where none has come.
   *
   * @param age ms; 0: the newest group of pictures
   */
  since(age = 0): readonly Frame[] {
    if (age <= 0) return this.#current.frames;
    const wanted = this.#clock.now() - age;
    if (this.#begun <= wanted) return this.#current.frames;
    const first = this.#past.findLastIndex(({ begun }) => begun <= wanted);
    return [...this.#past.slice(Math.max(0, first)).flatMap(({ frames }) => frames), ...this.#current.frames];
  }

  /** A keyframe comes: the group before it is past. */
  #turn(): void {
    const { frames, bytes } = this.#current;
    if (this.#reach > 0 && frames.length > 0) {
      this.#past.push({ frames, bytes, begun: this.#begun });
      this.#pastBytes += bytes;
    }
    this.#begun = this.#clock.now();
    this.#trim();
  }

  /** Groups are let go once the one after them reaches back far enough. */
  #trim(): void {
    const wanted = this.#clock.now() - this.#reach;
    while (this.#past.length > 0 && (this.#reach === 0 || (this.#past[1]?.begun ?? this.#begun) <= wanted)) {
      this.#forgetOldest();
    }
  }

  #forgetOldest(): void {
    this.#pastBytes -= this.#past.shift()?.bytes ?? 0;
  }

  #forgetPast(): void {
    this.#past = [];
    this.#pastBytes = 0;
  }
}

function longest(holders: Iterable<{ readonly reach: number }>): number {
  return Math.max(0, ...Array.from(holders, ({ reach }) => reach));
}
