import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/shared/clock.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import { type OpenSocket, Visitor } from './visitor.js';

const texts = ({ messages }: OpenSocket) => messages.map((message) => JSON.parse(message.toString()) as unknown);
const motion = (ChannelID: number, State: string) => ({ ChannelID, Type: 'Motion', State });

describe('Hooks of the simulator', () => {
  let clock: ManualClock;
  let simulator: Simulator;
  let visitor: Visitor;

  const start = async (options: { cameras?: number; scene?: number } = {}) => {
    clock = new ManualClock(1_700_000_000_200);
    simulator = await Simulator.start({ cameras: 2, ...options, clock });
    visitor = await Visitor.loggedIn(simulator);
  };
  beforeEach(() => start());
  afterEach(() => simulator.stop());

  describe('eventHook', () => {
    it('tells everyone of every event, whoever threw it', async () => {
      const hooks = [await visitor.socket('/meta/eventHook'), await visitor.socket('/meta/eventHook')];
      simulator.throwEvent({ channel: 2, type: 'Motion', state: 'active' });
      await visitor.post('/meta/addEvent', { ChannelID: 0, Type: 'DiskFull', State: 'once' });
      const expected = [motion(2, 'active'), { ChannelID: 0, Type: 'DiskFull', State: 'once' }];
      await until('both events', () => hooks.every(({ messages }) => messages.length === 2));
      expect(hooks.map(texts)).toEqual([expected, expected]);
    });

    it('ends a motion by itself', async () => {
      const hook = await visitor.socket('/meta/eventHook');
      simulator.motion(1);
      clock.advance(5000);
      await until('the end', () => hook.messages.length === 2);
      expect(texts(hook)).toEqual([motion(1, 'active'), motion(1, 'inactive')]);
      expect(() => simulator.motion(3)).toThrow('no such channel');
    });

    it('tells of alarm-in pins: the first that goes on, the last that goes off', async () => {
      const hook = await visitor.socket('/meta/eventHook');
      for (const [pin, value] of [
        [1, 1],
        [2, 1],
        [5, 1],
        [1, 0],
        [2, 0],
      ] as const)
        simulator.setPin(pin, value);
      await until('both edges', () => hook.messages.length === 2);
      expect(texts(hook)).toEqual([
        { ChannelID: 0, Type: 'InputAlarm', State: 'active' },
        { ChannelID: 0, Type: 'InputAlarm', State: 'inactive' },
      ]);
    });

    it('plays a scene: motion on one camera after the other', async () => {
      await simulator.stop();
      await start({ scene: 10 });
      const hook = await visitor.socket('/meta/eventHook');
      clock.advance(29_000);
      await until('three turns', () => hook.messages.length === 5);
      const [end1, begin2, end2, begin1, again] = texts(hook);
      expect([end1, begin2, end2, begin1, again]).toEqual([
        motion(1, 'inactive'),
        motion(2, 'active'),
        motion(2, 'inactive'),
        motion(1, 'active'),
        motion(1, 'inactive'),
      ]);
      await simulator.stop();
      expect(clock.pending).toBe(0);
    });
  });

  describe('cameraStatus', () => {
    it('sends the whole array at every full second, without Manual', async () => {
      const hook = await visitor.socket('/device/cameraStatus');
      clock.advance(799);
      simulator.throwEvent({ channel: 2, type: 'Motion', state: 'active' });
      simulator.throwEvent({ channel: 2, type: 'VideoLoss', state: 'active' });
      clock.advance(1);
      simulator.throwEvent({ channel: 2, type: 'Motion', state: 'inactive' });
      clock.advance(1000);
      simulator.throwEvent({ channel: 2, type: 'VideoLoss', state: 'inactive' });
      clock.advance(1000);
      await until('three messages', () => hook.messages.length === 3);
      const statuses = texts(hook) as Record<string, unknown>[][];
      expect(statuses[0]).toEqual([
        { ChannelID: 1, Online: true, Recording: true, Event: false },
        { ChannelID: 2, Online: true, Recording: true, Event: true },
      ]);
      expect(statuses.map((status) => status[1]?.['Event'])).toEqual([true, true, false]);
    });

    it('is forgotten by a restart: nothing is active any more', async () => {
      simulator.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
      await Promise.all([
        simulator.restart(1000),
        until('down', () => clock.pending === 1).then(() => clock.advance(1000)),
      ]);
      await visitor.login();
      expect((await visitor.get('/device/cameraStatus')).json).toMatchObject([{ Event: false, Manual: false }, {}]);
    });
  });
});
