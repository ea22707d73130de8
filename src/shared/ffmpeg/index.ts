/** ffmpeg on this machine: which one, what it can do, and running it within limits. */
export { Child, type ChildExit } from './child.js';
export { Children, type ChildrenOptions, type InputLimit } from './children.js';
export { faultOfEncoder, firstProven, PROVEN_AT_ONCE } from './encoder-proof.js';
export { type Ffmpeg, FLV_TO_PIPE, noFfmpeg, startFfmpeg } from './ffmpeg.js';
export { findFfmpeg, missingCapabilities } from './find-ffmpeg.js';
export { hardwareArguments, type HardwareEncoder, hardwareEncoders } from './hardware-encoders.js';
export { muLawOf } from './mu-law.js';
export {
  type CodedPicture,
  pictureArguments,
  type PictureCodec,
  PictureMaker,
  picturePipes,
  wholeNumber,
} from './picture-maker.js';
export { parseEncoders, parseVersion, probe } from './probe.js';
export type { ChildOwner, ChildPurpose } from './start-limiter.js';
