import { describe, expect, it } from '@jest/globals';
import { dayBefore, momentOf } from '../../../src/homebridge/past/moments.js';

describe('an event', () => {
  const event = { channel: 2, type: 'Motion', from: new Date(100_000) };

  it('is played with what the NVR has recorded before it, and 5 s at least', () => {
    expect(momentOf(event)).toEqual({ channel: 2, time: 95_000 });
    expect(momentOf({ ...event, recordedFrom: new Date(80_000) })).toEqual({ channel: 2, time: 80_000 });
    expect(momentOf({ ...event, recordedFrom: new Date(99_000) })).toEqual({ channel: 2, time: 95_000 });
  });
});

it('yesterday is the same time by the clock on the wall', () => {
  const noon = new Date(2026, 2, 30, 12, 15).getTime();
  for (let day = 0, time = noon; day < 400; day++) {
    time = dayBefore(time);
    expect([new Date(time).getHours(), new Date(time).getMinutes()]).toEqual([12, 15]);
  }
});
