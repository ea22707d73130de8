import { OutcomeUnknownError, type Clock, type Logger, type Nvr, type Timer, operations } from '../../shared/index.js';
import { Repeater } from '../nvr/repeater.js';
import { worthRetrying } from '../nvr/connection-log.js';

/** ms between readings: a pin that somebody else sets shows in HomeKit within this time. */
const POLL_INTERVAL = 3000;
/** ms between tries to end a pulse. */
const PULSE_RETRY = 2000;

export interface OutputPinsOptions {
  readonly client: Pick<Nvr, 'call'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Pins that go off by themselves: pin → s. */
  readonly pulses: ReadonlyMap<number, number>;
  /** Name of a pin, for the log. */
  readonly nameOf: (pin: number) => string;
  /** A pin has another value than before; `undefined`: not known. */
  readonly changed: (pin: number, on: boolean | undefined) => void;
}

/** The NVR's own alarm outputs (DO pins): written on request, read back, and read again and again. */
export class OutputPins {
  readonly #options: OutputPinsOptions;
  readonly #poll: Repeater;
  readonly #pulses = new Map<number, Timer>();
  #values: ReadonlyMap<number, boolean> = new Map();
  #readBefore = false;
  /** Counts writes: a reading that a write has overtaken is not believed. */
  #writes = 0;

  constructor(options: OutputPinsOptions) {
    this.#options = options;
    this.#poll = new Repeater({
      task: () => this.#read(),
      worthRepeating: worthRetrying,
      clock: options.clock,
    });
  }

  /** Whether the pin is on; `undefined` while the NVR can't be asked. */
  isOn(pin: number): boolean | undefined {
    return this.#values.get(pin);
  }

  /** Reads all pins now. Never rejects. */
  refresh(): Promise<void> {
    return this.#poll.now();
  }

  /** Sets a pin. @throws NvrError where the NVR did not do it, or nobody knows whether it did */
  async set(pin: number, on: boolean): Promise<void> {
    this.#endPulse(pin);
    const pulse = on ? this.#options.pulses.get(pin) : undefined;
    try {
      await this.#write(pin, on);
    } catch (error) {
      // It may be on: then it must go off all the same.
      if (pulse !== undefined && error instanceof OutcomeUnknownError) this.#startPulse(pin, pulse * 1000);
      throw error;
    }
    if (pulse !== undefined) this.#startPulse(pin, pulse * 1000);
    void this.refresh();
  }

  /** Ends running pulses: an output must not stay on because Homebridge went away. */
  async close(): Promise<void> {
    this.#poll.close();
    const pins = [...this.#pulses.keys()];
    for (const pin of pins) this.#endPulse(pin);
    await Promise.allSettled(pins.map((pin) => this.#write(pin, false)));
  }

  async #write(pin: number, on: boolean): Promise<void> {
    this.#writes += 1;
    try {
      await this.#options.client.call(operations.pinManualSetting, { pinID: pin, pinValue: on ? 1 : 0 });
    } catch (error) {
      if (!(error instanceof OutcomeUnknownError)) throw error;
      // The answer was lost, not necessarily the command: only the NVR knows.
      await this.refresh();
      if (this.isOn(pin) !== on) throw error;
    }
    this.#writes += 1;
    this.#take(new Map(this.#values).set(pin, on));
  }

  async #read(): Promise<number> {
    const writes = this.#writes;
    try {
      const { pin_value } = await this.#options.client.call(operations.getPinStatus);
      if (writes === this.#writes) this.#take(new Map(pin_value.map(({ pinNum, pinVal }) => [pinNum, pinVal === 1])));
      if (!this.#readBefore) this.#tellUnfinishedPulses();
      this.#readBefore = true;
      return POLL_INTERVAL;
    } catch (error) {
      this.#take(new Map());
      throw error;
    }
  }

  #take(values: ReadonlyMap<number, boolean>): void {
    const before = this.#values;
    this.#values = values;
    for (const pin of new Set([...before.keys(), ...values.keys()])) {
      if (before.get(pin) !== values.get(pin)) this.#options.changed(pin, values.get(pin));
    }
  }

  /** An output found on at the start is not switched off: somebody else may have switched it on for a reason. */
  #tellUnfinishedPulses(): void {
    const { logger, pulses, nameOf } = this.#options;
    for (const pin of pulses.keys()) {
      if (this.isOn(pin) && !this.#pulses.has(pin))
        logger.warn(`${nameOf(pin)} is on since before the start; switch it off if it should not be.`);
    }
  }

  #startPulse(pin: number, ms: number): void {
    this.#pulses.set(
      pin,
      this.#options.clock.after(ms, () => void this.#finishPulse(pin)),
    );
  }

  /** Tries until the NVR has switched it off, or somebody here has set it since. */
  async #finishPulse(pin: number, warned = false): Promise<void> {
    try {
      await this.#write(pin, false);
      this.#pulses.delete(pin);
      void this.refresh();
    } catch (error) {
      if (!this.#pulses.has(pin)) return;
      const { logger, nameOf, clock } = this.#options;
      if (!warned) logger.warn(`${nameOf(pin)} can't be switched off: ${(error as Error).message}. Trying on.`);
      this.#pulses.set(
        pin,
        clock.after(PULSE_RETRY, () => void this.#finishPulse(pin, true)),
      );
    }
  }

  #endPulse(pin: number): void {
    this.#pulses.get(pin)?.cancel();
    this.#pulses.delete(pin);
  }
}
