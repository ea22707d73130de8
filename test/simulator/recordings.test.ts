import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/shared/clock.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { Visitor } from './visitor.js';

/** Noon at UTC+8, the simulator's time zone, in s. */
const NOON = Date.UTC(2024, 4, 15, 4) / 1000;
const MIDNIGHT = NOON - 12 * 3600;
const [HOUR, DAY] = [3600, 86_400];

let clock: ManualClock;
let simulator: Simulator;
let visitor: Visitor;

beforeEach(async () => {
  clock = new ManualClock(NOON * 1000);
  simulator = await Simulator.start({ cameras: 5, clock });
  visitor = await Visitor.loggedIn(simulator);
});
afterEach(() => simulator.stop());

const post = async (path: string, body: unknown) => (await visitor.post(path, body)).json as never;
const ok = { Result: 'OK' };
const refusal = (why: RegExp) => ({ Result: 'Error', Description: expect.stringMatching(why) });

async function map(by: 'Day' | 'Minute' | 'Second', StartTime: number, EndTime: number, ChannelIDs = [1]) {
  const body = { ChannelIDs, StartTime, EndTime, mainsub: 1 };
  return post(`/record/getMapBy${by}`, body) as Promise<Record<string, unknown>>;
}
const clips = (ChannelID: number, startTime: number, endTime: number) =>
  post(`/record/requestVideoClips?ChannelID=${ChannelID}`, { startTime: `${startTime}`, endTime: `${endTime}` });

describe('record maps of the simulator', () => {
  it('show a character for each day, minute and second', async () => {
    expect(await map('Day', MIDNIGHT - 2 * DAY, NOON)).toMatchObject({ CH1: '-++', StartTime: MIDNIGHT - 2 * DAY });
    const { CH1: hours } = (await map('Minute', NOON - HOUR, NOON + HOUR)) as { CH1: string[] };
    // The end of a gap, and the future.
    expect(hours).toEqual(['-'.repeat(9) + '+'.repeat(51), '-'.repeat(60)]);
    const { CH1: minutes } = (await map('Second', NOON - 61, NOON + 30)) as { CH1: string[] };
    expect(minutes).toEqual(['+'.repeat(60), '+' + '-'.repeat(30)]);
  });

  it('cut off without a word what is too long', async () => {
    const day = (await map('Day', MIDNIGHT - 39 * DAY, NOON)) as { CH1: string; EndTime: number };
    expect(day.CH1).toHaveLength(35);
    expect(day.EndTime).toBe(MIDNIGHT - 4 * DAY);
    expect((await map('Minute', NOON - 60 * HOUR, NOON))['CH1']).toHaveLength(24);
    expect((await map('Second', NOON - 3 * HOUR, NOON))['CH1']).toHaveLength(60);
    expect(simulator.refused).toEqual([]);
  });

  it.each([
    ['Day', MIDNIGHT + HOUR, NOON, [1], /day boundary/],
    ['Minute', NOON - 60, NOON, [1], /hour boundary/],
    ['Second', NOON - 60, NOON, [1, 2, 3, 4, 5], /4 channels at most/],
    ['Second', NOON - 60, NOON, [6], /no such channel/],
    ['Second', NOON, NOON - 60, [1], /EndTime/],
  ] as const)('by %s refuse what the document forbids', async (by, from, to, channels, why) => {
    expect(await map(by, from, to, [...channels])).toEqual(refusal(why));
    expect(simulator.refused).toHaveLength(1);
  });

  it("know the NVR's own midnight, summer time included", async () => {
    await visitor.post('/system/setTime', {
      ...{ time_zone: 60, dst_enable: true, dst_mode: 1, dst_offset: 60 },
      ...{ dst_start_month: 2, dst_start_week: -1, dst_start_day: 0, dst_start_hour: 2 },
      ...{ dst_end_month: 9, dst_end_week: -1, dst_end_day: 0, dst_end_hour: 3 },
    });
    expect(await map('Day', Date.UTC(2024, 4, 14, 22) / 1000, NOON)).toMatchObject({ CH1: '+' });
    expect(await map('Day', Date.UTC(2024, 1, 14, 23) / 1000, NOON)).toHaveProperty('CH1');
    expect(await map('Day', MIDNIGHT, NOON)).toEqual(refusal(/day boundary/));
  });

  it('agree with the clips, gaps included, and differ by channel', async () => {
    const [from, to] = [NOON - 10 * HOUR, NOON - 5 * HOUR];
    const found: string[] = [];
    for (let channel = 1; channel <= 2; channel++) {
      let seconds = '';
      for (let at = from; at < to; at += HOUR) {
        const { [`CH${channel}`]: rows } = await map('Second', at, at + HOUR, [channel]);
        seconds += (rows as string[]).join('');
      }
      const stretches = [...seconds.matchAll(/\++/g)].map(({ index, 0: run }) => ({
        startTime: from + index,
        endTime: from + index + run.length,
      }));
      expect(await clips(channel, from, to)).toEqual(stretches);
      expect(stretches.length).toBeGreaterThan(1);
      found.push(JSON.stringify(stretches));
    }
    expect(found[0]).not.toBe(found[1]);
  });
});

