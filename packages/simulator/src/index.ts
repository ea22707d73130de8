export type { LoggedRequest, RefusedRequest } from './api/request-log.js';
export { type Faults, faultActions, faultSettings } from './faults/fault-table.js';
export type { ThrownEvent } from './nvr/events.js';
export { type SimulatorOptions, MAX_CAMERAS } from './options.js';
export { type Bundle, BundleError, readBundle } from './replay/bundle.js';
export { Replay, type ReplayOptions } from './replay/replay.js';
export { Simulator } from './simulator.js';
