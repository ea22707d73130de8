export type { LoggedRequest, RefusedRequest } from './api/request-log.js';
export { type Faults, faultActions, faultSettings } from './faults/fault-table.js';
export type { ThrownEvent } from './nvr/events.js';
export { type SimulatorOptions, MAX_CAMERAS } from './options.js';
export { Simulator } from './simulator.js';
