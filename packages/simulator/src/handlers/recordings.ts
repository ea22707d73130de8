import { type PastEvent, POST_RECORD, PRE_RECORD } from '../nvr/event-history.js';
import { Refusal } from '../nvr/refusal.js';
import { aviOf } from '../recordings/avi.js';
import { footageOf, videoSize } from '../recordings/footage.js';
import { type Context, type Handlers, done } from './handler.js';

type Ids = 'eventSearch' | 'metaSearch' | 'requestVideoClips' | 'backupVideoClip' | 'manualRecord' | 'manualAlarm';

export const recordings: Pick<Handlers, Ids> = {
  eventSearch: ({ ChannelID, StartTime, EndTime, Type, Stream }, context) =>
    ChannelID.flatMap((id) =>
      context.nvr.history
        .search(context.nvr.cameras.on(id).channel, StartTime, EndTime)
        .filter(({ type }) => Type.includes(type))
        .map((event) => found(event, Stream, context)),
    ),
  metaSearch: ({ ChannelID, Type, StartTime, EndTime }, { nvr }) => {
    if (ChannelID !== 0) nvr.cameras.on(ChannelID);
    return nvr.meta.all
      .filter(
        ({ channel, type, timestamp }) =>
          channel === ChannelID &&
          Type.includes(type) &&
          timestamp >= StartTime * 1000 &&
          timestamp < (EndTime + 1) * 1000,
      )
      .map(({ channel, type, data, timestamp }) => ({
        ChannelID: channel,
        Type: type,
        Data: data,
        Timestamp: timestamp,
      }));
  },
  requestVideoClips: ({ ChannelID, startTime, endTime }, { nvr }) =>
    nvr.recordings
      .within(nvr.cameras.on(ChannelID).channel, startTime, endTime)
      .map(({ from, to }) => ({ startTime: from, endTime: to })),
  backupVideoClip: ({ ChannelID, stream, startTime, endTime }, { nvr, media }) => {
    const { channel } = nvr.cameras.on(ChannelID);
    const source = media.source(channel, stream);
    const footage = footageOf(nvr.recordings, channel, startTime, endTime);
    if (!source || footage.length === 0) throw new Refusal('nothing is recorded in that range');
    return aviOf(source, footage);
  },
  manualRecord: ({ channel, command }, { nvr }) => {
    nvr.manual.command('record', nvr.cameras.on(channel).channel, command);
    return done();
  },
  manualAlarm: ({ channel, command }, { nvr }) => {
    nvr.manual.command('alarm', nvr.cameras.on(channel).channel, command);
    return done();
  },
};

function found({ channel, type, start, end }: PastEvent, stream: 'Main' | 'Sub', { nvr, media }: Context) {
  const [from, to] = [start - PRE_RECORD, end + POST_RECORD];
  const source = media.source(channel, stream === 'Main' ? 0 : 1);
  return {
    ChannelID: channel,
    ev_start: start,
    ev_end: end,
    pre_rec: from,
    post_rec: to,
    video_size: source ? videoSize(source, nvr.recordings.within(channel, from, to)) : 0,
    Type: type,
    comment: `${type}-${channel}`,
  };
}
