import { isSlice, type NalUnit, type NalUnits } from './annex-b.js';
import { expGolomb } from './exp-golomb.js';
import type { VideoCodec } from './frame.js';

const IDR = 5;
/** slice_type modulo 5 (H.264 table 7-6). */
const BIDIRECTIONAL = 1;
/** slice_type modulo 5 (H.264 table 7-6). */
const INTRA_SLICE_TYPES: readonly (number | undefined)[] = [2 /* I */, 4 /* SI */];

/** The first slice, or `undefined` where there is none. */
export function firstSlice(nals: NalUnits): NalUnit | undefined {
  for (const nal of nals) if (isSlice(nals.codec, nal.type)) return nal;
  return undefined;
}

/** H.264: first_mb_in_slice is 0, which is coded as one set bit (7.3.3). H.265: first_slice_segment_in_pic_flag (7.3.6.1). */
export function beginsPicture(codec: VideoCodec, slice: NalUnit): boolean {
  const byte = slice.data[codec === 'h264' ? 1 : 2];
  return byte === undefined || (byte & 0x80) !== 0;
}

/** Whether one slice at least needs no other picture, as far as can be told. */
export function hasIntraSlice(nals: NalUnits): boolean {
  for (const nal of nals) if (isSlice(nals.codec, nal.type) && isIntra(nals.codec, nal)) return true;
  return false;
}

/** Whether a slice needs no other picture, as far as can be told. */
export function isIntra(codec: VideoCodec, slice: NalUnit): boolean {
  // In H.265 the slice type stands behind fields whose length only the parameter sets tell.
  if (codec === 'h265' || slice.type === IDR) return true;
  const [, sliceType] = expGolomb(slice.data, 1, 2);
  return sliceType !== undefined && INTRA_SLICE_TYPES.includes(sliceType % 5);
}

/** H.264: whether it is predicted from pictures on both sides (B), so that pictures are decoded in another order than shown. */
export function isBidirectional(slice: NalUnit): boolean {
  const [, sliceType] = expGolomb(slice.data, 1, 2);
  return sliceType !== undefined && sliceType % 5 === BIDIRECTIONAL;
}
