import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDeviceInfo } from '../../src/shared/discovery/device-info.js';
import { inquiry } from '../../src/shared/discovery/inquiry.js';
import { broadcastAddress } from '../../src/shared/discovery/network-interfaces.js';
import { discover, type DiscoverOptions, ManualClock, type NetworkInterface } from '../../src/shared/index.js';
import { Simulator, type SimulatorOptions } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import { anyText } from '../support/arbitrary.js';

const loopback: NetworkInterface = { name: 'lo', address: '127.0.0.1', netmask: '255.0.0.0', mac: '02:00:00:00:00:01' };
const document = `<DeviceInfo version='1.0'>
    <HttpPort>80</HttpPort>
    <DeviceName>AiO NVR</DeviceName>
    <ModelName>undefined</ModelName>
    <FwVer>1.0.25-201911271625</FwVer>
    <Category>NVR</Category>
    <Ipv4>
        <Addr>192.168.33.167</Addr>
        <Mask>255.255.255.0</Mask>
    </Ipv4>
    <MacAddr>00:04:4b:e6:32:f7</MacAddr>
    <IPChannels>8</IPChannels>
    <AnalogChannels>0</AnalogChannels>
</DeviceInfo>`;

it('asks with the 22 bytes of the document, in either byte order', () => {
  expect(inquiry('00:11:22:33:44:55').toString('hex')).toBe(
    '26982334' + '0401' + '001122334455' + 'ffffffffffff' + '01000000',
  );
  expect(inquiry('00:11:22:33:44:55', true).toString('hex', 0, 6)).toBe('34239826' + '0104');
});

it.each([
  ['192.168.33.7', '255.255.255.0', '192.168.33.255'],
  ['10.1.2.3', '255.255.240.0', '10.1.15.255'],
  ['127.0.0.1', '255.0.0.0', '127.255.255.255'],
])('reaches everybody behind %s/%s by %s', (address, netmask, broadcast) => {
  expect(broadcastAddress({ ...loopback, address, netmask })).toBe(broadcast);
});

describe('an answer', () => {
  const read = (text: string) => readDeviceInfo(Buffer.from(text), '10.0.0.9');

  it('is read as the document has it; the text "undefined" is no name', () => {
    expect(read(document)).toEqual({
      ...{ address: '192.168.33.167', port: 80, name: 'AiO NVR', firmware: '1.0.25-201911271625', category: 'NVR' },
      ...{ netmask: '255.255.255.0', mac: '00:04:4b:e6:32:f7', ipChannels: 8, analogChannels: 0 },
    });
  });

  it('may stand behind a header, have entities, or lack nearly everything', () => {
    expect(readDeviceInfo(Buffer.concat([inquiry(loopback.mac), Buffer.from(document)]), '')?.mac).toBe(
      '00:04:4b:e6:32:f7',
    );
    expect(read('<DeviceInfo><DeviceName>A &amp; B &#228;&#x41;</DeviceName></DeviceInfo>')).toEqual({
      ...{ address: '10.0.0.9', port: 80, name: 'A & B äA' },
    });
    expect(read('<DeviceInfo><MacAddr>00-04-4B-E6-32-F7</MacAddr></DeviceInfo>')?.mac).toBe('00:04:4b:e6:32:f7');
  });

  it.each([
    ['something else', 'hello'],
    ['an empty one', ''],
    ['one that breaks off', document.slice(0, 200)],
    ['one with a DTD of its own', document.replace('<HttpPort>', '<!DOCTYPE x><HttpPort>')],
    ['an enormous one', document + ' '.repeat(20_000)],
  ])('is none: %s', (_case, text) => {
    expect(read(text)).toBeUndefined();
  });

  it.each([
    ['a port that is none', '<HttpPort>99999</HttpPort>', { port: 80 }],
    ['an address that is none', '<Addr>300.1.1.1</Addr>', { address: '10.0.0.9' }],
    ['a MAC address that is none', '<MacAddr>nonsense</MacAddr>', { port: 80 }],
  ])('loses only %s', (_case, field, expected) => {
    expect(read(`<DeviceInfo>${field}</DeviceInfo>`)).toEqual({ address: '10.0.0.9', port: 80, ...expected });
  });

  it('never crashes the reader, whatever the bytes are', () => {
    const broken = fc
      .tuple(fc.nat(document.length), anyText(40))
      .map(([at, text]) => document.slice(0, at) + text + document.slice(at + text.length));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
          broken.map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          const info = readDeviceInfo(bytes, '10.0.0.9');
          if (info) expect(info.address).toMatch(/^\d+(\.\d+){3}$/);
        },
      ),
    );
  });
});

