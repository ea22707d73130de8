import type { Action } from './action.js';
import { operationActions } from './operations.js';
import { pictureActions } from './pictures.js';
import { rawRequest } from './raw-request.js';
import { recordingActions } from './recordings.js';
import { settingsActions } from './settings.js';
import { takeSnapshot } from './take-snapshot.js';
import { outputActions } from '../nodes/output/actions.js';
import { ptzActions } from '../nodes/ptz/actions.js';
import { talkActions } from '../nodes/talk/actions.js';

/** Every action of the palette, raw requests included: the picker of `everfocus-call`. */
export const allActions: readonly Action[] = [takeSnapshot, ...pictureActions, ...operationActions, rawRequest];

/** What each call node offers, by node type. */
export const actionsByType = {
  'everfocus-call': allActions,
  'everfocus-picture': pictureActions,
  'everfocus-output': outputActions,
  'everfocus-ptz': ptzActions,
  'everfocus-talk': talkActions,
  // Former names of the call.
  'everfocus-snapshot': allActions,
  'everfocus-io': allActions,
  'everfocus-api': allActions,
  'everfocus-recordings': recordingActions,
  'everfocus-settings': settingsActions,
} satisfies Record<string, readonly Action[]>;

/** Kept for the flows that have them, and not offered. */
export const formerTypes: readonly string[] = ['everfocus-snapshot', 'everfocus-io', 'everfocus-api'];
