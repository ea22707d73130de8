import { createCipheriv, createHmac, timingSafeEqual } from 'node:crypto';

/** Bytes of the authentication tag of AES_CM_128_HMAC_SHA1_80. */
const TAG_LENGTH = 10;

interface SessionKeys {
  readonly cipher: Buffer;
  readonly salt: Buffer;
  readonly authentication: Buffer;
}

/**
 * One side's SRTP context (RFC 3711, AES_CM_128_HMAC_SHA1_80): what arrives from one sender. Written for the tests
 * alone, so that the product is not checked against itself.
 */
export class SrtpSession {
  readonly #rtp: SessionKeys;
  readonly #rtcp: SessionKeys;
  #highest: number | undefined;
  #rtcpIndex = 0;
  /** The highest that was sealed. */
  #sent: number | undefined;

  /** @param key 16 bytes @param salt 14 bytes */
  constructor(key: Buffer, salt: Buffer) {
    this.#rtp = deriveKeys(key, salt, 0);
    this.#rtcp = deriveKeys(key, salt, 3);
  }

  /** The RTP packet in the clear. @throws where the tag is wrong */
  open(packet: Buffer): Buffer {
    const authenticated = packet.subarray(0, -TAG_LENGTH);
    const index = this.#estimateIndex(packet.readUInt16BE(2));
    const rollover = Buffer.alloc(4);
    rollover.writeUInt32BE(Math.floor(index / 0x10000));
    checkTag(this.#rtp, Buffer.concat([authenticated, rollover]), packet.subarray(-TAG_LENGTH));
    this.#highest = Math.max(this.#highest ?? 0, index);
    const header = authenticated.subarray(0, rtpHeaderLength(packet));
    const iv = initialVector(this.#rtp.salt, packet.readUInt32BE(8), index);
    return Buffer.concat([header, counterMode(this.#rtp.cipher, iv, authenticated.subarray(header.length))]);
  }

  /** The RTCP packet in the clear. @throws where the tag is wrong */
  openRtcp(packet: Buffer): Buffer {
    const authenticated = packet.subarray(0, -TAG_LENGTH);
    checkTag(this.#rtcp, authenticated, packet.subarray(-TAG_LENGTH));
    const index = authenticated.readUInt32BE(authenticated.length - 4);
    const body = authenticated.subarray(8, -4);
    if (index < 0x80000000) return authenticated.subarray(0, -4);
    const iv = initialVector(this.#rtcp.salt, packet.readUInt32BE(4), index - 0x80000000);
    return Buffer.concat([packet.subarray(0, 8), counterMode(this.#rtcp.cipher, iv, body)]);
  }

  /** An RTP packet as it travels. */
  seal(packet: Buffer): Buffer {
    const sequence = packet.readUInt16BE(2);
    const sent = this.#sent ?? sequence;
    const index = sent + ((sequence - sent + 0x8000) & 0xffff) - 0x8000;
    this.#sent = Math.max(sent, index);
    return this.sealAt(packet, index);
  }

  /** @param index the sequence number, which goes on counting at 65,536 */
  sealAt(packet: Buffer, index: number): Buffer {
    const header = packet.subarray(0, rtpHeaderLength(packet));
    const iv = initialVector(this.#rtp.salt, packet.readUInt32BE(8), index);
    const sealed = Buffer.concat([header, counterMode(this.#rtp.cipher, iv, packet.subarray(header.length))]);
    const rollover = Buffer.alloc(4);
    rollover.writeUInt32BE(Math.floor(index / 0x10000));
    return Buffer.concat([sealed, tagOf(this.#rtp, Buffer.concat([sealed, rollover]))]);
  }

  /** An RTCP packet as it travels. */
  sealRtcp(packet: Buffer): Buffer {
    const index = this.#rtcpIndex++;
    const iv = initialVector(this.#rtcp.salt, packet.readUInt32BE(4), index);
    const trailer = Buffer.alloc(4);
    trailer.writeUInt32BE(index + 0x80000000);
    const body = counterMode(this.#rtcp.cipher, iv, packet.subarray(8));
    const authenticated = Buffer.concat([packet.subarray(0, 8), body, trailer]);
    return Buffer.concat([authenticated, tagOf(this.#rtcp, authenticated)]);
  }

  /** Packet index by sequence number and what was seen before (RFC 3711, 3.3.1). */
  #estimateIndex(sequence: number): number {
    if (this.#highest === undefined) return sequence;
    const rollover = Math.floor(this.#highest / 0x10000);
    const distance = sequence - (this.#highest % 0x10000);
    if (distance > 0x8000) return Math.max(0, rollover - 1) * 0x10000 + sequence;
    return (distance < -0x8000 ? rollover + 1 : rollover) * 0x10000 + sequence;
  }
}

/** Session keys of master key and salt (RFC 3711, 4.3). @param label 0 for SRTP, 3 for SRTCP */
export function deriveKeys(key: Buffer, salt: Buffer, label: 0 | 3): SessionKeys {
  const derive = (use: number, length: number) => {
    const iv = Buffer.concat([salt, Buffer.alloc(2)]);
    iv.writeUInt8(iv.readUInt8(7) ^ use, 7);
    return counterMode(key, iv, Buffer.alloc(length));
  };
  return { cipher: derive(label, 16), authentication: derive(label + 1, 20), salt: derive(label + 2, 14) };
}

/** Length of an RTP header with its contributing sources and extension, bytes. */
export function rtpHeaderLength(packet: Buffer): number {
  const first = packet.readUInt8(0);
  const fixed = 12 + 4 * (first & 0x0f);
  return (first & 0x10) === 0 ? fixed : fixed + 4 + 4 * packet.readUInt16BE(fixed + 2);
}

/** RFC 3711, 4.1.1: salt·2^16 ⊕ SSRC·2^64 ⊕ index·2^16. */
function initialVector(salt: Buffer, source: number, index: number): Buffer {
  const wide = (BigInt(`0x${salt.toString('hex')}`) << 16n) ^ (BigInt(source) << 64n) ^ (BigInt(index) << 16n);
  return Buffer.from(wide.toString(16).padStart(32, '0'), 'hex');
}

function counterMode(key: Buffer, iv: Buffer, data: Buffer): Buffer {
  return createCipheriv('aes-128-ctr', key, iv).update(data);
}

function tagOf({ authentication }: SessionKeys, data: Buffer): Buffer {
  return createHmac('sha1', authentication).update(data).digest().subarray(0, TAG_LENGTH);
}

function checkTag(keys: SessionKeys, data: Buffer, tag: Buffer): void {
  if (!timingSafeEqual(tagOf(keys, data), tag)) throw new Error('wrong SRTP authentication tag');
}
