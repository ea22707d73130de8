import { describe, expect, it } from '@jest/globals';
import {
  findEvents,
  findLogs,
  findMetadata,
  nvrClock,
  NvrError,
  operations,
  recordedIntervals,
} from '../../src/shared/index.js';
import { startOddNvr } from './odd-nvr.js';

// What was recorded, of an NVR whose clock and lists are out of joint.

const times: readonly unknown[] = [
  ...[
    0,
    1,
    -1,
    0.5,
    2 ** 31,
    2 ** 32,
    4_294_967_296_000,
    253_402_300_800,
    8.64e12 + 1,
    8.64e15,
    8.64e15 + 1,
    1e18,
    1e300,
  ],
  ...[
    '',
    ' ',
    'NaN',
    '-',
    '2026-13-01 00:00:00',
    '9999-12-31 23:59:59',
    '1e400',
    '0x10',
    '01',
    null,
    true,
    [],
    {},
    [1],
  ],
];
const seconds = 1_700_000_000;
const from = new Date(seconds * 1000);
const to = new Date((seconds + 3600) * 1000);
const range = { from, to };

/** Dates in what was found that are none. */
function noDates(found: unknown): unknown[] {
  if (found instanceof Date) return Number.isNaN(found.getTime()) ? [found] : [];
  return typeof found === 'object' && found !== null ? Object.values(found).flatMap(noDates) : [];
}

/** What comes of work: no time that is none, and no other error than the driver's own. */
async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    const wrong = noDates(await work);
    return wrong.length > 0 ? 'a time that is none' : 'found';
  } catch (error) {
    return error instanceof NvrError ? error.code : String(error);
  }
}

describe('times that are none', () => {
  it('in lists are no times for anybody, and hide nothing else', async () => {
    let time: unknown;
    const ms = seconds * 1000;
    const good = { ChannelID: 1, Type: 'Motion', ev_start: seconds, Timestamp: ms, createTime: ms };
    const fields = ['ev_start', 'ev_end', 'pre_rec', 'post_rec', 'Timestamp', 'createTime'];
    const early = { ev_end: seconds - 100, comment: 'ends before it begins', Data: 'x', description: 'another' };
    const reply = () => [...fields.map((field) => ({ ...good, [field]: time })), { ...good, ...early }];
    const { client } = await startOddNvr({
      'POST /record/eventSearch': reply,
      'POST /record/metaSearch': reply,
      'POST /system/searchLogs': reply,
    });
    for (time of times) {
      const events = findEvents(client, { channels: [1], ...range });
      const metadata = findMetadata(client, { channels: [1], ...range });
      const logs = findLogs(client, range);
      const came = [await outcome(events), await outcome(metadata), await outcome(logs)];
      expect([time, ...came]).toEqual([time, 'found', 'found', 'found']);
      expect((await events).items.length).toBeGreaterThanOrEqual(2);
      expect((await metadata).items.length).toBeGreaterThanOrEqual(2);
      expect((await logs).items.length).toBeGreaterThanOrEqual(6);
    }
  });

  it('in the clock, its zone and its rules leave a clock that shows times, and a map', async () => {
    let odd: object = {};
    const settings = { time: seconds * 1000, time_zone: 60, dst_enable: 1, dst_mode: 1, dst_offset: 60 };
    const { client } = await startOddNvr({
      'GET /system/getTime': () => ({ ...settings, ...odd }),
      'POST /record/getMapByDay': () => ({ CH1: ['+'] }),
    });
    const ends = ['start', 'end'].flatMap((which) =>
      ['month', 'date', 'day', 'week', 'hour', 'minute'].map((part) => `dst_${which}_${part}`),
    );
    for (const field of [...Object.keys(settings), ...ends]) {
      for (const value of times) {
        odd = { [field]: value };
        const shown = client.call(operations.getTime, {}).then((read) => {
          const { shownAt, timeOf } = nvrClock(read);
          return [read.time ?? 0, seconds * 1000].flatMap((time) => [new Date(shownAt(time)), new Date(timeOf(time))]);
        });
        const map = recordedIntervals(client, { channels: [1], stream: 'main', ...range, resolution: 'day' });
        expect([field, value, await outcome(shown), await outcome(map)]).toEqual([field, value, 'found', 'found']);
      }
    }
  });
});
