import { RTP_HEADER_LENGTH } from './rtp.js';

/** Bytes in front of each packet: the HMAC's inner block, so that what is authenticated lies in one piece (RFC 2104). */
export const LEAD = 64;
/** Bytes behind each payload: the 80-bit authentication tag (RFC 3711). */
export const SRTP_TAG_LENGTH = 10;

/** Bytes of memory that are kept for the next picture: more than a keyframe of 4K takes. */
const MAX_SPARE = 1024 * 1024;
/** Memory is taken in multiples of this, so that pictures of about the same size fit. Bytes. */
const STEP = 16 * 1024;

/**
 * The memory of pictures that have left, for those that follow. Fresh memory for each is not dear by itself, but counts
 * as growth of the heap: Node then cleans up all of Homebridge every few seconds.
 */
export class PacketMemory {
  #spare: Buffer | undefined;

  take(length: number): Buffer {
    const spare = this.#spare;
    if (!spare || spare.length < length) return Buffer.allocUnsafeSlow(Math.ceil(length / STEP) * STEP);
    this.#spare = undefined;
    return spare;
  }

  /** @param bytes that nobody reads any more */
  giveBack(bytes: Buffer): void {
    if (bytes.length <= MAX_SPARE && bytes.length > (this.#spare?.length ?? 0)) this.#spare = bytes;
  }
}

/**
 * RTP packets that leave together, those of one picture, in one piece of memory: it is encrypted as a whole, and no
 * packet is copied or an object of its own. Payloads begin at multiples of 4 bytes.
 */
export class RtpPackets {
  readonly bytes: Buffer;
  /** Where the RTP header of each begins. */
  readonly starts: readonly number[];
  /** Bytes of each payload. */
  readonly lengths: readonly number[];
  /** Bytes of all payloads. */
  readonly octets: number;

  /** Room for packets with payloads of these lengths. @param memory whose room it is; by default, room of its own */
  constructor(lengths: readonly number[], memory?: PacketMemory) {
    const starts: number[] = [];
    let [end, octets] = [0, 0];
    for (const length of lengths) {
      starts.push(end + LEAD);
      octets += length;
      end += (LEAD + RTP_HEADER_LENGTH + length + SRTP_TAG_LENGTH + 3) & ~3;
    }
    this.bytes = memory?.take(end) ?? Buffer.allocUnsafe(end);
    this.starts = starts;
    this.lengths = lengths;
    this.octets = octets;
  }

  get count(): number {
    return this.starts.length;
  }

  /** Where the payload of a packet begins. */
  payloadAt(index: number): number {
    return (this.starts[index] ?? 0) + RTP_HEADER_LENGTH;
  }

  /** Bytes of a whole packet, protected. */
  sizeOf(index: number): number {
    return RTP_HEADER_LENGTH + (this.lengths[index] ?? 0) + SRTP_TAG_LENGTH;
  }

  /** The payload of a packet, not copied. */
  payload(index: number): Buffer {
    const at = this.payloadAt(index);
    return this.bytes.subarray(at, at + (this.lengths[index] ?? 0));
  }

  /** A whole packet, not copied. */
  packet(index: number): Buffer {
    const start = this.starts[index] ?? 0;
    return this.bytes.subarray(start, start + this.sizeOf(index));
  }
}

/** Packets with these payloads. */
export function packetsOf(payloads: readonly Buffer[]): RtpPackets {
  const packets = new RtpPackets(payloads.map(({ length }) => length));
  payloads.forEach((payload, index) => payload.copy(packets.bytes, packets.payloadAt(index)));
  return packets;
}
