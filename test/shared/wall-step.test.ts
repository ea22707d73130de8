import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock, Nvr, operations } from '../../src/shared/index.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';

/** ms since 1970 UTC */
const START = 1_700_000_000_000;
const HOUR = 3_600_000;

describe.each([HOUR, -HOUR])('a step of the date by %d ms in the middle of everything', (step) => {
  let clock: ManualClock;
  let simulator: Simulator;
  let nvr: Nvr;

  beforeEach(async () => {
    clock = new ManualClock(START + HOUR);
    simulator = await Simulator.start({ cameras: 2, clock });
    nvr = new Nvr({ host: simulator.host, port: simulator.port, username: 'admin', password: 'admin123', clock });
  });
  afterEach(async () => {
    await nvr.close();
    await simulator.stop();
    expect(clock.pending).toBe(0);
  });

  /** Lets time pass in small steps, and the date jump to and fro between them. */
  const pass = async (what: string, condition: () => boolean) => {
    let sign = 1;
    await until(what, () => {
      if (condition()) return true;
      clock.stepWall(sign * step);
      sign = -sign;
      clock.advance(100);
      return false;
    });
  };

  it('ends no hook, feed, playback or talk, and no call takes notice', async () => {
    const log: string[] = [];
    let frames = 0;
    let statuses = 0;
    let recorded = 0;
    const interrupted = (who: string) => () => log.push(who);
    nvr.events.subscribe({ message: () => undefined, disconnected: interrupted('events') });
    nvr.cameraStatus.subscribe({ message: () => (statuses += 1), disconnected: interrupted('status') });
    nvr.feed(1, 'sub').subscribe({ frame: () => (frames += 1), interrupted: interrupted('feed') });
    const playback = nvr.playback({ channel: 1, stream: 'sub', from: clock.wall() - 600_000 });
    playback.subscribe({
      frame: () => (recorded += 1),
      interrupted: interrupted('playback'),
      ended: interrupted('end'),
    });
    await pass('all of them', () => statuses > 0 && frames > 0 && recorded > 0);
    const talk = await nvr.talk(1);
    talk.write(Buffer.alloc(16_000, 0x55)).catch(interrupted('talk'));
    const begin = clock.now();
    await pass('two seconds of all', () => clock.now() - begin >= 2000 && statuses >= 3 && frames > 30);
    await pass('all that is said', () => simulator.talk(1).audio.length === 16_000);
    const stamps = simulator.talk(1).frames.map(({ timestamp }) => timestamp);
    expect(stamps.every((stamp, index) => index === 0 || stamp - (stamps[index - 1] ?? 0) === 20)).toBe(true);
    await nvr.call(operations.cameraList);
    expect(log).toEqual([]);
    talk.close();
    playback.close();
  });

  it('neither ends nor prolongs an event, and does not hold up a reconnect', async () => {
    const ends: number[] = [];
    nvr.state.watch({ events: { types: ['Motion'] } }, (change) => {
      if (change.kind === 'event' && !change.first && !change.active) ends.push(clock.now());
    });
    await pass('known', () => nvr.eventStates.known);
    simulator.throwEvent({ channel: 1, type: 'Motion', state: 'once' });
    await until('it', () => nvr.state.isActive(1, 'Motion') === true);
    const begin = clock.now();
    await pass('its end', () => ends.length === 1);
    expect((ends[0] ?? 0) - begin).toBeGreaterThanOrEqual(5000);
    expect((ends[0] ?? 0) - begin).toBeLessThanOrEqual(5200);

    let up = false;
    const restarted = simulator.restart(1000).then(() => (up = true));
    await pass('the NVR to be up again', () => up);
    await restarted;
    const back = clock.now();
    await pass('the hook to be back', () => nvr.eventStates.known && nvr.state.connection.is === 'connected');
    expect(clock.now() - back).toBeLessThan(30_000);
  });
});
