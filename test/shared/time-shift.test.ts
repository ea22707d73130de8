import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Frame } from '../../src/shared/index.js';
import { ManualClock } from '../../src/shared/index.js';
import { limits } from '../../src/shared/internal.js';
import { TimeShift } from '../../src/shared/media/time-shift.js';
import { ScriptedFeed } from '../homebridge/recording/scripted-feed.js';

const picture = (keyframe: boolean, timestamp: number, bytes = 100): Frame => ({
  ...{ kind: 'video', codec: 'h264', keyframe, width: 0, height: 0, timestamp, data: Buffer.alloc(bytes) },
});

/** A picture each 100 ms, every 10th a keyframe. */
function film(timeShift: TimeShift, clock: ManualClock, ms: number, bytes?: number): void {
  for (const end = clock.now() + ms; clock.now() < end; clock.advance(100)) {
    timeShift.push(picture(clock.now() % 1000 === 0, clock.now(), bytes));
  }
}

describe('the time shift of a feed', () => {
  it('keeps the newest group of pictures for newcomers, and no more where nobody holds the past', () => {
    const clock = new ManualClock();
    const timeShift = new TimeShift(clock);
    film(timeShift, clock, 4500);
    expect(timeShift.since(4000).map(({ timestamp }) => timestamp)).toEqual([4000, 4100, 4200, 4300, 4400]);
  });

  it('begins with the last keyframe that is as old as was asked for', () => {
    const clock = new ManualClock();
    const timeShift = new TimeShift(clock);
    timeShift.hold(4000);
    film(timeShift, clock, 10_500);
    const since = (age: number) => timeShift.since(age)[0]?.timestamp;
    expect([0, 400, 600, 2500, 2600, 4000].map(since)).toEqual([10_000, 10_000, 9000, 8000, 7000, 6000]);
    expect(timeShift.since(60_000)[0]?.timestamp).toBe(6000);
    expect(timeShift.since(4000)).toHaveLength(45);
  });

  it('keeps as much as the most demanding holder wants, and lets go when nobody does', () => {
    const clock = new ManualClock();
    const timeShift = new TimeShift(clock);
    const [short, long] = [timeShift.hold(1000), timeShift.hold(5000)];
    film(timeShift, clock, 10_000);
    expect(timeShift.since(60_000)[0]?.timestamp).toBe(4000);
    long();
    expect(timeShift.since(60_000)[0]?.timestamp).toBe(9000);
    short();
    expect(timeShift.since(60_000)[0]?.timestamp).toBe(9000);
    film(timeShift, clock, 2000);
    expect(timeShift.since(60_000)[0]?.timestamp).toBe(11_000);
  });

  it('is empty after the connection is lost, and goes on with the next keyframe', () => {
    const clock = new ManualClock();
    const timeShift = new TimeShift(clock);
    timeShift.hold(5000);
    film(timeShift, clock, 3500);
    timeShift.clear();
    film(timeShift, clock, 700);
    expect(timeShift.since(5000).map(({ timestamp }) => timestamp)).toEqual([4000, 4100]);
  });

  it('keeps no more bytes than its limit, and says so', () => {
    const clock = new ManualClock();
    const hits: string[] = [];
    const timeShift = new TimeShift(clock, (limit) => hits.push(limit));
    timeShift.hold(15_000);
    film(timeShift, clock, 15_000, 200_000);
    expect(timeShift.bytes).toBeLessThanOrEqual(limits.timeShift.bytes);
    expect(timeShift.since(15_000)[0]).toMatchObject({ keyframe: true });
    expect(new Set(hits)).toEqual(new Set(['timeShift.bytes']));
  });

  it('always begins with a keyframe, has no hole, and never reaches further back than it must', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ keyframe: fc.boolean(), wait: fc.nat(3000) }), { maxLength: 60 }),
        fc.nat(10_000),
        fc.nat(10_000),
        (steps, reach, age) => {
          const clock = new ManualClock();
          const timeShift = new TimeShift(clock);
          timeShift.hold(reach);
          const all: Frame[] = [];
          for (const { keyframe, wait } of steps) {
            clock.advance(wait);
            all.push(picture(keyframe, clock.now()));
            timeShift.push(all.at(-1) as Frame);
          }
          const kept = timeShift.since(age);
          expect(kept).toEqual(all.slice(all.length - kept.length));
          const begins = kept.flatMap((frame) => (frame.kind === 'video' && frame.keyframe ? [frame.timestamp] : []));
          expect(kept.length === 0 || begins[0] === kept[0]?.timestamp).toBe(true);
          // The second keyframe would not have been old enough.
          if (begins[1] !== undefined) expect(begins[1]).toBeGreaterThan(clock.now() - age);
        },
      ),
    );
  });
});

describe('a feed that is held', () => {
  it('has one socket for holders, recordings and viewers, and frames once for all', async () => {
    const scripted = await ScriptedFeed.open();
    const { feed } = scripted;
    const hold = feed.hold(4000);
    scripted.play(9);
    const seen = { recording: [] as Frame[], viewer: [] as Frame[] };
    const recording = feed.subscribe({ frame: (frame) => seen.recording.push(frame) }, { past: 4000 });
    const viewer = feed.subscribe({ frame: (frame) => seen.viewer.push(frame) });
    const times = (frames: readonly Frame[]) => frames.map(({ timestamp }) => timestamp % 60_000);
    expect(times(seen.recording)[0]).toBe(4000);
    expect(times(seen.viewer)[0]).toBe(8000);
    expect(seen.recording.slice(-seen.viewer.length)).toEqual(seen.viewer);
    expect(seen.recording.at(-1)).toBe(seen.viewer.at(-1));
    scripted.play(1);
    expect(times(seen.recording).at(-1)).toBeGreaterThan(9900);
    expect(scripted.opened).toBe(1);
    for (const subscription of [recording, viewer, hold]) subscription.close();
    scripted.play(1);
    expect(feed.warm).toBe(false);
  });
});
