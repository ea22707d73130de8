import { type Clock, type Timer } from '../../shared/clock.js';
import { Refusal } from './refusal.js';

/** What any module of the NVR throws (SDK 4.1). */
export interface ThrownEvent {
  /** 0 is the NVR itself. */
  readonly channel: number;
  readonly type: string;
  readonly state: 'active' | 'inactive' | 'once';
}

/** Events that were thrown and not ended, and those who listen. */
export class Events {
  readonly #cameras: number;
  readonly #clock: Clock;
  readonly #active = new Set<string>();
  readonly #listeners = new Set<(event: ThrownEvent) => void>();
  readonly #ends = new Set<Timer>();

  constructor(cameras: number, clock: Clock) {
    this.#cameras = cameras;
    this.#clock = clock;
  }

  /** @throws {@link Refusal} */
  throw(event: ThrownEvent): void {
    const { channel, type, state } = event;
    if (!Number.isInteger(channel) || channel < 0 || channel > this.#cameras) {
      throw new Refusal(`ChannelID=${channel}: no such channel`);
    }
    if (!type) throw new Refusal('Type: must not be empty');
    if (state === 'active') this.#active.add(`${channel} ${type}`);
    if (state === 'inactive') this.#active.delete(`${channel} ${type}`);
    for (const listener of this.#listeners) listener(event);
  }

  /** Throws `active` now and `inactive` after that many seconds. @throws {@link Refusal} */
  throwFor(seconds: number, channel: number, type: string): void {
    this.throw({ channel, type, state: 'active' });
    const timer = this.#clock.after(seconds * 1000, () => {
      this.#ends.delete(timer);
      this.throw({ channel, type, state: 'inactive' });
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

  /** As a restart does: nothing is active, and nobody hears of it. */
  forget(): void {
    for (const timer of this.#ends) timer.cancel();
    this.#ends.clear();
    this.#active.clear();
  }
}
