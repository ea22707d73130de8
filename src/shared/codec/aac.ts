import { ByteQueue } from './byte-queue.js';

/** Samples in a frame of AAC-LC (ISO/IEC 14496-3, 4.5.1.1). */
export const AAC_FRAME = 1024;
/** Hz by samplingFrequencyIndex (ISO/IEC 14496-3, table 1.18). */
const SAMPLE_RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000];
/** audioObjectType of AAC-LC. */
const LOW_COMPLEXITY = 2;
const ADTS_HEADER = 7;

/** A frame of silence: one channel, all coefficients zero; the same at every sample rate. */
export const SILENT_AAC_FRAME: Buffer = Buffer.from([0x01, 0x18, 0x20, 0x07]);

/**
 * AudioSpecificConfig of AAC-LC with one channel (ISO/IEC 14496-3, 1.6.2.1).
 *
 * @param sampleRate Hz, one of those that AAC has a number for
 */
export function aacConfiguration(sampleRate: number): Buffer {
  const index = SAMPLE_RATES.indexOf(sampleRate);
  if (index < 0) throw new RangeError(`AAC has no number for ${sampleRate} Hz`);
  const channels = 1;
  return Buffer.from([(LOW_COMPLEXITY << 3) | (index >> 1), ((index & 1) << 7) | (channels << 3)]);
}

/** Takes AAC frames out of ADTS (ISO/IEC 14496-3, 1.A.2) as encoders write it to a pipe. */
export class AdtsReader {
  readonly #waiting = new ByteQueue();

  /** Keeps less than one frame, 8 KiB at most. @throws where it is no ADTS */
  push(bytes: Buffer): Buffer[] {
    this.#waiting.put(bytes);
    const all = this.#waiting.bytes;
    const frames: Buffer[] = [];
    let at = 0;
    while (all.length - at >= ADTS_HEADER) {
      if (all.readUInt16BE(at) >> 4 !== 0xfff) throw new Error('there is no ADTS frame where one should be');
      // With protection_absent = 0 a checksum of 2 bytes stands behind the header.
      const header = ADTS_HEADER + ((all.readUInt8(at + 1) & 1) === 1 ? 0 : 2);
      const length = (all.readUIntBE(at + 3, 3) >> 5) & 0x1fff;
      if (length < header) throw new Error('an ADTS frame is shorter than its header');
      if (all.length - at < length) break;
      frames.push(Buffer.from(all.subarray(at + header, at + length)));
      at += length;
    }
    if (at > 0) this.#waiting.keep(all.subarray(at));
    return frames;
  }
}
