import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import * as newest from '@homebridge/hap-nodejs';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../../src/shared/index.js';
import { limits } from '../../../src/shared/internal.js';
import { hapVersions } from '../../support/hap/hap-versions.js';
import type { RecordingHub } from '../../support/hap/recording-hub.js';
import { mutated, randomNumbers } from '../../support/mutations.js';
import { until, within } from '../../support/until.js';
import { hubCamera } from './hub-camera.js';

const { DataStreamParser, DataStreamWriter, Int64 } = newest;
const encoded = (value: unknown): Buffer => {
  const writer = new DataStreamWriter();
  DataStreamParser.encode(value, writer);
  return writer.getData();
};
const ORDER = { target: 'controller', type: 'ipcamera.recording', reason: 'unspecified' };
const [OPEN, BODY] = [{ protocol: 'dataSend', request: 'open' }, encoded({ ...ORDER, streamId: 1 })];
/** A dictionary of one more than that, by HAP-NodeJS's format. */
const withMore = (of: object, name: string, value: Buffer): Buffer => {
  const bytes = encoded(of);
  return Buffer.concat([Buffer.from([(bytes[0] ?? 0) + 1]), bytes.subarray(1), encoded(name), value]);
};
const INT64 = Buffer.from([0x33, 1, 2, 3, 4, 5, 6, 7, 0]);
/** 255 bytes with the length of a whole text of so many bytes. */
const text = (length: number, byte: number): Buffer => {
  const bytes = Buffer.alloc(5 + length, byte);
  bytes.writeUInt8(0x63);
  bytes.writeUInt32LE(length, 1);
  return bytes;
};
/** A name that is a list of references to one long text, joined: 400 of them take gigabytes. */
const names = (): Buffer => {
  const name = (length: number) =>
    Buffer.concat([Buffer.from([0xdf]), Buffer.alloc(length, 0xa0), Buffer.from([3, 1])]);
  const all = Array.from({ length: 400 }, (_, index) => name(1000 + index));
  return Buffer.concat([Buffer.from([0xef]), text(400_000, 0x41), Buffer.from([1]), ...all, Buffer.from([3])]);
};
const nested = (depth: number): Buffer => Buffer.concat([Buffer.alloc(depth, 0xd1), Buffer.from([1])]);

type Attack = (hub: RecordingHub) => void;
const rude: readonly (readonly [what: string, attack: Attack])[] = [
  ['rubbish for a first message', (hub) => hub.send(Buffer.from([0]), Buffer.from([0]))],
  ['another first message than hello', (hub) => hub.send(encoded({ ...OPEN, id: 1 }), BODY)],
];
const attacks: readonly (readonly [what: string, attack: Attack])[] = [
  ['nothing at all', (hub) => hub.socket.write(hub.frame(Buffer.alloc(0)))],
  ['a header that is none', (hub) => hub.send(Buffer.from([4]), Buffer.from([4]))],
  ['a header of undefined', (hub) => hub.send(Buffer.from([0x71, 1]), Buffer.from([4]))],
  [
    'an answer to an object',
    (hub) => hub.send(encoded({ protocol: 'control', response: 'x', id: { toString: 1 } }), BODY),
  ],
  [
    'a protocol that is an object',
    (hub) => hub.send(encoded({ protocol: { toString: 1 }, request: 'x', id: 1 }), BODY),
  ],
  ['a request without number', (hub) => hub.send(encoded(OPEN), BODY)],
  ['a request whose number is text', (hub) => hub.send(encoded({ ...OPEN, id: 'one' }), BODY)],
  ['a request whose number is too long', (hub) => hub.send(withMore(OPEN, 'id', INT64), BODY)],
  [
    'a stream whose number is too long',
    (hub) => hub.send(encoded({ ...OPEN, id: 1 }), withMore(ORDER, 'streamId', INT64)),
  ],
  [
    'a stream whose number is below 0',
    (hub) => hub.send(encoded({ ...OPEN, id: 1 }), encoded({ ...ORDER, streamId: -40_000 })),
  ],
  [
    'a stream named by lists in lists',
    (hub) => hub.send(encoded({ ...OPEN, id: 1 }), withMore(ORDER, 'streamId', nested(3000))),
  ],
  [
    'a stream named by a long text',
    (hub) => hub.send(encoded({ ...OPEN, id: 1 }), withMore(ORDER, 'streamId', text(900_000, 0xff))),
  ],
  ['lists in lists', (hub) => hub.send(encoded({ ...OPEN, id: 1 }), nested(900_000))],
  ['names that explode', (hub) => hub.send(encoded({ ...OPEN, id: 1 }), names())],
  ['a length that lies', (hub) => hub.socket.write(Buffer.from([1, 0x0f, 0xff, 0xff]))],
  ['the greatest length', (hub) => hub.socket.write(Buffer.from([1, 0xff, 0xff, 0xff]))],
  ['what is not sealed', (hub) => hub.socket.write(Buffer.alloc(100, 1).fill(0, 1, 3))],
  [
    'greetings without end',
    (hub) => {
      hub.socket.pause();
      const [head, nothing] = [encoded({ protocol: 'control', request: 'hello', id: new Int64(1) }), encoded({})];
      for (let count = 0; count <= limits.hub.messages; count += 1) hub.send(head, nothing);
      setImmediate(() => hub.socket.resume());
    },
  ],
];

