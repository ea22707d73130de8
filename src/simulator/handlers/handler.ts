import type { OperationId, OperationParams, OperationReply } from '../../shared/sdk/index.js';
import type { FaultSettings } from '../faults/fault-table.js';
import type { Nvr } from '../nvr/nvr.js';

/** What a handler may look at and act on. */
export interface Context {
  readonly nvr: Nvr;
  readonly faults: FaultSettings;
  readonly visitor: Visitor;
  /** TCP port that the NVR listens on. */
  readonly port: number;
  /** JPEG of that channel. */
  readonly picture: (channel: number) => Buffer;
}

/** Who calls, by the id in its cookie. */
export interface Visitor {
  /** `undefined` for a newcomer. */
  readonly id: string | undefined;
  /** Gives the visitor a new id. */
  renew(): string;
}

/** Does one operation: parameters checked against its declaration in, reply of the declared type out. */
export type Handler<Id extends OperationId> = (params: OperationParams<Id>, context: Context) => OperationReply<Id>;

export type Handlers = { readonly [Id in OperationId]: Handler<Id> };

/** The outcome of an operation that returns nothing else. */
export function done(description?: string) {
  return { Result: 'OK', ...(description !== undefined && { Description: description }) } as const;
}
