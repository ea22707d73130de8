import { ChannelID } from '../../shared/sdk/index.js';
import { downloadSnapshot } from '../../shared/sdk/index.js';
import type { Action } from './action.js';

/** The picture itself, without a file left on the NVR: what a flow nearly always wants. */
export const takeSnapshot: Action = {
  id: 'takeSnapshot',
  section: '3.6, 3.9, 3.8',
  title: 'Take snapshot',
  description:
    'Takes a snapshot and returns the JPEG as a Buffer. The file that the NVR writes for it is deleted again.',
  domain: 'snapshot',
  words: 'camera picture photo image jpeg still live',
  effect: 'read',
  needsConfirmation: false,
  onlyInFlow: true,
  parameters: [{ name: 'ChannelID', schema: ChannelID, required: true }],
  reply: downloadSnapshot.reply,
  // The driver checks the channel, whatever it is.
  run: (client, params, signal) => client.takeSnapshot(params['ChannelID'] as number, { signal }),
};
