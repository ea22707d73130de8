import { isSlice, type NalUnit } from './annex-b.js';
import { expGolomb } from './exp-golomb.js';
import type { VideoCodec } from './frame.js';

/** What the slices of one frame say about it. */
export interface Slices {
  /** The first of them is the first of its picture. */
  readonly beginPicture: boolean;
  /** One of them at least needs no other picture, as far as can be told. */
  readonly intra: boolean;
}

const IDR = 5;
/** slice_type modulo 5 (H.264 table 7-6). */
const INTRA_SLICE_TYPES: readonly (number | undefined)[] = [2 /* I */, 4 /* SI */];

/** What the slices among these NAL units say, or `undefined` where there are none. */
export function slicesOf(codec: VideoCodec, nals: readonly NalUnit[]): Slices | undefined {
  const slices = nals.filter((nal) => isSlice(codec, nal.type));
  const [first] = slices;
  return first && { beginPicture: beginsPicture(codec, first), intra: slices.some((nal) => isIntra(codec, nal)) };
}

/** H.264: first_mb_in_slice is 0, which is coded as one set bit (7.3.3). H.265: first_slice_segment_in_pic_flag (7.3.6.1). */
function beginsPicture(codec: VideoCodec, slice: NalUnit): boolean {
  const byte = slice.data[codec === 'h264' ? 1 : 2];
  return byte === undefined || (byte & 0x80) !== 0;
}

function isIntra(codec: VideoCodec, slice: NalUnit): boolean {
  // In H.265 the slice type stands behind fields whose length only the parameter sets tell.
  if (codec === 'h265' || slice.type === IDR) return true;
  const [, sliceType] = expGolomb(slice.data, 1, 2);
  return sliceType !== undefined && INTRA_SLICE_TYPES.includes(sliceType % 5);
}
