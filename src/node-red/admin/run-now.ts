import { InvalidParameterError, NvrTimeoutError, systemClock, within } from '../../shared/index.js';
import { limits, withoutPasswords } from '../../shared/internal.js';
import { type Action, isTried } from '../actions/action.js';
import { chooseAction } from '../actions/choose.js';
import { actionsByType } from '../actions/index.js';
import { makeCall } from '../call.js';
import { checkRows, type Rows } from '../rows/row.js';
import { userOf } from './answer.js';
import type { NvrAsked, Reading } from './reading.js';
import { shown } from './shown.js';
import { Turns } from './turns.js';

const actions: readonly Action[] = Object.values(actionsByType).flat();
/** Where a row that holds its value itself takes it from. */
const own: readonly string[] = ['literal', 'str', 'num', 'bool', 'json', 'date'];

/** Bytes of a picture that is shown itself: a JPEG of 1080p has some 400,000. */
const PICTURE = 2 * 1024 * 1024;

/** What *Run now* shows. */
export interface Ran {
  /** The payload that the node would send, within the limits of the editor. */
  readonly payload: unknown;
  /** `msg.everfocus` of it. */
  readonly everfocus: unknown;
  /** The picture that it is, as a data URL. */
  readonly picture?: string;
}

/**
 * Serves *Run now*: an operation that only reads is run with what a form holds, and its reply shown. Nothing of the server
 * is resolved for it: rows that take their value from a message, a context or the environment are refused.
 */
export function serveRunNow(reading: Reading): void {
  const turns = new Turns({ ofUser: limits.editor.runsOfUser, all: limits.editor.runs }, 'call');
  reading.serve(
    'now',
    (nvr, request, left) => turns.take(userOf(request), () => runNow(nvr, request.body, left)),
    'post',
  );
}

async function runNow(nvr: NvrAsked, body: unknown, left: AbortSignal): Promise<Ran> {
  const { operation, params } = (body ?? {}) as { readonly operation?: unknown; readonly params?: unknown };
  const action = chooseAction(actions, typeof operation === 'string' ? operation : '', undefined);
  if (!isTried(action)) {
    throw new InvalidParameterError(
      'operation',
      `${action.id} does more than read: deploy the node and send it a message`,
    );
  }
  const rows = ownRows(checkRows(params ?? {}));
  const settings = { operation: action.id, params: rows, confirm: false };
  const read = () => Promise.reject(new Error('is not read here'));
  const call = (signal: AbortSignal) => makeCall([action], settings, {}, { nvr, read, signal });
  const late = () => {
    throw new NvrTimeoutError(`${action.id} has not ended within ${limits.editor.run / 1000} s`);
  };
  const { reply, report } = await within(systemClock, limits.editor.run, call, late, left);
  return {
    payload: withoutPasswords(shown(reply)),
    everfocus: shown(report),
    ...pictureOf(action, reply),
  };
}

/** @throws InvalidParameterError for the first row that does not hold its value itself */
function ownRows(rows: Rows): Rows {
  for (const [name, { type, value }] of Object.entries(rows)) {
    if (!own.includes(type)) {
      throw new InvalidParameterError(
        name,
        `comes from ${type} (${value}), which there is only in a flow: write a value`,
      );
    }
    if (value.length > limits.editor.row) throw new InvalidParameterError(name, 'is too long');
  }
  return rows;
}

function pictureOf({ reply }: Action, bytes: unknown): { picture?: string } {
  const isPicture = reply?.as === 'bytes' && reply.mediaType === 'image/jpeg';
  if (!isPicture || !Buffer.isBuffer(bytes) || bytes.length > PICTURE) return {};
  return { picture: `data:image/jpeg;base64,${bytes.toString('base64')}` };
}
