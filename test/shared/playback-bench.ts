import { afterEach, beforeEach, expect } from '@jest/globals';
import {
  type FeedOptions,
  type Frame,
  ManualClock,
  Nvr,
  type Playback,
  type PlaybackOptions,
} from '../../src/shared/index.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';

/** s; a full ten seconds. */
export const NOW = 1_700_000_000;
/** ms; where playbacks start unless told otherwise. */
export const FROM = (NOW - 1000) * 1000;
/** Pictures and sounds. */
const PER_SECOND = 15 + 25;

/** A playback and what it shows. */
export interface Watched {
  readonly playback: Playback;
  readonly frames: Frame[];
  /** What else it tells. */
  readonly log: string[];
  /** Lets so many seconds pass, and waits for what is played in them. */
  readonly seconds: (count: number) => Promise<void>;
  /** Lets time pass, so many ms at a time, until it is so. */
  readonly pass: (what: string, condition: () => boolean, step?: number) => Promise<void>;
}

/** A simulator and a client on one clock, made anew for each test. */
export interface PlaybackBench {
  clock: ManualClock;
  simulator: Simulator;
  client: Nvr;
  /** What was logged. */
  lines: string[];
}

/** Call within a test file. After each test nothing may be open, pending, or a session id in the log. */
export function playbackBench(): PlaybackBench {
  const bench = {} as PlaybackBench;

  beforeEach(async () => {
    const clock = new ManualClock(NOW * 1000);
    const simulator = await Simulator.start({ cameras: 2, clock });
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    const logger = { debug: write, info: write, warn: write, error: write };
    const { host, port } = simulator;
    const client = new Nvr({ host, port, username: 'admin', password: 'admin123', logger, clock });
    Object.assign(bench, { clock, simulator, client, lines });
  });

  afterEach(async () => {
    const { clock, simulator, client, lines } = bench;
    await client.close();
    await until('no socket to be open', () => simulator.openSockets === 0);
    expect(clock.pending).toBe(0);
    const sessions = simulator.requests.flatMap(({ query }) => /session=(\w+)/.exec(query)?.[1] ?? []);
    for (const session of sessions) expect(lines.join('\n')).not.toContain(session);
    await simulator.stop();
  });
  return bench;
}

/** Plays and listens; the first keyframe is there. */
export async function watch(
  { client, clock }: PlaybackBench,
  { all, ...options }: Partial<PlaybackOptions & FeedOptions> = {},
): Promise<Watched> {
  const playback = client.playback({ channel: 1, stream: 'sub', from: FROM, ...options });
  const frames: Frame[] = [];
  const log: string[] = [];
  playback.subscribe(
    {
      frame: (frame) => frames.push(frame),
      interrupted: () => log.push('interrupted'),
      resumed: (gap) => log.push(`resumed ${gap ? 'with' : 'without'} a gap`),
      silent: (error) => log.push(`silent ${error.code}`),
      ended: (error) => log.push(`ended ${(error as { code?: string } | undefined)?.code ?? String(error)}`),
    },
    { all },
  );
  await until('a keyframe', () => frames.length > 0);
  return {
    playback,
    frames,
    log,
    async seconds(count) {
      for (let second = 0; second < count; second += 1) {
        const before = frames.length;
        clock.advance(1000);
        await until('a second', () => frames.length === before + PER_SECOND);
      }
    },
    pass: async (what, condition, step = 50) => {
      await until(what, () => {
        if (condition()) return true;
        clock.advance(step);
        return false;
      });
    },
  };
}

/** The NVR is off for a moment. */
export async function restart({ simulator, clock }: PlaybackBench): Promise<void> {
  let up = false;
  const done = simulator.restart().then(() => (up = true));
  await until('the NVR to be up again', () => {
    clock.advance(0);
    return up;
  });
  await done;
}

/** Times of the pictures, ms after `FROM`. */
export const times = (frames: readonly Frame[]) =>
  frames.filter(({ kind }) => kind === 'video').map(({ timestamp }) => timestamp - FROM);
const picture = (number: number) => Math.floor((number * 1000) / 15);
export const pictures = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => picture(from + index));
export const isKeyframe = (frame: Frame) => frame.kind === 'video' && frame.keyframe;
