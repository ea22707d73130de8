import type { Clock } from '../../../../src/shared/clock.js';
import type { OperationParams } from '../../../../src/shared/sdk/index.js';
import { fromLocalTime, localTime } from './local-time.js';
import { Refusal } from './refusal.js';

type TimeSettings = OperationParams<'setTime'>;

/** What is remembered. */
type Remembered = Required<Omit<TimeSettings, 'time' | 'localtime'>>;

/** The document's example (SDK 9.19). */
const initial: Remembered = {
  date_format: 0,
  time_format: 0,
  ntp_enable: false,
  ntp_server: 'pool.ntp.org',
  time_zone: 480,
  dst_enable: false,
  dst_mode: 1,
  dst_offset: 0,
  dst_start_month: 2,
  dst_start_date: 1,
  dst_start_hour: 1,
  dst_start_minute: 0,
  dst_start_day: 0,
  dst_start_week: -1,
  dst_end_month: 9,
  dst_end_date: 1,
  dst_end_hour: 1,
  dst_end_minute: 0,
  dst_end_day: 0,
  dst_end_week: -1,
};

/**
 * The clock of the NVR, which can be wrong: set by {@link set}, it runs as far from the real one. What the NVR reports
 * of itself follows it (time settings, exceptions, messages); video, recordings and what was searched in them stay with
 * the real one, so that they agree with each other.
 */
export class NvrTime {
  readonly #clock: Clock;
  /** SDK 9.19, but for the clock. */
  settings = initial;
  /** ms */
  #ahead = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The date as the NVR has it, ms since 1970 UTC. */
  wall(): number {
    return this.#clock.wall() + this.#ahead;
  }

  /** A time of the real clock as this NVR writes it: `2019-09-16 12:54:33.430`. @param time ms since 1970 UTC */
  localAt(time: number): string {
    return localTime(this.settings, time + this.#ahead);
  }

  /** As 9.19 has them. */
  get all(): TimeSettings {
    const time = this.wall();
    return { time, localtime: localTime(this.settings, time), ...structuredClone(this.settings) };
  }

  /** As 9.20 has it: `localtime`, in the zone that is being set, wins over `time`. @throws {@link Refusal} */
  set({ time, localtime, ...changes }: TimeSettings): void {
    const settings = { ...this.settings, ...structuredClone(changes) };
    const wanted = localtime === undefined ? time : fromLocalTime(settings, localtime);
    if (localtime !== undefined && wanted === undefined) throw new Refusal(`localtime=${localtime}: no such time`);
    this.settings = settings;
    if (wanted !== undefined) this.#ahead = wanted - this.#clock.wall();
  }
}
