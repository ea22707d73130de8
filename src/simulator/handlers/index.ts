import { account } from './account.js';
import { cameras } from './cameras.js';
import { events } from './events.js';
import { gpio } from './gpio.js';
import type { Handlers } from './handler.js';
import { network } from './network.js';
import { snapshots } from './snapshots.js';
import { system } from './system.js';

/** What does each operation, by its id; a declared operation without a handler does not compile. */
export const handlers: Handlers = { ...account, ...cameras, ...events, ...gpio, ...network, ...snapshots, ...system };
