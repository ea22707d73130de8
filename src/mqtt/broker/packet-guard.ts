/**
 * Looks through what a broker sends for the length of each packet (MQTT 5, 2.1.4), before anything is built of it: MQTT
 * allows 256 MB, and libraries collect them.
 */
export class PacketGuard {
  readonly #limit: number;
  /** Bytes of the packet that are still to come. */
  #rest = 0;
  /** Within the fixed header: the length as far as it is known, and the place of its next digit. */
  #header: { length: number; scale: number } | undefined;

  /** @param limit bytes of one packet */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether the bytes so far hold no packet above the limit, and lengths as MQTT writes them. */
  accepts(chunk: Uint8Array): boolean {
    for (let at = 0; at < chunk.length;) {
      if (this.#rest > 0) {
        const passed = Math.min(this.#rest, chunk.length - at);
        this.#rest -= passed;
        at += passed;
        continue;
      }
      if (!this.#header) {
        // The first byte holds type and flags.
        this.#header = { length: 0, scale: 1 };
        at += 1;
        continue;
      }
      const digit = chunk[at] ?? 0;
      at += 1;
      this.#header.length += (digit & 0x7f) * this.#header.scale;
      this.#header.scale *= 128;
      if (this.#header.length > this.#limit || this.#header.scale > 128 ** 4) return false;
      if (digit & 0x80) continue;
      this.#rest = this.#header.length;
      this.#header = undefined;
    }
    return true;
  }
}
