/**
 * Kinds of packets that a broker sends to us (MQTT 5, 2.1.2): answers, messages and farewells. What else there is comes from
 * clients, or belongs to QoS 2, which nobody here asks for.
 */
const FROM_BROKERS: ReadonlySet<number> = new Set([2, 3, 4, 9, 11, 13, 14, 15]);
const PUBLISH = 3;
/** Flags that are never set: quality of service of a message, and whatever is reserved elsewhere (MQTT 5, 2.1.3). */
const NEVER = { message: 0b0110, other: 0b1111 } as const;

/** So many bytes that hold so many ends of packets. */
export interface Portion {
  /** Where it ends in the bytes that were looked at. */
  readonly end: number;
  readonly packets: number;
}

/**
 * Looks through what a broker sends for kind and length of each packet (MQTT 5, 2.1), before anything is built of it: MQTT
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

  /**
   * The next of the bytes: at most so many packets. `undefined`: what follows is above the limit, no MQTT, or nothing that
   * a broker sends.
   *
   * @param from where the portion before ended
   */
  next(bytes: Uint8Array, from: number, most: number): Portion | undefined {
    let [at, packets] = [from, 0];
    while (at < bytes.length && packets < most) {
      if (this.#rest > 0) {
        const passed = Math.min(this.#rest, bytes.length - at);
        this.#rest -= passed;
        at += passed;
        if (this.#rest === 0) packets += 1;
        continue;
      }
      const byte = bytes[at] ?? 0;
      at += 1;
      if (!this.#header) {
        // The first byte holds kind and flags.
        const kind = byte >> 4;
        const never = kind === PUBLISH ? NEVER.message : NEVER.other;
        if (!FROM_BROKERS.has(kind) || (byte & never) !== 0) return undefined;
        this.#header = { length: 0, scale: 1 };
        continue;
      }
      this.#header.length += (byte & 0x7f) * this.#header.scale;
      this.#header.scale *= 128;
      if (this.#header.length > this.#limit || this.#header.scale > 128 ** 4) return undefined;
      if (byte & 0x80) continue;
      this.#rest = this.#header.length;
      this.#header = undefined;
      if (this.#rest === 0) packets += 1;
    }
    return { end: at, packets };
  }
}
