import { Type, defineSocket } from './declaration.js';
import { ChannelID, StreamID } from './fields.js';

export const live = defineSocket({
  id: 'live',
  section: '3.1',
  title: 'Live',
  description: 'Live video and audio as frames, each behind a 32-byte header.',
  path: '/live/{ChannelID}/{StreamID}',
  pathParameters: Type.Object({ ChannelID, StreamID }),
  traffic: 'frames-in',
});