const MiB = 2 ** 20;
const strangers: Socket[] = [];
afterEach(() => {
  for (const socket of strangers.splice(0)) socket.destroy();
});

async function stranger(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  strangers.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

describe.each(Object.entries(hapVersions))('whoever connects to the data stream of a camera, %s', (_, load) => {
  let hap: typeof newest;
  beforeAll(async () => {
    hap = await load();
  }, 300_000);

  it('loses the connection, and nobody anything else', async () => {
    const { connect: open, records, logger } = await hubCamera({ hap });
    const all = [...rude.map((each) => [...each, false] as const), ...attacks.map((each) => [...each, true] as const)];
    for (const [what, attack, polite] of all) {
      const hub = await open(polite);
      const closed = new Promise((resolve) => void hub.socket.once('close', resolve));
      hub.socket.resume();
      attack(hub);
      await within(5000, `the connection by ${what}`, closed);
      const good = await open();
      await records(good);
      await good.close();
    }
    expect(logger.lines.filter((line) => line.includes('cannot be read'))).toHaveLength(limits.hub.lines);
  });

  it('loses no more than that by messages that are damaged anyhow', async () => {
    const { connect: open, records, logger } = await hubCamera({ hap });
    const random = randomNumbers(20_261);
    const heads = [
      { ...OPEN, id: 1 },
      { protocol: 'control', request: 'hello', id: 1 },
      { protocol: 'dataSend', event: 'ack' },
    ];
    const seeds = [...heads, { protocol: 'dataSend', response: 'data', id: 2, status: 0 }].map((head) => {
      const bytes = encoded(head);
      return Buffer.concat([Buffer.from([bytes.length]), bytes, BODY]);
    });
    for (let count = 0; count < 60; count += 1) {
      const hub = await open(count % 3 > 0);
      for (let sent = 0; sent < 10; sent += 1) {
        hub.socket.write(hub.frame(mutated(seeds[random(seeds.length)] ?? BODY, seeds, random)));
      }
      await hub.close();
    }
    await records(await open());
    expect(logger.lines.length).toBeLessThan(100);
  });

  it('does not keep the home hub out, however many they are and however little they say', async () => {
    const { connect: open, records, server, counters } = await hubCamera({ hap });
    const hub = await open();
    let lost = false;
    hub.socket.once('close', () => (lost = true));
    for (let count = 0; count < 6 * limits.hub.connections; count += 1) {
      const socket = await stranger(server.tcpPort);
      // At last what is not sealed, or by another key.
      const type = count < 3 * limits.hub.connections ? undefined : count % 2;
      if (type !== undefined) socket.write(Buffer.concat([Buffer.from([type, 0, 0, 0]), Buffer.alloc(16)]));
      // It is read before the next one comes.
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    }
    await until('few of them', () => server.connections.length <= limits.hub.connections);
    await records(hub);
    expect(lost).toBe(false);
    await records(await open());
    expect(counters.hits.map(({ limit }) => limit)).toContain('hub.connections');
  });

  it('does not keep a home hub out that left many connections behind', async () => {
    const { connect: open, records, server } = await hubCamera({ hap });
    for (let count = 0; count < limits.hub.connections; count += 1) await open();
    await records(await open());
    await until('not more', () => server.connections.length === limits.hub.connections);
  });

  it('is rid of also where the other side keeps the connection open', async () => {
    const { connect: open, records, server } = await hubCamera({ hap });
    const hub = await open();
    const socket = await stranger(server.tcpPort);
    await until('its connection', () => server.connections.length === 2);
    const theirs = server.connections[1] as { readonly socket: Socket };
    socket.write(Buffer.concat([Buffer.from([1, 0, 0, 10]), Buffer.alloc(26)]));
    await until('its end', () => server.connections.length === 1 && theirs.socket.destroyed);
    await records(hub);
  });

  it('has 2 s in which to take what was sent before its end', async () => {
    const clock = new ManualClock();
    const { connect: open, server } = await hubCamera({ hap, clock });
    const hub = await open(false);
    // Nor does it go by itself.
    hub.socket.allowHalfOpen = true;
    const [theirs] = server.connections as readonly { readonly socket: Socket }[];
    hub.send(encoded({ ...OPEN, id: 1 }), BODY);
    await until('the end of our side', () => theirs?.socket.writableFinished);
    clock.advance(1999);
    expect(theirs?.socket.destroyed).toBe(false);
    clock.advance(1);
    expect(theirs?.socket.destroyed).toBe(true);
  });

  it('is gone where it has taken nothing for 30 s, and may be silent otherwise', async () => {
    const { connect: open, records, server } = await hubCamera({ hap });
    const [silent, deaf] = [await open(), await open()];
    const theirs = server.connections.map((connection) => (connection as { readonly socket: Socket }).socket);
    expect(theirs.map(({ timeout }) => timeout)).toEqual([30_000, 30_000]);
    deaf.socket.pause();
    await until('more than the network holds', () => {
      theirs[1]?.write(Buffer.alloc(MiB));
      return (theirs[1]?.writableLength ?? 0) > 0 && (theirs[1]?.bytesWritten ?? 0) > 16 * MiB;
    });
    for (const socket of theirs) socket.emit('timeout');
    expect(theirs.map(({ destroyed }) => destroyed)).toEqual([false, true]);
    expect(theirs[0]?.timeout).toBe(30_000);
    await records(silent);
  });

  it('writes no log of its own making', async () => {
    const { connect: open, logger, counters } = await hubCamera({ hap });
    for (let hubs = 0; hubs < 3; hubs += 1) {
      const hub = await open();
      for (let id = 1; id <= 20; id += 1) {
        hub.send(encoded({ ...OPEN, id }), encoded({ ...ORDER, streamId: id }));
        hub.send(encoded({ protocol: 'dataSend', event: 'close' }), encoded({ streamId: id, reason: 7 }));
      }
      await until('all of them', () => hub.messages.filter(({ header }) => header.response === 'open').length === 20);
      await hub.close();
    }
    const lines = logger.lines.filter((line) => line.includes('broken off'));
    expect(lines).toHaveLength(limits.hub.lines);
    expect(counters.hits).toMatchObject([{ limit: 'hub.lines' }]);
  });
});
