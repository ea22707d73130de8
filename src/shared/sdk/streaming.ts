import { Type, defineSocket } from './declaration.js';
import { ChannelID, StreamID, maybe } from './fields.js';

export const live = defineSocket({
  id: 'live',
  section: '3.1',
  title: 'Live',
  description: 'Live video and audio as frames, each behind a 32-byte header.',
  path: '/live/{ChannelID}/{StreamID}',
  pathParameters: Type.Object({ ChannelID, StreamID }),
  traffic: 'frames-in',
});

export const audioBackchannel = defineSocket({
  id: 'audioBackchannel',
  section: '3.2',
  title: 'Live audio backchannel',
  description: 'Sound towards a camera as frames of G.711 µ-law. Without a channel the NVR itself speaks.',
  path: '/audioBackchannel',
  query: Type.Object({ ChannelID: maybe(ChannelID) }),
  traffic: 'frames-out',
});

export const streamingSockets = { live, audioBackchannel } as const;
