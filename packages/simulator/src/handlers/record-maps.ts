import type { OperationParams } from '../../../../src/shared/sdk/index.js';
import { localTime } from '../nvr/local-time.js';
import { Refusal } from '../nvr/refusal.js';
import type { Recordings } from '../nvr/recordings.js';
import type { Context, Handlers } from './handler.js';

/** Channels in one request (5.1–5.3). */
const MAX_CHANNELS = 4;
/** Characters in one text of a map by minute or second. */
const ROW = 60;
const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];

export const recordMaps: Pick<Handlers, 'getMapByDay' | 'getMapByMinute' | 'getMapBySecond'> = {
  getMapByDay: (params, context) => {
    if (!localTime(context.nvr.time.settings, params.StartTime * 1000).endsWith(' 00:00:00.000')) {
      throw new Refusal(`StartTime=${params.StartTime}: must be at day boundary`);
    }
    const { range, texts } = mapsOf(params, context, 35 * DAY, DAY);
    return { ...range, ...Object.fromEntries(texts) };
  },
  getMapByMinute: (params, context) => {
    if (params.StartTime % HOUR !== 0) throw new Refusal(`StartTime=${params.StartTime}: must be at hour boundary`);
    return inRows(mapsOf(params, context, DAY, MINUTE));
  },
  getMapBySecond: (params, context) => inRows(mapsOf(params, context, HOUR, 1)),
};

type Params = OperationParams<'getMapByDay'>;

/** @param longest s; what is longer is cut off without a word, as the document says. @param unit s */
function mapsOf({ ChannelIDs, StartTime, EndTime }: Params, { nvr }: Context, longest: number, unit: number) {
  if (ChannelIDs.length > MAX_CHANNELS) throw new Refusal(`ChannelIDs: ${MAX_CHANNELS} channels at most`);
  if (EndTime < StartTime) throw new Refusal('EndTime: must not be before StartTime');
  const end = Math.min(EndTime, StartTime + longest);
  const texts = ChannelIDs.map((id): [string, string] => {
    const { channel } = nvr.cameras.on(id);
    return [`CH${channel}`, characters(nvr.recordings, channel, StartTime, end, unit)];
  });
  return { range: { StartTime, EndTime: end }, texts };
}

function inRows({ range, texts }: ReturnType<typeof mapsOf>) {
  return { ...range, ...Object.fromEntries(texts.map(([name, text]) => [name, rowsOf(text)])) };
}

/** One character for each unit that the range touches. */
function characters(recordings: Recordings, channel: number, from: number, to: number, unit: number): string {
  const count = Math.ceil((to - from) / unit);
  const marks = new Array<string>(count).fill('-');
  for (const stretch of recordings.within(channel, from, from + count * unit)) {
    marks.fill('+', Math.floor((stretch.from - from) / unit), Math.ceil((stretch.to - from) / unit));
  }
  return marks.join('');
}

function rowsOf(text: string): string[] {
  return Array.from({ length: Math.ceil(text.length / ROW) }, (_, row) => text.slice(row * ROW, (row + 1) * ROW));
}
