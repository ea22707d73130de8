import { describe, expect, it } from '@jest/globals';
import { downloadClip, modifySettings, operations, readSettings, settingsPairs } from '../../src/shared/index.js';
import { BriskClock } from '../support/brisk-clock.js';
import { until } from '../support/until.js';
import { startOddNvr } from './odd-nvr.js';

// What recorders may do whose makers read the document in another way than we did.

const ok = { Result: 'OK' };
const cameras = [{ ChannelID: 1, DeviceName: 'gate' }];
const streams = [{ ch: 1, mainsub: 0, Configuration: { Encoding: 'H264' } }];

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? error,
  );

describe('the envelope of 2.17 and 2.21', () => {
  it('may be used everywhere', async () => {
    const written: unknown[] = [];
    const { client } = await startOddNvr({
      'GET /device/cameraList': () => ({ Result: cameras, Description: '' }),
      'GET /storage/getDiskGroups': () => ({ Result: [] }),
      'GET /network/getFTP': () => ({ Result: { active: false, host: 'h', port: '21', path: '/' } }),
      'POST /network/setFTP': (_request, _response, body) => (written.push(JSON.parse(body)), ok),
    });
    expect(await client.call(operations.cameraList)).toEqual(cameras);
    expect(await client.call(operations.getDiskGroups)).toEqual([]);
    const ftp = { read: operations.getFTP, write: operations.setFTP };
    await modifySettings(client, ftp, {}, (settings) => ({ ...settings, username: 'u', password: 'p', path: '/new' }));
    expect(written).toEqual([{ active: false, host: 'h', port: '21', path: '/new', username: 'u', password: 'p' }]);
  });

  it('may be missing', async () => {
    const { client } = await startOddNvr({
      'POST /device/GetVideoEncoderConfigurations': () => streams,
      'POST /device/getNetworkInterfaces': () => ({ NTPInformation: { FromDHCP: 'true' } }),
    });
    const body = [{ ch: 1, mainsub: 0 }] as const;
    expect(await client.call(operations.getVideoEncoderConfigurations, { body: [...body] })).toEqual(streams);
    const found = await client.call(operations.getNetworkInterfaces, { ChannelID: 1 });
    expect(found).toEqual({ NTPInformation: { FromDHCP: 'true' } });
  });
});

describe('an object that is something else', () => {
  it.each([{ data: cameras }, ok])('is not taken for a list of one: %j', async (reply) => {
    const { client } = await startOddNvr({ 'GET /device/probe': () => reply });
    expect(await codeOf(client.call(operations.probe))).toBe('INVALID_REPLY');
  });

  it('is not taken for what the envelope should hold', async () => {
    const { client } = await startOddNvr({ 'POST /device/getNetworkInterfaces': () => ({ Result: null }) });
    expect(await codeOf(client.call(operations.getNetworkInterfaces, { ChannelID: 1 }))).toBe('INVALID_REPLY');
  });
});

describe('an empty list that is null', () => {
  const disks = settingsPairs.find(({ read }) => read === operations.getStorages);

  it('is an empty list for whoever asks, for settings too, and no text by path', async () => {
    const { client } = await startOddNvr({
      'GET /storage/getStorages': (_request, response) => void response.end('null'),
    });
    expect(await client.call(operations.getStorages)).toEqual([]);
    expect(disks && (await readSettings(client, disks, {}))).toEqual([]);
    expect(await client.request({ method: 'GET', path: '/storage/getStorages' })).toBeNull();
  });
});

describe('a snapshot whose file is not there with the answer', () => {
  const jpeg = Buffer.from('ffd8ffe0', 'hex');
  const late = (clock: BriskClock, tries: number, answer: unknown) =>
    startOddNvr(
      {
        'GET /device/getSnapshot': () => ({ snapshotPath: '/a.jpg' }),
        'GET /device/download/': (_request, response) => {
          if (tries-- > 0) return answer;
          response.end(jpeg);
          return undefined;
        },
        'POST /device/deleteSnapshot': () => ok,
      },
      { clock },
    );

  it.each([{ Result: 'Error', Description: 'no such file' }, ''])('is waited for: %j', async (answer) => {
    using clock = new BriskClock(10);
    const nvr = await late(clock, 2, answer);
    expect(await nvr.client.takeSnapshot(1)).toEqual(jpeg);
    expect(nvr.count('GET /device/getSnapshot')).toBe(1);
  });

  it('and does not come is an error in the words of the NVR', async () => {
    using clock = new BriskClock(10);
    const nvr = await late(clock, 99, { Result: 'Error', Description: 'no such file' });
    await expect(nvr.client.takeSnapshot(1)).rejects.toMatchObject({
      code: 'NVR_REFUSED',
      description: 'no such file',
    });
    expect(nvr.count('GET /device/download/')).toBe(3);
  });

  it('nor ever was is not waited for any more', async () => {
    using clock = new BriskClock(10);
    const nvr = await late(clock, 99, { Result: 'Error' });
    for (const downloads of [3, 6, 9, 10, 11]) {
      await expect(nvr.client.takeSnapshot(1)).rejects.toMatchObject({ code: 'NVR_REFUSED' });
      expect(nvr.count('GET /device/download/')).toBe(downloads);
    }
  });

  it('is deleted where the client closes meanwhile', async () => {
    using clock = new BriskClock(1);
    const nvr = await late(clock, 99, { Result: 'Error' });
    const outcome = nvr.client.takeSnapshot(1).catch((error: unknown) => error);
    await until('the first try', () => nvr.count('GET /device/download/') === 1);
    await nvr.client.close();
    expect(nvr.count('POST /device/deleteSnapshot')).toBe(1);
    expect(await outcome).toMatchObject({ code: 'CLOSED' });
  });
});

