import { Type, defineOperation, json, open } from './declaration.js';
import { ChannelID, ChannelOrNvrID, epochMilliseconds, epochSeconds, maybe, plain, text } from './fields.js';

const StartTime = epochSeconds('Start', 'Begin of the search, UTC.');
const EndTime = { ...epochSeconds('End', 'End of the search, UTC.'), endOf: 'StartTime' };

export const eventSearch = defineOperation({
  id: 'eventSearch',
  section: '4.5',
  title: 'Search events',
  description: 'Finds recorded events, such as motion, by channel, type and time.',
  domain: 'recording',
  method: 'POST',
  path: '/record/eventSearch',
  body: Type.Object({
    ChannelID: Type.Array(ChannelID, {
      minItems: 1,
      title: 'Channels',
      description: 'Channels to search.',
      examples: [[1, 2, 3, 4]],
    }),
    StartTime,
    EndTime,
    Type: Type.Array(plain('Type', 'Kind of event; an open set.'), {
      title: 'Types',
      description: 'Kinds of event to search for; an open set.',
      examples: [['Motion', 'InputAlarm', 'ManualRecord', 'Tag']],
    }),
    Stream: Type.Enum(['Main', 'Sub'], { title: 'Stream', description: 'Which recording to measure.' }),
  }),
  reply: json(
    Type.Array(
      Type.Object(
        {
          ChannelID: ChannelOrNvrID,
          ev_start: maybe(epochSeconds('Begin', 'Begin of the event, UTC.')),
          ev_end: maybe(epochSeconds('End', 'End of the event, UTC.')),
          pre_rec: maybe(epochSeconds('Recorded from', 'Begin of the recording that goes with the event, UTC.')),
          post_rec: maybe(epochSeconds('Recorded until', 'End of the recording that goes with the event, UTC.')),
          video_size: maybe(
            Type.Integer({ minimum: 0, title: 'Size', description: 'Size of the video of this event.', unit: 'bytes' }),
          ),
          Type: maybe(plain('Type', 'Kind of event; an open set.', ['Motion'])),
          comment: maybe(text('Comment', "The NVR's own words about the event.", ['Motion-1'])),
        },
        open,
      ),
    ),
  ),
  effect: 'read',
});

export const metaSearch = defineOperation({
  id: 'metaSearch',
  section: '4.6',
  title: 'Search metadata',
  description: 'Finds metadata by channel, type and time, such as begin and end of manual records.',
  domain: 'recording',
  method: 'POST',
  path: '/record/metaSearch',
  body: Type.Object({
    ChannelID: ChannelOrNvrID,
    Type: Type.Array(plain('Type', 'Type of metadata; an open set.'), {
      title: 'Types',
      description: 'Types of metadata to search for; an open set.',
      examples: [['manualStart', 'manualStop']],
    }),
    StartTime,
    EndTime,
  }),
  reply: json(
    Type.Array(
      Type.Object(
        {
          ChannelID: ChannelOrNvrID,
          Type: maybe(plain('Type', 'Type of the metadata; an open set.', ['diEventStart', 'manualAlarmStop'])),
          Data: maybe(
            Type.Unknown({
              title: 'Data',
              description: 'The metadata: text such as "active", or for begin and end of manual actions their id.',
              examples: ['active', { id: 1_564_741_064 }],
            }),
          ),
          Timestamp: maybe(epochMilliseconds('Time', 'Time of the metadata, UTC.')),
        },
        open,
      ),
    ),
  ),
  effect: 'read',
});

export const searchOperations = { eventSearch, metaSearch } as const;
