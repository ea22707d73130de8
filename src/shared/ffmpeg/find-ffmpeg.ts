import { installedPackages } from './candidates.js';
import { Children } from './children.js';
import { type Ffmpeg, noFfmpeg } from './ffmpeg.js';
import { probe } from './probe.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';

/**
 * The first ffmpeg that runs: the configured one, ffmpeg-for-homebridge's, the one on PATH, @ffmpeg-installer's.
 * Says in the log what it found and what will be missing.
 */
export async function findFfmpeg(options: { path?: string; logger: Logger; clock?: Clock }): Promise<Ffmpeg> {
  const { path: configured, logger } = options;
  const children = new Children(options);
  const packages = await installedPackages();
  const candidates = [configured, packages.homebridge, 'ffmpeg', packages.installer];
  for (const path of candidates) {
    const found = path ? await probe(path, children) : undefined;
    if (found) {
      logger.info(`ffmpeg ${found.version} (${found.path})`);
      for (const line of missingCapabilities(found.encoders)) logger.warn(line);
      return found;
    }
    if (configured && path === configured) logger.warn(`the configured ffmpeg does not run: ${configured}`);
  }
  logger.warn('no ffmpeg found: live view has no sound and no H.265, snapshots come from the NVR unscaled');
  return noFfmpeg;
}

/** What users will miss with these encoders, a line each. */
export function missingCapabilities(encoders: ReadonlySet<string>): string[] {
  const missing: string[] = [];
  if (!encoders.has('libfdk_aac') && !encoders.has('libopus')) {
    missing.push('this ffmpeg has neither libfdk_aac nor libopus: live view has no sound');
  }
  if (!encoders.has('libx264')) missing.push('this ffmpeg has no libx264: H.265 cameras show no live view');
  return missing;
}
