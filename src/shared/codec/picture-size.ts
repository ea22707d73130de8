import type { NalUnits } from './annex-b.js';
import type { VideoCodec } from './frame.js';

/** Pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

export const SPS = { h264: 7, h265: 33 } as const;
/** Bytes of a parameter set that are looked at: the size stands near its beginning. */
const LOOKED_AT = 1024;
/** Markers and fill bytes in front of a JPEG's frame header that are looked at: some ten are usual. */
const MARKERS = 10_000;
/** profile_idc of H.264 whose SPS begins with the chroma format (7.3.2.1.1). */
const WITH_CHROMA_FORMAT = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** How samples are written. */
interface SampleFormat {
  /** chroma_format_idc: 1 for 4:2:0. */
  readonly chroma: number;
  /** Bits. */
  readonly lumaDepth: number;
  /** Bits. */
  readonly chromaDepth: number;
}

/** What a sequence parameter set says of the pictures. */
export interface SequenceParameters extends SampleFormat {
  /** What is decoded. */
  readonly coded: PictureSize;
  /** What is seen of it. */
  readonly shown: PictureSize;
}

const PLAIN_420: SampleFormat = { chroma: 1, lumaDepth: 8, chromaDepth: 8 };

/** `undefined` where it cannot be read. @param sps NAL unit */
export function sequenceParameters(codec: VideoCodec, sps: Buffer): SequenceParameters | undefined {
  const bits = new Bits(sps);
  const parameters = codec === 'h264' ? readH264(bits) : readH265(bits);
  return bits.ended ? undefined : parameters;
}

/**
 * Pictures that a decoder has to wait for before it may show one (max_num_reorder_frames, H.264 E.2.1); `undefined` where it is
 * not told.
 *
 * @param sps NAL unit of H.264
 */
export function reorderedPictures(sps: Buffer): number | undefined {
  const bits = new Bits(sps);
  readH264(bits);
  const count = bits.read(1) === 1 ? readReordering(bits) : undefined;
  return bits.ended ? undefined : count;
}

/**
 * The size that decoding these NAL units takes, cropping not counted: the largest width and the largest height that
 * their sequence parameter sets name. `undefined` where there is none, or one that cannot be read.
 */
export function codedSize(nals: NalUnits): PictureSize | undefined {
  let largest: PictureSize | undefined;
  for (const { type, data } of nals) {
    if (type !== SPS[nals.codec]) continue;
    const size = sequenceParameters(nals.codec, data)?.coded;
    if (!size) return undefined;
    largest = {
      width: Math.max(size.width, largest?.width ?? 0),
      height: Math.max(size.height, largest?.height ?? 0),
    };
  }
  return largest;
}

/** The size in the frame header of a JPEG (ITU-T T.81 B.2.2), or `undefined` for what is none. */
export function jpegSize(jpeg: Buffer): PictureSize | undefined {
  if (jpeg.length < 4 || jpeg.readUInt16BE(0) !== 0xffd8) return undefined;
  for (let at = 2, looks = 0; at + 9 <= jpeg.length && looks < MARKERS; looks += 1) {
    const marker = jpeg.readUInt16BE(at);
    if (marker < 0xff01) return undefined;
    if (marker === 0xffff) {
      // Fill byte (B.1.1.2).
      at += 1;
      continue;
    }
    if (isFrameHeader(marker)) {
      const [height, width] = [jpeg.readUInt16BE(at + 5), jpeg.readUInt16BE(at + 7)];
      return width > 0 && height > 0 ? { width, height } : undefined;
    }
    const length = jpeg.readUInt16BE(at + 2);
    if (length < 2) return undefined;
    at += 2 + length;
  }
  return undefined;
}

/** SOF0 to SOF15; DHT, JPG and DAC stand among them. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
}

/** The first bytes of a NAL unit, emulation prevention undone (H.264 7.4.1, H.265 7.4.2). */
export function withoutEmulation(nal: Buffer): number[] {
  const bytes: number[] = [];
  let zeros = 0;
  for (const byte of nal.subarray(0, LOOKED_AT)) {
    const isPrevention = zeros >= 2 && byte === 3;
    zeros = byte === 0 ? zeros + 1 : 0;
    if (!isPrevention) bytes.push(byte);
  }
  return bytes;
}

/** Bits of a NAL unit, emulation prevention undone. */
class Bits {
  readonly #bytes: readonly number[];
  #position = 0;
  #absurd = false;

  constructor(nal: Buffer) {
    this.#bytes = withoutEmulation(nal);
  }

  /** More was read than there is, or a number that none can be. */
  get ended(): boolean {
    return this.#absurd || this.#position > this.#bytes.length * 8;
  }

  skip(count: number): void {
    this.#position += count;
  }

