import { describe, expect, it } from '@jest/globals';
import { StandingStreams } from '../../../src/homebridge/live/standing-streams.js';
import type { LiveFeedListener, VideoFrame } from '../../../src/shared/index.js';
import { ClosedError, ManualClock } from '../../../src/shared/index.js';
import type { Feed } from '../../../src/shared/internal.js';

const SOON = 5000;
const REST = 20_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** An NVR with so many cameras, which are on line. */
function nvr(cameras: number) {
  const clock = new ManualClock();
  const unheard = new Set<(path: string) => void>();
  const standing = new StandingStreams({ unheard }, clock);
  const listeners = new Map<number, LiveFeedListener>();
  const showing = new Set<number>();
  let [tries, isClosed] = [0, false];
  const alive = () => {
    if (isClosed) throw new ClosedError('closed');
  };
  const feed = (channel: number) => {
    alive();
    return {
      path: `/live/${channel}/1`,
      subscribe(listener: LiveFeedListener) {
        tries += 1;
        listeners.set(channel, listener);
        return { close: () => void listeners.delete(channel) };
      },
    } as Partial<Feed> as Feed;
  };
  const all = Array.from({ length: cameras }, (_, index) => {
    const channel = index + 1;
    const shows = () => {
      alive();
      return showing.has(channel);
    };
    return standing.add(() => feed(channel), shows);
  });
  const house = {
    ...{ clock, showing, all },
    open: () => [...listeners.keys()].sort((a, b) => a - b),
    tries: () => tries,
    close: () => (isClosed = true),
    /** What is needed of all of them. */
    want: (wanted = true, armed = false) => {
      for (const camera of all) camera.want(wanted, armed);
      clock.advance(SOON);
    },
    show: (...channels: number[]) => {
      for (const channel of channels) listeners.get(channel)?.frame({ kind: 'video' } as VideoFrame, false);
    },
    lose: (...channels: number[]) => {
      for (const channel of channels) listeners.get(channel)?.interrupted?.(undefined);
    },
    /** The NVR does not let in a socket, while the others flow. */
    refuse: (path: string) => {
      house.show(...listeners.keys());
      house.fail(path);
    },
    fail: (path: string) => {
      for (const listener of unheard) listener(path);
    },
  };
  house.want();
  return house;
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('the small streams that stand', () => {
  it('are those of cameras that are on line, soon', () => {
    const { all, open, clock, want } = nvr(3);
    want(false);
    expect([open(), clock.pending]).toEqual([[], 0]);
    for (const at of [0, 2]) all[at]?.want(true, false);
    expect(open()).toEqual([]);
    clock.advance(SOON);
    expect([open(), clock.pending]).toEqual([[1, 3], 0]);
  });

  it('are not those of cameras whose main stream is kept open, once that has something to show', () => {
    const { showing, open, clock, want, all } = nvr(2);
    showing.add(1);
    expect(open()).toEqual([1, 2]);
    want(true, true);
    expect(open()).toEqual([2]);
    showing.add(2);
    clock.advance(REST);
    expect([open(), clock.pending]).toEqual([[], 0]);
    all[0]?.want(true, false);
    clock.advance(SOON);
    expect(open()).toEqual([1]);
  });

  it('are thirty-two of an NVR, and one more where one is gone', () => {
    const { all, open, clock } = nvr(40);
    expect(open()).toEqual(upTo(32));
    all[4]?.close();
    clock.advance(SOON);
    expect(open()).toEqual(upTo(33).filter((channel) => channel !== 5));
  });

  it('leave one alone that was interrupted, longer each time that it showed nothing, for an hour at most', () => {
    const { open, clock, show, lose } = nvr(1);
    const isBackAfter = (ms: number) => {
      lose(1);
      clock.advance(ms - 1);
      expect(open()).toEqual([]);
      clock.advance(1);
      expect(open()).toEqual([1]);
    };
    show(1);
    for (const times of [1, 2, 4, 8, 16, 32, 64, 128]) isBackAfter(times * REST);
    for (let turn = 0; turn < 3; turn += 1) isBackAfter(HOUR);
    for (let turn = 0; turn < 3; turn += 1) {
      show(1);
      isBackAfter(REST);
    }
  });

  it('all come back after a restart of the NVR', () => {
    const { open, clock, show, lose, want, refuse } = nvr(5);
    show(...upTo(5));
    lose(3, 1, 5, 2, 4);
    for (const path of ['/event', '/live/1/0', '/live/2/1']) refuse(path);
    want(false);
    want();
    clock.advance(REST);
    expect(open()).toEqual(upTo(5));
  });
});

describe('an NVR that takes only so many sockets', () => {
  it('has four small streams fewer for whoever is not let in, at once and for an hour', () => {
    const { open, clock, refuse } = nvr(10);
    refuse('/live/1/0');
    expect(open()).toEqual(upTo(6));
    clock.advance(HOUR - 1);
    expect(open()).toEqual(upTo(6));
    clock.advance(1);
    expect(open()).toEqual(upTo(10));
    refuse('/live/1/0');
    expect(open()).toEqual(upTo(6));
  });

  it('has room for each who is not let in, up to all that stand', () => {
    const { open, clock, refuse } = nvr(10);
    for (const path of ['/live/1/0', '/event', '/live/2/0', '/live/3/0']) refuse(path);
    expect(open()).toEqual([]);
    clock.advance(HOUR);
    expect(open()).toEqual(upTo(10));
  });

  it('that does not take a small stream itself, takes it later, and the others stand', () => {
    const { open, clock, refuse, lose } = nvr(8);
    refuse('/live/8/1');
    lose(8);
    expect(open()).toEqual(upTo(7));
    clock.advance(REST);
    expect(open()).toEqual(upTo(8));
  });

  it('is not what one is that has gone, whose streams have not ended yet', () => {
    const { open, clock, show, lose, fail } = nvr(5);
    show(...upTo(5));
    clock.advance(3000);
    for (const path of ['/event', '/live/1/0']) fail(path);
    expect(open()).toEqual(upTo(5));
    lose(...upTo(5));
    clock.advance(REST);
    expect(open()).toEqual(upTo(5));
  });

  it('is not what one is that has another reason: room that has not helped is not made again', () => {
    const { open, clock, refuse } = nvr(10);
    refuse('/live/1/0');
    for (let turn = 0; turn < 3; turn += 1) {
      clock.advance(MINUTE);
      refuse('/live/1/0');
    }
    clock.advance(SOON);
    expect(open()).toEqual(upTo(10));
    clock.advance(2 * HOUR);
    refuse('/live/1/0');
    expect(open()).toEqual(upTo(10));
    refuse('/live/2/0');
    expect(open()).toEqual(upTo(6));
  });

  it('make room for a talk for so long as somebody might speak', () => {
    const { open, want, refuse, clock } = nvr(8);
    want();
    refuse('/audioBackchannel?ChannelID=1');
    expect(open()).toHaveLength(4);
    clock.advance(1.5 * MINUTE - 1);
    expect(open()).toHaveLength(4);
    clock.advance(1);
    expect(open()).toHaveLength(8);
  });
});

describe('an NVR that is left', () => {
  it('is asked for nothing, and leaves no timer', () => {
    const { all, clock, want, lose, tries, close } = nvr(2);
    lose(1);
    close();
    want(true, true);
    clock.advance(HOUR);
    expect(tries()).toBe(2);
    for (const camera of all) camera.close();
    expect(clock.pending).toBe(0);
  });
});
