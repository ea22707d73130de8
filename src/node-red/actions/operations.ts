import { Readable } from 'node:stream';
import { operations } from '../../shared/index.js';
import type { Operation } from '../../shared/sdk/index.js';
import { parametersOf } from '../../shared/sdk/index.js';
import { readDownload } from '../download.js';
import type { Action } from './action.js';

/** Every operation of the SDK document as an action. */
export const operationActions: readonly Action[] = Object.values(operations).map((operation) =>
  fromOperation(operation),
);

function fromOperation(operation: Operation): Action {
  const { id, section, title, description, domain, effect, reply } = operation;
  return {
    ...{ id, section, title, description, domain, effect, reply },
    needsConfirmation: effect === 'destructive' || operation.guarded === true,
    parameters: parametersOf(operation).map(({ name, schema, required }) => ({ name, schema, required })),
    run: async (client, params, signal) => {
      const reply = await client.callByName(id, params, { signal });
      return reply instanceof Readable ? readDownload(reply, id, signal, client.limits) : reply;
    },
  };
}
