import { describe, expect, it } from '@jest/globals';
import type { Frame } from '../../src/shared/index.js';
import { continuing, directionOf, moves, secondsOf, silenceLimit } from '../../src/shared/media/playback-course.js';
import { Repetition } from '../../src/shared/media/repetition.js';
import { waitingBacklog } from '../../src/shared/media/waiting-backlog.js';

const audio = (timestamp: number): Frame => ({ kind: 'audio', codec: 'pcmu', timestamp, data: Buffer.alloc(1) });
const video = (timestamp: number): Frame => ({
  ...{ kind: 'video', codec: 'h264', keyframe: false, width: 640, height: 360 },
  ...{ timestamp, data: Buffer.alloc(1) },
});

describe('the course of a playback', () => {
  it.each([
    [{ command: 'play' }, 'forward', true, 10_000],
    [{ command: 'forward' }, 'forward', true, 10_000],
    [{ command: 'fast_forward', speed: 16 }, 'forward', true, 10_000],
    [{ command: 'slow_forward', speed: 8 }, 'forward', true, 80_000],
    [{ command: 'backward' }, 'backward', true, 30_000],
    [{ command: 'fast_backward', speed: 2 }, 'backward', true, 30_000],
    [{ command: 'slow_backward', speed: 4 }, 'backward', true, 120_000],
    [{ command: 'step_forward' }, 'forward', false, undefined],
    [{ command: 'step_backward' }, 'backward', false, undefined],
    [{ command: 'seek', time: 1 }, undefined, false, undefined],
    [{ command: 'pause' }, undefined, false, undefined],
    [{ command: 'stop' }, undefined, false, undefined],
  ] as const)('after %j: %s, moving %s, silent for %s ms at most', (command, direction, moving, silence) => {
    expect(directionOf(command)).toBe(direction);
    expect(moves(command)).toBe(moving);
    expect(silenceLimit(command)).toBe(silence);
    expect(continuing(command)).toEqual(moving ? command : { command: 'pause' });
  });

  it('takes whole seconds of a time', () => {
    expect(secondsOf('from', new Date(1_700_000_000_999))).toBe(1_700_000_000);
    expect(secondsOf('from', 1_700_000_000_000)).toBe(1_700_000_000);
    expect(() => secondsOf('from', -1)).toThrow('from: must be a time');
  });
});

describe('what a new connection repeats', () => {
  it.each([
    ['forward', [video(800), audio(790), video(1000), audio(980), audio(1020), video(1066)], 4],
    ['backward', [video(1000), audio(980), video(1066), audio(1020), video(800)], 4],
  ] as const)('%s', (direction, frames, repeated) => {
    const repetition = new Repetition(direction, { video: 1000, audio: 980 });
    expect(frames.map((frame) => repetition.repeats(frame))).toEqual(frames.map((_, index) => index < repeated));
    expect(repetition.gap).toBe(false);
  });

  it('may be nothing: then something may be missing', () => {
    const repetition = new Repetition('forward', { video: 1000, audio: 1000 });
    expect(repetition.repeats(video(3000))).toBe(false);
    expect(repetition.gap).toBe(true);
  });
});

describe('frames that wait while the source waits, too', () => {
  it('stop it when there are many, and let it go on when half are read', () => {
    const holds: boolean[] = [];
    const backlog = waitingBacklog((held) => holds.push(held));
    for (let time = 0; time < 300; time += 1) expect(backlog.put(audio(time))).toBe(0);
    expect(holds).toEqual([true]);
    for (let time = 0; time < 171; time += 1) expect(backlog.take()).toMatchObject({ timestamp: time });
    expect(holds).toEqual([true]);
    backlog.take();
    expect(holds).toEqual([true, false]);
    for (let time = 0; time < 300; time += 1) backlog.put(audio(time));
    backlog.clear();
    expect(holds).toEqual([true, false, true, false]);
    expect(backlog.take()).toBeUndefined();
  });
});
