import type { Clock } from '../../../../src/shared/clock.js';

/** A stretch of recorded time, s since 1970 UTC; `to` is the first second that is missing. */
export interface Recorded {
  readonly from: number;
  readonly to: number;
}

/** A stretch since the start; the last one may go on. */
interface Stretch {
  readonly from: number;
  to: number;
}

interface Channel {
  /** As the record settings have it (9.15). */
  enabled: boolean;
  /** By hand (9.27). */
  manual: boolean;
  /** Nothing before this second is left. */
  erasedTo: number;
  readonly stretches: Stretch[];
}

/** s */
const DAY = 86_400;
/** s; so much was recorded when the simulator started. */
const RECORDED_BEFORE = 26 * 3600;
/** s; in every so many seconds before the start there is one gap. */
const GAP_EVERY = 3 * 3600;
/** s */
const GAP_LENGTH = 600;

/**
 * What is on the disks: the last 26 hours before the start, with a gap of 10 minutes in every 3 hours, a minute earlier
 * on each further channel, and everything since while a channel's recording is enabled or it is recorded by hand.
 * Maps, searches, clips and playback all ask here, so they agree.
 */
export class Recordings {
  /** The second of the simulator's start. */
  readonly start: number;
  readonly #clock: Clock;
  readonly #channels = new Map<number, Channel>();
  #overwriteDays = 0;
  /** Nothing before this second survived the days that were set before. */
  #overwrittenTo = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.start = Math.floor(clock.wall() / 1000);
  }

  /** What of a range (s since 1970 UTC, `to` not included) is recorded on a channel, in order. */
  within(channel: number, from: number, to: number): readonly Recorded[] {
    const { stretches, erasedTo } = this.#channel(channel);
    const begin = Math.max(from, erasedTo, this.#oldest);
    const end = Math.min(to, Math.floor(this.#clock.wall() / 1000));
    const since = stretches.map((stretch) => ({
      from: Math.max(begin, stretch.from),
      to: Math.min(end, stretch.to),
    }));
    const [first, ...rest] = since.filter((stretch) => stretch.from < stretch.to);
    const before = this.#before(channel, begin, Math.min(end, this.start));
    const last = before.at(-1);
    if (!first) return before;
    if (last?.to !== first.from) return [...before, first, ...rest];
    return [...before.slice(0, -1), { from: last.from, to: first.to }, ...rest];
  }

  /** Age from which recordings are overwritten (9.21); 0: never by age. */
  get overwriteDays(): number {
    return this.#overwriteDays;
  }

  set overwriteDays(days: number) {
    this.#overwrittenTo = this.#oldest;
    this.#overwriteDays = days;
  }

  get #oldest(): number {
    if (this.#overwriteDays === 0) return this.#overwrittenTo;
    return Math.max(this.#overwrittenTo, Math.floor(this.#clock.wall() / 1000) - this.#overwriteDays * DAY);
  }

  /** Whether that second (since 1970 UTC) is recorded on a channel. */
  has(channel: number, second: number): boolean {
    return this.within(channel, second, second + 1).length > 0;
  }

  isManual(channel: number): boolean {
    return this.#channel(channel).manual;
  }

  /** Whether it is being recorded now. */
  isRecording(channel: number): boolean {
    const { enabled, manual } = this.#channel(channel);
    return enabled || manual;
  }

  enable(channel: number, enabled: boolean): void {
    this.#change(channel, (state) => (state.enabled = enabled));
  }

  recordManually(channel: number, manual: boolean): void {
    this.#change(channel, (state) => (state.manual = manual));
  }

  /** As when the disks that hold it are formatted: what was recorded on the channel up to now is gone. */
  erase(channel: number): void {
    this.#channel(channel).erasedTo = Math.floor(this.#clock.wall() / 1000);
  }

  /** Whole seconds: one that is recorded in part counts. */
  #change(channel: number, change: (state: Channel) => void): void {
    const state = this.#channel(channel);
    const before = this.isRecording(channel);
    change(state);
    const after = this.isRecording(channel);
    const last = state.stretches.at(-1);
    const now = this.#clock.wall() / 1000;
    if (before && !after && last) last.to = Math.ceil(now);
    if (before || !after) return;
    if (last && last.to >= Math.floor(now)) last.to = Infinity;
    else state.stretches.push({ from: Math.floor(now), to: Infinity });
  }

  #channel(channel: number): Channel {
    let state = this.#channels.get(channel);
    if (!state) {
      state = { enabled: true, manual: false, erasedTo: 0, stretches: [{ from: this.start, to: Infinity }] };
      this.#channels.set(channel, state);
    }
    return state;
  }

  #before(channel: number, from: number, end: number): Recorded[] {
    const found: Recorded[] = [];
    for (let at = Math.max(from, this.start - RECORDED_BEFORE); at < end;) {
      const phase = (at + channel * 60) % GAP_EVERY;
      if (phase < GAP_LENGTH) {
        at += GAP_LENGTH - phase;
        continue;
      }
      const stop = Math.min(end, at + GAP_EVERY - phase);
      found.push({ from: at, to: stop });
      at = stop;
    }
    return found;
  }
}
