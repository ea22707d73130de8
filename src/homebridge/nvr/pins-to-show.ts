import type { Logger } from '../../shared/index.js';
import { coarse, isGone } from '../accessories/absence.js';
import type { KeptPin } from '../accessories/context.js';
import type { PinKind } from '../accessories/nvr-accessory.js';
import type { NvrConfiguration } from '../config.js';

/** Which alarm outputs and inputs of an NVR are shown: those that it lists, and those that it has not lacked for long. */
export class PinsToShow {
  readonly #configuration: Pick<NvrConfiguration, 'inputs' | 'outputs'>;
  readonly #logger: Logger;
  readonly #missingFor = new Map<string, number>();
  /** Configured pins that the user was told about. */
  readonly #told = new Set<string>();

  constructor(configuration: Pick<NvrConfiguration, 'inputs' | 'outputs'>, logger: Logger) {
    this.#configuration = configuration;
    this.#logger = logger;
  }

  /**
   * @param listed `undefined`: the NVR does not tell; what is shown stays
   * @param before what has been shown so far
   * @param passed ms for which the NVR could have listed them
   */
  of(
    kind: PinKind,
    listed: readonly number[] | undefined,
    before: readonly KeptPin[] | undefined,
    passed: number,
  ): Omit<KeptPin, 'name'>[] {
    const { inputs } = this.#configuration;
    const isHidden = (pin: number) =>
      kind === 'input' && inputs.some((input) => input.pin === pin && input.contact === 'none');
    const shown = (before ?? []).filter(({ pin }) => !isHidden(pin));
    const pins = listed?.filter((pin) => !isHidden(pin)) ?? shown.map(({ pin }) => pin);
    if (listed) this.#warnOfMissing(kind, listed);
    for (const pin of pins) this.#missingFor.delete(`${kind} ${pin}`);
    const kept: Omit<KeptPin, 'name'>[] = pins.map((pin) => ({ pin }));
    for (const { pin, name, missingFor: earlier = 0 } of shown) {
      if (pins.includes(pin)) continue;
      const missingFor = (this.#missingFor.get(`${kind} ${pin}`) ?? earlier) + passed;
      this.#missingFor.set(`${kind} ${pin}`, missingFor);
      if (!isGone(missingFor)) kept.push({ pin, missingFor: coarse(missingFor) });
      else this.#logger.info(`${kind} ${pin} removed: ${name}. The NVR has not listed it for a day.`);
    }
    return kept;
  }

  #warnOfMissing(kind: PinKind, pins: readonly number[]): void {
    const { outputs, inputs } = this.#configuration;
    for (const { pin } of kind === 'output' ? outputs : inputs) {
      if (pins.includes(pin) || this.#told.has(`${kind} ${pin}`)) continue;
      this.#told.add(`${kind} ${pin}`);
      this.#logger.warn(
        `the NVR has no alarm ${kind} ${pin}, it has ${pins.join(', ') || 'none'}: correct "${kind}s" in the settings`,
      );
    }
  }
}
