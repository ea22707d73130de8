import { describe, expect, it } from '@jest/globals';
import { reasonToEnd, reportPause, type SessionFacts } from '../../../src/homebridge/live/session-policy.js';

describe('pause between reports', () => {
  it.each([
    [0.5, 500],
    [0, 500],
    [1, 1000],
    [60, 2000],
  ])('for an interval of %s s is %i ms', (interval, pause) => {
    expect(reportPause(interval)).toBe(pause);
  });
});

describe('a session', () => {
  const prepared = { prepared: 0, pause: 500 };
  const started = { ...prepared, started: 1000 };
  const shown = { ...started, shown: 2000 };
  it.each<[string, SessionFacts, number, RegExp | undefined]>([
    ['waits for START', prepared, 9000, undefined],
    ['ends without START', prepared, 10_500, /did not start/],
    ['waits for a picture', started, 8500, undefined],
    ['ends without a picture', started, 9500, /no picture came within 8 s/],
    ['waits for the phone to speak', shown, 11_500, undefined],
    ['ends where the phone never speaks', shown, 12_500, /nothing was heard/],
    ['goes on while the phone is heard', { ...shown, heard: 60_000 }, 64_500, undefined],
    ['ends 5 s after the phone was last heard', { ...shown, heard: 60_000 }, 65_500, /for 5 s/],
    ['bears four reports missing, however rare', { ...shown, heard: 60_000, pause: 2000 }, 67_500, undefined],
    ['ends after four rare reports', { ...shown, heard: 60_000, pause: 2000 }, 68_500, /for 8 s/],
  ])('%s', (_, facts, now, reason) => {
    const found = reasonToEnd(facts, now);
    if (reason) expect(found).toMatch(reason);
    else expect(found).toBeUndefined();
  });
});
