import { limits } from '../limits.js';
import type { VideoCodec } from './frame.js';

/** One NAL unit of an Annex B byte stream (H.264, H.265), without its start code. */
export interface NalUnit {
  readonly type: number;
  readonly data: Buffer;
}

const parameterSetTypes = { h264: [7, 8], h265: [32, 33, 34] } as const;

/** The NAL unit type in the first header byte (H.264 7.3.1, H.265 7.3.1.2). */
export function nalType(codec: VideoCodec, firstByte: number): number {
  return codec === 'h264' ? firstByte & 0x1f : (firstByte >> 1) & 0x3f;
}

/** Whether a NAL unit carries picture data. */
export function isSlice(codec: VideoCodec, type: number): boolean {
  return codec === 'h264' ? type >= 1 && type <= 5 : type < 32;
}

/** Whether a NAL unit is a VPS, SPS or PPS. */
export function isParameterSet(codec: VideoCodec, type: number): boolean {
  return (parameterSetTypes[codec] as readonly number[]).includes(type);
}

/**
 * The NAL units of an access unit, in order, without empty ones. They are found in one pass, the first time that anybody
 * asks, behind `limits.picture.nals` start codes at most. Only their places are kept: iterating makes views.
 */
export class NalUnits implements Iterable<NalUnit> {
  readonly codec: VideoCodec;
  readonly #data: Buffer;
  /** Where each begins and ends, in turn. */
  #places: readonly number[] | undefined;
  #stray = 0;
  #parameterSets = 0;
  #whole = true;

  constructor(codec: VideoCodec, data: Buffer) {
    this.codec = codec;
    this.#data = data;
  }

  get length(): number {
    return this.#found().length / 2;
  }

  /** Bytes in front of the first start code, without the zeros that may be part of it. */
  get stray(): number {
    this.#found();
    return this.#stray;
  }

  /** How many of them are parameter sets. */
  get parameterSets(): number {
    this.#found();
    return this.#parameterSets;
  }

  /** Whether these are all; `false` where there are more start codes than the limit. */
  get whole(): boolean {
    this.#found();
    return this.#whole;
  }

  *[Symbol.iterator](): Generator<NalUnit, void, undefined> {
    const places = this.#found();
    for (let index = 0; index < places.length; index += 2) {
      const start = places[index] ?? 0;
      yield { type: nalType(this.codec, this.#data[start] ?? 0), data: this.#data.subarray(start, places[index + 1]) };
    }
  }

  #found(): readonly number[] {
    return (this.#places ??= this.#find());
  }

  #find(): number[] {
    const data = this.#data;
    const places: number[] = [];
    let code = data.indexOf(startCode);
    this.#stray = endWithoutZeros(data, 0, code === -1 ? data.length : code);
    for (let codes = 1; code !== -1; codes += 1) {
      if (codes > limits.picture.nals) {
        this.#whole = false;
        break;
      }
      const start = code + startCode.length;
      code = data.indexOf(startCode, start);
      const end = code === -1 ? data.length : endWithoutZeros(data, start, code);
      if (end <= start) continue;
      places.push(start, end);
      if (isParameterSet(this.codec, nalType(this.codec, data[start] ?? 0))) this.#parameterSets += 1;
    }
    return places;
  }
}

/** Zero bytes before a start code belong to it. */
function endWithoutZeros(data: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && data[at - 1] === 0) at -= 1;
  return at;
}

/** The NAL units of an access unit, see {@link NalUnits}. */
export function nalUnits(codec: VideoCodec, data: Buffer): NalUnits {
  return new NalUnits(codec, data);
}

/** The parameter sets in front of the first picture data, in the order of decoding. */
export function leadingParameterSets(nals: NalUnits): readonly NalUnit[] {
  const found: NalUnit[] = [];
  for (const nal of nals) {
    if (isSlice(nals.codec, nal.type)) break;
    if (isParameterSet(nals.codec, nal.type)) found.push(nal);
  }
  return found.sort((a, b) => a.type - b.type);
}

/** Whether these parameter sets are all that a decoder needs. */
export function isComplete(codec: VideoCodec, sets: readonly NalUnit[]): boolean {
  return parameterSetTypes[codec].every((type) => sets.some((nal) => nal.type === type));
}

/** The access unit with NAL units put in front. */
export function prepend(sets: readonly NalUnit[], data: Buffer): Buffer {
  return Buffer.concat([...sets.flatMap((nal) => [longStartCode, nal.data]), data]);
}

const startCode = Buffer.from([0, 0, 1]);
const longStartCode = Buffer.from([0, 0, 0, 1]);
