import type { Sample } from './sample.js';

const event = { ChannelID: 1, Type: 'Motion', State: 'active' };

const meta = { ChannelID: 1, Type: 'manualStart', Data: 'active' };

export const eventSamples: readonly Sample[] = [
  { operation: 'addEvent', params: event, body: event, reply: { Result: 'OK', Description: '' } },
  { operation: 'addMeta', params: meta, body: meta, reply: { Result: 'OK', Description: '' } },
];
