import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import { Simulator } from '../../../packages/simulator/src/index.js';
import { StandingStreams } from '../../../src/homebridge/live/standing-streams.js';
import { ManualClock, Nvr } from '../../../src/shared/index.js';
import { until } from '../../support/until.js';

/** What stands before an NVR and lets in so many live streams and talks at a time. */
async function narrow(port: number, most: number) {
  const sockets = new Set<Socket>();
  const live = new Set<Socket>();
  const server = createServer((caller) => {
    sockets.add(caller);
    caller.on('error', () => undefined).on('close', () => [sockets, live].forEach((all) => all.delete(caller)));
    caller.once('data', (head: Buffer) => {
      if (/^GET \S*\/(?:live|audioBackchannel)\b/.test(head.toString('latin1'))) {
        if (live.size >= most) return caller.destroy();
        live.add(caller);
      }
      const nvr = connect(port, '127.0.0.1');
      nvr.on('error', () => caller.destroy()).on('close', () => caller.destroy());
      caller.on('close', () => nvr.destroy());
      nvr.write(head);
      caller.pipe(nvr).pipe(caller);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    live,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

it.each([
  [
    'main stream that somebody watches',
    async (nvr: Nvr) => {
      let frames = 0;
      const watched = nvr.feed(1, 'main').subscribe({ frame: () => (frames += 1) });
      await until('pictures', () => frames > 10);
      return watched;
    },
  ],
  [
    'talk that was not let in, and is tried again',
    async (nvr: Nvr) => {
      await expect(nvr.talk(1)).rejects.toMatchObject({ code: 'NVR_UNREACHABLE' });
      return until('a line', () => nvr.talk(1).catch(() => undefined));
    },
  ],
])('small streams that take every place of an NVR make room for the %s', async (_, need) => {
  await using simulator = await Simulator.start({ cameras: 8 });
  await using front = await narrow(simulator.port, 8);
  await using nvr = new Nvr({ host: '127.0.0.1', port: front.port, username: 'admin', password: 'admin123' });
  const clock = new ManualClock();
  const standing = new StandingStreams(nvr, clock);
  for (let channel = 1; channel <= 8; channel += 1) {
    standing
      .add(
        () => nvr.feed(channel, 'sub'),
        () => false,
      )
      .want(true, false);
  }
  clock.advance(5000);
  await until('all places to be taken', () => front.live.size === 8);
  const needed = await need(nvr);
  expect(front.live.size).toBe(5);
  needed.close();
});
