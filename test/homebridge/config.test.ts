import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { describeProblem, plainCamera, readConfiguration } from '../../src/homebridge/config.js';

const nvr = { name: 'House', host: '192.168.1.20', username: 'admin', password: 'secret' };
const complete = {
  ...nvr,
  port: 80,
  https: false,
  recording: true,
  instant: true,
  faults: false,
  past: false,
  outputs: [],
  inputs: [],
  cameras: [],
};

describe('the configuration', () => {
  it.each<[string, unknown, unknown[]]>([
    ['nothing', undefined, []],
    ['no NVR', { platform: 'EverFocusNVR', name: 'x' }, []],
    ['an empty list', { nvrs: [] }, []],
    ['the least of an NVR', { nvrs: [nvr] }, [complete]],
    ['keys of Homebridge and comments', { _bridge: {}, nvrs: [{ ...nvr, '//': 1 }] }, [complete]],
    ['no name', { nvrs: [{ ...nvr, name: undefined }] }, [{ ...complete, name: '192.168.1.20' }]],
    ['https', { nvrs: [{ ...nvr, https: true }] }, [{ ...complete, https: true, port: 443 }]],
    ['https and a port', { nvrs: [{ ...nvr, https: true, port: 8443 }] }, [{ ...complete, https: true, port: 8443 }]],
    ['emptied fields', { nvrs: [{ ...nvr, port: null, fingerprint: '' }] }, [complete]],
    ['an IPv6 address', { nvrs: [{ ...nvr, host: 'fe80::1' }] }, [{ ...complete, host: 'fe80::1' }]],
    ['two ports of a host', { nvrs: [nvr, { ...nvr, port: 81 }] }, [complete, { ...complete, port: 81 }]],
    [
      'outputs',
      { nvrs: [{ ...nvr, outputs: [{ pin: 5, name: 'Gate', pulse: 0.5 }, { pin: 6 }] }] },
      [{ ...complete, outputs: [{ pin: 5, name: 'Gate', pulse: 0.5 }, { pin: 6 }] }],
    ],
    [
      'inputs',
      {
        nvrs: [
          {
            ...nvr,
            inputs: [
              { pin: 1, name: 'Door', contact: ' Closed' },
              { pin: 2, contact: 'none' },
            ],
          },
        ],
      },
      [
        {
          ...complete,
          inputs: [
            { pin: 1, name: 'Door', contact: 'closed' },
            { pin: 2, contact: 'none' },
          ],
        },
      ],
    ],
    [
      'cameras',
      {
        nvrs: [
          {
            ...nvr,
            cameras: [
              { channel: 1, doorbell: 'Input 3' },
              { channel: 2, doorbell: 'input', motion: ' Motion;Intellegent, motion,', hold: '30', occupancy: 300 },
              { channel: 3, doorbell: 'Tag', talk: 'On ' },
              { channel: 4, name: ' Gate ', hidden: 'yes', sound: 'off', recording: 'off' },
              { channel: 6, tamper: 'Shelter, Tamper', manualRecord: 'Switch' },
              { channel: 5, name: '', hidden: 'no', sound: 'on', recording: 'on' },
            ],
          },
        ],
      },
      [
        {
          ...complete,
          cameras: [
            { ...plainCamera(1), doorbell: { by: 'pin', pin: 3 } },
            {
              ...plainCamera(2),
              doorbell: { by: 'event', type: 'InputAlarm' },
              motion: ['motion', 'Intellegent'],
              hold: 30,
              occupancy: 300,
            },
            { ...plainCamera(3), doorbell: { by: 'event', type: 'Tag' }, talk: true },
            { ...plainCamera(4), name: 'Gate', hidden: true, sound: false, recording: false },
            { ...plainCamera(6), tamper: ['Shelter', 'Tamper'], manualRecord: true },
            plainCamera(5),
          ],
        },
      ],
    ],
  ])('with %s is accepted', (_, raw, nvrs) => {
    expect(readConfiguration(raw)).toMatchObject({ nvrs, problems: [], advice: [] });
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['blanks around a text', { host: ' 192.168.1.20 ', username: 'admin\n', name: ' House' }, {}],
    ['a password with blanks', { password: ' a b ' }, { password: ' a b ' }],
    ['the address of its web page', { host: 'http://192.168.1.20/' }, {}],
    ['a port in it', { host: 'http://192.168.1.20:8080/' }, { port: 8080 }],
    ['a port behind the address', { host: '192.168.1.20:8080' }, { port: 8080 }],
    ['one port twice', { host: '192.168.1.20:8080', port: 8080 }, { port: 8080 }],
    ['HTTPS in it', { host: 'HTTPS://nvr.lan', https: false }, { host: 'nvr.lan', https: true, port: 443 }],
    ['HTTPS and a port in it', { host: 'https://nvr.lan:8443/' }, { host: 'nvr.lan', https: true, port: 8443 }],
    ['http in it, and HTTPS set', { host: 'http://nvr.lan', https: true }, { host: 'nvr.lan', https: true, port: 443 }],
    ['an IPv6 address in brackets', { host: 'https://[fe80::1]:8443' }, { host: 'fe80::1', https: true, port: 8443 }],
    ['digits in quotes', { port: ' 81 ' }, { port: 81 }],
    ['recording switched off', { recording: false }, { recording: false }],
    ['true in quotes', { https: 'true' }, { https: true, port: 443 }],
    ['digits of an output in quotes', { outputs: [{ pin: '5', pulse: '1.5' }] }, { outputs: [{ pin: 5, pulse: 1.5 }] }],
    [
      'a fingerprint as browsers show it',
      { https: true, fingerprint: `sha256 ${'ab '.repeat(32)}` },
      { https: true, port: 443, fingerprint: Array(32).fill('AB').join(':') },
    ],
  ])('with %s is understood', (_, written, meant) => {
    expect(readConfiguration({ nvrs: [{ ...nvr, ...written }] })).toMatchObject({
      nvrs: [{ ...complete, ...meant }],
      problems: [],
    });
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ['a user in the address', { host: 'http://admin:secret@192.168.1.20' }, 'nvrs[0].host', '192.168.1.20'],
    ['a path in the address', { host: '192.168.1.20/index.html' }, 'nvrs[0].host', '192.168.1.20'],
    ['a fingerprint without HTTPS', { fingerprint: 'ab'.repeat(32) }, 'nvrs[0].fingerprint', 'HTTPS'],
    ['a misspelt key', { Output: [] }, 'nvrs[0].Output', '"outputs"'],
    ['a key of its own', { colour: 1 }, 'nvrs[0].colour', 'not used'],
    ['a blank at the end of the password', { password: 'secret ' }, 'nvrs[0].password', 'blank'],
  ])('with %s is used, and that is told', (_, written, path, words) => {
    const { nvrs, problems, advice } = readConfiguration({ nvrs: [{ ...nvr, ...written }] });
    expect(nvrs).toMatchObject([{ host: '192.168.1.20' }]);
    expect(problems).toEqual([]);
    expect(advice).toEqual([expect.objectContaining({ path, message: expect.stringContaining(words) })]);
    expect(JSON.stringify(advice)).not.toContain('secret');
  });

  it.each<[string, Record<string, unknown>, string, string, string]>([
    ['no address', { host: '' }, 'MISSING', 'nvrs[0].host', '192.168.1.20'],
    ['no address in the address', { host: 'ftp://192.168.1.20' }, 'INVALID', 'nvrs[0].host', '192.168.1.20'],
    ['words as address', { host: 'the recorder' }, 'INVALID', 'nvrs[0].host', 'host name alone'],
    ['two ports', { host: '192.168.1.20:81', port: 80 }, 'INVALID', 'nvrs[0].port', 'one of the two'],
    ['no user', { username: undefined }, 'MISSING', 'nvrs[0].username', 'user'],
    ['no password', { password: '' }, 'MISSING', 'nvrs[0].password', 'password'],
    ['a number as password', { password: 123456 }, 'WRONG_TYPE', 'nvrs[0].password', 'in quotes'],
    ['words as port', { port: 'eighty' }, 'WRONG_TYPE', 'nvrs[0].port', '1 to 65535'],
    ['a port out of range', { port: 70000 }, 'OUT_OF_RANGE', 'nvrs[0].port', '1 to 65535'],
    ['a broken port', { port: 80.5 }, 'WRONG_TYPE', 'nvrs[0].port', 'whole number'],
    ['https in quotes', { https: 'yes' }, 'WRONG_TYPE', 'nvrs[0].https', 'true or false'],
    ['a short fingerprint', { fingerprint: 'AB:CD' }, 'INVALID', 'nvrs[0].fingerprint', 'SHA-256'],
  ])('with %s leaves that NVR out and says what to do', (_, wrong, code, path, advice) => {
    const { nvrs, problems } = readConfiguration({
      nvrs: [
        { ...nvr, ...wrong },
        { ...nvr, host: 'other' },
      ],
    });
    expect(nvrs).toEqual([{ ...complete, host: 'other' }]);
    expect(problems).toEqual([expect.objectContaining({ code, path, message: expect.stringContaining(advice) })]);
    expect(problems.map(describeProblem).join()).toMatch(/^Configuration: NVR 1 "House", [A-Z]/);
    expect(JSON.stringify(problems)).not.toContain('secret');
  });

  it.each<[string, unknown, string, string]>([
    ['the platform is no object', [], '', 'WRONG_TYPE'],
    ['nvrs is no list', { nvrs: nvr }, 'nvrs', 'WRONG_TYPE'],
    ['an NVR is no object', { nvrs: ['192.168.1.20'] }, 'nvrs[0]', 'WRONG_TYPE'],
    ['ffmpeg is no text', { ffmpeg: 1 }, 'ffmpeg', 'WRONG_TYPE'],
    ['the NVR stands at the top', nvr, 'host', 'INVALID'],
  ])('where %s is one problem', (_, raw, path, code) => {
    expect(readConfiguration(raw)).toMatchObject({ nvrs: [], problems: [{ path, code }] });
  });

  it.each<[string, unknown, object | undefined, readonly string[]]>([
    ['nothing', undefined, undefined, []],
    ['what a form leaves behind', { site: 'home', homeAssistant: 'on', url: ' ' }, undefined, []],
    [
      'a broker',
      { url: 'mqtt://10.0.0.2' },
      { url: 'mqtt://10.0.0.2', site: 'home', homeAssistant: true, outputs: false },
      [],
    ],
    ['a password in the address', { url: 'mqtt://me:secret@10.0.0.2' }, undefined, ['mqtt.url']],
    ['no address for a user', { username: 'me' }, undefined, ['mqtt.url']],
    ['no object', 'mqtt://10.0.0.2', undefined, ['mqtt']],
  ])('MQTT: %s', (_, mqtt, expected, places) => {
    const read = readConfiguration({ nvrs: [nvr], mqtt });
    expect(read.mqtt).toEqual(expected);
    expect(read.nvrs).toHaveLength(1);
    expect([...read.problems, ...read.advice].map(({ path }) => path)).toEqual(places);
    expect(JSON.stringify([read.problems, read.advice])).not.toContain('secret');
  });

  it('of one NVR at the top says where it belongs, and shows no secret', () => {
    const { problems, advice } = readConfiguration({ platform: 'EverFocusNVR', ...nvr, port: 80 });
    expect(problems.map(describeProblem)).toEqual([
      expect.stringContaining('"nvrs": [{ "name": "Garage", "host": …, "username": …, "password": …, "port": … }]'),
    ]);
    expect(advice).toEqual([]);
    expect(JSON.stringify(problems)).not.toContain('secret');
  });

  it('with talk and no sound says so: HomeKit has no talk without it', () => {
    const cameras = [{ channel: 1, talk: 'on', sound: 'off' }];
    const { nvrs, problems, advice } = readConfiguration({ nvrs: [{ ...nvr, cameras }] });
    expect(nvrs[0]?.cameras).toEqual([{ ...plainCamera(1), sound: false }]);
    expect(problems).toEqual([]);
    expect(advice).toMatchObject([
      { path: 'nvrs[0].cameras[0].talk', message: expect.stringContaining('is not used') },
    ]);
  });

  it('with outputs that are no list says so, and keeps the cameras', () => {
    const { nvrs, problems } = readConfiguration({ nvrs: [{ ...nvr, outputs: { pin: 5 } }] });
    expect(nvrs).toEqual([complete]);
    expect(problems).toMatchObject([{ code: 'WRONG_TYPE', path: 'nvrs[0].outputs' }]);
  });

  it('never throws, and says something of whatever is not used', () => {
    const keys = ['name', 'host', 'username', 'password', 'https', 'port', 'fingerprint', 'outputs', 'other'];
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.jsonValue({ maxDepth: 2 }));
    const entry = fc.oneof(value, fc.dictionary(fc.constantFrom(...keys), value));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 3 }), (nvrs) => {
        const { nvrs: used, problems } = readConfiguration({ nvrs });
        const told = new Set(problems.map(({ path }) => /^nvrs\[\d+\]/.exec(path)?.[0]));
        expect(used.length + told.size).toBeGreaterThanOrEqual(nvrs.length);
        for (const problem of problems) expect(describeProblem(problem)).toMatch(/^Configuration: ./);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['as it is', {}],
    ['in another spelling', { host: ' http://192.168.1.20:80/ ' }],
  ])('keeps the first of two NVRs with one address, written %s', (_, spelling) => {
    const { nvrs, problems } = readConfiguration({ nvrs: [nvr, { ...nvr, ...spelling, name: 'Twin' }] });
    expect(nvrs).toEqual([complete]);
    expect(problems.map(describeProblem).join()).toMatch(/NVR 2 "Twin".*"House"/);
    expect(problems).toMatchObject([{ code: 'DUPLICATE', path: 'nvrs[1].host' }]);
  });

  it.each<[Record<string, unknown>, string, string]>([
    [{ name: 'Gate' }, 'MISSING', 'pin'],
    [{ pin: 0 }, 'OUT_OF_RANGE', 'pin'],
    [{ pin: 5, pulse: 0 }, 'OUT_OF_RANGE', 'pulse'],
    [{ pin: 6 }, 'DUPLICATE', 'pin'],
  ])('leaves out the output %j, not the NVR', (output, code, key) => {
    const { nvrs, problems } = readConfiguration({ nvrs: [{ ...nvr, outputs: [{ pin: 6 }, output] }] });
    expect(nvrs).toEqual([{ ...complete, outputs: [{ pin: 6 }] }]);
    expect(problems).toMatchObject([{ code, path: `nvrs[0].outputs[1].${key}` }]);
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    [
      'a doorbell that nothing can ring',
      { cameras: [{ channel: 1, doorbell: 'input 0' }] },
      'INVALID',
      'cameras[0].doorbell',
    ],
    [
      'a doorbell of a sentence',
      { cameras: [{ channel: 1, doorbell: 'the button!' }] },
      'INVALID',
      'cameras[0].doorbell',
    ],
    ['motion of nothing', { cameras: [{ channel: 1, motion: ',;' }] }, 'INVALID', 'cameras[0].motion'],
    ['no camera', { cameras: [{ hold: 3 }] }, 'MISSING', 'cameras[0].channel'],
    ['a hold without end', { cameras: [{ channel: 1, hold: 1e9 }] }, 'OUT_OF_RANGE', 'cameras[0].hold'],
    ['a word of no choice', { cameras: [{ channel: 1, hidden: 'true' }] }, 'INVALID', 'cameras[0].hidden'],
    ['one camera twice', { cameras: [{ channel: 1 }, { channel: '1' }] }, 'DUPLICATE', 'cameras[1].channel'],
    ['one input twice', { inputs: [{ pin: 1 }, { pin: 1 }] }, 'DUPLICATE', 'inputs[1].pin'],
    ['an input of a strange contact', { inputs: [{ pin: 1, contact: 'NC' }] }, 'INVALID', 'inputs[0].contact'],
    ['inputs that are no list', { inputs: 'all' }, 'WRONG_TYPE', 'inputs'],
  ])('keeps an NVR with %s, and tells', (_, written, code, path) => {
    const { nvrs, problems } = readConfiguration({ nvrs: [{ ...nvr, ...written }] });
    expect(nvrs).toHaveLength(1);
    expect(problems).toMatchObject([{ code, path: `nvrs[0].${path}` }]);
  });
});
