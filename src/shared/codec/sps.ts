import { nalUnits } from './annex-b.js';

const SPS = 7;

/** What a stream demands of its decoder (H.264 §7.3.2.1.1, annex A). */
export interface H264Demands {
  /** profile_idc: 66 baseline, 77 main, 100 high, … */
  readonly profile: number;
  /** level_idc: ten times the level, 40 for 4.0. */
  readonly level: number;
}

/** Profile and level of the first sequence parameter set of this access unit, if it has one. */
export function h264Demands(accessUnit: Buffer): H264Demands | undefined {
  for (const { type, data } of nalUnits('h264', accessUnit)) {
    if (type === SPS && data.length >= 4) return { profile: data.readUInt8(1), level: data.readUInt8(3) };
  }
  return undefined;
}
