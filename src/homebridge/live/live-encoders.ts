import { limits } from '../../shared/internal.js';
import { encodersByHost, type MachineFacts, mayRunOneMore, type Preset } from './running-encoders.js';

/** An encoder that is so far behind its camera does not keep up. ms: a picture takes some tens on a small machine. */
const BEHIND = 250;

/** Whether one more stream may be converted for a live view. Pure. */
export function mayEncode(facts: MachineFacts): boolean {
  return mayRunOneMore(facts, { perCore: limits.liveEncoder.perCore, behind: BEHIND });
}

/** The better pictures where there is time for them. Pure. */
export function presetFor({ cores, running, behind }: MachineFacts): Preset {
  return running < cores / 2 && behind <= BEHIND ? 'superfast' : 'ultrafast';
}

/** Those of all live views of a host. */
export const liveEncoders = encodersByHost();
