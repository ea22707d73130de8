import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FormData } from 'undici';
import { ManualClock } from '../../src/shared/clock.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { Visitor } from './visitor.js';

/** s */
const NOON = Date.UTC(2024, 4, 15, 4) / 1000;
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

const post = async (path: string, body: unknown) => (await visitor.post(path, body)).json;
const ok = { Result: 'OK' };
const refusal = (why: RegExp) => ({ Result: 'Error', Description: expect.stringMatching(why) });

describe('settings of recordings and snapshots', () => {
  it('are as they were set, what was left out stays', async () => {
    type Settings = { settings: { channel: number; snapshotSettings: object }[] };
    const read = async () => (await visitor.get('/device/getSnapshotSettings')).json as Settings;
    const before = await read();
    expect(before.settings.map(({ channel }) => channel)).toEqual([1, 2, 3, 4, 5]);
    const snapshotSettings = { Auto: 1, streamType: 1, Alarm: { period: 5 }, vendor: 'x' };
    const change = { settings: [{ channel: 3, snapshotSettings }, { channel: 4 }] };
    expect(await post('/device/setSnapshotSettings', change)).toEqual(ok);
    const after = await read();
    expect(after.settings[2]?.snapshotSettings).toEqual({ ...snapshotSettings, Normal: { period: 0 } });
    expect(after.settings.filter(({ channel }) => channel !== 3)).toEqual(
      before.settings.filter(({ channel }) => channel !== 3),
    );
    const wrong = { settings: [{ channel: 1, snapshotSettings }, { channel: 6 }] };
    expect(await post('/device/setSnapshotSettings', wrong)).toEqual(refusal(/no such channel/));
    expect(await read()).toEqual(after);
  });

  it('of recordings are text', async () => {
    const setting = { enable: '1', streamType: '0', enablePreRecord: '1' };
    const set = (one: object) => post('/device/setRecordSettings', { settings: [{ channel: '2', setting: one }] });
    expect(await set(setting)).toEqual(ok);
    const { settings } = (await visitor.get('/device/getRecordSettings')).json as { settings: object[] };
    expect(settings[1]).toEqual({ channel: '2', setting });
    expect(await set({ ...setting, enable: 1 })).toEqual(refusal(/enable/));
  });
});

describe('recording', () => {
  it('follows the record settings that defaults or a configuration file bring', async () => {
    const isRecording = async () => {
      const all = (await visitor.get('/device/cameraStatus')).json as { ChannelID: number; Recording: boolean }[];
      return all.find(({ ChannelID }) => ChannelID === 2)?.Recording;
    };
    const setting = { enable: '0', streamType: '2', enablePreRecord: '0' };
    const restore = async (file: Buffer) => {
      const body = new FormData();
      body.append('file', new File([new Uint8Array(file)], 'config.txt'));
      return (await visitor.carry({ method: 'POST', path: '/system/restoreConfig', body })).json;
    };
    const { body: file } = await visitor.get('/system/backupConfig');
    await post('/device/setRecordSettings', { settings: [{ channel: '2', setting }] });
    const { body: without } = await visitor.get('/system/backupConfig');
    expect(await post('/system/loadDefault', ['record'])).toEqual(ok);
    expect(await isRecording()).toBe(true);
    expect(await restore(without)).toEqual(ok);
    expect(await isRecording()).toBe(false);
    expect(await restore(file)).toEqual(ok);
    expect(await isRecording()).toBe(true);
  });

  it('of more days than set is overwritten, and does not come back', async () => {
    const overwrite = (overwriteDays: number) => post('/storage/setOverwrite', { overwriteDays });
    const oldest = async () => {
      const range = { startTime: '0', endTime: `${NOON}` };
      const clips = (await post('/record/requestVideoClips?ChannelID=1', range)) as { startTime: number }[];
      return clips[0]?.startTime;
    };
    const first = await oldest();
    expect(first).toBeLessThan(NOON - DAY);
    await overwrite(0);
    expect(await oldest()).toBe(first);
    await overwrite(1);
    expect(await oldest()).toBe(NOON - DAY);
    clock.advance(HOUR * 1000);
    await overwrite(0);
    clock.advance(HOUR * 1000);
    expect(await oldest()).toBe(NOON - DAY + HOUR);
  });
});
