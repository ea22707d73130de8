import { Type, defineOperation, defineSocket, open, status } from './declaration.js';
import { ChannelOrNvrID, maybe, plain, text } from './fields.js';

/** `active` and `inactive` are edges of one (channel, type); `once` is a pulse. */
export const EventState = Type.Enum(['active', 'inactive', 'once'], {
  title: 'State',
  description: 'Begin of the event, its end, or an event without length.',
});

const event = {
  ChannelID: ChannelOrNvrID,
  Type: plain('Type', 'Kind of event; an open set.', ['Motion', 'InputAlarm', 'VideoLoss']),
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

const metadata = {
  ChannelID: ChannelOrNvrID,
  Type: plain('Type', 'Kind of metadata; an open set.', ['manualStart', 'diEventStart']),
  Data: text('Data', 'The metadata, in the words of whoever throws it.', ['active']),
};

export const addMeta = defineOperation({
  id: 'addMeta',
  section: '4.3',
  title: 'Throw metadata',
  description: 'Throws metadata into the NVR, as if one of its own modules had made it.',
  domain: 'alarm',
  method: 'POST',
  path: '/meta/addMeta',
  body: Type.Object(metadata),
  reply: status,
  effect: 'write',
});

export const addMetaSocket = defineSocket({
  id: 'addMetaSocket',
  section: '4.3',
  title: 'Throw metadata over a WebSocket',
  description: 'Throws metadata, once a message, into the NVR; nothing is answered.',
  path: '/meta/addMeta',
  traffic: 'messages-out',
  message: Type.Object(metadata),
});

export const metaHook = defineSocket({
  id: 'metaHook',
  section: '4.4',
  title: 'Listen on metadata',
  description: 'All metadata that a module of the NVR throws.',
  path: '/meta/metaHook',
  traffic: 'messages-in',
  message: Type.Object(
    {
      ...metadata,
      Data: maybe(Type.Unknown({ title: 'Data', description: 'Text by the document; 9.27 has it as an object, too.' })),
    },
    open,
  ),
});

export const eventOperations = { addEvent, addMeta } as const;

export const eventSockets = { addEventSocket, addMetaSocket, eventHook, metaHook } as const;
