import { describe, expect, it } from '@jest/globals';
import { StandingStreams } from '../../../src/homebridge/live/standing-streams.js';
import type { LiveFeedListener, NvrError, VideoFrame } from '../../../src/shared/index.js';
import { ClosedError, ManualClock, NvrRefusedError, NvrUnreachableError } from '../../../src/shared/index.js';
import type { Feed } from '../../../src/shared/internal.js';

const SOON = 5000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const full = () => new NvrUnreachableError('live: closed');

/** An NVR with so many cameras, of which it shows some. */
function nvr(cameras: number) {
  const clock = new ManualClock();
  const standing = new StandingStreams(clock);
  const listeners = new Map<number, LiveFeedListener>();
  let tries = 0;
  let isClosed = false;
  const covered = new Set<number>();
  const feed = (channel: number) =>
    ({
      subscribe(listener: LiveFeedListener) {
        if (isClosed) throw new ClosedError('closed');
        tries += 1;
        listeners.set(channel, listener);
        return { close: () => void listeners.delete(channel) };
      },
    }) as Partial<Feed> as Feed;
  const all = Array.from({ length: cameras }, (_, index) => {
    const channel = index + 1;
    return standing.add(
      () => feed(channel),
      () => covered.has(channel),
    );
  });
  return {
    ...{ clock, covered, all },
    open: () => [...listeners.keys()].sort((a, b) => a - b),
    tries: () => tries,
    close: () => (isClosed = true),
    want: (wanted: boolean) => {
      for (const camera of all) camera.want(wanted);
      clock.advance(SOON);
    },
    show: (...channels: number[]) => {
      for (const channel of channels) listeners.get(channel)?.frame({ kind: 'video' } as VideoFrame, false);
    },
    lose: (channels: readonly number[], error?: NvrError) => {
      for (const channel of channels) listeners.get(channel)?.interrupted?.(error);
    },
  };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('the small streams that stand', () => {
  it('are those of cameras that are on line', () => {
    const { all, open, clock, want } = nvr(3);
    expect([open(), clock.pending]).toEqual([[], 0]);
    for (const at of [0, 2]) all[at]?.want(true);
    expect(open()).toEqual([]);
    clock.advance(SOON);
    expect(open()).toEqual([1, 3]);
    want(false);
    expect([open(), clock.pending]).toEqual([[], 0]);
  });

  it('are not those of cameras whose main stream is kept', () => {
    const { covered, open, clock, want } = nvr(2);
    covered.add(1);
    want(true);
    expect(open()).toEqual([2]);
    covered.add(2);
    covered.delete(1);
    clock.advance(MINUTE);
    expect(open()).toEqual([1]);
  });

  it('are thirty-two of an NVR, and one more where one is gone', () => {
    const { all, open, clock, want } = nvr(40);
    want(true);
    expect(open()).toEqual(upTo(32));
    all[4]?.close();
    clock.advance(MINUTE);
    expect(open()).toEqual(upTo(33).filter((channel) => channel !== 5));
  });

  it('leave one alone that was interrupted, longer each time that it showed nothing', () => {
    const { open, clock, want, show, lose } = nvr(1);
    want(true);
    const isBackAfter = (seconds: number) => {
      lose([1]);
      clock.advance((seconds - 1) * 1000);
      expect(open()).toEqual([]);
      clock.advance(11_000);
      expect(open()).toEqual([1]);
    };
    show(1);
    for (const seconds of [20, 40, 80]) isBackAfter(seconds);
    for (let turn = 0; turn < 3; turn += 1) {
      show(1);
      isBackAfter(20);
    }
  });

  it('are asked for again within an hour, however often they were interrupted', () => {
    const { open, clock, want, lose } = nvr(1);
    want(true);
    for (let turn = 0; turn < 20; turn += 1) {
      lose([1]);
      clock.advance(HOUR + MINUTE);
      expect(open()).toEqual([1]);
    }
  });
});

describe('an NVR that takes only so many streams', () => {
  it('has four fewer than it takes, for whoever needs one, and is asked for more after six hours', () => {
    const { open, clock, want, show, lose } = nvr(12);
    want(true);
    show(...upTo(10));
    lose([11, 12], full());
    expect(open()).toEqual(upTo(6));
    clock.advance(5 * HOUR);
    expect(open()).toEqual(upTo(6));
    clock.advance(1.5 * HOUR);
    expect(open()).toEqual(upTo(12));
  });

  it('that takes hardly any has none', () => {
    const { open, want, show, lose } = nvr(4);
    want(true);
    show(1, 2);
    lose([3, 4], full());
    expect(open()).toEqual([]);
  });

  it.each<[string, (all: ReturnType<typeof nvr>) => void, number[]]>([
    ['lets the user not see one', ({ lose }) => lose([3], new NvrRefusedError('live', 'no right')), [1, 2]],
    [
      'shows nothing of one',
      ({ clock, lose }) => {
        clock.advance(10_000);
        lose([3], full());
      },
      [1, 2],
    ],
    ['restarts', ({ lose }) => lose([1, 2, 3], full()), []],
  ])('is no NVR that %s', (_, happens, left) => {
    const all = nvr(3);
    all.want(true);
    all.show(1, 2);
    happens(all);
    expect(all.open()).toEqual(left);
    all.clock.advance(1.5 * MINUTE);
    expect(all.open()).toEqual([1, 2, 3]);
  });
});

describe('an NVR that is left', () => {
  it('is asked for nothing, and leaves no timer', () => {
    const { all, clock, want, lose, tries, close } = nvr(2);
    want(true);
    lose([1]);
    close();
    clock.advance(HOUR);
    expect(tries()).toBe(2);
    for (const camera of all) camera.close();
    expect(clock.pending).toBe(0);
  });
});
