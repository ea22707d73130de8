import type { OperationId, OperationParams, OperationReply } from '../../../../src/shared/sdk/index.js';
import type { Clock } from '../../../../src/shared/clock.js';
import type { FaultSettings } from '../faults/fault-table.js';
import type { Media } from '../live/media.js';
import type { Nvr } from '../nvr/nvr.js';

/** What a handler may look at and act on. */
export interface Context {
  readonly nvr: Nvr;
  readonly media: Media;
  readonly faults: FaultSettings;
  readonly clock: Clock;
  readonly machine: Machine;
  readonly visitor: Visitor;
}

/** The box that the NVR's software runs on. */
export interface Machine {
  /** TCP ports that the NVR listens on; 0 where it does not. */
  readonly ports: { readonly http: number; readonly https: number; readonly rtsp: number };
  /** Begins once the running call is answered: every socket cut, back after some time. */
  restart(): void;
  /** Likewise, until somebody switches it on again. */
  shutDown(): void;
}

/** Who calls, by the id in its cookie. */
export interface Visitor {
  /** `undefined` for a newcomer. */
  readonly id: string | undefined;
  /** Gives the visitor a new id. */
  renew(): string;
}

/** Does one operation: parameters checked against its declaration in, reply of the declared type out. */
export type Handler<Id extends OperationId> = (
  params: OperationParams<Id>,
  context: Context,
) => OperationReply<Id> | Promise<OperationReply<Id>>;

export type Handlers = { readonly [Id in OperationId]: Handler<Id> };

/** The outcome of an operation that returns nothing else. */
export function done(description?: string) {
  return { Result: 'OK', ...(description !== undefined && { Description: description }) } as const;
}
