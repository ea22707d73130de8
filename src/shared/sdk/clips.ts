import { Type, defineOperation, json, open } from './declaration.js';
import { ChannelID, StreamID, epochSeconds, maybe } from './fields.js';

/** These two travel as text (9.11). */
const textTime = (title: string, description: string) =>
  Type.Integer({ ...epochSeconds(title, description), wire: 'text' });

export const requestVideoClips = defineOperation({
  id: 'requestVideoClips',
  section: '9.11',
  title: 'Search video clips',
  description: 'Finds the recorded ranges of a channel within a range of time.',
  domain: 'recording',
  method: 'POST',
  path: '/record/requestVideoClips',
  query: Type.Object({ ChannelID }),
  body: Type.Object({
    startTime: textTime('Start', 'Begin of the range, UTC.'),
    endTime: { ...textTime('End', 'End of the range, UTC.'), endOf: 'startTime' },
  }),
  reply: json(
    Type.Array(
      Type.Object(
        {
          startTime: maybe(epochSeconds('Begin', 'Begin of the clip, UTC.')),
          endTime: maybe(epochSeconds('End', 'End of the clip, UTC.')),
        },
        open,
      ),
    ),
  ),
  effect: 'read',
});

export const backupVideoClip = defineOperation({
  id: 'backupVideoClip',
  section: '9.12',
  title: 'Download a video clip',
  description: 'Downloads the recording of a channel within a range of time as AVI.',
  domain: 'recording',
  method: 'GET',
  path: '/record/backupVideoClip',
  query: Type.Object({
    ChannelID,
    stream: StreamID,
    startTime: epochSeconds('Start', 'Begin of the clip, UTC.'),
    endTime: { ...epochSeconds('End', 'End of the clip, UTC.'), endOf: 'startTime' },
  }),
  reply: { as: 'stream', mediaType: 'video/x-msvideo', magic: '52494646' },
  effect: 'read',
  pace: 'download',
});

export const clipOperations = { requestVideoClips, backupVideoClip } as const;
