import {
  type Cipheriv,
  createCipheriv,
  createHmac,
  createSecretKey,
  hash,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto';
import { RTP_HEADER_LENGTH } from './rtp.js';
import { LEAD, type RtpPackets, SRTP_TAG_LENGTH } from './rtp-packets.js';

const INDEX_LENGTH = 4;
const RTCP_HEADER_LENGTH = 8;
const CIPHER_BLOCK = 16;
/** Block of SHA-1, bytes. */
const HASH_BLOCK = 64;
/** Counter blocks that are encrypted at once. */
const BLOCKS_AT_ONCE = 4096;

/** What both sides agree on before the first packet: 16 bytes of key and 14 of salt (RFC 3711 §4). */
export interface SrtpMaster {
  readonly key: Buffer;
  readonly salt: Buffer;
}

/** One of the two key triples (RTP or RTCP) of a master key. */
export interface SessionKeys {
  readonly encryption: Buffer;
  readonly authentication: Buffer;
  readonly salt: Buffer;
}

/** As Node likes them: keys that are bytes cost it several times as much as the work of a packet. */
export interface PreparedKeys {
  readonly encryption: KeyObject;
  readonly authentication: KeyObject;
  readonly salt: Buffer;
}

/** Session keys of RTP and RTCP, key derivation rate 0 (RFC 3711 §4.3). */
export function deriveSessionKeys(master: SrtpMaster): { rtp: SessionKeys; rtcp: PreparedKeys } {
  const triple = (firstLabel: number): SessionKeys => ({
    encryption: deriveKey(master, firstLabel, 16),
    authentication: deriveKey(master, firstLabel + 1, 20),
    salt: deriveKey(master, firstLabel + 2, 14),
  });
  return { rtp: triple(0), rtcp: prepareKeys(triple(3)) };
}

export function prepareKeys({ encryption, authentication, salt }: SessionKeys): PreparedKeys {
  return { encryption: createSecretKey(encryption), authentication: createSecretKey(authentication), salt };
}

function deriveKey(master: SrtpMaster, label: number, length: number): Buffer {
  const counter = Buffer.alloc(16);
  master.salt.copy(counter);
  counter.writeUInt8(counter.readUInt8(7) ^ label, 7);
  return counterMode(master.key, counter, Buffer.alloc(length));
}

export function counterMode(key: Buffer | KeyObject, counter: Buffer, data: Buffer): Buffer {
  return createCipheriv('aes-128-ctr', key, counter).update(data);
}

/** Writes the counter that starts a packet's key stream (RFC 3711 §4.1.1). @param index 48 bits */
function writePacketCounter(counter: Buffer, salt: Buffer, ssrc: number, index: number): void {
  salt.copy(counter);
  counter.writeUInt32BE((counter.readUInt32BE(4) ^ ssrc) >>> 0, 4);
  counter.writeUInt16BE(counter.readUInt16BE(8) ^ Math.floor(index / 2 ** 32), 8);
  counter.writeUInt32BE((counter.readUInt32BE(10) ^ (index % 2 ** 32)) >>> 0, 10);
  counter.writeUInt16BE(0, 14);
}

export function packetCounter(salt: Buffer, ssrc: number, index: number): Buffer {
  const counter = Buffer.alloc(CIPHER_BLOCK);
  writePacketCounter(counter, salt, ssrc, index);
  return counter;
}

export function authenticationTag(key: KeyObject, ...parts: Buffer[]): Buffer {
  const hmac = createHmac('sha1', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest().subarray(0, SRTP_TAG_LENGTH);
}

/**
 * Protects outgoing RTP packets without header extension, in place (RFC 3711 §3.3, AES_CM_128_HMAC_SHA1_80).
 *
 * A cipher object in counter mode serves one packet, and to make one costs more than all of its work. So the key stream
 * is made here: one cipher without chaining encrypts the counter blocks of all packets of a picture in one go, which is
 * counter mode by its definition (RFC 3711 §4.1.1). The HMAC likewise: the hash of a prepared inner block and the
 * message, then that of a prepared outer block and the result (RFC 2104).
 */
export class SrtpSender {
  readonly #salt: Buffer;
  readonly #cipher: Cipheriv;
  readonly #innerBlock: Buffer;
  /** The outer block, and room for the inner hash. */
  readonly #outer: Buffer;
  readonly #counter = Buffer.alloc(CIPHER_BLOCK);
  #blocks = Buffer.alloc(64 * CIPHER_BLOCK);

  constructor({ encryption, authentication, salt }: SessionKeys) {
    this.#salt = salt;
    this.#cipher = createCipheriv('aes-128-ecb', encryption, null).setAutoPadding(false);
    const padded = Buffer.alloc(HASH_BLOCK);
    authentication.copy(padded);
    this.#innerBlock = Buffer.from(padded.map((byte) => byte ^ 0x36));
    this.#outer = Buffer.concat([padded.map((byte) => byte ^ 0x5c), Buffer.alloc(20)]);
  }

  /** @param index of the first packet: its sequence number, which goes on counting at 65,536 (48 bits) */
  protect(packets: RtpPackets, index: number): void {
    for (let first = 0; first < packets.count;) {
      let [last, blocks] = [first, 0];
      do blocks += blocksOf(packets.lengths[last++] ?? 0);
      while (last < packets.count && blocks + blocksOf(packets.lengths[last] ?? 0) <= BLOCKS_AT_ONCE);
      this.#encrypt(packets, first, last, blocks, index);
      first = last;
    }
    for (let at = 0; at < packets.count; at += 1) this.#authenticate(packets, at, index + at);
  }

  #encrypt(packets: RtpPackets, first: number, last: number, count: number, index: number): void {
    const encrypted = this.#cipher.update(this.#counterBlocks(packets, first, last, count, index));
    const keyStream = words(encrypted);
    const target = words(packets.bytes);
    let key = 0;
    for (let packet = first; packet < last; packet += 1) {
      const begin = packets.payloadAt(packet) / 4;
      const length = packets.lengths[packet] ?? 0;
      // The last word may reach into the room for the tag, which is written later.
      const end = begin + Math.ceil(length / 4);
      for (let at = begin, from = key; at < end; at += 1, from += 1)
        target[at] = (target[at] ?? 0) ^ (keyStream[from] ?? 0);
      key += (blocksOf(length) * CIPHER_BLOCK) / 4;
    }
    discard(encrypted);
  }

  #counterBlocks(packets: RtpPackets, first: number, last: number, count: number, index: number): Buffer {
    if (this.#blocks.length < count * CIPHER_BLOCK) this.#blocks = Buffer.alloc(count * CIPHER_BLOCK);
    const blocks = this.#blocks.subarray(0, count * CIPHER_BLOCK);
    const target = words(blocks);
    const counter = words(this.#counter);
    let at = 0;
    for (let packet = first; packet < last; packet += 1) {
      const ssrc = packets.bytes.readUInt32BE((packets.starts[packet] ?? 0) + 8);
      writePacketCounter(this.#counter, this.#salt, ssrc, index + packet);
      const [a = 0, b = 0, c = 0, d = 0] = counter;
      const ofPacket = blocksOf(packets.lengths[packet] ?? 0);
      for (let block = 0; block < ofPacket; block += 1, at += 4) {
        target[at] = a;
        target[at + 1] = b;
        target[at + 2] = c;
        target[at + 3] = d;
        blocks[4 * at + 14] = block >> 8;
        blocks[4 * at + 15] = block;
      }
    }
    return blocks;
  }

  #authenticate(packets: RtpPackets, packet: number, index: number): void {
    const { bytes } = packets;
    const start = packets.starts[packet] ?? 0;
    const end = start + RTP_HEADER_LENGTH + (packets.lengths[packet] ?? 0);
    this.#innerBlock.copy(bytes, start - LEAD);
    // How often the sequence number has wrapped is authenticated, though not sent.
    bytes.writeUInt32BE(Math.floor(index / 2 ** 16) % 2 ** 32, end);
    const inner = hash('sha1', bytes.subarray(start - LEAD, end + 4), 'binary');
    this.#outer.write(inner, HASH_BLOCK, 'latin1');
    bytes.write(hash('sha1', this.#outer, 'binary'), end, SRTP_TAG_LENGTH, 'latin1');
  }
}

function blocksOf(length: number): number {
  return Math.ceil(length / CIPHER_BLOCK);
}

/** Frees memory that is all of its own at once, which otherwise counts as growth of the heap until it is cleaned up. */
function discard(bytes: Buffer): void {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length) buffer.transfer(0);
}

function words(bytes: Buffer): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}

/** Protects one compound RTCP packet (RFC 3711 §3.4). `index`: 31 bits, counts the packets of this sender. */
export function protectRtcp(keys: PreparedKeys, packet: Buffer, index: number): Buffer {
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

/** An authenticated RTCP packet. */
export interface ReceivedRtcp {
  /** In the clear. */
  readonly packet: Buffer;
  /** Whose it is: the SSRC of its first part. */
  readonly source: number;
  /** Counts the packets of its sender, 31 bits. */
  readonly index: number;
}

/** What a protected RTCP packet says in the clear of whose it is, true or not; `undefined` where it is too short. */
export function claimedOrigin(packet: Buffer): Pick<ReceivedRtcp, 'source' | 'index'> | undefined {
  const indexAt = packet.length - SRTP_TAG_LENGTH - INDEX_LENGTH;
  if (indexAt < RTCP_HEADER_LENGTH) return undefined;
  return { source: packet.readUInt32BE(4), index: packet.readUInt32BE(indexAt) % 0x80000000 };
}

/** The RTCP packet inside, or `undefined` if it is not from the holder of the key. */
export function unprotectRtcp(keys: PreparedKeys, packet: Buffer): ReceivedRtcp | undefined {
  const tagAt = packet.length - SRTP_TAG_LENGTH;
  const indexAt = tagAt - INDEX_LENGTH;
  if (indexAt < RTCP_HEADER_LENGTH) return undefined;
  const expected = authenticationTag(keys.authentication, packet.subarray(0, tagAt));
  if (!timingSafeEqual(expected, packet.subarray(tagAt))) return undefined;
  const source = packet.readUInt32BE(4);
  const trailer = packet.readUInt32BE(indexAt);
  const index = trailer % 0x80000000;
  if (trailer < 0x80000000) return { packet: Buffer.from(packet.subarray(0, indexAt)), source, index };
  const body = packet.subarray(RTCP_HEADER_LENGTH, indexAt);
  const clear = counterMode(keys.encryption, packetCounter(keys.salt, source, index), body);
  return { packet: Buffer.concat([packet.subarray(0, RTCP_HEADER_LENGTH), clear]), source, index };
}

/** Packets that may arrive out of order (RFC 3711 §3.3.2: at least 64). */
const WINDOW = 64;

/** Tells packets that were received already, or are too old to tell, from new ones (RFC 3711 §3.3.2). */
export class ReplayWindow {
  #highest = -1;
  /** The newest {@link WINDOW} that were received. */
  readonly #received = new Set<number>();

  /** Whether a packet of that index may well be the next, or one that is late: what an attacker has to guess, or to hear. */
  mayFollow(index: number): boolean {
    return index > this.#highest - WINDOW && index <= this.#highest + WINDOW && !this.#received.has(index);
  }

  /** Whether the packet is new. Only for packets that are authentic. */
  accept(index: number): boolean {
    if (index <= this.#highest - WINDOW || this.#received.has(index)) return false;
    this.#received.add(index);
    if (index > this.#highest) {
      this.#highest = index;
      if (this.#received.size > WINDOW) {
        for (const old of this.#received) if (old <= index - WINDOW) this.#received.delete(old);
      }
    }
    return true;
  }
}

/** Senders of RTCP that are remembered: a phone has one for each track, and only the holder of the key can be another. */
const MAX_SOURCES = 4;

/**
 * What was received under one master key, by the SSRC of its sender (RFC 3711 §3.2.3). Tracks that share the key share this:
 * what the phone sent to one of them is authentic at the other, and so is what we send ourselves, since the key serves in
 * both directions (§9.1).
 */
export class ReceivedSources {
  readonly #own = new Set<number>();
  readonly #windows = new Map<number, ReplayWindow>();

  /** Whoever sends under that key on our side. */
  addOwn(ssrc: number): void {
    this.#own.add(ssrc);
  }

  isOwn(ssrc: number): boolean {
    return this.#own.has(ssrc);
  }

  /** Whether a packet may well be the next of a sender that is known. */
  mayFollow({ source, index }: Pick<ReceivedRtcp, 'source' | 'index'>): boolean {
    return this.#windows.get(source)?.mayFollow(index) ?? false;
  }

  /** Whether the packet is the phone's and new. Only for packets that are authentic. */
  accept({ source, index }: Pick<ReceivedRtcp, 'source' | 'index'>): boolean {
    if (this.#own.has(source)) return false;
    const known = this.#windows.get(source);
    if (known) return known.accept(index);
    if (this.#windows.size >= MAX_SOURCES) return false;
    const window = new ReplayWindow();
    this.#windows.set(source, window);
    return window.accept(index);
  }
}

/** Whether both make the same key streams: then each SSRC must be used by one of their tracks only (RFC 3711 §9.1). */
export function isSameMaster(one: SrtpMaster, other: SrtpMaster): boolean {
  return one.key.equals(other.key) && one.salt.equals(other.salt);
}
