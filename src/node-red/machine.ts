import { silentLogger } from '../shared/index.js';
import { type Ffmpeg, findFfmpeg, PictureMaker } from '../shared/ffmpeg/index.js';

/** What this machine can make of video. */
export interface Machine {
  /** Its path is empty where there is none. */
  readonly ffmpeg: Ffmpeg;
  /** `undefined` where there is no ffmpeg: then the NVR's own snapshots are left. */
  readonly pictures: PictureMaker | undefined;
}

let found: Promise<Machine> | undefined;

/** Looked for once, by the first node that needs it: nodes that need none start no process. */
export function machine(): Promise<Machine> {
  found ??= look();
  return found;
}

async function look(): Promise<Machine> {
  const ffmpeg = await findFfmpeg({ logger: silentLogger });
  return { ffmpeg, pictures: ffmpeg.path ? new PictureMaker(ffmpeg) : undefined };
}
