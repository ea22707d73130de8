import { createCipheriv, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

/** Bytes that SRTP adds to an RTP packet: the 80-bit authentication tag. */
export const SRTP_TAG_LENGTH = 10;
const INDEX_LENGTH = 4;
const RTCP_HEADER_LENGTH = 8;

/** What both sides agree on before the first packet: 16 bytes of key and 14 of salt (RFC 3711 §4). */
export interface SrtpMaster {
  readonly key: Buffer;
  readonly salt: Buffer;
}

/** One of the two key triples (RTP or RTCP) of a master key. As key objects: raw bytes cost four times the time a packet. */
export interface SessionKeys {
  readonly encryption: KeyObject;
  readonly authentication: KeyObject;
  readonly salt: Buffer;
}

/** Session keys of RTP and RTCP, key derivation rate 0 (RFC 3711 §4.3). */
export function deriveSessionKeys(master: SrtpMaster): { rtp: SessionKeys; rtcp: SessionKeys } {
  const triple = (firstLabel: number): SessionKeys => ({
    encryption: createSecretKey(deriveKey(master, firstLabel, 16)),
    authentication: createSecretKey(deriveKey(master, firstLabel + 1, 20)),
    salt: deriveKey(master, firstLabel + 2, 14),
  });
  return { rtp: triple(0), rtcp: triple(3) };
}

function deriveKey(master: SrtpMaster, label: number, length: number): Buffer {
  const counter = Buffer.alloc(16);
  master.salt.copy(counter);
  counter.writeUInt8(counter.readUInt8(7) ^ label, 7);
  return counterMode(createSecretKey(master.key), counter, Buffer.alloc(length));
}

function counterMode(key: KeyObject, counter: Buffer, data: Buffer): Buffer {
  return createCipheriv('aes-128-ctr', key, counter).update(data);
}

/** The counter that starts a packet's key stream (RFC 3711 §4.1.1). `index`: 48 bits. */
function packetCounter(salt: Buffer, ssrc: number, index: number): Buffer {
  const counter = Buffer.alloc(16);
  salt.copy(counter);
  counter.writeUInt32BE((counter.readUInt32BE(4) ^ ssrc) >>> 0, 4);
  counter.writeUInt16BE(counter.readUInt16BE(8) ^ Math.floor(index / 2 ** 32), 8);
  counter.writeUInt32BE((counter.readUInt32BE(10) ^ (index % 2 ** 32)) >>> 0, 10);
  return counter;
}

function authenticationTag(key: KeyObject, ...parts: Buffer[]): Buffer {
  const hmac = createHmac('sha1', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest().subarray(0, SRTP_TAG_LENGTH);
}

/**
 * Protects one RTP packet without header extension (RFC 3711 §3.3).
 * @param header the 12-byte RTP header
 * @param rollovers how often the 16-bit sequence number has wrapped
 */
export function protectRtp(keys: SessionKeys, header: Buffer, payload: Buffer, rollovers: number): Buffer {
  const index = rollovers * 2 ** 16 + header.readUInt16BE(2);
  const encrypted = counterMode(keys.encryption, packetCounter(keys.salt, header.readUInt32BE(8), index), payload);
  const rolloverBytes = Buffer.alloc(4);
  rolloverBytes.writeUInt32BE(rollovers >>> 0);
  return Buffer.concat([header, encrypted, authenticationTag(keys.authentication, header, encrypted, rolloverBytes)]);
}

/** Protects one compound RTCP packet (RFC 3711 §3.4). `index`: 31 bits, counts the packets of this sender. */
export function protectRtcp(keys: SessionKeys, packet: Buffer, index: number): Buffer {
  const header = packet.subarray(0, RTCP_HEADER_LENGTH);
  const counter = packetCounter(keys.salt, packet.readUInt32BE(4), index);
  const encrypted = counterMode(keys.encryption, counter, packet.subarray(RTCP_HEADER_LENGTH));
  const trailer = Buffer.alloc(INDEX_LENGTH);
  trailer.writeUInt32BE((0x80000000 | index) >>> 0);
  return Buffer.concat([
    header,
    encrypted,
    trailer,
    authenticationTag(keys.authentication, header, encrypted, trailer),
  ]);
}

/** The RTCP packet inside, or `undefined` if it is not from the holder of the key. */
export function unprotectRtcp(keys: SessionKeys, packet: Buffer): Buffer | undefined {
  const tagAt = packet.length - SRTP_TAG_LENGTH;
  const indexAt = tagAt - INDEX_LENGTH;
  if (indexAt < RTCP_HEADER_LENGTH) return undefined;
  const expected = authenticationTag(keys.authentication, packet.subarray(0, tagAt));
  if (!timingSafeEqual(expected, packet.subarray(tagAt))) return undefined;
  const trailer = packet.readUInt32BE(indexAt);
  if (trailer < 0x80000000) return Buffer.from(packet.subarray(0, indexAt));
  const counter = packetCounter(keys.salt, packet.readUInt32BE(4), trailer - 0x80000000);
  const body = counterMode(keys.encryption, counter, packet.subarray(RTCP_HEADER_LENGTH, indexAt));
  return Buffer.concat([packet.subarray(0, RTCP_HEADER_LENGTH), body]);
}
