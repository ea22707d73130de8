import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rawCall } from '../../src/shared/wire/raw-request.js';
import { buildRequest, socketPath } from '../../src/shared/wire/request.js';
import { InvalidParameterError } from '../../src/shared/errors.js';
import { defineOperation, json, type ParamsOf, status, Type } from '../../src/shared/sdk/declaration.js';
import { ChannelID } from '../../src/shared/sdk/fields.js';
import { operations, sockets } from '../../src/shared/sdk/index.js';
import { anyText } from '../support/arbitrary.js';

const everyDay = { Map: Array.from({ length: 7 }, () => '+'.repeat(48)) };

describe('the request of an operation', () => {
  it('puts query fields into the path, percent-encoded', () => {
    const path = '/mnt/disk1/snap shot/1&2.jpg';
    expect(buildRequest(operations.downloadSnapshot, { snapshot: path })).toEqual({
      method: 'GET',
      path: '/device/download/?snapshot=%2Fmnt%2Fdisk1%2Fsnap%20shot%2F1%262.jpg',
    });
  });

  it('puts body fields into a JSON body', () => {
    expect(buildRequest(operations.pinManualSetting, { pinID: 5, pinValue: 1 })).toEqual({
      method: 'POST',
      path: '/dio/pinManualSetting',
      headers: { 'content-type': 'application/json' },
      body: '{"pinID":5,"pinValue":1}',
    });
  });

  it('joins a list in the query by bare commas (6.4)', () => {
    const params = { ChannelID: [1, 2, 12], GroupID: 'Alarm' };
    expect(buildRequest(operations.getSchedulesByGroupMultiChannels, params).path).toMatch(
      /\?ChannelID=1,2,12&GroupID=Alarm$/,
    );
  });

  it('gives settings that only the device knows back to it (7.8)', () => {
    const ddns = { active: true, domain: 'xnvr', port: 1680 };
    const { body } = buildRequest(operations.setDDNS, { ...ddns, interval: 5 });
    expect(JSON.parse(body as string)).toEqual({ ...ddns, interval: 5 });
  });

  it('gives back what a device names oddly', () => {
    const settings = JSON.parse('{"active":true,"domain":"x","port":1,"__proto__":{"a":1}}') as Record<string, unknown>;
    expect(buildRequest(operations.setDDNS, settings).body).toContain('"__proto__":{"a":1}');
  });

  it('takes entries that the group of a schedule need not have: a device may tell them, too (6.1)', () => {
    const entries = { Normal: everyDay, Motion: everyDay, InputAlarm: everyDay, Intellegent: everyDay };
    const { body } = buildRequest(operations.setScheduleByGroup, { ChannelID: 1, GroupID: 'Email', ...entries });
    expect(JSON.parse(body as string)).toEqual(entries);
  });

  it.each([
    ['a missing parameter', operations.cameraDetail, {}, 'ChannelID'],
    ['a number as text', operations.cameraDetail, { ChannelID: '1' }, 'ChannelID'],
    ['a channel below the range', operations.cameraDetail, { ChannelID: 0 }, 'ChannelID'],
    ['a parameter that does not exist', operations.cameraList, { ChannelID: 1 }, 'ChannelID'],
    ['a word outside the enum', operations.addEvent, { ChannelID: 1, Type: 'Motion', State: 'on' }, 'State'],
    [
      'a bad item in a list',
      operations.searchSnapshotPath,
      { channels: [1, 'x'], startTime: 1, endTime: 2 },
      'channels/1',
    ],
    [
      'milliseconds where seconds are due',
      operations.searchSnapshotPath,
      { channels: [1], startTime: 1.7e12, endTime: 2 },
      'startTime',
    ],
    ['an empty list in the query', operations.getSchedulesByGroupMultiChannels, { ChannelID: [] }, 'ChannelID'],
    [
      'a schedule without an entry that its group needs',
      operations.setScheduleByGroup,
      { ChannelID: 1, GroupID: 'Email', Motion: everyDay, InputAlarm: everyDay, Intellegent: undefined },
      'Intellegent',
    ],
    [
      'a schedule among several without an entry that its group needs',
      operations.setScheduleByGroupMultiChannels,
      { body: [{ channel: 1, group: 'Snapshot', schedules: { Motion: everyDay, InputAlarm: everyDay } }] },
      'body/0/schedules/Normal',
    ],
    [
      'a misspelt field within a list',
      operations.startTour,
      { ChannelID: 1, picked_presets: [{ name: 'Gate', preset_token: '1', time: 10, tiem: 5 }] },
      'picked_presets/0/tiem',
    ],
    [
      'what only the reply has',
      operations.setVideoEncoderConfiguration,
      { body: [{ ch: 1, mainsub: 0, Configuration: { vendor: 1 }, Options: {} }] },
      'body/0/Options',
    ],
    [
      'a day of 47 half-hours',
      operations.setScheduleByGroup,
      { ChannelID: 1, GroupID: 'FTP', Normal: { Map: ['-'.repeat(47)] }, Motion: everyDay, InputAlarm: everyDay },
      'Normal/Map/0',
    ],
    [
      'an address that is none',
      operations.setIPFilter,
      { active: true, mode: 0, blacklist: ['10.0.0.1', '10.0.0.256'], whitelist: [] },
      'blacklist/1',
    ],
    ['half a character in the query', operations.downloadSnapshot, { snapshot: 'a\ud800' }, 'snapshot'],
    ['a value that is no JSON', operations.setDDNS, { active: true, domain: 'x', port: 1, odd: 1n }, ''],
    ['parameters that are a list', operations.cameraList, JSON.parse('[]') as Record<string, unknown>, ''],
    ['parameters that are nothing', operations.cameraList, null as unknown as Record<string, unknown>, ''],
  ])('refuses %s with the path of the field', (_case, operation, params, path) => {
    expect(() => buildRequest(operation, params)).toThrow(InvalidParameterError);
    expect(() => buildRequest(operation, params)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER', path }));
  });
});

/** The declaration form has to carry the whole document: one sample of each peculiar kind. */
describe('the declaration form', () => {
  const base = { title: '', description: '', effect: 'write', reply: status } as const;

  it('fills in the constants of one path that serves several operations (2.12)', () => {
    const gotoPreset = defineOperation({
      ...base,
      id: 'gotoPreset',
      section: '2.12',
      domain: 'ptz',
      method: 'POST',
      path: '/device/ptzControl',
      query: Type.Object({ ChannelID }),
      body: Type.Object({
        command: Type.Literal('goto_preset'),
        parameters: Type.Object({ preset_token: Type.String(), speed: Type.Optional(Type.Number({ maximum: 1 })) }),
      }),
    });
    const params: ParamsOf<typeof gotoPreset> = { ChannelID: 2, parameters: { preset_token: 'p1' } };
    expect(buildRequest(gotoPreset, params)).toMatchObject({
      path: '/device/ptzControl?ChannelID=2',
      body: '{"command":"goto_preset","parameters":{"preset_token":"p1"}}',
    });
  });

  it('sends a POST without a body whose Result is the payload (2.17)', () => {
    const getNetworkInterfaces = defineOperation({
      ...base,
      id: 'getNetworkInterfaces',
      section: '2.17',
      domain: 'camera',
      method: 'POST',
      path: '/device/getNetworkInterfaces',
      query: Type.Object({ ChannelID }),
      reply: { as: 'result', schema: Type.Object({}) },
      effect: 'read',
    });
    expect(buildRequest(getNetworkInterfaces, { ChannelID: 2 })).toEqual({
      method: 'POST',
      path: '/device/getNetworkInterfaces?ChannelID=2',
    });
  });

  it('tells a body field from a query field of the same name (2.6)', () => {
    const updateCamera = defineOperation({
      ...base,
      id: 'updateCamera',
      section: '2.6',
      domain: 'camera',
      method: 'POST',
      path: '/device/updateCamera',
      query: Type.Object({ ChannelID }),
      body: Type.Object({ ChannelID: Type.Optional(ChannelID), DeviceName: Type.Optional(Type.String()) }),
      renamed: { ChannelID: 'moveToChannelID' },
    });
    expect(buildRequest(updateCamera, { ChannelID: 2, DeviceName: 'Gate' })).toMatchObject({
      path: '/device/updateCamera?ChannelID=2',
      body: '{"DeviceName":"Gate"}',
    });
    const moved: ParamsOf<typeof updateCamera> = { ChannelID: 2, moveToChannelID: 3 };
    expect(buildRequest(updateCamera, moved)).toMatchObject({ body: '{"ChannelID":3}' });
  });

  it('sends a list as the body of a GET (7.3)', () => {
    const forgetWifi = defineOperation({
      ...base,
      id: 'forgetWifi',
      section: '7.3',
      domain: 'network',
      method: 'GET',
      path: '/network/forgetWifi',
      body: Type.Array(Type.Object({ wifiSSID: Type.String() })),
      reply: json(Type.Unknown()),
    });
    const params: ParamsOf<typeof forgetWifi> = { body: [{ wifiSSID: 'Attic' }] };
    expect(buildRequest(forgetWifi, params)).toMatchObject({
      method: 'GET',
      body: '[{"wifiSSID":"Attic"}]',
    });
  });

  it.each([
    ['panLeft', { ChannelID: 1 }, { command: 'pan_left', speed: 0.5 }],
    ['panLeft', { ChannelID: 1, speed: 0 }, { command: 'pan_left', speed: 0 }],
    ['stopMove', { ChannelID: 1 }, { command: 'stop' }],
    [
      'searchSnapshotPath',
      { channels: [1], startTime: 0, endTime: 1 },
      { channels: [1], startTime: 0, endTime: 1, types: ['Manual', 'Normal', 'Motion', 'InputAlarm'] },
    ],
  ] as const)('leaves nothing open to the NVR that the document does: %s %j', (id, params, body) => {
    expect(JSON.parse(String(buildRequest(operations[id], params).body))).toEqual(body);
  });

  it('does not set motion detection without its switch (10.16)', () => {
    const body = [{ channel: 1, mainsub: 0, sensitivity: 5 }];
    expect(() => buildRequest(operations.setAnalyticsMotionSettings, { body })).toThrow('body/0/switch: is required');
  });

  it('sends form fields as multipart, byte for byte (8.3)', () => {
    const uploadCertificate = defineOperation({
      ...base,
      id: 'uploadCertificate',
      section: '8.3',
      domain: 'network',
      method: 'POST',
      path: '/https/uploadCertificate',
      body: Type.Object({ key: Type.String(), cert: Type.String() }),
      bodyEncoding: 'multipart',
    });
    fc.assert(
      fc.property(anyText(), fc.string({ unit: fc.constantFrom('\r', '\n', '\r\n', 'A', '-') }), (key, cert) => {
        const { body, headers } = buildRequest(uploadCertificate, { key, cert });
        const boundary = /^multipart\/form-data; boundary=([-\w]+)$/.exec(headers?.['content-type'] ?? '')?.[1];
        const part = (name: string, value: string) =>
          `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
        expect(String(body)).toBe(`${part('key', key)}${part('cert', cert)}--${boundary}--\r\n`);
      }),
    );
  });
});

describe('the path of a socket', () => {
  it('is filled from its parameters, which are checked', () => {
    expect(socketPath(sockets.live, { ChannelID: 3, StreamID: 1 })).toBe('/live/3/1');
    expect(() => socketPath(sockets.live, { ChannelID: 3, StreamID: 2 })).toThrow(InvalidParameterError);
  });
});

describe('the body of a raw request', () => {
  const asked = (body: unknown) => rawCall({ method: 'POST', path: '/x', body }).wire.body;

  it('is written, or refused as a parameter, whatever a flow puts into it', () => {
    const odd = fc.constantFrom<unknown>(
      1n,
      Symbol.iterator,
      new Map([[1, 2]]),
      { toJSON: () => JSON.parse('{') as unknown },
      Object.defineProperty({}, 'trap', { enumerable: true, get: () => JSON.parse('{') as unknown }),
      new Proxy({}, { ownKeys: () => JSON.parse('{') as string[] }),
      new Date(NaN),
      Buffer.alloc(3),
    );
    const nested = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        fc.anything(),
        odd,
        fc.array(tie('node')),
        fc.dictionary(fc.string(), tie('node')),
      ),
    })).node;
    fc.assert(
      fc.property(nested, (body) => {
        try {
          const text = asked(body);
          if (text !== undefined) JSON.parse(text as string);
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_PARAMETER', path: 'body' });
        }
      }),
    );
  });

  it('is no file: bytes and endless lists are refused before they are written', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    let deep: object = {};
    for (let depth = 0; depth < 100_000; depth++) deep = { deep };
    // Told by JSON.stringify, which writes what is in front of the bytes first.
    let written = 0;
    const watch = { toJSON: () => (written += 1) };
    const list = new Array<unknown>(1e7).fill(0).with(0, watch);
    for (const body of [Buffer.alloc(50e6), { watch, a: [new Uint8Array(50e6)] }, list, cyclic, deep]) {
      expect(() => asked(body)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER', path: 'body' }));
    }
    expect(written).toBe(0);
  });
});
