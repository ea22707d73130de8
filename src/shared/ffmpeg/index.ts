/** ffmpeg on this machine: which one, what it can do, and running it. */
export { Child, type ChildExit } from './child.js';
export { findFfmpeg, missingCapabilities } from './find-ffmpeg.js';
export { type Ffmpeg, noFfmpeg, parseEncoders, parseVersion, probe } from './probe.js';
