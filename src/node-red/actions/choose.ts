import { InvalidParameterError, UnknownOperationError } from '../../shared/index.js';
import { FlowError } from '../errors.js';
import type { Action, Parameter } from './action.js';

/** Stored as `operation` where each message names its own: the picker's "set by msg.operation". */
export const byMessage = 'msg.operation';

/** The one row of a node whose operation comes with the message: all parameters as one object. */
export const messageParameters: Parameter = {
  name: 'params',
  schema: { type: 'object', title: 'Parameters', description: 'The parameters of the operation, as one object.' },
  required: false,
};

/**
 * The action to run for a message.
 *
 * @throws UnknownOperationError when the node has no such operation
 */
export function chooseAction(actions: readonly Action[], configured: string, ofMessage: unknown): Action {
  const id = configured === byMessage ? ofMessage : configured;
  const action = actions.find((other) => other.id === id);
  if (action) return action;
  if (typeof id !== 'string' || id === '') throw new UnknownOperationError('no operation is chosen');
  throw new UnknownOperationError(`'${id}' is not an operation of this node`);
}

/** @throws FlowError `CONFIRMATION_REQUIRED` for what can do harm, unless the node's confirm box is ticked */
export function requireConfirmation(action: Action, confirmed: boolean): void {
  if (!action.needsConfirmation || confirmed) return;
  throw new FlowError(
    'CONFIRMATION_REQUIRED',
    `${action.id} can do harm: tick its confirm box in the node to allow it`,
  );
}

/** @throws InvalidParameterError when what a message brought as parameters is no object */
export function asParameters(value: unknown): Record<string, unknown> {
  if (value === undefined) return {};
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new InvalidParameterError(messageParameters.name, 'must be an object');
}