describe('a search', () => {
  const running: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });

  const start = async (options: SimulatorOptions = {}) => {
    const simulator = await Simulator.start({ cameras: 2, discoveryPort: 0, ...options });
    running.push(simulator);
    return simulator;
  };
  /** Searches until so many devices were found; none where nothing can be, once the inquiry has arrived. */
  const searchFor = async (count: number, options: DiscoverOptions, arrived = () => true) => {
    const clock = new ManualClock();
    let found = 0;
    const search = discover({ interfaces: [loopback], clock, found: () => (found += 1), ...options });
    await until(`${count} answers`, () => found === count && arrived());
    clock.advance(3000);
    const result = await search;
    expect(clock.pending).toBe(0);
    return result;
  };

  it.each([
    ['bare', {}],
    ['behind a header', { headedDiscovery: true }],
  ])('finds an NVR whose answer comes %s', async (_case, faults) => {
    const simulator = await start();
    Object.assign(simulator.faults, faults);
    const { discoveryPort: port = 0 } = simulator;
    const { devices, problems } = await searchFor(1, { port });
    expect(problems).toEqual([]);
    expect(devices).toEqual([
      {
        ...{ address: '127.0.0.1', port: simulator.port, name: 'AiO NVR', firmware: '1.0.25-201911271625' },
        ...{ category: 'NVR', netmask: '255.255.255.0', mac: '00:11:14:00:00:01', ipChannels: 2, analogChannels: 0 },
        ...{ sender: '127.0.0.1', interface: 'lo' },
      },
    ]);
    expect(simulator.refused).toEqual([]);
  });

  it('asks three times, then once in the other byte order, and lists a device once', async () => {
    const simulator = await start();
    simulator.faults.swappedDiscovery = true;
    const clock = new ManualClock();
    let found = 0;
    const search = discover({
      interfaces: [loopback, { ...loopback, name: 'lo again' }],
      port: simulator.discoveryPort ?? 0,
      clock,
      found: () => (found += 1),
    });
    for (const count of [2, 4, 6, 8]) {
      await until(`${count} inquiries`, () => simulator.requests.length === count);
      clock.advance(400);
    }
    await until('the answer', () => found > 0);
    clock.advance(3000);
    expect((await search).devices).toMatchObject([{ mac: '00:11:14:00:00:01' }]);
    expect(simulator.requests.map(({ body }) => body.slice(0, 4))).toEqual([
      ...Array<string>(6).fill('2698'),
      '3423',
      '3423',
    ]);
  });

  it('finds several NVRs on one port', async () => {
    const first = await start();
    const port = first.discoveryPort ?? 0;
    await start({ discoveryPort: port, mac: '00:11:14:00:01:01' });
    const { devices } = await searchFor(2, { port });
    expect(devices.map(({ mac }) => mac).sort()).toEqual(['00:11:14:00:00:01', '00:11:14:00:01:01']);
  });

  it.each(['silentDiscovery', 'oversizedDiscovery'] as const)(
    'finds nothing where the NVR is silent or absurd (%s)',
    async (fault) => {
      const simulator = await start();
      simulator.faults[fault] = true;
      const { discoveryPort: port = 0 } = simulator;
      expect(await searchFor(0, { port }, () => simulator.requests.length === 1)).toEqual({
        devices: [],
        problems: [],
      });
    },
  );

  it('goes on where one interface fails, and says which', async () => {
    const simulator = await start();
    const gone = { ...loopback, name: 'gone', address: '192.0.2.1' };
    const port = simulator.discoveryPort ?? 0;
    const { devices, problems } = await searchFor(1, { port, interfaces: [gone, loopback] });
    expect(devices).toHaveLength(1);
    expect(problems).toEqual([
      { interface: 'gone', address: '192.0.2.1', message: expect.stringContaining('EADDRNOTAVAIL') },
    ]);
  });

  it('ends with its signal, with what it found by then', async () => {
    const { discoveryPort: port = 0 } = await start();
    const abort = new AbortController();
    const clock = new ManualClock();
    const { devices } = await discover({
      ...{ interfaces: [loopback], port, signal: abort.signal, clock },
      found: () => abort.abort(),
    });
    expect(devices).toHaveLength(1);
    expect(clock.pending).toBe(0);
    expect(await discover({ interfaces: [loopback], signal: AbortSignal.abort() })).toEqual({
      devices: [],
      problems: [],
    });
  });

  it('ends with what its listener throws', async () => {
    const { discoveryPort: port = 0 } = await start();
    const found = () => {
      throw new Error('of the listener');
    };
    await expect(discover({ interfaces: [loopback], port, found })).rejects.toThrow('of the listener');
  });

  it.each([
    ['with devices', 'discovery.devices', 256],
    ['with answers', 'discovery.answers', 1],
  ])('stops counting where somebody floods it %s', async (_case, limit, different) => {
    const flood = createSocket('udp4');
    flood.bind(0, '127.255.255.255');
    await once(flood, 'listening');
    const sender = createSocket('udp4');
    let flooding = true;
    running.push({
      stop: async () => {
        flooding = false;
        await Promise.all([flood, sender].map((socket) => new Promise<void>((resolve) => socket.close(resolve))));
      },
    });
    let sent = 0;
    flood.on('message', (_, { port, address }) => {
      const next = () => {
        sent += 1;
        const number = different === 1 ? 0 : sent;
        const mac = `02:00:00:00:0${Math.floor(number / 256) % 2}:${(number % 256).toString(16).padStart(2, '0')}`;
        const answer = document.replace(/<MacAddr>.*</, `<MacAddr>${mac}<`);
        if (flooding) sender.send(answer, port, address, () => setImmediate(next));
      };
      next();
    });
    const { devices, problems } = await searchFor(different, { port: flood.address().port }, () => sent > 5000);
    expect(devices).toHaveLength(different);
    expect(problems).toEqual([
      expect.objectContaining({ message: expect.stringContaining(`(limit ${limit})`) as unknown }),
    ]);
  });

  const ZERO_MAC = '00:00:00:00:00:00';

  it.each([
    ['timeout', { timeout: 0 }],
    ['port', { port: 70_000 }],
    ['interfaces/0/mac', { interfaces: [{ name: 'eth0', address: '127.0.0.1', netmask: '255.0.0.0', mac: '' }] }],
    ['interfaces/0/address', { interfaces: [{ name: 'eth0', address: '::1', netmask: '255.0.0.0', mac: ZERO_MAC }] }],
    ['interfaces/0/netmask', { interfaces: [{ name: 'eth0', address: '127.0.0.1', netmask: '8', mac: ZERO_MAC }] }],
  ])('refuses a bad %s', async (path, options) => {
    await expect(discover(options)).rejects.toMatchObject({ code: 'INVALID_PARAMETER', path });
  });
});
