import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import type { Worst } from './hostile-frames-bench.js';

/** ms of the thread's work that one message may take. */
const TIME = 250;
/** MB: two slow readers, a group of pictures, the newest keyframe, and a frame that is not complete yet. */
const MEMORY = 80;

it('no frames of an NVR block the loop, fill the memory, throw, or cost a good picture that follows', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--experimental-transform-types',
      '--expose-gc',
      `--import=${join(import.meta.dirname, '../../scripts/typescript.mjs')}`,
      join(import.meta.dirname, 'hostile-frames-bench.ts'),
    ],
    { maxBuffer: 16 * 1024 * 1024 },
  );
  const { seed, worst } = JSON.parse(stdout) as { seed: number; worst: Worst[] };
  const bad = worst.filter(({ time, memory, problem }) => time > TIME || memory > MEMORY || problem !== undefined);
  expect({ seed, bad }).toEqual({ seed, bad: [] });
  expect(worst.length).toBeGreaterThan(0);
}, 300_000);
