import { UnknownOperationError } from '../errors.js';
import type { Domain, Operation } from '../sdk/declaration.js';
import { findOperation, type OperationId, type OperationReply, operations } from '../sdk/index.js';
import type { CallOptions } from './caller.js';
import { type CallArguments, NvrClient } from './nvr-client.js';
import type { NvrClientOptions } from './options.js';

/** Every operation as a method, grouped by domain: `nvr.ptz.gotoPreset({…})`. */
export type Facade = {
  readonly [D in (typeof operations)[OperationId]['domain']]: {
    readonly [Id in OperationId as (typeof operations)[Id]['domain'] extends D ? Id : never]: (
      ...args: CallArguments<(typeof operations)[Id]>
    ) => Promise<OperationReply<Id>>;
  };
};

// The methods come from the declarations: see the constructor.
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging, @typescript-eslint/no-empty-object-type
export interface Nvr extends Facade {}

/**
 * An {@link NvrClient} that knows every operation by name. Who calls a few operations only, and counts bytes, takes
 * `NvrClient` and hands it their declarations.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export class Nvr extends NvrClient {
  /** @throws `INVALID_PARAMETER` */
  constructor(options: NvrClientOptions) {
    super(options);
    Object.assign(this, this.#methods());
  }

  /** Like {@link call}, for an operation that is named by data. @throws also `UNKNOWN_OPERATION` */
  async callByName(
    id: string,
    params: Readonly<Record<string, unknown>> = {},
    options: CallOptions = {},
  ): Promise<unknown> {
    const operation = findOperation(id);
    if (!operation) throw new UnknownOperationError(`there is no operation "${id}"`);
    return this.carryOut(operation, params, options);
  }

  #methods(): object {
    const groups: Partial<Record<Domain, Record<string, unknown>>> = {};
    for (const operation of Object.values<Operation>(operations)) {
      (groups[operation.domain] ??= {})[operation.id] = (
        params?: Readonly<Record<string, unknown>>,
        options?: CallOptions,
      ) => this.carryOut(operation, params, options);
    }
    return groups;
  }
}
