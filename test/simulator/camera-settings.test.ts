import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { Visitor } from './visitor.js';

let simulator: Simulator;
let visitor: Visitor;
beforeEach(async () => {
  simulator = await Simulator.start({ cameras: 2 });
  visitor = await Visitor.loggedIn(simulator);
});
afterEach(() => simulator.stop());

describe("A simulated camera's network", () => {
  const information = async (channel = 1) => {
    const { json } = await visitor.send('POST', `/device/getNetworkInterfaces?ChannelID=${channel}`);
    return (json as { Result: Record<string, unknown> }).Result;
  };
  const interfaces = (Config: object, more: object = {}) => ({
    NetworkInterfaces: { $: { token: 'eth0' }, Enabled: 'true', IPv4: { Enabled: 'true', Config }, ...more },
  });
  const set = async (what: string, body: object) => (await visitor.post(`/device/${what}?ChannelID=1`, body)).json;
  const manual = { DHCP: 'false', Manual: { Address: '10.1.2.3', PrefixLength: '20' } };

  it('has the address that the NVR knows the camera by', async () => {
    const gateways = [{ IPv4Address: '10.1.2.1' }, { IPv4Address: '10.1.2.2' }];
    expect(await set('setNetworkInterfaces', interfaces(manual, { MTU: '1400', NetworkGateway: gateways }))).toEqual({
      Result: 'OK',
    });
    expect(await information()).toMatchObject({
      NetworkInterfaces: { Info: { MTU: '1400' }, IPv4: { Config: manual } },
      NetworkGateway: gateways,
    });
    expect((await visitor.get('/device/cameraDetail?ChannelID=1')).json).toMatchObject({
      IPAddress: '10.1.2.3',
      SubnetMask: '255.255.240.0',
    });
    expect(await information(2)).toMatchObject({
      NetworkInterfaces: { IPv4: { Config: { Manual: { Address: '192.168.33.22', PrefixLength: '24' } } } },
      NetworkGateway: { IPv4Address: '192.168.33.254' },
    });
  });

  it('keeps its address with DHCP', async () => {
    await set('setNetworkInterfaces', interfaces({ DHCP: 'true' }));
    expect(await information()).toMatchObject({
      NetworkInterfaces: { IPv4: { Config: { DHCP: 'true', Manual: { Address: '192.168.33.21' } } } },
    });
  });

  it('keeps DNS and NTP', async () => {
    const DNSInformation = { FromDHCP: 'false', DNSManual: [{ Type: 'IPv4', IPv4Address: '8.8.8.8' }] };
    const NTPInformation = { FromDHCP: 'false', NTPManual: { Type: 'IPv4', DNSname: '192.168.1.1' } };
    await set('setDNS', { DNSInformation });
    await set('setNTP', { NTPInformation });
    expect(await information()).toMatchObject({ DNSInformation, NTPInformation });
    await set('setDNS', { DNSInformation: { FromDHCP: 'true' } });
    expect(await information()).toMatchObject({ NTPInformation: { NTPManual: { IPv4Address: '192.168.1.1' } } });
    await set('setNTP', { NTPInformation: { FromDHCP: 'true' } });
    expect(await information()).toMatchObject({
      DNSInformation: { FromDHCP: 'true' },
      NTPInformation: { FromDHCP: 'true' },
    });
  });

  it.each([
    ['setNetworkInterfaces', interfaces({ DHCP: 'false' }), /Manual/],
    ['setNetworkInterfaces', interfaces(manual, { $: { token: 'eth7' } }), /no such interface/],
    ['setNetworkInterfaces', interfaces({ ...manual, Manual: { Address: '10.1.2', PrefixLength: '20' } }), /Address/],
    ['setNetworkInterfaces', interfaces({ ...manual, DHCP: false }), /DHCP/],
    ['setDNS', { DNSInformation: { FromDHCP: 'false' } }, /DNSManual/],
    ['setNTP', { NTPInformation: { FromDHCP: 'false' } }, /NTPManual/],
  ])('refuses %s %j', async (what, body, why) => {
    const before = await information();
    expect(await set(what, body)).toEqual({ Result: 'Error', Description: expect.stringMatching(why) });
    expect(await information()).toEqual(before);
  });
});

