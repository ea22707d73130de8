import type { Action } from './action.js';
import { findEvents, findLogs, findMetadata, recordMap } from './find-recordings.js';
import { getClip } from './get-clip.js';
import { playRecording } from './play-recording.js';

/** What the node `everfocus-recordings` does. */
export const recordingActions: readonly Action[] = [
  ...[findEvents, getClip, playRecording, recordMap, findMetadata, findLogs],
];
