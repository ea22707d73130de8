import type { Action } from './action.js';
import { operationActions } from './operations.js';
import { pictureActions } from './pictures.js';
import { rawRequest } from './raw-request.js';
import { takeSnapshot } from './take-snapshot.js';

/** Every action of the palette, raw requests included: the picker of `everfocus-api`. */
export const allActions: readonly Action[] = [takeSnapshot, ...pictureActions, ...operationActions, rawRequest];

/** What each call node offers, by node type. */
export const actionsByType = {
  'everfocus-snapshot': domain('snapshot'),
  'everfocus-io': domain('io'),
  'everfocus-picture': pictureActions,
  'everfocus-api': allActions,
} satisfies Record<string, readonly Action[]>;

function domain(name: string): Action[] {
  return allActions.filter((action) => action.domain === name);
}
