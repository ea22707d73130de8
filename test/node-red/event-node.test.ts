import { describe, expect, it } from '@jest/globals';
import { helper, inbox, until } from './support/palette.js';
import { deploy, event, logged, motion, snapshot, statusTexts, withRuntime } from './support/runtime.js';

const simulator = withRuntime();

describe('event in, snapshot out', () => {
  it('gives the picture as a Buffer', async () => {
    await deploy(simulator(), { ...event, wires: [['snapshot']] }, { ...snapshot, wires: [['out']] });
    await until(() => simulator().openSockets === 1);
    simulator().throwEvent(motion);
    const message = await inbox('out').next();
    expect(Buffer.isBuffer(message.payload)).toBe(true);
    expect((message.payload as Buffer).subarray(0, 2).toString('hex')).toBe('ffd8');
    const [time, ms] = [expect.any(Date), expect.any(Number)];
    // A name is told where it is known by then.
    const { camera = 'Camera 2', ...rest } = message.everfocus as { camera?: string };
    expect(camera).toBe('Camera 2');
    expect(rest).toEqual({ operation: 'takeSnapshot', nvr: 'Office', channel: 2, time, ms });
    expect(simulator().refused).toEqual([]);
  });

  it('leaves no file on the NVR', async () => {
    const before = simulator().snapshotPaths;
    await deploy(simulator(), { ...snapshot, wires: [['out']] });
    const box = inbox('out');
    helper.getNode('snapshot').receive({ payload: { channel: 1 } });
    await box.next();
    await until(() => simulator().snapshotPaths.length === before.length);
  });
});

describe('an event node', () => {
  it('sends what passes its filter', async () => {
    await deploy(simulator(), { ...event, channels: '2', types: 'motion', state: 'active', wires: [['out']] });
    const box = inbox('out');
    await until(() => simulator().openSockets === 1);
    simulator().throwEvent({ ...motion, channel: 1 });
    simulator().throwEvent({ ...motion, type: 'InputAlarm' });
    simulator().throwEvent({ ...motion, state: 'inactive' });
    simulator().throwEvent(motion);
    const { payload, everfocus } = await box.next();
    expect(payload).toEqual(motion);
    expect(everfocus).toEqual({ operation: 'eventHook', nvr: 'Office', channel: 2 });
    expect(box.messages).toHaveLength(1);
  });

  it('gives the first known state of each channel when asked', async () => {
    await deploy(simulator(), { ...event, initial: true, channels: '1,2', types: 'Motion', wires: [['out']] });
    const box = inbox('out');
    const first = [await box.next(), await box.next()];
    expect(first.map(({ payload }) => payload)).toEqual([
      { channel: 1, type: 'Motion', state: 'inactive' },
      { channel: 2, type: 'Motion', state: 'inactive' },
    ]);
    expect(first[0]?.everfocus?.first).toBe(true);
  });

  it('lets an event stand in place of a first state that is read too late', async () => {
    simulator().faults.slowReplies = 300;
    await deploy(simulator(), { ...event, initial: true, channels: '1,2', wires: [['out']] });
    const box = inbox('out');
    await until(() => simulator().openSockets === 1);
    simulator().throwEvent({ channel: 1, type: 'Tag', state: 'once' });
    expect((await box.next()).payload).toEqual({ channel: 1, type: 'Tag', state: 'once' });
    expect((await box.next()).payload).toEqual({ channel: 2, state: 'inactive' });
  });

  it('survives a storm of events', async () => {
    await deploy(simulator(), { ...event, wires: [['out']] });
    const box = inbox('out');
    const texts = statusTexts('event');
    await until(() => simulator().openSockets === 1);
    simulator().faults.eventStorm(2000);
    simulator().throwEvent({ channel: 3, type: 'Motion', state: 'active' });
    await until(() => box.messages.some(({ payload }) => (payload as { channel: number }).channel === 3));
    expect(texts.length).toBeLessThan(50);
  });

  it('recovers when the NVR restarts', async () => {
    await deploy(simulator(), { ...event, wires: [['out']] });
    const box = inbox('out');
    await until(() => simulator().openSockets === 1);
    const texts = statusTexts('event');
    await simulator().restart();
    await until(() => simulator().openSockets === 1);
    simulator().throwEvent(motion);
    expect((await box.next()).payload).toEqual(motion);
    expect(texts).toContain('disconnected');
    expect(texts.lastIndexOf('connected')).toBeGreaterThan(texts.indexOf('disconnected'));
  });

  it('says what is wrong with its filter', async () => {
    await deploy(simulator(), { ...event, channels: 'all', wires: [['out']] });
    expect(logged()).toContain("channels: 'all' is not a channel number");
    expect(simulator().openSockets).toBe(0);
  });

  it('says once in the log that the NVR is away', async () => {
    await deploy(simulator(), event);
    await until(() => simulator().openSockets === 1);
    // Long enough for two tries: the waits before them are 1 s and 2 s at most.
    await simulator().restart(4000);
    await until(() => simulator().openSockets === 1);
    expect(logged().match(/NVR_UNREACHABLE/g)).toHaveLength(1);
  });
});
