import type { Command } from '../command.js';
import { bridge } from './bridge.js';
import { call } from './call.js';
import { discoverCommand } from './discover.js';
import { doctor } from './doctor.js';
import { nvrs } from './nvrs.js';
import { snapshot } from './snapshot.js';
import { trust } from './trust.js';
import { watch } from './watch.js';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [discoverCommand, nvrs, trust, doctor, call, watch, snapshot, bridge];
