import { describe, expect, it } from '@jest/globals';
import { type Clock, ManualClock } from '../../src/shared/clock.js';
import { noFaults } from '../../packages/simulator/src/faults/fault-table.js';
import { beepSecond } from '../../packages/simulator/src/live/beep.js';
import { LiveStream } from '../../packages/simulator/src/live/live-stream.js';
import { readFrame } from './decode.js';

const pictures = Array.from({ length: 150 }, (_, number) => Buffer.from([number]));
const newStream = (clock: Clock) =>
  new LiveStream({ channel: 1, codec: 'h264', stream: 'sub', pictures, sounds: beepSecond(1) }, clock, noFaults());

class FakeViewer {
  bufferedAmount = 0;
  readonly sent: { at: number; timestamp: number; type: number }[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  send(message: unknown): void {
    const { timestamp, type } = readFrame(message as Buffer);
    this.sent.push({ at: this.#clock.wall(), timestamp, type });
  }
}

describe('LiveStream', () => {
  it('sends a picture when it happens and a sound when it has ended, without drift', () => {
    const clock = new ManualClock(1_700_000_000_123);
    const stream = newStream(clock);
    const viewer = new FakeViewer(clock);
    stream.add(viewer);
    clock.advance(60_000);
    const lags = (type: number) =>
      viewer.sent.filter((frame) => frame.type === type).map(({ at, timestamp }) => at - timestamp);
    expect(new Set(lags(0x10))).toEqual(new Set([40]));
    expect(new Set([...lags(6), ...lags(7)])).toEqual(new Set([0, 1]));
    expect(lags(6)).toHaveLength(30);
    expect(lags(7)).toHaveLength(870);
  });

  it('has one timer however many viewers, and none without', () => {
    const clock = new ManualClock(0);
    const stream = newStream(clock);
    const viewers = [new FakeViewer(clock), new FakeViewer(clock), new FakeViewer(clock)];
    for (const viewer of viewers) stream.add(viewer);
    expect(clock.pending).toBe(1);
    clock.advance(1000);
    expect(viewers.map(({ sent }) => sent)).toEqual([viewers[0]?.sent, viewers[0]?.sent, viewers[0]?.sent]);
    for (const viewer of viewers) stream.remove(viewer);
    expect(clock.pending).toBe(0);
  });

  it('lets a viewer that reads too slowly lose everything up to a keyframe', () => {
    const clock = new ManualClock(1_700_000_000_000);
    const stream = newStream(clock);
    const viewer = new FakeViewer(clock);
    stream.add(viewer);
    clock.advance(500);
    const before = viewer.sent.length;
    viewer.bufferedAmount = 2 * 1024 * 1024;
    clock.advance(500);
    expect(viewer.sent).toHaveLength(before);
    viewer.bufferedAmount = 0;
    clock.advance(999);
    expect(viewer.sent).toHaveLength(before);
    clock.advance(1);
    expect(viewer.sent[before]).toEqual({ at: 1_700_000_002_000, timestamp: 1_700_000_002_000, type: 6 });
  });

  /** A viewer, and what lets time pass in which its machine does nothing. */
  function stalling() {
    let now = 1_700_000_000_000;
    let fire = () => {};
    const clock: Clock = {
      now: () => now,
      worked: () => now,
      wall: () => now,
      after(_, action) {
        fire = action;
        return { cancel() {} };
      },
    };
    const viewer = new FakeViewer(clock);
    newStream(clock).add(viewer);
    const stall = (ms: number) => {
      now += ms;
      fire();
      return now;
    };
    return { viewer, stall };
  }

  it.each([3_600_000, -3_600_000])('goes on from now where the clock has jumped by %d ms', (jump) => {
    const { viewer, stall } = stalling();
    stall(jump);
    const now = stall(100);
    const stamps = viewer.sent.map(({ timestamp }) => timestamp);
    expect(stamps.every((timestamp) => timestamp >= now - 100 && timestamp <= now)).toBe(true);
    expect(stamps.length).toBeGreaterThan(2);
    expect(stamps.length).toBeLessThan(6);
  });

  it.each([5100, 7000, 3_600_700, -3_600_700])(
    'goes on with a keyframe, and with sound at once, after %d ms',
    (jump) => {
      const { viewer, stall } = stalling();
      const begin = stall(jump);
      for (let count = 0; count < 30; count += 1) stall(100);
      const [first] = viewer.sent.filter(({ type }) => type !== 0x10);
      expect(first).toMatchObject({ type: 6, timestamp: Math.ceil(begin / 2000) * 2000 });
      expect((viewer.sent[0]?.timestamp ?? 0) - begin).toBeLessThan(100);
    },
  );

  it('leaves nothing out on a machine that was busy for seconds', () => {
    const { viewer, stall } = stalling();
    stall(4500);
    stall(100);
    const pictures = viewer.sent.filter(({ type }) => type !== 0x10).map(({ timestamp }) => timestamp);
    expect(pictures).toEqual(
      Array.from({ length: 70 }, (_, index) => 1_700_000_000_000 + Math.floor((index * 1000) / 15)),
    );
  });
});
