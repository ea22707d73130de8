import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MediaTimeline, nextAnchor, squeezedTicks, ticks } from '../../../src/homebridge/live/media-timeline.js';
import { squeezeStep } from '../../../src/homebridge/live/video-sender.js';

describe('media time', () => {
  // The frame before: timestamp 5000, arrived at 100, media time 0.
  const before = { timestamp: 5000, arrival: 100, offset: -5000 };
  it.each([
    ['follows the NVR', 5066, 166, 66],
    ['follows the NVR when a frame is late', 5066, 900, 66],
    ['follows the NVR when frames come in a burst', 5500, 101, 500],
    ['lets sound start a little before the newest picture', 4960, 110, -40],
    ['goes on by our clock when the NVR is set back by an hour', 5000 - 3_600_000, 166, 66],
    ['goes on by our clock when the NVR is set forward by an hour', 5000 + 3_600_000, 166, 66],
    ['keeps the pause of a lost connection', 25_000, 20_100, 20_000],
  ])('%s', (_, timestamp, arrival, expected) => {
    expect(timestamp + nextAnchor(before, timestamp, arrival).offset).toBe(expected);
  });

  it('starts at 0 and is the same for both tracks', () => {
    const timeline = new MediaTimeline();
    expect(timeline.at(100)).toBeUndefined();
    expect(timeline.mediaTime(5000, 100)).toBe(0);
    expect(timeline.mediaTime(5020, 130)).toBe(20);
    expect(timeline.at(1100)).toBe(1000);
  });
});

describe('RTP time', () => {
  it.each([
    [0, 90_000, 0],
    [1000, 90_000, 90_000],
    [66, 90_000, 5940],
    [20, 24_000, 480],
    [-40, 16_000, -640],
  ])('of %i ms at %i Hz is %i', (mediaTime, clockRate, expected) => {
    expect(ticks(mediaTime, clockRate)).toBe(expected);
  });

  it('of a replayed group ends with the newest picture', () => {
    expect(squeezedTicks(4, 1000, 90)).toEqual([730, 820, 910, 1000]);
  });

  it('of a replayed group of any size goes forwards and lasts no longer than a picture', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), (count) => {
        const times = squeezedTicks(count, 0, squeezeStep(count));
        expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0))).toBe(true);
        expect(times.at(-1)).toBe(0);
        expect(-(times[0] ?? 0)).toBeLessThanOrEqual(3000);
      }),
    );
  });
});
