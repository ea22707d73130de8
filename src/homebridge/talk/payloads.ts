import type { AudioCodec } from '../live/audio-policy.js';

/** Bits of an AU header in mode AAC-hbr: 13 of size, 3 of index (RFC 3640 §3.3.6). */
const AU_HEADER_BITS = 16;
/** Access units of one packet; phones send one. */
const MAX_UNITS = 8;

/**
 * What the decoder takes of an RTP payload, in order; nothing of one that makes no sense.
 *
 * An Opus packet is the payload (RFC 7587 §4.2). AAC has headers in front: their length in bits, then size and index of
 * each access unit (RFC 3640 §3.2.1). Whoever sends one of 20 to 60 ms need not fragment it.
 */
export function unitsOf(codec: AudioCodec, payload: Buffer): Buffer[] {
  if (codec === 'opus') return payload.length > 0 ? [payload] : [];
  const bits = payload.length >= 2 ? payload.readUInt16BE(0) : 0;
  const count = bits / AU_HEADER_BITS;
  if (!Number.isInteger(count) || count > MAX_UNITS || 2 + bits / 8 > payload.length) return [];
  const units: Buffer[] = [];
  for (let unit = 0, at = 2 + bits / 8; unit < count; unit += 1) {
    const size = payload.readUInt16BE(2 + 2 * unit) >> 3;
    if (size === 0 || at + size > payload.length) return [];
    units.push(payload.subarray(at, at + size));
    at += size;
  }
  return units;
}

/**
 * What the decoder is given in place of a lost packet, so that time goes on: an Opus packet whose frame is missing, which
 * the decoder fills from what it heard (RFC 6716 §3.2.1, §4.4); of AAC, which has no such thing, the last once more.
 */
export function replacementOf(codec: AudioCodec, last: Buffer): Buffer {
  return codec === 'opus' ? Buffer.from([last.readUInt8(0) & 0xfc]) : last;
}
