import type { NodeMessage } from 'node-red';
import { type Clock, InvalidParameterError, systemClock } from '../shared/index.js';
import type { Action, Caller, Parameter } from './actions/action.js';
import { asParameters, byMessage, chooseAction, messageParameters, requireConfirmation } from './actions/choose.js';
import { withTimes } from './actions/times.js';
import { cameraAsked, channelOf, withChannels } from './camera-names.js';
import { asError, isCoded } from './errors.js';
import type { NvrNode } from './find-nvr.js';
import { isPlainData } from './rows/plain-data.js';
import { inUnitOf, readRows, type ReadSource, type Rows } from './rows/row.js';
import { asDeclared, type Shape } from '../shared/values/index.js';

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
  /** What the NVR calls that camera, where it tells that. */
  readonly camera?: string;
  /** When the call was begun. */
  readonly time: Date;
  /** How long the call took, ms. */
  readonly ms: number;
}

/** Surroundings of one call. */
export interface CallContext {
  readonly nvr: Pick<NvrNode, 'client' | 'label'>;
  readonly read: ReadSource;
  readonly signal: AbortSignal;
  readonly caller?: Caller;
  readonly clock?: Clock;
}

/** Who makes a call without a node. */
const nobody: Caller = {
  ...{ node: {}, folder: '.', send: () => undefined },
  ...{ show: () => undefined, fail: () => undefined },
};

/**
 * Makes the call that a message asks for: everything is checked before anything is sent.
 *
 * @throws FlowError, NvrError
 */
export async function makeCall(
  actions: readonly Action[],
  { operation, params: rows, confirm }: CallSettings,
  msg: NodeMessage,
  { nvr, read, signal, caller = nobody, clock = systemClock }: CallContext,
): Promise<{ reply: unknown; report: CallReport }> {
  const action = chooseAction(actions, operation, msg['operation']);
  requireConfirmation(action, confirm);
  const client = nvr.client();
  const parameters = operation === byMessage ? [messageParameters] : action.parameters;
  return byLabel([...parameters, ...action.parameters], async () => {
    const values = await readRows(parameters, rows, read);
    return blaming(values, async () => {
      const given = operation === byMessage ? declared(action, asParameters(values[messageParameters.name])) : values;
      const timed = await withTimes(action.parameters, given, client, signal, clock.wall());
      const params = await withChannels(action.parameters, timed, client, signal);
      const time = new Date(clock.wall());
      const begun = clock.now();
      const notes: Record<string, unknown> = {};
      const note = (fields: object) => void Object.assign(notes, fields);
      const reply = await action.run(client, params, signal, { ...caller, nvr: nvr.label, note });
      const ms = clock.now() - begun;
      const camera = await cameraAsked(client, channelOf(action.parameters, params), signal);
      return { reply, report: { operation: action.id, nvr: nvr.label, ...camera, time, ms, ...notes } };
    });
  });
}

/**
 * Does something with parameters. An error about one says what its row is called, too.
 *
 * @throws InvalidParameterError
 */
async function byLabel<T>(parameters: readonly Parameter[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InvalidParameterError)) throw error;
    const { path, message } = error;
    const [parameter] = parameters
      .filter(({ name }) => `${path}/`.startsWith(`${name}/`))
      .sort((one, other) => other.name.length - one.name.length);
    const { title, headings = [] }: Shape = parameter?.schema ?? {};
    if (!title) throw error;
    const label = [...headings, title].join(': ');
    throw Object.assign(new InvalidParameterError('', `${label} – ${message}`), { path });
  }
}

/**
 * Does something with values that a flow has made. What they throw themselves, or by their depth, is told of them.
 *
 * @throws InvalidParameterError
 */
async function blaming<T>(values: Readonly<Record<string, unknown>>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const [culprit] = isCoded(error) ? [] : Object.keys(values).filter((name) => !isPlainData(values[name]));
    if (culprit === undefined) throw error;
    throw new InvalidParameterError(culprit, `is no plain data: ${asError(error).message}`);
  }
}

/** Parameters that an error names. */
const NAMED = 12;

/**
 * Parameters that a message brings, as people and flows have them.
 *
 * @throws InvalidParameterError for one that the action does not have: what it was meant for would go on as if it were not there
 */
function declared({ id, parameters }: Action, given: Record<string, unknown>): Record<string, unknown> {
  const values = Object.entries(given).map(([name, value]) => {
    const parameter = parameters.find((other) => other.name === name);
    if (parameter) return [name, asDeclared(parameter.schema, inUnitOf(parameter.schema, value))] as const;
    const known = parameters.slice(0, NAMED).map((other) => other.name);
    const more = parameters.length > NAMED ? ', …' : '';
    throw new InvalidParameterError(name, `${id} has no such parameter (it has: ${known.join(', ') || 'none'}${more})`);
  });
  return Object.fromEntries(values);
}