describe('settings whose lists lack what the document requires', () => {
  const setting = { postRecord: 10, alarmOut: { Pin: null, Time: 5 } };
  const alarm = { read: operations.getAlarmSettings, write: operations.setAlarmSettings };
  const which = { alarmType: 'Motion' } as const;

  async function start() {
    const written: unknown[] = [];
    const settings = [
      { channel: 1, setting },
      { channel: 2, setting },
    ];
    const { client } = await startOddNvr({
      'GET /device/getAlarmSettings': () => ({ settings }),
      'POST /device/setAlarmSettings': (_request, _response, body) => (written.push(JSON.parse(body)), ok),
    });
    return { client, written };
  }

  it('can be changed all the same', async () => {
    const { client, written } = await start();
    await modifySettings(client, alarm, which, ({ settings = [] }) => ({
      settings: settings.map((one, index) => ({ ...one, setting: { ...one.setting, postRecord: index ? 10 : 33 } })),
    }));
    expect(written).toEqual([
      {
        settings: [
          { channel: 1, setting: { ...setting, postRecord: 33 } },
          { channel: 2, setting },
        ],
      },
    ]);
  });

  it('are still held against a caller who adds a mistake', async () => {
    const { client, written } = await start();
    const mistaken = modifySettings(client, alarm, which, ({ settings = [] }) => ({
      settings: settings.map((one) => ({ ...one, setting: { ...one.setting, postRecord: 'ten' as never } })),
    }));
    await expect(mistaken).rejects.toMatchObject({
      code: 'INVALID_PARAMETER',
      path: 'settings/0/setting/postRecord',
    });
    expect(written).toEqual([]);
  });
});

describe('a write that the NVR answers', () => {
  it.each<[string, number, string]>([
    ['the bare word', 200, 'OK'],
    ['the word as JSON', 200, '"ok"\n'],
    ['nothing', 200, ''],
    ['status 204', 204, ''],
  ])('with %s is done', async (_case, status, body) => {
    const { client } = await startOddNvr({
      'POST /device/ptzControl': (_request, response) => void response.writeHead(status).end(body),
    });
    expect(await client.call(operations.stopMove, { ChannelID: 1 })).toEqual(ok);
  });

  it.each(['Bye', 'Not OK', '0', '<p>OK</p>'])('with %j may not be', async (body) => {
    const { client } = await startOddNvr({
      'POST /device/ptzControl': (_request, response) => void response.end(body),
    });
    expect(await codeOf(client.call(operations.stopMove, { ChannelID: 1 }))).toBe('OUTCOME_UNKNOWN');
  });

  it('is no login where nothing says so', async () => {
    const { client } = await startOddNvr({ 'POST /admin/login': (_request, response) => void response.end() });
    expect(await codeOf(client.call(operations.cameraList))).toBe('LOGIN_REJECTED');
  });
});

describe('a clip that breaks off', () => {
  it('is an error with a code, as all of them are', async () => {
    const { client } = await startOddNvr({
      'GET /record/backupVideoClip': (_request, response) => {
        response.write('RIFF and a little more');
        setImmediate(() => response.destroy());
      },
    });
    const clip = await downloadClip(client, { channel: 1, stream: 'main', from: 0, to: 10_000 });
    await expect(clip.toArray()).rejects.toMatchObject({ code: 'NVR_UNREACHABLE', recoverable: true });
  });

  it('ends with the reason of the signal where that ended it', async () => {
    const { client } = await startOddNvr({
      'GET /record/backupVideoClip': (_request, response) => void response.write('RIFF and a little more'),
    });
    const given = new AbortController();
    const query = { channel: 1, stream: 'main', from: 0, to: 10_000 } as const;
    const clip = await downloadClip(client, query, { signal: given.signal });
    const reason = new Error('enough');
    given.abort(reason);
    await expect(clip.toArray()).rejects.toBe(reason);
  });
});
