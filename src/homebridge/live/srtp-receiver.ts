import { timingSafeEqual } from 'node:crypto';
import { limits } from '../../shared/internal.js';
import { isRtcp, RTP_HEADER_LENGTH, type RtpHeader } from './rtp.js';
import { SRTP_TAG_LENGTH } from './rtp-packets.js';
import {
  authenticationTag,
  counterMode,
  packetCounter,
  type PreparedKeys,
  prepareKeys,
  ReplayWindow,
  type SessionKeys,
} from './srtp.js';

/** Sequence numbers; half of them decides what is ahead and what is late. */
const SEQUENCES = 2 ** 16;
/** Sources that are remembered: a phone has one, and only the holder of the key can have more. */
const MAX_SOURCES = 16;

/** An authenticated RTP packet. */
export interface ReceivedRtp {
  readonly header: RtpHeader;
  /** Its sequence number, which goes on counting at 65,536. */
  readonly index: number;
  /** In the clear, without padding. */
  readonly payload: Buffer;
}

/** What is known of one source: its newest packet, and which of those before have come. */
interface Source {
  readonly window: ReplayWindow;
  highest: number;
}

/**
 * Opens the SRTP packets of a peer (RFC 3711 §3.3, AES_CM_128_HMAC_SHA1_80). Each source has a rollover counter and a
 * replay window for itself; only what is authentic moves them.
 */
export class SrtpReceiver {
  readonly #keys: PreparedKeys;
  readonly #sources = new Map<number, Source>();

  constructor(keys: SessionKeys) {
    this.#keys = prepareKeys(keys);
  }

  /** Whether it may well go on where a known source left off: what an attacker has to guess, or to hear. */
  isFamiliar(packet: Buffer): boolean {
    if (packet.length < RTP_HEADER_LENGTH) return false;
    const source = this.#sources.get(packet.readUInt32BE(8));
    return source?.window.mayFollow(indexOf(packet.readUInt16BE(2), source.highest)) === true;
  }

  /** `undefined` for what is no RTP, forged, came already, or is too late to tell. */
  open(packet: Buffer): ReceivedRtp | undefined {
    const tagAt = packet.length - SRTP_TAG_LENGTH;
    const payloadAt = packet.length > limits.phone.sound || isRtcp(packet) ? undefined : headerLength(packet, tagAt);
    if (payloadAt === undefined) return undefined;
    const ssrc = packet.readUInt32BE(8);
    const sequence = packet.readUInt16BE(2);
    const known = this.#sources.get(ssrc);
    const index = known ? indexOf(sequence, known.highest) : sequence;
    // Before the first packet of all.
    if (index < 0) return undefined;

    const rollover = Buffer.alloc(4);
    rollover.writeUInt32BE(Math.floor(index / SEQUENCES) % 2 ** 32);
    const expected = authenticationTag(this.#keys.authentication, packet.subarray(0, tagAt), rollover);
    if (!timingSafeEqual(expected, packet.subarray(tagAt))) return undefined;
    const source = known ?? this.#remember(ssrc, index);
    if (!source?.window.accept(index)) return undefined;
    source.highest = Math.max(source.highest, index);

    const counter = packetCounter(this.#keys.salt, ssrc, index);
    const clear = counterMode(this.#keys.encryption, counter, packet.subarray(payloadAt, tagAt));
    const payload = withoutPadding(clear, (packet.readUInt8(0) & 0x20) !== 0);
    const type = packet.readUInt8(1);
    const timestamp = packet.readUInt32BE(4);
    const header = { marker: type >= 0x80, payloadType: type & 0x7f, sequence, timestamp, ssrc };
    return payload && { header, index, payload };
  }

  #remember(ssrc: number, highest: number): Source | undefined {
    if (this.#sources.size >= MAX_SOURCES) return undefined;
    const source = { window: new ReplayWindow(), highest };
    this.#sources.set(ssrc, source);
    return source;
  }
}

/** The index that a sequence number most likely means, near the highest so far (RFC 3711 §3.3.1); may be negative. */
function indexOf(sequence: number, highest: number): number {
  const rollover = Math.floor(highest / SEQUENCES);
  const distance = sequence - (highest % SEQUENCES);
  const turn = distance > SEQUENCES / 2 ? -1 : distance < -SEQUENCES / 2 ? 1 : 0;
  return (rollover + turn) * SEQUENCES + sequence;
}

/** With contributing sources and extension (RFC 3550 §5.1, §5.3.1), bytes; `undefined` where it is no RTP. */
function headerLength(packet: Buffer, end: number): number | undefined {
  if (end < RTP_HEADER_LENGTH) return undefined;
  const flags = packet.readUInt8(0);
  if (flags >> 6 !== 2) return undefined;
  let length = RTP_HEADER_LENGTH + 4 * (flags & 0x0f);
  if ((flags & 0x10) !== 0) {
    if (length + 4 > end) return undefined;
    length += 4 + 4 * packet.readUInt16BE(length + 2);
  }
  return length <= end ? length : undefined;
}

/** The last byte says how many there are, itself included (RFC 3550 §5.1). */
function withoutPadding(payload: Buffer, isPadded: boolean): Buffer | undefined {
  if (!isPadded) return payload;
  const count = payload.at(-1) ?? 0;
  return count >= 1 && count <= payload.length ? payload.subarray(0, payload.length - count) : undefined;
}