describe('recording', () => {
  const status = async (channel: number) =>
    ((await visitor.get('/device/cameraStatus')).json as { ChannelID: number }[]).find(
      ({ ChannelID }) => ChannelID === channel,
    );
  const record = (channel: number, command: string) => post('/record/manualRecord', { channel, command });
  const enable = (channel: number, on: boolean) =>
    post('/device/setRecordSettings', {
      settings: [{ channel: `${channel}`, setting: { enable: on ? '1' : '0', streamType: '2', enablePreRecord: '0' } }],
    });
  const metas = (ChannelID: number, ...Type: string[]) =>
    post('/record/metaSearch', { ChannelID, Type, StartTime: NOON - DAY, EndTime: NOON + DAY });

  it('ends by the record settings, goes on by hand, and leaves begin and end behind', async () => {
    expect(await status(2)).toMatchObject({ Recording: true, Manual: false });
    expect(await enable(2, false)).toEqual(ok);
    expect(await status(2)).toMatchObject({ Recording: false, Manual: false });
    clock.advance(100_500);
    expect(await record(2, 'start')).toEqual(ok);
    expect(await status(2)).toMatchObject({ Recording: true, Manual: true });
    clock.advance(30_000);
    expect(await record(2, 'stop')).toEqual(ok);
    expect(await status(2)).toMatchObject({ Recording: false, Manual: false });
    clock.advance(100_000);
    expect(await enable(2, true)).toEqual(ok);
    clock.advance(10_000);
    expect(await clips(2, NOON - 10, NOON + DAY)).toEqual([
      { startTime: NOON - 10, endTime: NOON },
      { startTime: NOON + 100, endTime: NOON + 131 },
      { startTime: NOON + 230, endTime: NOON + 240 },
    ]);
    expect(await clips(1, NOON - 10, NOON + DAY)).toEqual([{ startTime: NOON - 10, endTime: NOON + 240 }]);

    const [start, stop] = (await metas(2, 'manualStart', 'manualStop')) as Record<string, unknown>[];
    expect(start).toMatchObject({ ChannelID: 2, Type: 'manualStart', Timestamp: NOON * 1000 + 100_500 });
    expect(stop).toEqual({ ...start, Type: 'manualStop', Timestamp: NOON * 1000 + 130_500 });
    expect(JSON.parse(String(start?.['Data']))).toEqual({ id: NOON + 100 });
    expect(await metas(1, 'manualStart')).toEqual([]);
    expect(await metas(2, 'manualAlarmStart')).toEqual([]);
  });

  it('by hand is not begun twice, and a restart ends it', async () => {
    await record(1, 'stop');
    await record(1, 'start');
    await record(1, 'start');
    expect(await metas(1, 'manualStart', 'manualStop')).toHaveLength(1);
    const restarted = simulator.restart(1);
    await new Promise((resolve) => setImmediate(resolve));
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1);
    await restarted;
    visitor = await Visitor.loggedIn(simulator);
    expect(await status(1)).toMatchObject({ Manual: false });
    await record(1, 'start');
    const ids = ((await metas(1, 'manualStart')) as { Data: string }[]).map(({ Data }) => Data);
    expect(new Set(ids).size).toBe(2);
  });

  it('knows manual alarms: an event and meta data of one id', async () => {
    const { messages } = await visitor.socket('/meta/eventHook');
    const alarm = (command: string) => post('/record/manualAlarm', { channel: 3, command });
    expect(await alarm('start')).toEqual(ok);
    expect(await status(3)).toMatchObject({ Event: true, Manual: false });
    expect(await alarm('stop')).toEqual(ok);
    while (messages.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(messages.map((message) => JSON.parse(message.toString()))).toEqual([
      { ChannelID: 3, Type: 'Manual', State: 'active' },
      { ChannelID: 3, Type: 'Manual', State: 'inactive' },
    ]);
    const [start, stop] = (await metas(3, 'manualAlarmStart', 'manualAlarmStop')) as { Data: unknown }[];
    expect(start?.Data).toBe(stop?.Data);
    visitor.leave();
    expect(await post('/record/manualAlarm', { channel: 6, command: 'start' })).toEqual(refusal(/no such channel/));
    expect(await post('/record/manualRecord', { channel: 1, command: 'pause' })).toEqual(refusal(/command/));
  });
});

