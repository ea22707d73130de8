import {
  type Clock,
  type Logger,
  type Nvr,
  operations,
  OutcomeUnknownError,
  pulsePin,
  sleep,
} from '../../shared/index.js';

/** ms between tries to end a pulse that the driver has given up on. */
const PULSE_RETRY = 2000;

export interface OutputPinsOptions {
  readonly client: Pick<Nvr, 'call' | 'beforeClose' | 'state'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Pins that go off by themselves: pin → s. */
  readonly pulses: ReadonlyMap<number, number>;
  /** Name of a pin, for the log. */
  readonly nameOf: (pin: number) => string;
}

/** The NVR's own alarm outputs (DO pins) as HomeKit switches them: some go off by themselves. What they are, its state tells. */
export class OutputPins {
  readonly #options: OutputPinsOptions;
  /** Pulses that run, or are being ended. */
  readonly #pulses = new Map<number, { readonly ending: AbortController; readonly done: Promise<void> }>();
  readonly #closing = new AbortController();
  /** Pins that have been known since the start. */
  readonly #found = new Set<number>();

  constructor(options: OutputPinsOptions) {
    this.#options = options;
  }

  /** Whether the pin is on; `undefined` while the NVR can't be asked. */
  isOn(pin: number): boolean | undefined {
    return this.#options.client.state.pin(pin);
  }

  /** Sets a pin. @throws NvrError where the NVR did not do it, or nobody knows whether it did */
  async set(pin: number, on: boolean): Promise<void> {
    const seconds = on ? this.#options.pulses.get(pin) : undefined;
    if (seconds !== undefined) return this.#pulse(pin, seconds * 1000);
    const running = this.#pulses.get(pin);
    running?.ending.abort();
    // Its end is what is wanted here, and it does not give up.
    if (running && !on) return running.done;
    await this.#options.client.call(operations.pinManualSetting, { pinID: pin, pinValue: on ? 1 : 0 });
  }

  /**
   * A pin is known now. One with a pulse that is found on at the start is not switched off: somebody else may have
   * switched it on for a reason.
   */
  found(pin: number, on: boolean): void {
    const { logger, pulses, nameOf } = this.#options;
    if (this.#found.has(pin)) return;
    this.#found.add(pin);
    if (!on || !pulses.has(pin) || this.#pulses.has(pin)) return;
    logger.warn(`${nameOf(pin)} is on since before the start; switch it off if it should not be.`);
  }

  /** Ends running pulses: an output must not stay on because Homebridge went away. */
  async close(): Promise<void> {
    this.#closing.abort();
    const running = [...this.#pulses.values()];
    for (const { ending } of running) ending.abort();
    await Promise.allSettled(running.map(({ done }) => done));
  }

  /** Resolves when the pin is on; that it goes off is the driver's business, and ours where that gives up. */
  #pulse(pin: number, duration: number): Promise<void> {
    const { client, clock } = this.#options;
    const { promise: on, resolve, reject } = Promise.withResolvers<undefined>();
    const ending = new AbortController();
    const pulse = pulsePin(client, pin, { duration, clock, signal: ending.signal, begun: () => resolve(undefined) });
    const done = pulse.then(
      () => resolve(undefined),
      async (error: unknown) => {
        reject(error);
        if (error instanceof OutcomeUnknownError) await this.#end(pin, error, ending);
      },
    );
    const running = { ending, done };
    this.#pulses.set(pin, running);
    void done.finally(() => {
      if (this.#pulses.get(pin) === running) this.#pulses.delete(pin);
    });
    return on;
  }

  /** Tries until the NVR has switched it off, or somebody here has begun anew. */
  async #end(pin: number, error: Error, mine: AbortController): Promise<void> {
    const { client, clock, logger, nameOf } = this.#options;
    logger.warn(`${nameOf(pin)} can't be switched off: ${error.message}. Trying on.`);
    while (this.#pulses.get(pin)?.ending === mine && !this.#closing.signal.aborted) {
      await sleep(clock, PULSE_RETRY, this.#closing.signal).catch(() => undefined);
      if (this.#pulses.get(pin)?.ending !== mine) return;
      try {
        return void (await client.call(operations.pinManualSetting, { pinID: pin, pinValue: 0 }));
      } catch {
        // Told already.
      }
    }
  }
}
