import { randomBytes } from 'node:crypto';

/** Seconds from 1900 (NTP) to 1970 (Unix). */
const NTP_EPOCH = 2_208_988_800;
const WORD = 2 ** 32;

/** One RTP stream (RFC 3550): numbers and stamps packets, and reports on them. */
export class RtpTrack {
  readonly #payloadType: number;
  /** Ticks a second. */
  readonly #rate: number;
  readonly #ssrc = randomBytes(4).readUInt32BE();
  readonly #offset = randomBytes(4).readUInt32BE();
  #sequence = randomBytes(2).readUInt16BE();
  #packets = 0;
  #octets = 0;

  constructor(payloadType: number, rate: number) {
    this.#payloadType = payloadType;
    this.#rate = rate;
  }

  /** Number of the next packet. */
  get sequence(): number {
    return this.#sequence;
  }

  /** The RTP time of a moment. @param time ms since 1970 UTC */
  stamp(time: number): number {
    // Ticks a ms, since ms since 1970 times ticks a second are more than a number holds.
    return (this.#offset + Math.floor(time * (this.#rate / 1000))) % WORD;
  }

  /** @param time ms since 1970 UTC when it is to be shown or heard */
  packet(payload: Buffer, time: number, marker: boolean): Buffer {
    const header = Buffer.alloc(12);
    header.writeUInt8(0x80, 0);
    header.writeUInt8((marker ? 0x80 : 0) | this.#payloadType, 1);
    header.writeUInt16BE(this.#sequence, 2);
    header.writeUInt32BE(this.stamp(time), 4);
    header.writeUInt32BE(this.#ssrc, 8);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#packets += 1;
    this.#octets += payload.length;
    return Buffer.concat([header, payload]);
  }

  /** Sender report and source description (RFC 3550 sections 6.4.1, 6.5): players bring sound and picture together by it. */
  report(now: number, cname: string): Buffer {
    const report = Buffer.alloc(28);
    report.writeUInt32BE(0x80c80006, 0);
    report.writeUInt32BE(this.#ssrc, 4);
    report.writeUInt32BE((Math.floor(now / 1000) + NTP_EPOCH) % WORD, 8);
    report.writeUInt32BE(Math.floor(((now % 1000) / 1000) * WORD), 12);
    report.writeUInt32BE(this.stamp(now), 16);
    report.writeUInt32BE(this.#packets % WORD, 20);
    report.writeUInt32BE(this.#octets % WORD, 24);
    return Buffer.concat([report, this.#description(cname)]);
  }

  #description(cname: string): Buffer {
    const name = Buffer.from(cname);
    // The items end with at least one zero byte and fill whole words.
    const words = 2 + Math.ceil((name.length + 3) / 4);
    const description = Buffer.alloc(words * 4);
    description.writeUInt16BE(0x81ca, 0);
    description.writeUInt16BE(words - 1, 2);
    description.writeUInt32BE(this.#ssrc, 4);
    description.writeUInt8(1, 8);
    description.writeUInt8(name.length, 9);
    name.copy(description, 10);
    return description;
  }
}
