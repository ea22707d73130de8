import type { Clock } from '../../../../src/shared/clock.js';
import type { Events } from './events.js';
import type { Meta } from './meta.js';
import type { Recordings } from './recordings.js';

/** What somebody starts and stops by hand: the begin of its meta data's types (9.27, 9.28), and the event it throws. */
const actions = {
  record: { meta: 'manual', event: 'ManualRecord' },
  alarm: { meta: 'manualAlarm', event: 'Manual' },
} as const;

type Action = keyof typeof actions;

/** Manual records and alarms. Starting what runs, and stopping what does not, changes nothing. */
export class Manual {
  readonly #clock: Clock;
  readonly #recordings: Recordings;
  readonly #events: Events;
  readonly #meta: Meta;
  /** Ids of what runs, by action and channel. */
  readonly #running = new Map<string, number>();
  #lastId = 0;

  constructor(clock: Clock, recordings: Recordings, events: Events, meta: Meta) {
    this.#clock = clock;
    this.#recordings = recordings;
    this.#events = events;
    this.#meta = meta;
  }

  /** @param channel one that exists */
  command(action: Action, channel: number, command: 'start' | 'stop'): void {
    const key = `${action} ${channel}`;
    const running = this.#running.get(key);
    if ((command === 'start') === (running !== undefined)) return;
    const id = running ?? this.#newId();
    if (running === undefined) this.#running.set(key, id);
    else this.#running.delete(key);
    if (action === 'record') this.#recordings.recordManually(channel, command === 'start');
    const { meta, event } = actions[action];
    this.#meta.add(channel, `${meta}${command === 'start' ? 'Start' : 'Stop'}`, JSON.stringify({ id }));
    this.#events.throw({ channel, type: event, state: command === 'start' ? 'active' : 'inactive' });
  }

  /** As a restart does. */
  forget(): void {
    for (const key of this.#running.keys()) this.#recordings.recordManually(Number(key.split(' ')[1]), false);
    this.#running.clear();
  }

  /** The time in s, as in the document's example, but never the same twice. */
  #newId(): number {
    this.#lastId = Math.max(this.#lastId + 1, Math.floor(this.#clock.wall() / 1000));
    return this.#lastId;
  }
}
