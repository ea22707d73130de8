import type { ClosesAfter, NvrCalls } from '../link/caller.js';
import { buildRequest } from '../wire/request.js';
import { InvalidParameterError } from '../errors.js';
import { pinManualSetting } from '../sdk/gpio.js';
import { runTimed, type TimedOptions } from './dead-man.js';

const MIN_PULSE = 50;
/** An hour. */
const MAX_PULSE = 3_600_000;

/** `signal` ends the pulse early. */
export interface PinPulseOptions extends TimedOptions {
  /** How long the pin is on, ms, 50–3,600,000. */
  readonly duration: number;
  /** The NVR has confirmed that the pin is on. */
  readonly begun?: (() => void) | undefined;
}

/**
 * Sets one of the NVR's own alarm-out (DO) pins for some time (SDK 10.21), as a gate opener wants it. Whatever happens, it is
 * set back to 0: also where the answer is lost, and where the signal or the end of the client cuts it short. A later
 * pulse of the same pin takes over: the earlier one resolves then, and the pin goes off once. Resolves when the NVR has
 * confirmed that it is off.
 *
 * @param pin one that `getGPIOInfo` lists as `alarmOut` of channel 0
 * @throws `OUTCOME_UNKNOWN` where the pin may still be on, before any other; `INVALID_PARAMETER` before anything is
 *   sent; what `call` throws; or the signal's reason
 */
export async function pulsePin(
  client: NvrCalls & ClosesAfter,
  pin: number,
  { duration, begun, ...options }: PinPulseOptions,
): Promise<void> {
  if (!(duration >= MIN_PULSE && duration <= MAX_PULSE)) {
    throw new InvalidParameterError('duration', `must be from ${MIN_PULSE} to ${MAX_PULSE}, ms`);
  }
  // A pulse that cannot be sent must not end another one.
  buildRequest(pinManualSetting, { pinID: pin, pinValue: 1 });
  await runTimed(
    client,
    {
      subject: `pin ${pin}`,
      danger: 'may still be on',
      duration,
      begin: async (callOptions) => {
        await client.call(pinManualSetting, { pinID: pin, pinValue: 1 }, callOptions);
        begun?.();
      },
      end: (callOptions) => client.call(pinManualSetting, { pinID: pin, pinValue: 0 }, callOptions),
    },
    options,
  );
}
