import { describe, expect, it } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Operation } from '../../src/shared/sdk/declaration.js';
import { operations } from '../../src/shared/sdk/index.js';
import { parametersOf } from '../../src/shared/sdk/parameters.js';
import { type Handler, startOddNvr } from './odd-nvr.js';

/** Cuts the connection in place of an answer. */
const cut: Handler = (_request: IncomingMessage, response: ServerResponse) => {
  response.socket?.destroy();
  return undefined;
};
const outcomeOf = (work: Promise<unknown>) => work.catch((error: { code?: string }) => error.code);

const ftp = { active: true, host: 'ftp.local', port: '21', username: 'u', password: 'p', path: '/' };

describe('a write whose answer is lost', () => {
  it.each([
    ['shows all of it', ftp, { Result: 'OK' }],
    ['shows it as text', { ...ftp, active: 'true', port: 21 }, { Result: 'OK' }],
    ['shows something else', { ...ftp, host: 'elsewhere' }, 'OUTCOME_UNKNOWN'],
    ['keeps the password to itself', { ...ftp, password: '****' }, 'OUTCOME_UNKNOWN'],
    ['lacks a field', { active: true }, 'OUTCOME_UNKNOWN'],
    ['is refused', { Result: 'Error', Description: 'busy' }, 'OUTCOME_UNKNOWN'],
  ])('is settled by the read that %s', async (_case, told, outcome) => {
    const nvr = await startOddNvr({ 'POST /network/setFTP': cut, 'GET /network/getFTP': () => told });
    expect(await outcomeOf(nvr.client.call(operations.setFTP, ftp))).toEqual(outcome);
    expect(nvr.count('POST /network/setFTP')).toBe(1);
  });

  it('is looked for by the channel and group of the write', async () => {
    const week = Array<string>(7).fill('-'.repeat(48));
    const group = { Normal: { Map: week }, Motion: { Map: week }, InputAlarm: { Map: week } };
    let asked = '';
    const nvr = await startOddNvr({
      'POST /schedule/setScheduleByGroup': cut,
      'GET /schedule/getSchedulesByGroup': (request) => {
        asked = request.url ?? '';
        return group;
      },
    });
    const params = { ChannelID: 3, GroupID: 'Snapshot' as const, ...group };
    expect(await outcomeOf(nvr.client.call(operations.setScheduleByGroup, params))).toEqual({ Result: 'OK' });
    expect(asked).toBe('/schedule/getSchedulesByGroup?ChannelID=3&GroupID=Snapshot');
  });

  it('of a camera shows in its settings, unless it moves it', async () => {
    const nvr = await startOddNvr({
      'POST /device/updateCamera': cut,
      'GET /device/cameraDetail': () => ({ ChannelID: 3, DeviceName: 'Yard', Enable: 1 }),
    });
    const update = (change: object) =>
      outcomeOf(nvr.client.call(operations.updateCamera, { ChannelID: 3, DeviceName: 'Yard', ...change }));
    expect(await update({})).toEqual({ Result: 'OK' });
    expect(await update({ Port: 8080 })).toBe('OUTCOME_UNKNOWN');
    expect(await update({ NewChannelID: 5 })).toBe('OUTCOME_UNKNOWN');
  });

  it.each([
    ['setDNS', { DNSInformation: { FromDHCP: 'false', DNSManual: [{ Type: 'IPv4', IPv4Address: '8.8.8.8' }] } }],
    ['setNTP', { NTPInformation: { FromDHCP: 'false', NTPManual: { Type: 'DNS', DNSname: 'ntp.local' } } }],
  ] as const)("of a camera's own settings shows there: %s", async (id, settings) => {
    const nvr = await startOddNvr({
      [`POST /device/${id}`]: cut,
      'POST /device/getNetworkInterfaces': () => ({ Result: settings }),
    });
    const set = () => outcomeOf(nvr.client.callByName(id, { ChannelID: 1, ...settings }));
    expect(await set()).toEqual({ Result: 'OK' });
  });

  it.each([
    [1, { Result: 'OK' }],
    [0, 'OUTCOME_UNKNOWN'],
  ])('of a pin shows in its value: %s', async (pinVal, outcome) => {
    const nvr = await startOddNvr({
      'POST /dio/pinManualSetting': cut,
      'GET /dio/GetPinStatus': () => ({ pin_value: [{ pinNum: 5, pinVal }] }),
    });
    expect(await outcomeOf(nvr.client.call(operations.pinManualSetting, { pinID: 5, pinValue: 1 }))).toEqual(outcome);
  });

  it.each([
    [
      'deleteCamera',
      { ChannelID: 2 },
      'GET /device/deleteCamera',
      'GET /device/cameraList',
      [{ ChannelID: 1 }],
      [{ ChannelID: 2 }],
    ],
    [
      'removePreset',
      { ChannelID: 1, preset_token: '2' },
      'POST /device/ptzControl',
      'POST /device/ptzControl',
      { presets: [{ preset_token: '1' }] },
      { presets: [{ preset_token: '2' }] },
    ],
  ] as const)('of a removal shows in the list: %s', async (id, params, write, read, gone, there) => {
    let left: unknown = gone;
    const nvr = await startOddNvr({
      [write]: cut,
      [read]: (request, response, body) =>
        write === read && body.includes('remove') ? cut(request, response, body) : left,
    });
    expect(await outcomeOf(nvr.client.callByName(id, params))).toEqual({ Result: 'OK' });
    left = there;
    expect(await outcomeOf(nvr.client.callByName(id, params))).toBe('OUTCOME_UNKNOWN');
  });

  const week = (line: string) => ({ Map: Array<string>(7).fill(line.repeat(48)) });
  const recorded = (line: string) => ({
    Normal: week(line),
    Motion: week(line),
    InputAlarm: week(line),
    Intellegent: week(line),
  });
  const mailed = (line: string) => ({ Motion: week(line), InputAlarm: week(line), Intellegent: week(line) });

  it.each([
    [
      'shows all, in another order',
      (body: readonly object[]) => [{ ch: 9, mainsub: 0 }, ...body.toReversed()],
      { Result: 'OK' },
    ],
    ['lacks a stream', (body: readonly object[]) => body.slice(1), 'OUTCOME_UNKNOWN'],
    [
      'shows one of them in the place of the other',
      (body: readonly object[]) => body.map((item) => ({ ...item, mainsub: 0 })),
      'OUTCOME_UNKNOWN',
    ],
  ])('of encoders shows in the settings of the same streams: the NVR %s', async (_case, told, outcome) => {
    const Configuration = { UseCount: '3', Encoding: 'H264', RateControl: { BitrateLimit: '2048' } };
    const body = [
      { ch: 1, mainsub: 0, Configuration },
      { ch: 1, mainsub: 1, Configuration: { ...Configuration, Encoding: 'H265' } },
    ] as const;
    let asked: unknown;
    const nvr = await startOddNvr({
      'POST /device/SetVideoEncoderConfiguration': cut,
      'POST /device/GetVideoEncoderConfigurations': (_request, _response, text) => {
        asked = JSON.parse(text);
        const now = body.map((item) => ({
          ...item,
          Configuration: { ...item.Configuration, UseCount: '1', Name: 'x' },
        }));
        return { Result: told(now) };
      },
    });
    expect(await outcomeOf(nvr.client.call(operations.setVideoEncoderConfiguration, { body: [...body] }))).toEqual(
      outcome,
    );
    expect(asked).toEqual([
      { ch: 1, mainsub: 0 },
      { ch: 1, mainsub: 1 },
    ]);
  });

  it.each([
    ['all of them', '+', { Result: 'OK' }],
    ['those of one group only', '-', 'OUTCOME_UNKNOWN'],
  ])('of several schedules is looked for group by group: the NVR shows %s', async (_case, mails, outcome) => {
    const asked: string[] = [];
    const nvr = await startOddNvr({
      'POST /schedule/setScheduleByGroupMultiChannels': cut,
      'GET /schedule/getSchedulesByGroupMultiChannels': ({ url = '' }) => {
        asked.push(url.split('?')[1] ?? '');
        return url.includes('Email')
          ? [{ channel: '1', schedules: mailed(mails) }]
          : [2, 1].map((channel) => ({ channel, schedules: recorded('+') }));
      },
    });
    const body = [
      { channel: 1, group: 'Record' as const, schedules: recorded('+') },
      { channel: 1, group: 'Email' as const, schedules: mailed('+') },
      { channel: 2, group: 'Record' as const, schedules: recorded('+') },
    ];
    expect(await outcomeOf(nvr.client.call(operations.setScheduleByGroupMultiChannels, { body }))).toEqual(outcome);
    expect(asked).toEqual(['ChannelID=1,2&GroupID=Record', 'ChannelID=1&GroupID=Email']);
  });

  describe('of a preset', () => {
    const gate = { name: 'gate', preset_token: '1' };
    const yard = { name: 'yard', preset_token: '2' };
    const set = async (params: object, before: unknown, after: unknown) => {
      let lists = [before, after];
      const nvr = await startOddNvr({
        'POST /device/ptzControl': (request, response, body) => {
          if (!body.includes('get_presets')) return cut(request, response, body);
          const [next] = lists;
          lists = lists.slice(1);
          return next;
        },
      });
      return outcomeOf(nvr.client.callByName('setPreset', { ChannelID: 1, ...params }));
    };

    it.each([
      ['a new one of that name', { preset_name: 'yard' }, [gate], [gate, yard], { PresetToken: '2' }],
      [
        'one more of that name',
        { preset_name: 'yard' },
        [yard],
        [yard, { ...yard, preset_token: '3' }],
        { PresetToken: '3' },
      ],
      ['none', { preset_name: 'yard' }, [gate], [gate], 'OUTCOME_UNKNOWN'],
      ['one of that name as before', { preset_name: 'gate' }, [gate], [gate], 'OUTCOME_UNKNOWN'],
      [
        'two new ones of that name',
        { preset_name: 'yard' },
        [],
        [yard, { ...yard, preset_token: '3' }],
        'OUTCOME_UNKNOWN',
      ],
      [
        'the given one with another name',
        { preset_name: 'yard', preset_token: '1' },
        [gate],
        [{ ...gate, name: 'yard' }],
        { PresetToken: '1' },
      ],
      [
        'the given one with the same name',
        { preset_name: 'gate', preset_token: '1' },
        [gate],
        [gate],
        'OUTCOME_UNKNOWN',
      ],
      [
        'another one with that name',
        { preset_name: 'yard', preset_token: '1' },
        [gate],
        [gate, yard],
        'OUTCOME_UNKNOWN',
      ],
    ])('shows by the lists before and after: %s', async (_case, params, before, after, outcome) => {
      expect(await set(params, { presets: before }, { presets: after })).toEqual(outcome);
    });

    it('stays unknown where the NVR lists none', async () => {
      const refused = { Result: 'Error', Description: 'not supported' };
      expect(await set({ preset_name: 'yard' }, refused, { presets: [yard] })).toBe('OUTCOME_UNKNOWN');
    });

    it('is not asked about where the parameters do not fit', async () => {
      const nvr = await startOddNvr({});
      expect(await outcomeOf(nvr.client.callByName('setPreset', { ChannelID: 1, preset_name: 7 }))).toBe(
        'INVALID_PARAMETER',
      );
      expect(nvr.requests).toEqual([]);
    });
  });

  it('of another kind stays unknown: nothing is asked', async () => {
    const nvr = await startOddNvr({ 'POST /meta/addEvent': cut });
    const event = { ChannelID: 1, Type: 'Motion', State: 'once' as const };
    expect(await outcomeOf(nvr.client.call(operations.addEvent, event))).toBe('OUTCOME_UNKNOWN');
    expect(nvr.requests).toEqual(['GET /admin/login', 'POST /admin/login', 'POST /meta/addEvent']);
  });
});

it.each(Object.values<Operation>(operations).filter(({ readBack }) => readBack))(
  '$id is read back by a read',
  (write) => {
    const { by, asks } = write.readBack?.() ?? {};
    expect(by?.effect).toBe('read');
    if (asks) return;
    const given = new Set(parametersOf(write).map(({ name }) => name));
    const needed = by ? parametersOf(by).filter(({ required }) => required) : [];
    expect(needed.filter(({ name }) => !given.has(name))).toEqual([]);
  },
);
