import { type Clock, type Timer } from '../../../../src/shared/clock.js';
import type { Cameras } from './cameras.js';
import { Refusal } from './refusal.js';

/** What any module of the NVR throws (SDK 4.1). */
export interface ThrownEvent {
  /** 0 is the NVR itself. */
  readonly channel: number;
  readonly type: string;
  readonly state: 'active' | 'inactive' | 'once';
}

/** UTF-16 units of a type, and events that are active at a time: far more than a device would take. */
const MAX_TYPE = 4096;
const MAX_ACTIVE = 1000;

/** Events that were thrown and not ended, and those who listen. */
export class Events {
  readonly #cameras: Pick<Cameras, 'has'>;
  readonly #clock: Clock;
  readonly #active = new Set<string>();
  readonly #listeners = new Set<(event: ThrownEvent) => void>();
  readonly #ends = new Set<Timer>();

  constructor(cameras: Pick<Cameras, 'has'>, clock: Clock) {
    this.#cameras = cameras;
    this.#clock = clock;
  }

  /** @throws {@link Refusal} */
  throw(event: ThrownEvent): void {
    const { channel, type, state } = event;
    if (!this.#isThere(channel)) throw new Refusal(`ChannelID=${channel}: no such channel`);
    if (!type) throw new Refusal('Type: must not be empty');
    if (type.length > MAX_TYPE) throw new Refusal(`Type: has more than ${MAX_TYPE} characters`);
    if (state === 'active' && this.#active.size >= MAX_ACTIVE) throw new Refusal('too many events are active');
    if (state === 'active') this.#active.add(`${channel} ${type}`);
    if (state === 'inactive') this.#active.delete(`${channel} ${type}`);
    for (const listener of this.#listeners) listener(event);
  }

  /** Throws `active` now and `inactive` after that many seconds. @throws {@link Refusal} */
  throwFor(seconds: number, channel: number, type: string): void {
    this.throw({ channel, type, state: 'active' });
    const timer = this.#clock.after(seconds * 1000, () => {
      this.#ends.delete(timer);
      // The camera may have been deleted meanwhile.
      if (this.#isThere(channel)) this.throw({ channel, type, state: 'inactive' });
    });
    this.#ends.add(timer);
  }

  isActive(channel: number): boolean {
    return [...this.#active].some((key) => key.startsWith(`${channel} `));
  }

  /** @returns what ends the listening */
  listen(listener: (event: ThrownEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What the camera of that channel did is over, and nobody hears of it. */
  forgetChannel(channel: number): void {
    for (const key of this.#active) if (key.startsWith(`${channel} `)) this.#active.delete(key);
  }

  /** As a restart does: nothing is active, and nobody hears of it. */
  forget(): void {
    for (const timer of this.#ends) timer.cancel();
    this.#ends.clear();
    this.#active.clear();
  }

  #isThere(channel: number): boolean {
    return channel === 0 || this.#cameras.has(channel);
  }
}
