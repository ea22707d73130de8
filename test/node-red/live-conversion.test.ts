import { describe, expect, it, jest } from '@jest/globals';
import { Conversion } from '../../src/node-red/nodes/live/conversion.js';
import {
  ClosedError,
  ManualClock,
  type LiveFeed,
  type LiveFeedListener,
  type VideoFrame,
} from '../../src/shared/index.js';
import { type Child, Children, type Ffmpeg } from '../../src/shared/ffmpeg/index.js';

const MIB = 1024 * 1024;
const picture = (keyframe: boolean, bytes: number): VideoFrame => ({
  ...({ kind: 'video', codec: 'h264', width: 0, height: 0 } as const),
  ...{ keyframe, timestamp: 0, data: Buffer.alloc(bytes) },
});

/** A feed that tells `first` to who subscribes, before that has the subscription; and who does. */
function feedOf(first: (listener: LiveFeedListener) => void) {
  const listeners = new Set<LiveFeedListener>();
  const subscribe = (listener: LiveFeedListener) => {
    first(listener);
    listeners.add(listener);
    return { close: () => void listeners.delete(listener) };
  };
  return { feed: { subscribe } as unknown as LiveFeed, listeners };
}

/** One whose ffmpeg reads nothing. */
function conversionOf(feed: LiveFeed, clock = new ManualClock()) {
  const children = new Children();
  const conversion = new Conversion<Buffer>({
    ...{ feed, clock, owner: { name: 'test', limits: undefined }, ffmpeg: { path: '/bin/false', children } as Ffmpeg },
    ...{ argumentsFor: () => [], reader: () => (bytes) => [bytes], keep: () => [] },
  });
  const ended: Error[] = [];
  return {
    conversion,
    children,
    ended,
    watcher: { next: () => undefined, ended: (error: Error) => void ended.push(error) },
  };
}

describe('a conversion', () => {
  it('leaves nothing where the feed has ended already', () => {
    const gone = new ClosedError('gone');
    const { feed, listeners } = feedOf((listener) => listener.interrupted?.(gone));
    const { conversion, ended, watcher } = conversionOf(feed);
    conversion.watch(watcher);
    expect([ended, conversion.runs, listeners.size]).toEqual([[gone], false, 0]);
  });

  it('leaves nothing where the feed takes nobody', () => {
    const { feed } = feedOf(() => {
      throw new ClosedError('gone');
    });
    const { conversion, watcher } = conversionOf(feed);
    expect(() => conversion.watch(watcher)).toThrow(ClosedError);
    expect(conversion.runs).toBe(false);
  });

  it('waits for the next keyframe where more is kept of the past than ffmpeg takes at once', async () => {
    const { feed, listeners } = feedOf((listener) => {
      for (let index = 0; index < 12; index++) listener.frame(picture(index === 0, MIB), true);
    });
    const { conversion, children, ended, watcher } = conversionOf(feed);
    const watching = conversion.watch(watcher);
    expect([ended, conversion.runs, listeners.size]).toEqual([[], true, 1]);
    watching.close();
    expect([conversion.runs, listeners.size]).toEqual([false, 0]);
    await conversion.close(new ClosedError('over'));
    expect(children.running).toBe(0);
  });

  it.each([3_600_000, -3_600_000])('begins anew with a keyframe where the date is set by %d ms', async (step) => {
    const { feed, listeners } = feedOf(() => undefined);
    const clock = new ManualClock(Date.now());
    const { conversion, children, watcher } = conversionOf(feed, clock);
    const stop = jest.fn(() => Promise.resolve());
    const child = { ...{ read: () => undefined, write: () => true, stop }, exited: new Promise(() => undefined) };
    const started = jest.spyOn(children, 'start').mockReturnValue(child as unknown as Child);
    const watching = conversion.watch(watcher);
    const show = (keyframe: boolean) => {
      clock.advance(40);
      for (const listener of listeners) listener.frame(picture(keyframe, 100), false);
      return started.mock.calls.length;
    };
    expect([show(true), show(false), show(true)]).toEqual([1, 1, 1]);
    clock.stepWall(step);
    expect([show(false), show(true), show(false), show(true)]).toEqual([1, 2, 2, 2]);
    watching.close();
    await conversion.close(new ClosedError('over'));
    expect(stop).toHaveBeenCalledTimes(2);
  });
});
