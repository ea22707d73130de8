import type { Clock } from '../../../../src/shared/clock.js';

/** What the NVR is called, and its buzzer. */
export class System {
  readonly #clock: Clock;
  /** SDK 10.17, 10.18 */
  names: { readonly device_name: string; readonly device_id: string };
  #quietAt = 0;

  /** @param deviceId its id until somebody sets another */
  constructor(clock: Clock, deviceId: string) {
    this.#clock = clock;
    this.names = { device_name: 'AiO NVR', device_id: deviceId };
  }

  /** s for which the buzzer still sounds. */
  get buzzing(): number {
    return Math.max(0, (this.#quietAt - this.#clock.now()) / 1000);
  }

  /** SDK 10.33; a new call replaces the running one. */
  buzz(seconds: number): void {
    this.#quietAt = this.#clock.now() + seconds * 1000;
  }

  /** As a restart does. */
  forget(): void {
    this.#quietAt = 0;
  }
}