describe('events of the simulator', () => {
  const search = (StartTime: number, EndTime: number, Type: string[], ChannelID = [1], Stream = 'Main') =>
    post('/record/eventSearch', { ChannelID, StartTime, EndTime, Type, Stream }) as Promise<
      { ev_start: number; ev_end: number; pre_rec: number; post_rec: number; Type: string; video_size: number }[]
    >;

  it('of the past lie within recorded time, and are always the same', async () => {
    const range = [NOON - 26 * HOUR, NOON] as const;
    const motions = await search(...range, ['Motion']);
    expect(motions.length).toBeGreaterThan(30);
    for (const { ev_start, ev_end, pre_rec, post_rec, video_size } of motions) {
      expect([pre_rec, post_rec]).toEqual([ev_start - 10, ev_end + 30]);
      expect(ev_end).toBeGreaterThan(ev_start);
      expect(await clips(1, pre_rec, post_rec)).toEqual([{ startTime: pre_rec, endTime: post_rec }]);
      expect(video_size).toBeGreaterThan(10_000);
    }
    const both = await search(...range, ['InputAlarm', 'Motion']);
    expect(both.length).toBeGreaterThan(motions.length);
    expect(both.map(({ ev_start }) => ev_start)).toEqual(
      both.map(({ ev_start }) => ev_start).toSorted((a, b) => a - b),
    );
    expect(await search(...range, ['Motion'])).toEqual(motions);
    const [first] = motions;
    const [sub] = await search(...range, ['Motion'], [1], 'Sub');
    expect(sub).toMatchObject({ ev_start: first?.ev_start });
    expect(sub?.video_size).not.toBe(first?.video_size);
    expect(await search(...range, ['Tag'])).toEqual([]);
  });

  it('are those that were thrown, since it started', async () => {
    clock.advance(60_000);
    simulator.throwEvent({ channel: 1, type: 'Tag', state: 'once' });
    simulator.motion(1, 20);
    clock.advance(25_000);
    simulator.throwEvent({ channel: 1, type: 'VideoLoss', state: 'active' });
    clock.advance(60_000);
    const found = await search(NOON, NOON + DAY, ['Motion', 'Tag', 'VideoLoss']);
    expect(found.map(({ Type, ev_start, ev_end }) => [Type, ev_start - NOON, ev_end - NOON])).toEqual([
      ['Tag', 60, 60],
      ['Motion', 60, 80],
      ['VideoLoss', 85, 145],
    ]);
    expect(await search(NOON + 81, NOON + 82, ['Motion', 'Tag'])).toEqual([]);
    expect(await search(NOON, NOON + DAY, ['Tag'], [2])).toEqual([]);
    expect(await search(NOON, NOON + DAY, ['Tag'], [6])).toEqual(refusal(/no such channel/));
  });
});

describe('a clip of the simulator', () => {
  it('is an AVI whose index names every frame where it is', async () => {
    const query = `ChannelID=1&stream=1&startTime=${NOON - 20}&endTime=${NOON - 10}`;
    const { contentType, body } = await visitor.get(`/record/backupVideoClip?${query}`);
    expect(contentType).toBe('video/x-msvideo');
    expect(body.toString('latin1', 0, 12)).toMatch(/^RIFF.{4}AVI $/s);
    expect(body.readUInt32LE(4) + 8).toBe(body.length);
    const movie = body.indexOf('movi');
    const index = body.lastIndexOf('idx1');
    const entries = Array.from({ length: body.readUInt32LE(index + 4) / 16 }, (_, n) => {
      const at = index + 8 + n * 16;
      const chunk = movie + body.readUInt32LE(at + 8);
      const [id, size] = [body.toString('latin1', at, at + 4), body.readUInt32LE(at + 12)];
      expect(body.toString('latin1', chunk, chunk + 4)).toBe(id);
      expect(body.readUInt32LE(chunk + 4)).toBe(size);
      return { id, keyframe: body.readUInt32LE(at + 4) === 0x10 };
    });
    const pictures = entries.filter(({ id }) => id === '00dc');
    expect(pictures).toHaveLength(150);
    expect(pictures.map(({ keyframe }) => keyframe)).toEqual(pictures.map((_, n) => n % 30 === 0));
    expect(entries.filter(({ id }) => id === '01wb')).toHaveLength(250);
  });

  it.each([
    [`ChannelID=1&stream=0&startTime=${NOON - 20}&endTime=${NOON - 20}`, /nothing is recorded/],
    [`ChannelID=1&stream=0&startTime=${NOON + 20}&endTime=${NOON + 30}`, /nothing is recorded/],
    [`ChannelID=1&stream=0&startTime=0&endTime=1000`, /nothing is recorded/],
    [`ChannelID=6&stream=0&startTime=${NOON - 20}&endTime=${NOON}`, /no such channel/],
    [`ChannelID=1&stream=2&startTime=${NOON - 20}&endTime=${NOON}`, /stream/],
  ])('is refused where there is none: %s', async (query, why) => {
    expect((await visitor.get(`/record/backupVideoClip?${query}`)).json).toEqual(refusal(why));
  });
});
