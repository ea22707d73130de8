import type { Clock } from '../../../../src/shared/clock.js';
import { Newest } from '../newest.js';
import type { Events, ThrownEvent } from './events.js';
import type { Recordings } from './recordings.js';

/** An event that was, or still is. */
export interface PastEvent {
  readonly channel: number;
  readonly type: string;
  /** s since 1970 UTC; `end` is the time of the search where the event goes on. */
  readonly start: number;
  readonly end: number;
}

/** Recorded before and after an event, s, as in the document's example (SDK 4.5). */
export const PRE_RECORD = 10;
export const POST_RECORD = 30;

/** Before the start there is one event on each channel in every so many seconds… */
const EVENT_EVERY = 1200;
/** …and every so many of them is an input alarm instead of a motion. */
const ALARM_EVERY = 4;
/** Thrown events that are kept. */
const KEPT = 10_000;

/** The events of the recorded past: invented, but always the same, before the start; since then those really thrown. */
export class EventHistory {
  readonly #recordings: Recordings;
  readonly #clock: Clock;
  readonly #over = new Newest<PastEvent>(KEPT, ({ type }) => type.length);
  /** Events that go on, by channel and type. */
  readonly #active = new Map<string, Omit<PastEvent, 'end'>>();

  constructor(events: Events, recordings: Recordings, clock: Clock) {
    this.#recordings = recordings;
    this.#clock = clock;
    events.listen((event) => this.#note(event));
  }

  /** The events of a channel that touch a range (s since 1970 UTC, both included), in order. */
  search(channel: number, from: number, to: number): readonly PastEvent[] {
    const active = [...this.#active.values()].map((event) => ({ ...event, end: this.#now() }));
    const thrown = [...this.#over.all, ...active].filter((event) => event.channel === channel);
    const found = [...this.#invented(channel, from, to), ...thrown];
    return found.filter(({ start, end }) => start <= to && end >= from).sort((one, other) => one.start - other.start);
  }

  /** As a restart does: what goes on ends unheard. */
  forget(): void {
    for (const event of this.#active.values()) this.#over.add({ ...event, end: this.#now() });
    this.#active.clear();
  }

  #note({ channel, type, state }: ThrownEvent): void {
    const key = `${channel} ${type}`;
    const start = this.#now();
    const running = this.#active.get(key);
    if (state === 'once') this.#over.add({ channel, type, start, end: start });
    else if (state === 'active' && !running) this.#active.set(key, { channel, type, start });
    else if (state === 'inactive' && running) {
      this.#active.delete(key);
      this.#over.add({ ...running, end: start });
    }
  }

  #now(): number {
    return Math.floor(this.#clock.wall() / 1000);
  }

  /** Only where everything that goes with the event is recorded. */
  *#invented(channel: number, from: number, to: number): Iterable<PastEvent> {
    const [begin, end] = [Math.max(from, this.#recordings.start - 100_000), Math.min(to, this.#recordings.start)];
    for (let number = Math.floor(begin / EVENT_EVERY); number * EVENT_EVERY <= end; number++) {
      const start = number * EVENT_EVERY + ((number * 131 + channel * 77) % 900);
      const event = { channel, start, end: start + 5 + (number % 20) };
      const type = number % ALARM_EVERY === 0 ? 'InputAlarm' : 'Motion';
      const [recorded, more] = this.#recordings.within(channel, start - PRE_RECORD, event.end + POST_RECORD);
      const whole = recorded?.from === start - PRE_RECORD && recorded.to === event.end + POST_RECORD && !more;
      if (whole && event.end < this.#recordings.start) yield { ...event, type };
    }
  }
}