  /** u(n) */
  read(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index += 1) {
      const byte = this.#bytes[this.#position >> 3] ?? 0;
      value = value * 2 + ((byte >> (7 - (this.#position & 7))) & 1);
      this.#position += 1;
    }
    return value;
  }

  /** ue(v) (H.264 9.1) */
  golomb(): number {
    let zeros = 0;
    while (zeros < 32 && !this.ended && this.read(1) === 0) zeros += 1;
    if (zeros === 32) this.#absurd = true;
    return 2 ** zeros - 1 + this.read(zeros);
  }

  /** se(v) */
  signedGolomb(): number {
    const value = this.golomb();
    return value % 2 === 0 ? -value / 2 : (value + 1) / 2;
  }
}

/** H.264 7.3.2.1.1 */
function readH264(bits: Bits): SequenceParameters {
  bits.skip(8);
  const profile = bits.read(8);
  bits.skip(16);
  bits.golomb();
  const format = WITH_CHROMA_FORMAT.has(profile) ? readChroma(bits) : PLAIN_420;
  bits.golomb();
  const orderType = bits.golomb();
  if (orderType === 0) bits.golomb();
  else if (orderType === 1) skipOrderCycle(bits);
  bits.golomb();
  bits.skip(1);
  const width = (bits.golomb() + 1) * 16;
  const mapUnits = bits.golomb() + 1;
  const framesOnly = bits.read(1);
  bits.skip(framesOnly === 1 ? 1 : 2);
  const coded = { width, height: mapUnits * 16 * (2 - framesOnly) };
  return { ...format, coded, shown: cropped(coded, bits, format.chroma, 2 - framesOnly) };
}

/** The part that is shown (H.264 7.4.2.1.1, H.265 7.4.3.2.1): chroma samples count. */
function cropped(coded: PictureSize, bits: Bits, chroma: number, fields: number): PictureSize {
  if (bits.read(1) === 0) return coded;
  const [left, right, top, bottom] = [bits.golomb(), bits.golomb(), bits.golomb(), bits.golomb()];
  const across = chroma === 1 || chroma === 2 ? 2 : 1;
  const down = (chroma === 1 ? 2 : 1) * fields;
  const width = coded.width - (left + right) * across;
  const height = coded.height - (top + bottom) * down;
  return width > 0 && height > 0 ? { width, height } : coded;
}

/** Chroma format and bit depths; behind them, scaling lists. */
function readChroma(bits: Bits): SampleFormat {
  const chroma = bits.golomb();
  if (chroma === 3) bits.skip(1);
  const format = { chroma, lumaDepth: 8 + bits.golomb(), chromaDepth: 8 + bits.golomb() };
  bits.skip(1);
  if (bits.read(1) === 0) return format;
  const lists = chroma === 3 ? 12 : 8;
  for (let list = 0; list < lists; list += 1) if (bits.read(1) === 1) skipScalingList(bits, list < 6 ? 16 : 64);
  return format;
}

/** H.264 7.3.2.1.1.1 */
function skipScalingList(bits: Bits, length: number): void {
  let last = 8;
  let next = 8;
  for (let index = 0; index < length; index += 1) {
    if (next !== 0) next = (last + bits.signedGolomb() + 256) % 256;
    if (next !== 0) last = next;
  }
}

/** Picture order count of type 1. */
function skipOrderCycle(bits: Bits): void {
  bits.skip(1);
  bits.golomb();
  bits.golomb();
  const count = bits.golomb();
  for (let index = 0; index < count && !bits.ended; index += 1) bits.golomb();
}

/** VUI parameters (H.264 E.1.1). */
function readReordering(bits: Bits): number | undefined {
  const EXTENDED_ASPECT_RATIO = 255;
  if (bits.read(1) === 1 && bits.read(8) === EXTENDED_ASPECT_RATIO) bits.skip(32);
  if (bits.read(1) === 1) bits.skip(1);
  if (bits.read(1) === 1) {
    bits.skip(4);
    if (bits.read(1) === 1) bits.skip(24);
  }
  if (bits.read(1) === 1) skipNumbers(bits, 2);
  if (bits.read(1) === 1) bits.skip(65);
  const hasReferenceDecoder = [skipReferenceDecoder(bits), skipReferenceDecoder(bits)].includes(true);
  bits.skip(hasReferenceDecoder ? 2 : 1);
  if (bits.read(1) === 0) return undefined;
  bits.skip(1);
  skipNumbers(bits, 4);
  return bits.golomb();
}

/** HRD parameters (H.264 E.1.2). @returns whether there are any */
function skipReferenceDecoder(bits: Bits): boolean {
  if (bits.read(1) === 0) return false;
  const buffers = bits.golomb() + 1;
  bits.skip(8);
  for (let index = 0; index < buffers && !bits.ended; index += 1) {
    skipNumbers(bits, 2);
    bits.skip(1);
  }
  bits.skip(20);
  return true;
}

function skipNumbers(bits: Bits, count: number): void {
  for (let index = 0; index < count; index += 1) bits.golomb();
}

/** H.265 7.3.2.2.1 */
function readH265(bits: Bits): SequenceParameters {
  bits.skip(16 + 4);
  const subLayers = bits.read(3);
  bits.skip(1);
  skipProfiles(bits, subLayers);
  bits.golomb();
  const chroma = bits.golomb();
  if (chroma === 3) bits.skip(1);
  const coded = { width: bits.golomb(), height: bits.golomb() };
  const shown = cropped(coded, bits, chroma, 1);
  return { coded, shown, chroma, lumaDepth: 8 + bits.golomb(), chromaDepth: 8 + bits.golomb() };
}

/** Profile, tier and level of the stream and of its sub-layers (H.265 7.3.3). */
function skipProfiles(bits: Bits, subLayers: number): void {
  bits.skip(88 + 8);
  const present = Array.from({ length: subLayers }, () => [bits.read(1), bits.read(1)] as const);
  if (subLayers > 0) bits.skip(2 * (8 - subLayers));
  for (const [profile, level] of present) bits.skip(profile * 88 + level * 8);
}
