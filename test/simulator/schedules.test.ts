import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { Visitor } from './visitor.js';

const week = (sign: string) => ({ Map: Array.from({ length: 7 }, () => sign.repeat(48)) });
const never = week('-');
const night = { Map: Array.from({ length: 7 }, () => '+'.repeat(12) + '-'.repeat(36)) };
const record = { Normal: night, Motion: never, InputAlarm: never, Intellegent: night };

const set = (channel: number, group: string) => `/schedule/setScheduleByGroup?ChannelID=${channel}&GroupID=${group}`;
const got = (channel: number, group: string) => `/schedule/getSchedulesByGroup?ChannelID=${channel}&GroupID=${group}`;
const many = '/schedule/setScheduleByGroupMultiChannels';
const manyGot = (channels: string, group: string) =>
  `/schedule/getSchedulesByGroupMultiChannels?ChannelID=${channels}&GroupID=${group}`;

describe('Schedules of the simulator', () => {
  let simulator: Simulator;
  let visitor: Visitor;

  beforeAll(async () => {
    simulator = await Simulator.start({ cameras: 4 });
    visitor = await Visitor.loggedIn(simulator);
  });
  afterAll(() => simulator.stop());

  const read = async (path: string) => (await visitor.get(path)).json;
  const expectRefusal = async (answer: Promise<{ json: unknown }>, why: RegExp) =>
    expect((await answer).json).toEqual({ Result: 'Error', Description: expect.stringMatching(why) });

  it('are told as they were set, each channel and group for itself', async () => {
    const before = [await read(got(2, 'Record')), await read(got(1, 'FTP'))];
    expect((await visitor.post(set(1, 'Record'), record)).json).toEqual({ Result: 'OK' });
    expect(await read(got(1, 'Record'))).toEqual(record);
    expect([await read(got(2, 'Record')), await read(got(1, 'FTP'))]).toEqual(before);
  });

  it('are set and told for several channels at once', async () => {
    const email = { Motion: night, InputAlarm: never, Intellegent: never };
    const body = [
      { channel: 3, group: 'Record', schedules: record },
      { channel: 4, group: 'Email', schedules: email },
    ];
    expect((await visitor.post(many, body)).json).toEqual({ Result: 'OK' });
    expect(await read(got(3, 'Record'))).toEqual(record);
    expect(await read(manyGot('4,2', 'Email'))).toEqual([
      { channel: 4, group: 'Email', schedules: email },
      { channel: 2, group: 'Email', schedules: await read(got(2, 'Email')) },
    ]);
  });

  it('may have entries that their group need not have', async () => {
    expect((await visitor.post(set(1, 'Email'), record)).json).toEqual({ Result: 'OK' });
    expect(await read(got(1, 'Email'))).toEqual(record);
  });

  it('tells the alarm schedules', async () => {
    expect(await read(manyGot('1', 'Alarm'))).toEqual([
      { channel: 1, group: 'Alarm', schedules: { Alarm: week('+'), FtpUpload: never } },
    ]);
  });

  it('survive a restart', async () => {
    await visitor.post(set(2, 'FTP'), record);
    await simulator.restart();
    visitor = await Visitor.loggedIn(simulator);
    expect(await read(got(2, 'FTP'))).toEqual(record);
  });

  it('are refused as a whole where one channel is none', async () => {
    const before = await read(got(2, 'Record'));
    const body = [2, 9].map((channel) => ({ channel, group: 'Record', schedules: record }));
    await expectRefusal(visitor.post(many, body), /ChannelID=9: no such channel/);
    expect(await read(got(2, 'Record'))).toEqual(before);
  });

  const { Motion, InputAlarm, Intellegent } = record;
  it.each<[string, object, RegExp]>([
    [set(5, 'Record'), record, /no such channel/],
    [set(1, 'Alarm'), record, /GroupID/],
    [set(1, 'Record'), { Motion, InputAlarm, Intellegent }, /^Normal: is required for group Record/],
    [set(1, 'Email'), { Motion, InputAlarm }, /^Intellegent: is required for group Email/],
    [set(1, 'Record'), { ...record, Normal: { Map: night.Map.slice(1) } }, /^Normal\/Map/],
    [set(1, 'Record'), { ...record, Normal: { Map: [...night.Map.slice(1), '-'] } }, /^Normal\/Map\/6/],
    [set(1, 'Record'), { ...record, Motion: { Map: [...night.Map.slice(1), '*'.repeat(48)] } }, /^Motion\/Map\/6/],
    [
      many,
      [{ channel: 1, group: 'Snapshot', schedules: { Motion, InputAlarm } }],
      /^body\/0\/schedules\/Normal: is required for group Snapshot/,
    ],
  ])('are refused where they do not fit the document: %s %#', async (path, body, why) => {
    await expectRefusal(visitor.post(path, body), why);
  });

  it.each([
    [got(5, 'Record'), /no such channel/],
    [got(1, 'Alarm'), /GroupID/],
    [manyGot('1,9', 'Record'), /ChannelID=9: no such channel/],
    [manyGot('1,', 'Record'), /ChannelID\/1/],
    [manyGot('', 'Record'), /ChannelID\/0/],
    [manyGot('1;2', 'Record'), /ChannelID\/0/],
  ])('cannot be asked for as %s', async (path, why) => {
    await expectRefusal(visitor.get(path), why);
  });
});
