import { limits } from '../../shared/internal.js';
import type { Children } from '../../shared/ffmpeg/index.js';
import { liveEncoders } from '../live/live-encoders.js';
import { encodersByHost, type MachineFacts, mayRunOneMore, type Preset } from '../live/running-encoders.js';

/** A recording that is so far behind its camera has not caught up yet: it begins with seconds of the past. ms */
const BEHIND = 1000;

/** Pixels of a picture that makes an encoder count as a whole one. */
const WHOLE = 1280 * 720;

/** What an encoder costs whatever its pictures are. */
const LEAST = 0.1;

/** What an encoder of such pictures counts as, 0.1 to 1; one whose size is not known, as a whole one. Pure. */
export function partFor({ width, height }: { readonly width: number; readonly height: number }): number {
  return Math.min(1, Math.max(LEAST, (width * height || WHOLE) / WHOLE));
}

/** Whether the main stream of one more camera may be converted for a recording. Pure. */
export function mayConvert(facts: MachineFacts): boolean {
  return mayRunOneMore(facts, { perCore: limits.recordingEncoder.perCore, behind: BEHIND });
}

/** What is recorded is kept: better pictures as long as there is time for them. Pure. */
export function recordingPreset({ cores, running }: Pick<MachineFacts, 'cores' | 'running'>): Preset {
  if (running < cores / 2) return 'veryfast';
  return running < cores ? 'superfast' : 'ultrafast';
}

/** Those of all recordings of a host. */
export const recordingEncoders = encodersByHost();

/** Of a recording that begins now, beside others and live views. */
export function presetOfNext(children: Children): Preset {
  const { cores, running } = recordingEncoders(children).facts;
  return recordingPreset({ cores, running: running + liveEncoders(children).facts.running });
}
