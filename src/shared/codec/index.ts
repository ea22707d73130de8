/** Elementary streams as bytes: NAL units, parameter sets, G.711, FLV, and the NVR's own frames. */
export {
  isComplete,
  isParameterSet,
  isSlice,
  leadingParameterSets,
  type NalUnit,
  NalUnits,
  nalType,
  nalUnits,
  prepend,
} from './annex-b.js';
export { type FlvPicture, FlvReader } from './flv-reader.js';
export type { AudioFrame, Frame, VideoCodec, VideoFrame } from './frame.js';
export { nalUnitsOf } from './picture.js';
export { codedSize, jpegSize, type PictureSize } from './picture-size.js';
export { type H264Demands, h264Demands } from './sps.js';
export { gainOfMuLaw, MU_LAW_SILENCE } from './mu-law.js';
