import { describe, expect, it } from '@jest/globals';
import { readConfiguration } from '../../src/homebridge/config.js';

const nvr = { name: 'House', host: '192.168.1.20', username: 'admin', password: 'secret' };
const complete = { ...nvr, port: 80, https: false, outputs: [] };

describe('the configuration', () => {
  it.each<[string, unknown, unknown[]]>([
    ['nothing', undefined, []],
    ['no NVR', { platform: 'EverFocusNVR', name: 'x' }, []],
    ['an empty list', { nvrs: [] }, []],
    ['the least of an NVR', { nvrs: [nvr] }, [complete]],
    ['keys of Homebridge and others', { _bridge: {}, nvrs: [{ ...nvr, note: 1 }] }, [complete]],
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
  ])('with %s is accepted', (_, raw, nvrs) => {
    expect(readConfiguration(raw)).toMatchObject({ nvrs, problems: [] });
  });

  it.each<[string, Record<string, unknown>, string, string, string]>([
    ['no address', { host: '' }, 'MISSING', 'nvrs[0].host', '192.168.1.20'],
    ['a URL', { host: 'http://192.168.1.20' }, 'INVALID', 'nvrs[0].host', 'no "http://"'],
    ['a port in the address', { host: '192.168.1.20:81' }, 'INVALID', 'nvrs[0].host', '"port"'],
    ['no user', { username: undefined }, 'MISSING', 'nvrs[0].username', 'user'],
    ['no password', { password: '' }, 'MISSING', 'nvrs[0].password', 'password'],
    ['a number as password', { password: 123456 }, 'WRONG_TYPE', 'nvrs[0].password', 'in quotes'],
    ['a port in quotes', { port: '80' }, 'WRONG_TYPE', 'nvrs[0].port', '1 to 65535'],
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
    expect(problems).toEqual([{ code, path, message: expect.stringContaining(advice) }]);
    expect(JSON.stringify(problems)).not.toContain('secret');
  });

  it.each<[string, unknown, string, string]>([
    ['the platform is no object', [], '', 'WRONG_TYPE'],
    ['nvrs is no list', { nvrs: nvr }, 'nvrs', 'WRONG_TYPE'],
    ['an NVR is no object', { nvrs: ['192.168.1.20'] }, 'nvrs[0]', 'WRONG_TYPE'],
    ['ffmpeg is no text', { ffmpeg: 1 }, 'ffmpeg', 'WRONG_TYPE'],
  ])('where %s is one problem', (_, raw, path, code) => {
    expect(readConfiguration(raw)).toMatchObject({ nvrs: [], problems: [{ path, code }] });
  });

  it('keeps the first of two NVRs with one address', () => {
    const { nvrs, problems } = readConfiguration({ nvrs: [nvr, { ...nvr, name: 'Twin' }] });
    expect(nvrs).toEqual([complete]);
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
});
