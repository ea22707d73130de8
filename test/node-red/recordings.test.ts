import { describe, expect, it } from '@jest/globals';
import type { Frame, Nvr } from '../../src/shared/index.js';
import { gapsOf } from '../../src/shared/internal.js';
import { rangeOf } from '../../src/node-red/actions/times.js';
import { FramePacer } from '../../src/node-red/frame-pacer.js';
import { courseOf, readCommand } from '../../src/node-red/playback-command.js';

describe('a command to a playback', () => {
  it.each<[unknown, object]>([
    [undefined, { do: 'start' }],
    [1_700_000_000_000, { do: 'start' }],
    [true, { do: 'start' }],
    ['', { do: 'start' }],
    [{ channel: 2 }, { do: 'start' }],
    [false, { do: 'stop' }],
    [' Pause ', { do: 'pause' }],
    ['resume', { do: 'play' }],
    ['step back', { do: 'stepBack' }],
    ['speed 4', { do: 'speed', speed: 4 }],
    ['speed -1/8', { do: 'speed', speed: -0.125 }],
    ['speed 2x', { do: 'speed', speed: 2 }],
    ['seek yesterday 14:00', { do: 'seek', time: 'yesterday 14:00' }],
    [
      { command: 'speed', speed: 0.25 },
      { do: 'speed', speed: 0.25 },
    ],
    [
      { command: 'seek', time: 5 },
      { do: 'seek', time: 5 },
    ],
    [{ command: 'stop' }, { do: 'stop' }],
  ])('%j', (value, command) => {
    expect(readCommand(value)).toEqual(command);
  });

  it.each(['dance', 'toString', 'speed', 'speed 3', 'speed 32', 'speed 1/0', { command: 7 }, { command: 'seek?' }])(
    '%j is none',
    (value) => {
      expect(() => readCommand(value)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER' }));
    },
  );

  it.each([
    [1, 'forward', 'normal', 1],
    [-16, 'backward', 'fast', 16],
    [0.25, 'forward', 'slow', 4],
    [-0.5, 'backward', 'slow', 2],
  ])('speed %d is %s, %s %d', (speed, direction, pace, factor) => {
    expect(courseOf(speed)).toEqual({ direction, pace, factor });
  });
});

describe('frames by pace', () => {
  const picture = (keyframe: boolean) => ({ kind: 'video', keyframe }) as Frame;
  const passed = (pacer: FramePacer, frames: readonly (readonly [number, boolean])[]) =>
    frames.filter(([now, keyframe]) => pacer.passes(picture(keyframe), now)).map(([now]) => now);
  /** 10 fps, a keyframe a second, each some ms early or late. */
  const second = (from: number) =>
    Array.from({ length: 10 }, (_, index) => [from + index * 100 + ((index * 37) % 60) - 30, index === 0] as const);

  it('all go on where nothing is asked for, or as many as come', () => {
    const frames = [...second(1000), ...second(2000)];
    expect(passed(new FramePacer({}), frames)).toHaveLength(20);
    const pacer = new FramePacer({ fps: 10 });
    expect(passed(pacer, frames)).toHaveLength(20);
    expect(pacer.dropped).toBe(0);
  });

  it('after one that was left out, the next keyframe', () => {
    const pacer = new FramePacer({ fps: 2 });
    expect(passed(pacer, [...second(1000), ...second(2000)])).toEqual([970, 1970]);
    expect(pacer.dropped).toBe(18);
  });

  it('keyframes alone, which drops nothing', () => {
    const pacer = new FramePacer({ keyframesOnly: true });
    expect(passed(pacer, [...second(1000), ...second(2000)])).toEqual([970, 1970]);
    expect(pacer.dropped).toBe(0);
  });

  it('sound where it is asked for', () => {
    const sound = { kind: 'audio' } as Frame;
    expect([{}, { sound: true }].map((options) => new FramePacer(options).passes(sound, 0))).toEqual([false, true]);
  });
});

describe('gaps in a range', () => {
  const at = (second: number) => new Date(second * 1000);
  const range = { from: at(0), to: at(100) };
  const recorded = (...times: [number, number][]) =>
    times.map(([from, to]) => ({ channel: 1, from: at(from), to: at(to) }));
  it.each<[string, [number, number][], [number, number][]]>([
    ['nothing recorded', [], [[0, 100]]],
    ['all recorded', [[0, 100]], []],
    [
      'one in the middle',
      [
        [0, 40],
        [60, 100],
      ],
      [[40, 60]],
    ],
    [
      'one within another',
      [
        [0, 80],
        [20, 40],
        [80, 100],
      ],
      [],
    ],
    [
      'at both ends',
      [[10, 90]],
      [
        [0, 10],
        [90, 100],
      ],
    ],
  ])('%s', (_name, times, gaps) => {
    const others = [{ channel: 2, from: at(0), to: at(100) }];
    expect(gapsOf([...others, ...recorded(...times)], 1, range)).toEqual(recorded(...gaps));
  });
});

describe('the range of two rows', () => {
  const now = Date.parse('2026-03-10T12:00:00Z');
  const signal = new AbortController().signal;
  let asked = 0;
  const client = { call: () => ((asked += 1), Promise.resolve({ time_zone: 480 })) } as unknown as Nvr;
  const range = async (from: unknown, to?: unknown, length?: number) => {
    const read = await rangeOf(client, { from, to }, signal, { now, ...(length !== undefined && { length }) });
    return [read.from, read.to].map((time) => time.toISOString().slice(5, 16));
  };

  it.each<[unknown, unknown, number | undefined, string[]]>([
    ['yesterday', undefined, 60_000, ['03-08T16:00', '03-09T16:00']],
    // As far as it is over.
    ['today', undefined, undefined, ['03-09T16:00', '03-10T12:00']],
    ['-2h', undefined, undefined, ['03-10T10:00', '03-10T12:00']],
    ['-2h', undefined, 60_000, ['03-10T10:00', '03-10T10:01']],
    ['-2h', '+10m', undefined, ['03-10T10:00', '03-10T10:10']],
    ['yesterday 20:00', 'yesterday', undefined, ['03-09T12:00', '03-09T16:00']],
    [new Date(now - 60_000), now, undefined, ['03-10T11:59', '03-10T12:00']],
  ])('%s to %s', async (from, to, length, expected) => {
    expect(await range(from, to, length)).toEqual(expected);
  });

  it('asks the NVR for its time zone only where that matters', async () => {
    asked = 0;
    await range('-2h', '-1h');
    await range(now - 1000, '2026-03-10T13:00Z');
    expect(asked).toBe(0);
    await range('2026-03-01');
    expect(asked).toBe(1);
  });

  it.each([
    ['', undefined, 'from'],
    ['soon', undefined, 'from'],
    ['-1h', 'later', 'to'],
    ['-1h', '-2h', 'to'],
  ])('"%s" to "%s" is refused', async (from, to, path) => {
    await expect(range(from, to)).rejects.toMatchObject({ code: 'INVALID_PARAMETER', path });
  });
});
