/** Elementary streams as bytes: NAL units, parameter sets, G.711, AAC, FLV, fragmented MP4, and the NVR's own frames. */
export { AAC_FRAME, AdtsReader, SILENT_AAC_FRAME } from './aac.js';
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
export { codedSize, jpegSize, type PictureSize, reorderedPictures, sequenceParameters } from './picture-size.js';
export { isBidirectional } from './slices.js';
export { type H264Demands, h264Demands } from './sps.js';
export { gainOfMuLaw, MU_LAW_SILENCE } from './mu-law.js';
export { mp4Fragment, type Mp4Fragment, type Mp4Picture } from './mp4-fragment.js';
export { type Mp4Audio, mp4Start, type Mp4Video, VIDEO_TIMESCALE } from './mp4-start.js';
export { piecesOfWav, samplesOfWav, withoutTags } from './sound-file.js';
