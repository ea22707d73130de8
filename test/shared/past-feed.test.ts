import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Frame, VideoFrame } from '../../src/shared/codec/frame.js';
import { LoginRejectedError, ManualClock, NvrUnreachableError, silentLogger } from '../../src/shared/index.js';
import { type Moment, PastFeed } from '../../src/shared/media/past-feed.js';
import type { PlaybackListener } from '../../src/shared/media/playback-connection.js';

const LINGER = 5000;
const NOW = Date.UTC(2026, 0, 1, 12);

/** A playback of which the test says what comes. */
interface Tape {
  readonly moment: Moment;
  listener?: PlaybackListener;
  closed: boolean;
}

let clock: ManualClock;
let tapes: Tape[];
let feed: PastFeed;
let seen: (number | string)[];

const picture = (timestamp: number, keyframe: boolean): VideoFrame => ({
  ...{ kind: 'video', codec: 'h264', keyframe, width: 640, height: 360, timestamp },
  data: Buffer.from([0, 0, 0, 1, keyframe ? 0x65 : 0x41, 1]),
});
const tape = (index: number): Tape => {
  const found = tapes.at(index);
  if (!found) throw new Error('no such playback');
  return found;
};
const plays = (index: number, frame: Frame) => tape(index).listener?.frame(frame);
const watch = (options = {}) =>
  feed.as('main').subscribe(
    {
      frame: ({ timestamp }, replay) => void seen.push(replay ? `again ${timestamp}` : timestamp),
      interrupted: (error) => void seen.push(error?.code ?? 'interrupted'),
    },
    options,
  );

beforeEach(() => {
  clock = new ManualClock(NOW);
  tapes = [];
  seen = [];
  feed = new PastFeed({
    play: (moment) => {
      const made: Tape = { moment, closed: false };
      tapes.push(made);
      return {
        subscribe: (listener) => {
          made.listener = listener;
          return { close: () => undefined };
        },
        close: () => void (made.closed = true),
      };
    },
    otherwise: () => ({ channel: 1, time: clock.wall() - 30_000 }),
    ...{ clock, logger: silentLogger, lingerMs: LINGER },
  });
});

describe('a feed of the past', () => {
  it('plays what was asked for, else a moment ago, in one playback for all who watch', () => {
    watch();
    watch();
    expect(tapes.map(({ moment }) => moment)).toEqual([{ channel: 1, time: NOW - 30_000 }]);
    plays(0, picture(1000, true));
    expect(seen).toEqual([1000, 1000]);
  });

  it('goes on with another moment for those who watch: a break, then its pictures, and none of the former', () => {
    watch();
    plays(0, picture(1000, true));
    feed.show({ channel: 2, time: 5000 });
    expect(tape(0).closed).toBe(true);
    plays(0, picture(1100, false));
    plays(1, picture(5000, true));
    expect(tape(1).moment).toEqual({ channel: 2, time: 5000 });
    expect(seen).toEqual([1000, 'interrupted', 5000]);
    expect(feed.position).toEqual({ channel: 2, time: 5000 });
  });

  it('plays nothing where nobody watches, and the asked moment for the next one who does', () => {
    feed.show({ channel: 2, time: 5000 });
    expect(tapes).toHaveLength(0);
    watch();
    expect(tape(0).moment).toEqual({ channel: 2, time: 5000 });
  });

  it('gives a newcomer the pictures since the last keyframe at once', () => {
    watch();
    for (const frame of [picture(1000, true), picture(1100, false)]) plays(0, frame);
    seen = [];
    watch();
    expect(seen).toEqual(['again 1000', 'again 1100']);
    expect(feed.as('sub').warm).toBe(true);
  });

  it('ends its playback some seconds after the last one, or at once where that one does not want to find it again', () => {
    watch().close();
    clock.advance(LINGER - 1);
    expect(tape(0).closed).toBe(false);
    clock.advance(1);
    expect(tape(0).closed).toBe(true);
    watch({ linger: false }).close();
    expect(tape(1).closed).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('has a picture of the moment, for which it plays once', async () => {
    const first = feed.as('main').keyframe();
    plays(0, picture(900, false));
    plays(0, picture(1000, true));
    expect((await first).timestamp).toBe(1000);
    expect(tape(0).closed).toBe(true);
    expect((await feed.as('main').keyframe()).timestamp).toBe(1000);
    expect(tapes).toHaveLength(1);
    feed.show({ channel: 2, time: 5000 });
    const aborted = feed.as('main').keyframe({ signal: AbortSignal.abort(new Error('enough')) });
    await expect(aborted).rejects.toThrow('enough');
  });

  it('keeps what is shown where the recordings end, and tells why where they cannot be played', () => {
    watch();
    plays(0, picture(1000, true));
    tape(0).listener?.ended?.(undefined);
    watch();
    tape(1).listener?.ended?.(new LoginRejectedError('no'));
    expect(seen).toEqual([1000, 'interrupted', 'LOGIN_REJECTED', 'LOGIN_REJECTED']);
  });

  it('tells of a lost connection that comes back, and goes on', () => {
    watch();
    tape(0).listener?.interrupted?.(new NvrUnreachableError('lost'));
    plays(0, picture(2000, true));
    expect(seen).toEqual(['NVR_UNREACHABLE', 2000]);
  });

  it('is over when it is closed', () => {
    watch();
    feed.close();
    expect(tape(0).closed).toBe(true);
    expect(seen).toEqual(['CLOSED']);
    expect(() => watch()).toThrow('closed');
    feed.show({ channel: 1, time: 1 });
    expect(tapes).toHaveLength(1);
  });
});
