import type { Command } from '../command.js';
import { bridge } from './bridge.js';
import { call } from './call.js';
import { captureCommand } from './capture.js';
import { clip } from './clip.js';
import { completion } from './completion.js';
import { discoverCommand } from './discover.js';
import { doctor } from './doctor.js';
import { live } from './live.js';
import { map } from './map.js';
import { nvrs } from './nvrs.js';
import { ptz } from './ptz.js';
import { replay } from './replay.js';
import { settings } from './settings.js';
import { simulate } from './simulate.js';
import { snapshot } from './snapshot.js';
import { talk } from './talk.js';
import { trust } from './trust.js';
import { watch } from './watch.js';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  ...[discoverCommand, nvrs, trust, doctor, captureCommand],
  ...[call, watch, snapshot, live, clip, map],
  ...[talk, ptz, settings, bridge, simulate, replay, completion],
];
