import type { WebSocket } from 'ws';
import type { Clock } from '../../../../src/shared/clock.js';
import type { FaultSettings } from '../faults/fault-table.js';
import type { Media } from '../live/media.js';
import type { Nvr } from '../nvr/nvr.js';

export interface SocketContext {
  readonly nvr: Nvr;
  readonly media: Media;
  readonly faults: FaultSettings;
  readonly clock: Clock;
}

/**
 * What begins to serve an accepted WebSocket, and returns what ends that.
 *
 * @param refuse notes that the client sent what contradicts the document
 */
export type Serve = (socket: WebSocket, refuse: (why: string) => void) => () => void;

/**
 * What lives at one WebSocket path: checked parameters in. Throws a Refusal before the upgrade is answered where the
 * NVR has no such thing.
 */
export type SocketHandler = (params: Readonly<Record<string, unknown>>, context: SocketContext) => Serve;
