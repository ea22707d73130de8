import { describe, expect, it } from '@jest/globals';
import type { Frame, NvrError } from '../../src/shared/index.js';
import { until } from '../support/until.js';
import { FROM, isKeyframe, NOW, pictures, playbackBench, restart, times, watch } from './playback-bench.js';

const bench = playbackBench();

describe('a playback that is disturbed', () => {
  it.each(['bigEndianFrames', 'headerCountedFrames', 'joinedFrames', 'splitFrames'] as const)(
    'understands %s',
    async (fault) => {
      bench.simulator.faults[fault] = true;
      const playback = bench.client.playback({ channel: 1, stream: 'sub', from: FROM });
      const frames: Frame[] = [];
      playback.subscribe({ frame: (frame) => frames.push(frame) });
      await until('the playback to open', () => bench.simulator.openSockets === 1);
      bench.clock.advance(2000);
      await until('two seconds', () => times(frames).length >= 30);
      expect(times(frames).slice(0, 30)).toEqual(pictures(0, 30));
      expect(bench.lines.filter((line) => line.includes('malformed'))).toEqual([]);
    },
  );

  it('passes over malformed frames, and says so once; who wants all gets every picture', async () => {
    const { frames, seconds } = await watch(bench, { all: true });
    for (const fault of ['badMagicFrame', 'truncatedFrame', 'oversizedFrame', 'unknownFrame'] as const) {
      bench.simulator.faults[fault]();
      await seconds(1);
    }
    expect(times(frames)).toEqual(pictures(0, 61));
    expect(bench.lines.filter((line) => line.includes('malformed'))).toHaveLength(1);
  });

  it('goes on with the next keyframe after a malformed frame', async () => {
    const { playback, frames, pass } = await watch(bench);
    const all: Frame[] = [];
    playback.subscribe({ frame: (frame) => all.push(frame) }, { all: true });
    bench.simulator.faults.badMagicFrame();
    await pass('the next keyframe and more', () => times(all).length > 40);
    const [next = 0] = times(all.filter(isKeyframe));
    expect(next).toBeGreaterThan(0);
    expect(times(all)).toEqual(pictures(1, times(all).length));
    expect(times(frames)).toEqual([0, ...times(all).filter((time) => time >= next)]);
  });

  it('shows what is stepped to after a malformed frame all the same', async () => {
    const { playback, frames, pass } = await watch(bench);
    await playback.pause();
    bench.simulator.faults.badMagicFrame();
    const before = times(frames).length;
    for (let step = 1; step <= 3; step += 1) {
      await playback.stepForward();
      await pass('a picture', () => times(frames).length >= before + step);
    }
  });

  it('goes on where the NVR broke off, repeating nothing', async () => {
    const { frames, log, seconds, pass } = await watch(bench);
    await seconds(3);
    await restart(bench);
    await pass('more', () => times(frames).length > 100);
    const shown = times(frames);
    expect(shown).toEqual(pictures(0, shown.length));
    const sounds = frames.filter(({ kind }) => kind === 'audio').map(({ timestamp }) => timestamp - FROM);
    expect(sounds).toEqual(sounds.map((_, index) => index * 40));
    expect(log).toEqual([...log.slice(0, -1).map(() => 'interrupted'), 'resumed without a gap']);
  });

  it('goes on backward where the NVR broke off', async () => {
    const { playback, frames, log, pass } = await watch(bench, { from: FROM + 100_000 });
    await playback.backward();
    await pass('two keyframes', () => times(frames).length >= 3, 500);
    await restart(bench);
    await pass('more', () => times(frames).length >= 6, 500);
    expect(times(frames).slice(0, 6)).toEqual([0, 1, 2, 3, 4, 5].map((step) => 100_000 - step * 2000));
    expect(log.at(-1)).toBe('resumed without a gap');
  });

  it('waits for the next command where the NVR broke off while it stood still', async () => {
    const { playback, frames, log, seconds } = await watch(bench);
    await seconds(1);
    await playback.pause();
    await restart(bench);
    await until('the interruption', () => log.length === 1);
    bench.clock.advance(600_000);
    expect(bench.simulator.openSockets).toBe(0);
    await playback.seek(FROM + 200_000);
    await until('the picture', () => times(frames).at(-1) === 200_000);
    expect(log).toEqual(['interrupted']);
  });

  it.each(['http', 'socket'] as const)(
    'rejects a command (%s) after as long as a call may take while the NVR is away, and goes on by itself',
    async (control) => {
      const { playback, frames, log, seconds, pass } = await watch(bench, { control });
      await seconds(1);
      const restarted = bench.simulator.restart(40_000);
      await until('the interruption', () => log.length > 0);
      const begun = bench.clock.now();
      const ends: [code: unknown, after: number][] = [];
      const note = (error: unknown) => void ends.push([(error as NvrError).code, bench.clock.now() - begun]);
      const commands = [playback.fastForward(2), playback.pause()].map((command) => command.catch(note));
      await pass('the commands to end', () => ends.length === 2, 500);
      await Promise.all(commands);
      expect(ends).toEqual([
        ['NVR_TIMEOUT', 10_000],
        ['NVR_TIMEOUT', 10_000],
      ]);
      const before = frames.length;
      await pass('it to go on', () => frames.length > before, 500);
      await restarted;
      await playback.pause();
    },
  );

  it('says when nothing comes', async () => {
    const { playback, frames, log, seconds } = await watch(bench);
    await seconds(1);
    bench.simulator.faults.silentLive = true;
    const stream = playback.frames();
    const next = stream.next();
    bench.clock.advance(10_000);
    await expect(next).rejects.toMatchObject({ code: 'NVR_TIMEOUT' });
    expect(log).toEqual(['silent NVR_TIMEOUT']);
    bench.simulator.faults.silentLive = false;
    const before = frames.length;
    bench.clock.advance(100);
    await until('it to go on', () => frames.length > before);
  });

  it('notices a socket that is half open', async () => {
    const { log, seconds, pass } = await watch(bench);
    await seconds(16);
    bench.simulator.faults.halfOpenSockets = true;
    await pass('the interruption', () => log.includes('interrupted'), 500);
    bench.simulator.faults.halfOpenSockets = false;
    await pass('it to go on', () => log.includes('resumed without a gap'));
  });

  it('ends where nothing is recorded, with an error that keeps the session secret', async () => {
    const playback = bench.client.playback({ channel: 1, stream: 'sub', from: NOW * 1000 });
    const end = playback.frames().next();
    await expect(end).rejects.toMatchObject({ code: 'NVR_UNREACHABLE', message: expect.stringContaining('400') });
    await expect(end).rejects.toMatchObject({ message: expect.not.stringMatching(/session=[0-9a-f]/) });
    await expect(playback.pause()).rejects.toMatchObject({ code: 'NVR_UNREACHABLE' });
  });

  it('ends in good order after stop, where the NVR closes it then', async () => {
    bench.simulator.faults.stopClosesPlayback = true;
    const { playback, log } = await watch(bench);
    const stream = playback.frames();
    await playback.stop();
    await until('the end', () => log.length > 0);
    expect(log).toEqual(['ended undefined']);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    await expect(playback.play()).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('ends with its signal, and with the client', async () => {
    const reason = new Error('enough');
    const abort = new AbortController();
    const { playback, log } = await watch(bench, { signal: abort.signal });
    const next = playback.frames().next();
    abort.abort(reason);
    await expect(next).rejects.toBe(reason);
    await until('the socket to close', () => bench.simulator.openSockets === 0);
    expect(log).toEqual(['ended Error: enough']);
    expect(() => bench.client.playback({ channel: 1, stream: 'sub', from: FROM, signal: abort.signal })).toThrow(
      reason,
    );
    const other = await watch(bench);
    await bench.client.close();
    expect(other.log).toEqual(['ended CLOSED']);
    expect(() => bench.client.playback({ channel: 1, stream: 'sub', from: FROM })).toThrow(
      expect.objectContaining({ code: 'CLOSED' }),
    );
  });
});
