import type { Timer } from '../clock.js';

/**
 * What the sockets of one NVR know together. After a long outage each waits for up to a minute: the first sign that the NVR
 * is back spares them the rest. Those whose certificate or login was refused wait here until it is accepted.
 */
export class Recovery {
  readonly #waiting = new Set<() => void>();
  /** Whether the NVR has ever answered a ping: from then on a missing pong counts, on any of its sockets. */
  answersPings = false;
  #heardTimes = 0;

  /** How often the NVR has been heard: whoever was busy when it happened compares. */
  get heardTimes(): number {
    return this.#heardTimes;
  }

  /** @param hurry called once, when the NVR shows that it is back */
  wait(hurry: () => void): Timer {
    this.#waiting.add(hurry);
    return { cancel: () => void this.#waiting.delete(hurry) };
  }

  /**
   * A call was carried out, a socket has received its first message (an open socket alone proves nothing, some devices
   * close it at once), or somebody has trusted a certificate.
   */
  heard(): void {
    this.#heardTimes += 1;
    if (this.#waiting.size === 0) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const hurry of waiting) hurry();
  }
}
