import { Type, defineOperation, defineSocket, open, status } from './declaration.js';
import { ChannelOrNvrID, text } from './fields.js';

/** `active` and `inactive` are edges of one (channel, type); `once` is a pulse. */
export const EventState = Type.Enum(['active', 'inactive', 'once'], {
  title: 'State',
  description: 'Begin of the event, its end, or an event without length.',
});

const event = {
  ChannelID: ChannelOrNvrID,
  Type: text('Type', 'Kind of event; an open set.', ['Motion', 'InputAlarm', 'VideoLoss']),
  State: EventState,
};

export const addEvent = defineOperation({
  id: 'addEvent',
  section: '4.1',
  title: 'Throw an event',
  description: 'Throws an event into the NVR, as if one of its own modules had found it.',
  domain: 'alarm',
  method: 'POST',
  path: '/meta/addEvent',
  body: Type.Object(event),
  reply: status,
  effect: 'write',
});

export const addEventSocket = defineSocket({
  id: 'addEventSocket',
  section: '4.1',
  title: 'Throw events over a WebSocket',
  description: 'Throws one event a message into the NVR; nothing is answered.',
  path: '/meta/addEvent',
  traffic: 'messages-out',
  message: Type.Object(event),
});

export const eventHook = defineSocket({
  id: 'eventHook',
  section: '4.2',
  title: 'Listen on events',
  description: 'Every event that a module of the NVR throws.',
  path: '/meta/eventHook',
  traffic: 'messages-in',
  message: Type.Object(event, open),
});
