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

/** The NAL units of an access unit, in order; empty ones are passed over. */
export function* nalUnits(codec: VideoCodec, data: Buffer): Generator<NalUnit> {
  let start = afterStartCode(data, 0);
  while (start < data.length) {
    const next = data.indexOf(startCode, start);
    let end = next === -1 ? data.length : next;
    // Zero bytes before a start code belong to it.
    while (next !== -1 && end > start && data[end - 1] === 0) end -= 1;
    const first = data[start];
    if (end > start && first !== undefined) yield { type: nalType(codec, first), data: data.subarray(start, end) };
    if (next === -1) return;
    start = next + startCode.length;
  }
}

/** The parameter sets in front of the first picture data, in the order of decoding. */
export function leadingParameterSets(codec: VideoCodec, data: Buffer): readonly NalUnit[] {
  const found: NalUnit[] = [];
  for (const nal of nalUnits(codec, data)) {
    if (isSlice(codec, nal.type)) break;
    if (isParameterSet(codec, nal.type)) found.push(nal);
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

function afterStartCode(data: Buffer, from: number): number {
  const at = data.indexOf(startCode, from);
  return at === -1 ? data.length : at + startCode.length;
}
