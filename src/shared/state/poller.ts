import type { Clock, Timer } from '../clock.js';
import { endsConnection, LoginRejectedError, NvrError, NvrRefusedError } from '../errors.js';
import { limits } from '../limits.js';
import { reconnectDelay } from '../link/backoff.js';

/** ms between readings that are asked for out of turn: a flood of reasons must not become a flood of requests. */
const GAP = 250;
/** ms in which only so many readings are made out of turn, see {@link limits}. */
const MINUTE = 60_000;
/** ms; what the NVR refuses is asked for again this much later: a right may have been given meanwhile. */
const REFUSED_PAUSE = 10 * 60_000;
/** How often what the NVR has answered before is asked for again, soon, where it refuses it: that may pass. */
const SECOND_THOUGHTS = 3;
/** ms */
const REJECTED_PAUSE = 60_000;

export interface PollerOptions {
  /** One reading. */
  readonly read: () => Promise<void>;
  /** ms between readings. */
  readonly interval: number;
  readonly clock: Clock;
  /** 0 ≤ random < 1 */
  readonly random: () => number;
  /** Too many reasons come to read out of turn: it reads in its turn only, for a while. */
  readonly spent?: (() => void) | undefined;
}

/**
 * Reads one thing again and again while somebody watches, one reading at a time: at intervals while that succeeds, with
 * growing waits while it fails, and no more where somebody must change something first.
 */
export class Poller {
  readonly #options: PollerOptions;
  #running: Promise<void> | undefined;
  #again = false;
  #timer: Timer | undefined;
  #failures = 0;
  /** How often it is still asked for again, soon, where it is refused. */
  #chances = 0;
  #on = false;
  #began = -Infinity;
  /** Whether the next reading is one out of turn. */
  #hurried = false;
  /** When the last of them began, the oldest first. */
  #hurries: readonly number[] = [];

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  /** Begins, unless it has begun. */
  start(): void {
    if (this.#on) return;
    this.#on = true;
    void this.now();
  }

  /** No further reading; one that is under way ends by itself. */
  stop(): void {
    this.#on = false;
    this.#again = false;
    this.#failures = 0;
    this.#timer?.cancel();
  }

  /**
   * Reads out of turn, if it has begun: now or a moment later, and once more where a reading is under way. Where reasons
   * come without end, such as with a channel that is on line and never listed, it soon reads in its turn only.
   */
  soon(): void {
    if (!this.#on) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    const { clock, interval } = this.#options;
    const [oldest = 0] = this.#hurries;
    const spent = this.#hurries.length >= limits.state.hurriedReadings;
    const earliest = Math.max(this.#began + GAP, spent ? oldest + MINUTE : 0);
    if (spent && clock.now() < oldest + MINUTE) this.#options.spent?.();
    this.#hurried = true;
    this.#schedule(Math.max(0, Math.min(earliest, this.#began + Math.max(interval, GAP)) - clock.now()));
  }

  /** Reads now, or joins the reading that is under way. Never rejects. */
  now(): Promise<void> {
    this.#timer?.cancel();
    return (this.#running ??= this.#run());
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    this.#again = false;
    this.#began = clock.now();
    if (this.#hurried) this.#hurries = [...this.#hurries, this.#began].slice(-limits.state.hurriedReadings);
    this.#hurried = false;
    const wait = await this.#read();
    this.#running = undefined;
    if (this.#again) this.soon();
    else if (wait !== undefined) this.#schedule(wait);
  }

  /** @returns ms until the next time; `undefined`: there is none */
  async #read(): Promise<number | undefined> {
    const { read, interval, random } = this.#options;
    try {
      await read();
      this.#failures = 0;
      this.#chances = SECOND_THOUGHTS;
      return interval;
    } catch (error) {
      // No login is spent on that: the session knows when it may try again.
      if (error instanceof LoginRejectedError) return REJECTED_PAUSE;
      if (error instanceof NvrError && endsConnection(error)) return undefined;
      if (error instanceof NvrRefusedError) {
        if (this.#chances === 0) return Math.max(interval, REFUSED_PAUSE);
        this.#chances -= 1;
      }
      return reconnectDelay(this.#failures++, random());
    }
  }

  #schedule(ms: number): void {
    this.#timer?.cancel();
    if (this.#on) this.#timer = this.#options.clock.after(ms, () => void this.now());
  }
}
