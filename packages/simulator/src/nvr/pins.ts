import type { Events } from './events.js';
import { Refusal } from './refusal.js';

export type PinValue = 0 | 1;

/** The NVR's own pins, as in the document's example (SDK 10.19). */
export const ALARM_IN: readonly number[] = [1, 2, 3, 4];
export const ALARM_OUT: readonly number[] = [5, 6, 7, 8];

/** The cameras' pins, as in the same example; no operation of this API reads or sets them. */
export const CAMERA_PINS = [
  { ch: 1, alarmIn: [1], alarmOut: [1] },
  { ch: 2, alarmIn: [1], alarmOut: [1, 2] },
];

/** When an alarm-in pin is an alarm (SDK 9.17): 1: while it is on (normally open), 2: while it is off, 3: never. */
export type Contact = 1 | 2 | 3;

/** What an alarm does; settings that the document does not know may be anything. */
type Alarm = { readonly alarmOut?: { readonly Pin?: readonly number[] } } | null;

/** @throws {@link Refusal} where alarms are to switch on what is no alarm-out pin of the NVR */
export function checkOutputs(...alarms: readonly Alarm[]): void {
  const unknown = alarms.flatMap((alarm) => alarm?.alarmOut?.Pin ?? []).find((pin) => !ALARM_OUT.includes(pin));
  if (unknown !== undefined) throw new Refusal(`Pin=${unknown}: no such alarm-out pin`);
}

/** @throws {@link Refusal} where the camera on that channel has no such alarm-out pin */
export function checkCameraOutput(channel: number, pin: number): void {
  if (CAMERA_PINS.some(({ ch, alarmOut }) => ch === channel && alarmOut.includes(pin))) return;
  throw new Refusal(`camOut: channel ${channel} has no alarm-out pin ${pin}`);
}

/** State of the NVR's own pins. */
export class Pins {
  readonly #events: Events;
  readonly #values = new Map<number, PinValue>([...ALARM_IN, ...ALARM_OUT].map((pin) => [pin, 0]));
  readonly #contacts = new Map<number, Contact>(ALARM_IN.map((pin) => [pin, 1]));

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

  /** Says when an alarm-in pin is an alarm; that may begin or end the NVR's own `InputAlarm`. */
  setContact(pin: number, contact: Contact): void {
    this.#change(() => this.#contacts.set(pin, contact));
  }

  /**
   * Sets a pin of either kind, as the world outside does. The first alarm-in pin that becomes an alarm begins the NVR's
   * own `InputAlarm`, the last that is one no more ends it; alarm-out pins throw nothing. @throws {@link Refusal}
   */
  set(pin: number, value: number): void {
    this.get(pin);
    if (value !== 0 && value !== 1) throw new Refusal(`pinValue=${value}: must be 0 or 1`);
    this.#change(() => this.#values.set(pin, value));
  }

  #change(change: () => void): void {
    const before = this.#alarm;
    change();
    const after = this.#alarm;
    if (before !== after) this.#events.throw({ channel: 0, type: 'InputAlarm', state: after ? 'active' : 'inactive' });
  }

  get #alarm(): boolean {
    return ALARM_IN.some((pin) => isAlarm(this.#contacts.get(pin), this.#values.get(pin)));
  }
}

function isAlarm(contact: Contact | undefined, value: PinValue | undefined): boolean {
  return contact !== 3 && value === (contact === 2 ? 0 : 1);
}
