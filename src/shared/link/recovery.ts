import type { Timer } from '../clock.js';

/**
 * Sockets of one NVR that wait for their next try. After a long outage each waits for up to a minute: the first that
 * hears from the NVR again spares the others the rest. Those whose certificate was refused wait here until it is trusted.
 */
export class Recovery {
  readonly #waiting = new Set<() => void>();

  /** @param hurry called once, when another socket hears from the NVR */
  wait(hurry: () => void): Timer {
    this.#waiting.add(hurry);
    return { cancel: () => void this.#waiting.delete(hurry) };
  }

  /**
   * A socket has received its first message (an open socket alone proves nothing, some devices close it at once), or
   * somebody has trusted a certificate.
   */
  heard(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const hurry of waiting) hurry();
  }
}
