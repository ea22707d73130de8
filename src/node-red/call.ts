import type { NodeMessage } from 'node-red';
import { type Clock, systemClock } from '../shared/index.js';
import type { Action } from './actions/action.js';
import { asParameters, byMessage, chooseAction, messageParameters, requireConfirmation } from './actions/choose.js';
import type { NvrNode } from './find-nvr.js';
import { readRows, type ReadSource, type Rows } from './rows/row.js';
import { asDeclared } from '../shared/values/index.js';

/** What a call node is set to do with each message. */
export interface CallSettings {
  /** Id of an action, or `msg.operation`. */
  readonly operation: string;
  readonly params: Rows;
  /** Whether the confirm box is ticked. */
  readonly confirm: boolean;
}

/** What a message tells of the call that it went through. */
export interface CallReport {
  readonly operation: string;
  readonly nvr: string;
  /** Where the operation has a channel. */
  readonly channel?: number;
  /** How long the call took, ms. */
  readonly ms: number;
}

/** Surroundings of one call. */
export interface CallContext {
  readonly nvr: Pick<NvrNode, 'client' | 'label'>;
  readonly read: ReadSource;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/**
 * Makes the call that a message asks for: everything is checked before anything is sent.
 *
 * @throws FlowError, NvrError
 */
export async function makeCall(
  actions: readonly Action[],
  { operation, params: rows, confirm }: CallSettings,
  msg: NodeMessage,
  { nvr, read, signal, clock = systemClock }: CallContext,
): Promise<{ reply: unknown; report: CallReport }> {
  const action = chooseAction(actions, operation, msg['operation']);
  requireConfirmation(action, confirm);
  const client = nvr.client();
  const params =
    operation === byMessage
      ? declared(action, asParameters((await readRows([messageParameters], rows, read))[messageParameters.name]))
      : await readRows(action.parameters, rows, read);
  const begun = clock.now();
  const reply = await action.run(client, params, signal);
  const ms = clock.now() - begun;
  return { reply, report: { operation: action.id, nvr: nvr.label, ...channelOf(action, params), ms } };
}

/** Parameters that a message brings, as people and flows have them. */
function declared({ parameters }: Action, given: Record<string, unknown>): Record<string, unknown> {
  for (const { name, schema } of parameters) {
    if (Object.hasOwn(given, name)) given[name] = asDeclared(schema, given[name]);
  }
  return given;
}

function channelOf({ parameters }: Action, params: Record<string, unknown>): { channel?: number } {
  const name = parameters.find(({ schema }) => 'picks' in schema && schema.picks === 'channel')?.name;
  const channel = name === undefined ? undefined : params[name];
  return typeof channel === 'number' ? { channel } : {};
}
