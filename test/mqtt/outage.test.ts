import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import {
  bridgeConfig,
  nvrConfig,
  Onlooker,
  retainedAt,
  type RunningBridge,
  startBridge,
  startNvr,
  Wire,
} from './rig.js';
import { TestBroker } from './test-broker.js';

describe('While the broker is away', () => {
  let broker: TestBroker;
  let nvr: Simulator;
  let base: string;

  beforeAll(async () => {
    broker = await TestBroker.start();
    ({ nvr, base } = await startNvr());
  });
  afterAll(async () => {
    await nvr.stop();
    await broker[Symbol.asyncDispose]();
  });

  /** Throws events of two channels in turn, each edge another. */
  const burst = (from: number, count: number) => {
    for (let turn = from; turn < from + count; turn += 1) {
      nvr.throwEvent({ channel: 1 + (turn % 2), type: 'Motion', state: turn % 4 < 2 ? 'active' : 'inactive' });
    }
  };
  /** Numbers of events in the order in which they came, repeats (the same id once more) left out. */
  const numbers = (onlooker: Onlooker) => {
    const seen = new Set<string>();
    return onlooker.seen
      .filter(({ topic }) => topic.startsWith(`${base}/ch/`) && topic.endsWith('/event'))
      .map(({ text }) => JSON.parse(text) as { id: string; seq: number })
      .filter(({ id }) => !seen.has(id) && seen.add(id))
      .map(({ seq }) => seq);
  };
  const ready = async (onlooker: Onlooker, bridge: RunningBridge) => {
    await onlooker.says(`${base}/ch/1/motion`, 'OFF');
    expect(bridge.lines.join()).toContain('connected to the broker');
  };

  it('the site is offline by its will, and online after it, with the states as they are then', async () => {
    await using wire = new Wire(broker.port);
    await using onlooker = await Onlooker.at(broker.port);
    await using bridge = startBridge(bridgeConfig(await wire.listen(), [nvrConfig(nvr)]));
    await ready(onlooker, bridge);
    wire.cut();
    await onlooker.says('everfocus/home/status', 'offline');
    // Also for whoever comes later.
    expect((await retainedAt(broker.port)).get('everfocus/home/status')).toBe('offline');
    nvr.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    wire.mend();
    await onlooker.says('everfocus/home/status', 'online');
    expect(onlooker.last(`${base}/ch/1/motion`)).toBe('ON');
    nvr.throwEvent({ channel: 1, type: 'Motion', state: 'inactive' });
    await onlooker.says(`${base}/ch/1/motion`, 'OFF');
  });

  it('no event is lost that it had not taken, when it is killed in the midst of a burst: all come, in order', async () => {
    await using wire = new Wire(broker.port);
    await using bridge = startBridge(bridgeConfig(await wire.listen(), [nvrConfig(nvr)]));
    await using before = await Onlooker.at(broker.port);
    await ready(before, bridge);
    burst(0, 1000);
    await until('some have come', () => numbers(before).length > 50);
    await broker.kill();
    wire.cut();
    burst(1000, 1000);
    await until('the bridge noticed', () => bridge.lines.some((line) => line.includes('the broker is away')));
    await broker.start();
    await using after = await Onlooker.at(broker.port);
    wire.mend();
    await until('the last has come', () => numbers(after).includes(2000), 30_000);
    // From the first on that the dead broker had not acknowledged.
    const came = numbers(after);
    const first = came[0] ?? 0;
    expect(first).toBeLessThan(1001);
    expect(came).toEqual(Array.from({ length: 2001 - first }, (_, index) => first + index));
    // It keeps nothing on disk: states are told anew.
    await after.says('everfocus/home/status', 'online');
    expect(after.last(`${base}/ch/1/motion`)).toMatch(/ON|OFF/);
  });

  it('no event is lost and none comes out of order when the way to it breaks again and again; repeats bear the same id', async () => {
    await using wire = new Wire(broker.port);
    await using bridge = startBridge(bridgeConfig(await wire.listen(), [nvrConfig(nvr)]));
    await using onlooker = await Onlooker.at(broker.port);
    await ready(onlooker, bridge);
    for (let turn = 0; turn < 3; turn += 1) {
      burst(500 * turn, 500);
      await until('some have come', () => numbers(onlooker).length > 500 * turn + 20);
      wire.cut();
      wire.mend();
    }
    await until('all have come', () => numbers(onlooker).length === 1500, 30_000);
    expect(numbers(onlooker)).toEqual(Array.from({ length: 1500 }, (_, index) => index + 1));
  });

  it('as many events wait as the configuration says; the oldest of more are dropped, counted and told', async () => {
    await using wire = new Wire(broker.port);
    await using onlooker = await Onlooker.at(broker.port);
    const queue = { events: 200, bytes: 16 * 1024 * 1024 };
    await using bridge = startBridge(bridgeConfig(await wire.listen(), [nvrConfig(nvr)], { queue }));
    await ready(onlooker, bridge);
    wire.cut();
    await onlooker.says('everfocus/home/status', 'offline');
    onlooker.seen.length = 0;
    burst(0, 300);
    await until('100 to be dropped', () => bridge.lines.some((line) => line.endsWith('dropped so far: 100')));
    wire.mend();
    await until('the newest 200', () => numbers(onlooker).includes(300), 30_000);
    expect(numbers(onlooker)).toEqual(Array.from({ length: 200 }, (_, index) => 101 + index));
    await until('100 told as dropped', () => onlooker.json(`${base}/health`)?.events.dropped === 100);
    expect(bridge.lines.join('\n')).toContain('100 events were dropped while the broker was away');
  });

  it('the bridge stops within seconds all the same, and says what did not arrive', async () => {
    await using wire = new Wire(broker.port);
    await using onlooker = await Onlooker.at(broker.port);
    const queue = { events: 1, bytes: 16 * 1024 * 1024 };
    await using bridge = startBridge(bridgeConfig(await wire.listen(), [nvrConfig(nvr)], { queue }));
    await ready(onlooker, bridge);
    wire.cut();
    await onlooker.says('everfocus/home/status', 'offline');
    for (let turn = 0; turn < 2; turn += 1) nvr.throwEvent({ channel: 1, type: 'Motion', state: 'once' });
    await until('both to be received', () => bridge.lines.some((line) => line.endsWith('dropped so far: 1')));
    const began = performance.now();
    await bridge.stop();
    expect(performance.now() - began).toBeLessThan(6000);
    expect(bridge.lines).toContain('warn 1 events did not reach the broker');
  });
});

describe('A broker that sends', () => {
  it.each([
    ['a packet of 256 MB', Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]), 'a packet of more than 65536 bytes'],
    ['no MQTT', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), ''],
  ])('%s is left, and tried again', async (_, answer, why) => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
      socket.once('data', () => {
        // CONNACK of MQTT 5 without properties, or none.
        socket.write(Buffer.concat([Buffer.from([0x20, 0x03, 0x00, 0x00, 0x00]), answer]));
        const filler = setInterval(() => socket.write(Buffer.alloc(65_536)), 1);
        socket.on('close', () => clearInterval(filler));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { nvr } = await startNvr();
    const bridge = startBridge(bridgeConfig((server.address() as AddressInfo).port, [nvrConfig(nvr)]));
    await until('a second try', () => connections >= 2);
    expect(bridge.lines.join('\n')).toMatch(/the broker is away/);
    expect(bridge.lines.join('\n')).toContain(why);
    await bridge.stop();
    await nvr.stop();
    await new Promise((resolve) => server.close(resolve));
  });
});