describe("A simulated camera's encoder", () => {
  interface Stream {
    ch: number;
    mainsub: number;
    Configuration: Record<string, object>;
  }
  const read = async (ch: number, mainsub: number) => {
    const { json } = await visitor.post('/device/GetVideoEncoderConfigurations', [{ ch, mainsub }]);
    const [stream] = (json as { Result: [Stream] }).Result;
    return stream;
  };
  const write = async (...streams: Stream[]) =>
    (await visitor.post('/device/SetVideoEncoderConfiguration', streams)).json;
  const changed = async (change: object, mainsub = 0) => {
    const { Configuration } = await read(1, mainsub);
    return { ch: 1, mainsub, Configuration: { ...Configuration, ...change } as Stream['Configuration'] };
  };

  it('says what is streamed, until it is told otherwise', async () => {
    expect(await read(1, 0)).toMatchObject({
      Configuration: { Encoding: 'H264', Resolution: { Width: '1280', Height: '720' } },
    });
    expect(await read(1, 1)).toMatchObject({
      Configuration: { $: { token: 'VideoEncoderToken_2' }, Resolution: { Width: '640', Height: '360' } },
    });
  });

  it('keeps what is set, of that stream alone', async () => {
    const others = [await read(1, 1), await read(2, 0)];
    const RateControl = { FrameRateLimit: '30', EncodingInterval: '1', BitrateLimit: '4096' };
    const change = { Resolution: { Width: '1920', Height: '1080' }, Quality: '3', RateControl, AudioEnabled: false };
    expect(await write(await changed(change))).toEqual({ Result: 'OK' });
    expect((await read(1, 0)).Configuration).toMatchObject(change);
    expect([await read(1, 1), await read(2, 0)]).toEqual(others);
  });

  it.each([
    [{ Encoding: 'MPEG4' }, 'Encoding=MPEG4'],
    [{ Resolution: { Width: '640', Height: '480' } }, 'Resolution=640x480'],
    [{ Quality: '6' }, 'Quality=6'],
    [{ Quality: '' }, 'not all of it'],
    [{ RateControl: { FrameRateLimit: '31', EncodingInterval: '1', BitrateLimit: '4096' } }, 'FrameRateLimit=31'],
    [{ RateControl: { FrameRateLimit: '30', EncodingInterval: '2', BitrateLimit: '4096' } }, 'EncodingInterval=2'],
    [{ RateControl: { FrameRateLimit: '30', EncodingInterval: '1', BitrateLimit: '255' } }, 'BitrateLimit=255'],
    [{ H264: { GovLength: '101', H264Profile: 'Main' } }, 'GovLength=101'],
    [{ H264: { GovLength: '60', H264Profile: 'Ultra' } }, 'H264Profile=Ultra'],
    [{ $: { token: 'VideoEncoderToken_9' } }, 'no such encoder'],
    [{ RateControl: undefined }, 'not all of it'],
  ])('refuses %j, and sets none of the streams of that call', async (change, why) => {
    const good = await changed({ Quality: '1' }, 1);
    expect(await write(good, await changed(change))).toEqual({
      Result: 'Error',
      Description: expect.stringContaining(why),
    });
    expect((await read(1, 1)).Configuration['Quality']).toBe('5');
  });

  it.each([
    ['H.265, both streams', {}, ['H265', 'H265']],
    ['H.265 with a small stream of H.264', { subCodec: 'h264' }, ['H265', 'H264']],
  ] as const)('of a camera that films in %s, offers that', async (_, options, names) => {
    await using modern = await Simulator.start({ cameras: 1, codec: 'h265', ...options });
    const guest = await Visitor.loggedIn(modern);
    for (const [mainsub, name] of names.entries()) {
      const { json } = await guest.post('/device/GetVideoEncoderConfigurations', [{ ch: 1, mainsub }]);
      expect(json).toMatchObject({ Result: [{ Configuration: { Encoding: name }, Options: { codecs: [{ name }] } }] });
    }
  });
});
