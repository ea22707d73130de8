import type { NvrEvent } from '../push/messages.js';
import type { Pins, StateChange } from './model.js';

type PinChange = Extract<StateChange, { kind: 'input' | 'output' }>;

/** Pins are the NVR's own (channel 0); their events are called `GPIO` or `InputAlarm` (SDK 9.17). */
export function isPinEvent({ channel, type }: NvrEvent): boolean {
  return channel === 0 || type === 'GPIO' || type === 'InputAlarm';
}

/** The values of the NVR's own pins. What is told of is what the NVR lists as an input or output. */
export class PinValues {
  readonly #tell: (change: PinChange) => void;
  #values: ReadonlyMap<number, boolean> = new Map();
  #kinds: ReadonlyMap<number, 'input' | 'output'> = new Map();
  /** Counts begins and ends of writes. */
  #writes = 0;

  constructor(tell: (change: PinChange) => void) {
    this.#tell = tell;
  }

  get(pin: number): boolean | undefined {
    return this.#values.get(pin);
  }

  /** What is known. */
  *[Symbol.iterator](): IterableIterator<PinChange> {
    for (const [pin, kind] of this.#kinds) yield { kind, pin, on: this.#values.get(pin) };
  }

  /** A write begins or ends: what is being read meanwhile may be older. */
  overtake(): void {
    this.#writes += 1;
  }

  /** A reading begins. @returns whether a write has overtaken it */
  begin(): () => boolean {
    const writes = this.#writes;
    return () => writes !== this.#writes;
  }

  read(values: ReadonlyMap<number, boolean>): void {
    const before = this.#values;
    this.#values = values;
    for (const pin of new Set([...before.keys(), ...values.keys()])) {
      if (before.get(pin) !== values.get(pin)) this.#changed(pin);
    }
  }

  /** Somebody has set an output. */
  written(pin: number, on: boolean): void {
    this.read(new Map(this.#values).set(pin, on));
  }

  forget(): void {
    this.read(new Map());
  }

  /** Which pins are what: DO is what the NVR lists as such. Values that were read before are told now. */
  classify(pins: Pins | undefined): void {
    const before = this.#kinds;
    const kinds = new Map<number, 'input' | 'output'>();
    for (const pin of pins?.inputs ?? []) kinds.set(pin, 'input');
    for (const pin of pins?.outputs ?? []) kinds.set(pin, 'output');
    this.#kinds = kinds;
    for (const [pin, kind] of kinds) if (before.get(pin) !== kind && this.#values.has(pin)) this.#changed(pin);
  }

  #changed(pin: number): void {
    const kind = this.#kinds.get(pin);
    if (kind) this.#tell({ kind, pin, on: this.#values.get(pin) });
  }
}
