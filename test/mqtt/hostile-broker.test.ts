import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Broker } from '../../src/mqtt/broker/broker.js';
import { BrokerStream } from '../../src/mqtt/broker/broker-stream.js';
import type { Link } from '../../src/mqtt/broker/outbox.js';
import { ManualClock, silentLogger, systemClock } from '../../src/shared/index.js';
import { LimitCounters, limits } from '../../src/shared/internal.js';
import { until } from '../support/until.js';

let server: Server;
let peers: Socket[];
/** What was sent to it. */
let heard: Buffer;

beforeEach(async () => {
  peers = [];
  heard = Buffer.alloc(0);
  server = createServer((socket) => {
    peers.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => (heard = Buffer.concat([heard, chunk])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  for (const peer of peers) peer.destroy();
  server.close();
});

const port = () => (server.address() as AddressInfo).port;

describe('What a broker sends is handed on', () => {
  const PONG = Buffer.from([0xd0, 0x00]);

  async function open(clock: ManualClock) {
    const counters = new LimitCounters(silentLogger);
    const stream = new BrokerStream(connect(port(), '127.0.0.1'), { clock, limits: counters });
    const portions: number[] = [];
    stream.on('data', (portion: Buffer) => portions.push(portion.length / PONG.length));
    const peer = await until('the connection', () => peers[0]);
    const sum = () => portions.reduce((all, one) => all + one, 0);
    /** Turns of the event loop, and time, pass until so many have come. */
    const pass = async (count: number, ms = 1) => {
      for (let turns = 0; sum() < count && turns < 100_000; turns += 1) {
        await turn();
        clock.advance(ms);
      }
      expect(sum()).toBeGreaterThanOrEqual(count);
    };
    return { stream, portions, peer, counters, sum, pass };
  }

  it('in portions, between which everything else has its turn', async () => {
    const clock = new ManualClock(0);
    const { stream, portions, peer, pass, counters } = await open(clock);
    peer.write(Buffer.concat(Array<Buffer>(10_000).fill(PONG)));
    await pass(10_000);
    expect(Math.max(...portions)).toBeLessThanOrEqual(500);
    expect(counters.hits).toEqual([]);
    stream.destroy();
  });

  it('no faster than it can be dealt with: the broker has to wait', async () => {
    const clock = new ManualClock(0);
    const { stream, peer, sum, pass, counters } = await open(clock);
    const burst = limits.broker.packets;
    peer.write(Buffer.concat(Array<Buffer>(3 * burst).fill(PONG)));
    await pass(2 * burst, 20);
    const [at, count] = [clock.now(), sum()];
    await pass(3 * burst, 20);
    const rate = ((sum() - count) / (clock.now() - at)) * 1000;
    expect(rate).toBeGreaterThan(limits.broker.packetsPerSecond / 2);
    expect(rate).toBeLessThanOrEqual(limits.broker.packetsPerSecond * 1.1);
    expect(counters.hits).toMatchObject([{ limit: 'broker.packets' }]);
    stream.destroy();
    expect(clock.pending).toBe(0);
  });

  it('to its last packet, also where it ends the connection with it', async () => {
    const clock = new ManualClock(0);
    const { stream, peer, pass } = await open(clock);
    const ended = once(stream, 'close');
    peer.end(Buffer.concat(Array<Buffer>(2000).fill(PONG)));
    await pass(2000);
    await ended;
  });
});

describe('A broker', () => {
  /** CONNACK of MQTT 5 with such properties. */
  const welcome = (...properties: number[]) =>
    Buffer.from([0x20, 3 + properties.length, 0, 0, properties.length, ...properties]);
  const WELCOME = welcome();

  async function meet(first: Buffer) {
    const lines: string[] = [];
    const logger = { ...silentLogger, warn: (line: string) => void lines.push(line) };
    const config = { host: '127.0.0.1', port: port(), tls: false, clientId: 'test', version: '5' } as const;
    const links: Link[] = [];
    const broker = new Broker(
      {
        ...{ config, logger, clock: systemClock, limits: new LimitCounters(logger) },
        will: { topic: 'status', payload: 'offline' },
      },
      { connected: (link) => void links.push(link), disconnected: () => undefined, message: () => undefined },
    );
    broker.open();
    const peer = await until('the connection', () => peers[0]);
    await until('the login', () => heard.length > 0);
    peer.write(first);
    return { broker, peer, lines, link: () => until('the welcome', () => links[0]) };
  }

  it.each([
    ['of none', [0x21, 0, 0], 64],
    ['twice', [0x21, 0, 5, 0x21, 0, 6], 64],
    ['of five', [0x21, 0, 5], 5],
  ])('that takes a number of messages at a time %s is told of the states', async (_, properties, window) => {
    const { broker, link } = await meet(welcome(...properties));
    expect((await link()).window).toBe(window);
    await broker.close();
  });

  it.each([
    ['a message of a quality that nobody asked for', [0x34, 0x05, 0x00, 0x01, 0x61, 0x00, 0x01]],
    ['256 MB', [0x30, 0xff, 0xff, 0xff, 0x7f]],
    ['what only clients send', [0xc0, 0x00]],
  ])('that sends %s is left, and that is said', async (_, packet) => {
    const { broker, peer, lines, link } = await meet(WELCOME);
    await link();
    peer.write(Buffer.from(packet));
    await until('it is left', () => peer.destroyed || peer.readableEnded);
    expect(lines).toContainEqual(expect.stringMatching(/the broker is away: the broker sends what no broker may/));
    await broker.close();
  });

  it('that refuses everything is complained of once for each topic', async () => {
    const { broker, peer, lines, link } = await meet(WELCOME);
    const connection = await link();
    let answered = 0;
    for (let message = 0; message < 6; message += 1) {
      heard = Buffer.alloc(0);
      connection.publish(message % 2 ? 'one' : 'two', 'x', false, () => (answered += 1));
      await until('the message', () => heard.length > 0);
      // PUBACK, not authorized.
      const at = 2 + 2 + 3;
      peer.write(Buffer.from([0x40, 3, heard[at] ?? 0, heard[at + 1] ?? 0, 0x87]));
      await until('the refusal', () => answered > message);
    }
    expect(lines.map((line) => line.slice(0, 24))).toEqual(['the broker refuses two: ', 'the broker refuses one: ']);
    await broker.close();
  });
});
