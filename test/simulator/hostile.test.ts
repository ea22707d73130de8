import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Newest } from '../../packages/simulator/src/newest.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import { Visitor } from './visitor.js';

/** Whatever strangers and clients do, it lives, and keeps no more of it than so much. */
const MEGABYTE = 1024 * 1024;

let nvr: Simulator;
let visitor: Visitor;

async function start(): Promise<void> {
  nvr = await Simulator.start({ cameras: 1, rtspPort: 0 });
  visitor = await Visitor.loggedIn(nvr);
}

afterEach(async () => {
  visitor.leave();
  await nvr.stop();
});

describe('A hostile client of the simulator', () => {
  it('does not end it by cutting its connection while it is answered', async () => {
    await start();
    const requests = 'OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n'.repeat(50) + 'rubbish\r\n\r\n';
    const cut = async () => {
      const socket = connect(nvr.rtspPort ?? 0, '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(requests);
      setImmediate(() => socket.resetAndDestroy());
      await once(socket, 'close');
    };
    for (let round = 0; round < 100; round += 1) await cut();
    // What it throws then is thrown here, since it runs in this process.
    expect((await visitor.get('/device/cameraList')).status).toBe(200);
  });

  it.each([
    ['a stranger', false, 60_000],
    ['somebody who is logged in', true, MEGABYTE - 10],
  ])('fills no memory with the requests of %s', async (_, loggedIn, size) => {
    await start();
    const client = loggedIn ? visitor : new Visitor(nvr);
    for (let sent = 0; sent < 12 * MEGABYTE; sent += 8 * size) {
      await Promise.all(Array.from({ length: 8 }, () => client.send('POST', '/nowhere', 'x'.repeat(size))));
    }
    for (const requests of [nvr.requests, nvr.refused.map(({ request }) => request)]) {
      const kept = requests.reduce((sum, { body }) => sum + body.length, 0);
      expect(kept).toBeGreaterThan(2 * MEGABYTE);
      expect(kept).toBeLessThan(5 * MEGABYTE);
    }
  });

  it('finds the newest kept, within a number and an amount of text', () => {
    const lengths = fc.array(fc.oneof(fc.nat(10), fc.nat(3_000_000)), { maxLength: 60 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 40 }), (all, most) => {
        const newest = new Newest<number>(most, (length) => length);
        for (const length of all) newest.add(length);
        const kept = newest.all;
        expect(kept).toEqual(all.slice(all.length - kept.length));
        expect(kept.length).toBeLessThanOrEqual(most);
        const text = kept.reduce((sum, length) => sum + length, 0);
        const one = all.at(-1 - kept.length) ?? Infinity;
        expect(text <= 4 * MEGABYTE || kept.length === 1).toBe(true);
        // No more than had to goes.
        expect(kept.length === most || text + one > 4 * MEGABYTE).toBe(true);
      }),
    );
  });

  it('that is a stranger may send a login, and little more', async () => {
    await start();
    await expect(new Visitor(nvr).send('POST', '/admin/login', 'x'.repeat(MEGABYTE / 2))).rejects.toThrow();
  });

  it('throws no events without end', async () => {
    await start();
    const { socket } = await visitor.socket('/meta/addEvent');
    for (let count = 0; count < 1100; count += 1) {
      socket.send(JSON.stringify({ ChannelID: 1, Type: `Kind ${count}`, State: 'active' }));
    }
    await until('all of them', () => nvr.refused.length === 100);
    expect(nvr.refused.at(-1)?.why).toBe('too many events are active');
    const { json } = await visitor.post('/meta/addEvent', { ChannelID: 1, Type: 'z'.repeat(10_000), State: 'once' });
    expect(json).toMatchObject({ Result: 'Error' });
  });

  it('is cut off where it takes nothing of what it listens to', async () => {
    await start();
    const { socket } = await visitor.socket('/meta/metaHook');
    socket.pause();
    const data = 'y'.repeat(MEGABYTE);
    for (let count = 0; count < 40 && nvr.openSockets > 0; count += 1) {
      nvr.throwMeta({ channel: 1, type: 'x', data });
      await new Promise(setImmediate);
    }
    await until('it to be cut off', () => nvr.openSockets === 0);
  });
});
