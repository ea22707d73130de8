import type { Events } from './events.js';
import { Refusal } from './refusal.js';

export type PinValue = 0 | 1;

/** The NVR's own pins, as in the document's example (SDK 10.19). */
export const ALARM_IN: readonly number[] = [1, 2, 3, 4];
export const ALARM_OUT: readonly number[] = [5, 6, 7, 8];

/** State of the NVR's own pins. */
export class Pins {
  readonly #events: Events;
  readonly #values = new Map<number, PinValue>([...ALARM_IN, ...ALARM_OUT].map((pin) => [pin, 0]));

  constructor(events: Events) {
    this.#events = events;
  }

  get all(): ReadonlyMap<number, PinValue> {
    return this.#values;
  }

  /** @throws {@link Refusal} where the NVR has no such pin */
  get(pin: number): PinValue {
    const value = this.#values.get(pin);
    if (value === undefined) throw new Refusal(`pinID=${pin}: no such pin`);
    return value;
  }

  /** What the API may do: only alarm-out pins. @throws {@link Refusal} */
  setOutput(pin: number, value: number): void {
    if (ALARM_IN.includes(pin)) throw new Refusal(`pinID=${pin}: an alarm-in pin cannot be set`);
    this.set(pin, value);
  }

  /**
   * Sets a pin of either kind, as the world outside does. The first alarm-in pin that goes on begins the NVR's own
   * `InputAlarm`, the last that goes off ends it; alarm-out pins throw nothing. @throws {@link Refusal}
   */
  set(pin: number, value: number): void {
    this.get(pin);
    if (value !== 0 && value !== 1) throw new Refusal(`pinValue=${value}: must be 0 or 1`);
    const before = this.#alarm;
    this.#values.set(pin, value);
    const after = this.#alarm;
    if (before !== after) this.#events.throw({ channel: 0, type: 'InputAlarm', state: after ? 'active' : 'inactive' });
  }

  get #alarm(): boolean {
    return ALARM_IN.some((pin) => this.#values.get(pin) === 1);
  }
}
