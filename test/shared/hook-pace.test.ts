import { EventEmitter } from 'node:events';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock } from '../../src/shared/clock.js';
import { LimitCounters } from '../../src/shared/limit-counters.js';
import { limits } from '../../src/shared/limits.js';
import type { SocketHandlers } from '../../src/shared/link/socket-connector.js';
import { Recovery } from '../../src/shared/link/recovery.js';
import { silentLogger } from '../../src/shared/logger.js';
import { Hook } from '../../src/shared/push/hook.js';
import { readEvents } from '../../src/shared/push/messages.js';

const wire = '{"ChannelID":1,"Type":"Motion","State":"active"}';
const nothing = () => undefined;

it('messages of a flood are told as fast as is bearable, however they are packed, and none is lost', () => {
  const size = fc.integer({ min: 1, max: limits.hook.entries });
  const packing = fc.array(size, { minLength: 1, maxLength: 30, size: 'max' });
  fc.assert(
    fc.property(packing, (sizes) => {
      const clock = new ManualClock();
      let handlers: SocketHandlers | undefined;
      let paused = false;
      const socket = { ping: nothing, send: nothing, terminate: nothing };
      const pause = () => void (paused = true);
      const resume = () => void (paused = false);
      const environment = {
        ...{ clock, logger: silentLogger, limits: new LimitCounters(silentLogger), random: () => 0 },
        ...{ recovery: new Recovery(), probe: () => Promise.resolve() },
        connect: (_path: string, given: SocketHandlers) => {
          handlers = given;
          given.opened(Object.assign(new EventEmitter(), { ...socket, pause, resume }));
          return Promise.resolve();
        },
      };
      const hook = new Hook(environment, '/hook', readEvents);
      let heard = 0;
      hook.subscribe({ message: () => (heard += 1) });
      // What the NVR has to say waits in the network while the hook reads nothing.
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const { burst, perSecond, entries } = limits.hook;
      const left = [...sizes];
      for (let tenths = 0; left.length > 0; tenths++) {
        while (left.length > 0 && !paused)
          handlers?.message(Buffer.from(`[${wire}${`,${wire}`.repeat((left.shift() ?? 1) - 1)}]`), false);
        expect(heard).toBeLessThanOrEqual(burst + (tenths / 10) * perSecond + entries);
        expect(tenths / 10).toBeLessThanOrEqual(total / perSecond + 1);
        clock.advance(100);
      }
      expect(heard).toBe(total);
      const told = environment.limits.hits.map(({ limit }) => limit);
      expect(told).toEqual(total > burst ? ['hook.burst'] : []);
      hook.close();
    }),
    // One that is sure to be more than may come at once.
    { numRuns: 20, examples: [[Array.from({ length: 20 }, () => limits.hook.entries)]] },
  );
});

it('what comes although a hook rests waits in its order, and hooks share what they may cost', () => {
  const clock = new ManualClock();
  const handlers = new Map<string, SocketHandlers>();
  const socket = { ping: nothing, send: nothing, terminate: nothing, pause: nothing, resume: nothing };
  const environment = {
    ...{ clock, logger: silentLogger, limits: new LimitCounters(silentLogger), random: () => 0 },
    ...{ recovery: new Recovery(), probe: () => Promise.resolve() },
    connect: (path: string, given: SocketHandlers) => {
      handlers.set(path, given);
      given.opened(Object.assign(new EventEmitter(), socket));
      return Promise.resolve();
    },
  };
  const heard = new Map<string, number[]>();
  const hooks = ['/a', '/b', '/c'].map((path) => {
    const hook = new Hook(environment, path, readEvents);
    const channels: number[] = [];
    heard.set(path, channels);
    // Each costs 1 ms.
    hook.subscribe({ message: ({ channel }) => void (channels.push(channel), clock.advance(1)) });
    return hook;
  });
  const count = () => [...heard.values()].reduce((sum, channels) => sum + channels.length, 0);
  // One chunk of the network holds many messages, which come in one turn.
  const sent = Array.from({ length: 300 }, (_, index) => index + 1);
  for (const given of handlers.values())
    for (const channel of sent)
      given.message(Buffer.from(`{"ChannelID":${channel},"Type":"Motion","State":"active"}`), false);
  const { work, share, window } = limits.hook;
  expect(count()).toBeLessThanOrEqual(work + 2 * share);
  expect([...heard.values()].every((channels) => channels.length >= share)).toBe(true);
  for (let rounds = 0; count() < 900; rounds++) {
    expect(rounds).toBeLessThan((900 / work) * 2);
    clock.advance(window);
  }
  expect([...heard.values()]).toEqual([sent, sent, sent]);
  for (const hook of hooks) hook.close();
});

it('what else the machine does is not what messages cost: nobody has to wait for it', () => {
  const clock = new ManualClock();
  // Time passes, and this thread does not work.
  clock.worked = () => 0;
  const counters = new LimitCounters(silentLogger);
  const socket = { ping: nothing, send: nothing, terminate: nothing, pause: nothing, resume: nothing };
  let handlers: SocketHandlers | undefined;
  const environment = {
    ...{ clock, logger: silentLogger, limits: counters, random: () => 0 },
    ...{ recovery: new Recovery(), probe: () => Promise.resolve() },
    connect: (_path: string, given: SocketHandlers) => {
      handlers = given;
      given.opened(Object.assign(new EventEmitter(), socket));
      return Promise.resolve();
    },
  };
  const hook = new Hook(environment, '/hook', readEvents);
  let heard = 0;
  hook.subscribe({ message: () => void ((heard += 1), clock.advance(limits.hook.work)) });
  for (let count = 0; count < 20; count++) handlers?.message(Buffer.from(wire), false);
  expect(heard).toBe(20);
  expect(counters.hits).toEqual([]);
  hook.close();
});

it('a hook that is closed by whom it tells leaves no timer, however much it told', () => {
  const clock = new ManualClock();
  let handlers: SocketHandlers | undefined;
  const environment = {
    ...{ clock, logger: silentLogger, limits: new LimitCounters(silentLogger), random: () => 0 },
    ...{ recovery: new Recovery(), probe: () => Promise.resolve() },
    connect: (_path: string, given: SocketHandlers) => {
      handlers = given;
      return Promise.resolve();
    },
  };
  const hook = new Hook(environment, '/hook', readEvents);
  const subscription = hook.subscribe({
    message: () => {
      clock.advance(limits.hook.work);
      subscription.close();
    },
  });
  handlers?.message(Buffer.from(wire), false);
  expect(clock.pending).toBe(0);
});
