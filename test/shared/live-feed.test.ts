import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../src/shared/clock.js';
import { type Frame, NvrUnreachableError, silentLogger } from '../../src/shared/index.js';
import { LimitCounters } from '../../src/shared/limit-counters.js';
import { Recovery } from '../../src/shared/link/recovery.js';
import type { SocketEnvironment } from '../../src/shared/link/reconnecting-socket.js';
import { LiveFeed } from '../../src/shared/media/live-feed.js';
import { noFaults } from '../../src/shared/media/frame-reassembler.js';
import { until } from '../support/until.js';
import { withNvr } from './with-nvr.js';

const context = withNvr({ speed: 4 });
const isKeyframe = (frame: Frame) => frame.kind === 'video' && frame.keyframe;

describe('live feeds', () => {
  it('begin with a keyframe that can be decoded, and share one socket', async () => {
    const kinds: string[] = [];
    const feed = context.client.feed(1, 'sub');
    const watch = () =>
      feed.subscribe({
        frame: (frame) => kinds.push(frame.kind === 'audio' ? 'audio' : frame.keyframe ? 'key' : 'delta'),
      });
    const first = watch();
    const keyframe = await feed.keyframe();
    expect(keyframe).toMatchObject({ codec: 'h264', width: 640, height: 360 });
    await until('frames after the keyframe', () => kinds.includes('key') && kinds.includes('audio'));
    kinds.length = 0;
    const second = watch();
    expect(kinds[0]).toBe('key');
    expect(context.nvr.openSockets).toBe(1);
    first.close();
    second.close();
    await until('the socket to close', () => context.nvr.openSockets === 0);
    expect(feed.warm).toBe(false);
    expect(feed.latestKeyframe).toBeDefined();
  });

  it('stay warm for a while after the last viewer', async () => {
    const lingering = context.connect({ feedLingerMs: 60_000 });
    const feed = lingering.feed(1, 'sub');
    await feed.keyframe();
    expect(feed.warm).toBe(true);
    expect(context.nvr.openSockets).toBe(1);
    await lingering.close();
    await until('the socket to close', () => context.nvr.openSockets === 0);
  });

  it('close at once after one for whose sake they need not linger, and stay for the sake of others', async () => {
    const lingering = context.connect({ feedLingerMs: 60_000 });
    const [feed, other] = [lingering.feed(1, 'sub'), lingering.feed(2, 'sub')];
    await other.keyframe();
    const watches = [feed, other].map((one) => one.subscribe({ frame: () => undefined }, { linger: false }));
    await until('both to be open', () => feed.warm);
    for (const watch of watches) watch.close();
    await until('the socket of one to close', () => context.nvr.openSockets === 1);
    expect([feed.warm, other.warm]).toEqual([false, true]);
    await lingering.close();
  });

  it.each(['bigEndianFrames', 'headerCountedFrames', 'joinedFrames', 'splitFrames'] as const)(
    'understand %s',
    async (fault) => {
      context.nvr.faults[fault] = true;
      const feed = context.client.feed(1, 'sub');
      expect(await feed.keyframe()).toMatchObject({ width: 640 });
      expect(feed.faults).toEqual(noFaults());
    },
  );

  it('survive malformed frames: counted, logged once, picture goes on', async () => {
    const feed = context.client.feed(1, 'sub');
    let frames = 0;
    feed.subscribe({ frame: () => (frames += 1) });
    await feed.keyframe();
    for (let round = 0; round < 2; round += 1) {
      context.nvr.faults.badMagicFrame();
      context.nvr.faults.truncatedFrame();
      context.nvr.faults.oversizedFrame();
      context.nvr.faults.unknownFrame();
    }
    await until('them to be counted', () => feed.faults.unknownTypes === 2 && feed.faults.oversized === 2);
    const before = frames;
    await until('the next frames', () => frames > before + 5);
    expect(context.lines.filter((line) => line.includes('malformed frames'))).toHaveLength(1);
  });

  it('hand on no picture after a malformed frame until the next keyframe, unless asked for all', async () => {
    const feed = context.client.feed(1, 'sub');
    const names = (frames: Frame[]) => (frame: Frame) => void frames.push(frame);
    const [some, all]: [Frame[], Frame[]] = [[], []];
    feed.subscribe({ frame: names(some) });
    await feed.keyframe();
    feed.subscribe({ frame: names(all) }, { all: true });
    for (const fault of ['badMagicFrame', 'oversizedFrame'] as const) {
      const [keyframes, withheld] = [some.filter(isKeyframe).length, feed.faults.withheld];
      context.nvr.faults[fault]();
      await until('pictures to be withheld', () => feed.faults.withheld > withheld);
      const newcomer: Frame[] = [];
      feed.subscribe({ frame: names(newcomer) }).close();
      expect(newcomer.filter((frame) => !some.includes(frame))).toEqual([]);
      await until('the next keyframe', () => some.filter(isKeyframe).length > keyframes);
    }
    const missing = all.filter((frame) => !some.includes(frame));
    expect(missing).toHaveLength(feed.faults.withheld);
    expect(missing.filter((frame) => frame.kind === 'audio' || frame.keyframe)).toEqual([]);
    // What follows a hole is a keyframe.
    const pictures = all.filter(({ kind }) => kind === 'video');
    const afterHole = pictures.filter(
      (frame, at) => !missing.includes(frame) && missing.includes(pictures[at - 1] as Frame),
    );
    expect(afterHole.length).toBeGreaterThan(0);
    expect(afterHole.filter((frame) => !isKeyframe(frame))).toEqual([]);
  });

  it('say so once, however often the connection is made anew', async () => {
    const feed = context.client.feed(1, 'sub');
    let keyframes = 0;
    feed.subscribe({ frame: (frame) => (keyframes += frame.kind === 'video' && frame.keyframe ? 1 : 0) });
    for (let connection = 0; connection < 2; connection += 1) {
      const before = keyframes;
      await until('a picture', () => keyframes > before);
      context.nvr.faults.oversizedFrame();
      await until('it to be counted', () => feed.faults.oversized === 1);
      if (connection === 0) await context.nvr.restart();
    }
    expect(context.lines.filter((line) => line.includes('malformed frames'))).toHaveLength(1);
  });

  it('do not call a frame of unknown type malformed', async () => {
    const feed = context.client.feed(1, 'sub');
    feed.subscribe({ frame: () => undefined });
    await feed.keyframe();
    for (let count = 1; count <= 2; count += 1) {
      context.nvr.faults.unknownFrame();
      await until('it to be counted', () => feed.faults.unknownTypes === count);
    }
    expect(context.lines.filter((line) => line.startsWith('warn'))).toEqual([]);
    expect(context.lines.filter((line) => line.includes('unknown type'))).toEqual([expect.stringMatching(/^debug /)]);
  });

  it('go on with a keyframe after a restart of the NVR, for the same subscriber', async () => {
    const feed = context.client.feed(2, 'main');
    const log: string[] = [];
    feed.subscribe({
      frame: (frame) => {
        if (frame.kind === 'video') log.push(frame.keyframe ? 'key' : 'delta');
      },
      interrupted: () => log.push('interrupted'),
    });
    await feed.keyframe();
    await context.nvr.restart();
    await until(
      'frames after the interruption',
      () => log.indexOf('interrupted') >= 0 && log.lastIndexOf('delta') > log.lastIndexOf('interrupted'),
    );
    expect(log[log.lastIndexOf('interrupted') + 1]).toBe('key');
  });

  it('are tried at once for a newcomer, also where they linger after a long outage', async () => {
    const clock = new ManualClock();
    let tries = 0;
    const environment: SocketEnvironment = {
      ...{ clock, logger: silentLogger, limits: new LimitCounters(silentLogger), random: () => 0.5 },
      recovery: new Recovery(),
      probe: () => Promise.resolve(),
      connect: () => {
        tries += 1;
        return Promise.reject(new NvrUnreachableError('down'));
      },
    };
    const feed = new LiveFeed(1, 'main', environment, 600_000);
    const first = feed.subscribe({ frame: () => undefined });
    for (let minute = 0; minute < 8; minute += 1) {
      await new Promise(setImmediate);
      clock.advance(60_000);
    }
    first.close();
    await new Promise(setImmediate);
    clock.advance(5000);
    const before = tries;
    feed.subscribe({ frame: () => undefined });
    clock.advance(0);
    expect(tries).toBe(before + 1);
    feed.close();
  });

  it('give up waiting when asked to', async () => {
    context.nvr.faults.silentLive = true;
    const reason = new Error('too late');
    const abort = new AbortController();
    const keyframe = context.client.feed(1, 'main').keyframe({ signal: abort.signal });
    abort.abort(reason);
    await expect(keyframe).rejects.toBe(reason);
  });

  it('reject at once where the client is closed, and leave nothing behind at the signal', async () => {
    const feed = context.client.feed(1, 'main');
    await context.client.close();
    const abort = new AbortController();
    await expect(feed.keyframe({ signal: abort.signal })).rejects.toMatchObject({ code: 'CLOSED' });
    // A listener that was left behind would reject a promise that nobody holds.
    abort.abort(new Error('too late'));
    await new Promise(setImmediate);
  });

  it('tell their subscribers that the client was closed', async () => {
    const codes: (string | undefined)[] = [];
    context.client
      .feed(1, 'main')
      .subscribe({ frame: () => undefined, interrupted: (error) => codes.push(error?.code) });
    await context.client.close();
    expect(codes).toEqual(['CLOSED']);
    expect(() => context.client.feed(1, 'main')).toThrow(expect.objectContaining({ code: 'CLOSED' }));
  });
});
