import type { CameraController, DoorbellController } from 'homebridge';
import type { Clock, StateChange } from '../../shared/index.js';
import type { Ringer } from '../config/ringer.js';

/** ms within which a button that bounces, or somebody in a hurry, rings once. */
const ONCE = 2000;

/** Hears in what an NVR tells that somebody rings. */
export class Doorbell {
  readonly #ringer: Ringer;
  readonly #clock: Clock;
  readonly #ring: () => void;
  #rang = -Infinity;
  /** Whether the button was up when it was last known. */
  #up = false;

  constructor(ringer: Ringer, clock: Clock, ring: () => void) {
    this.#ringer = ringer;
    this.#clock = clock;
    this.#ring = ring;
  }

  /** What holds already when it is first told is no ringing: it may be long past. */
  hear(change: StateChange): void {
    if (this.#isRinging(change) && this.#clock.now() - this.#rang >= ONCE) {
      this.#rang = this.#clock.now();
      this.#ring();
    }
  }

  #isRinging(change: StateChange): boolean {
    const ringer = this.#ringer;
    if (ringer.by === 'event') return begins(change, [ringer.type]);
    if (change.kind !== 'input' || change.pin !== ringer.pin) return false;
    const rings = this.#up && change.on === true;
    this.#up = change.on === false;
    return rings;
  }
}

/** Whether an event of one of these types begins now. */
export function begins(change: StateChange, types: readonly string[]): boolean {
  if (change.kind !== 'event' || !change.active || change.first) return false;
  return types.some((type) => type.toLowerCase() === change.type?.toLowerCase());
}

/** Tells Home of a doorbell's camera. */
export function ring(controller: CameraController | DoorbellController): void {
  if ('ringDoorbell' in controller) controller.ringDoorbell();
}
