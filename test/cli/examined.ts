import { examine } from '../../src/doctor/examine.js';
import type { Finding } from '../../src/doctor/finding.js';
import { type Ffmpeg, noFfmpeg } from '../../src/shared/ffmpeg/index.js';
import type { Clock, NvrClientOptions } from '../../src/shared/index.js';
import type { Simulator } from '../../packages/simulator/src/index.js';

const usable: Ffmpeg = {
  ...noFfmpeg,
  ...{ path: '/usr/bin/ffmpeg', version: '7.1', encoders: new Set(['libx264', 'libopus']) },
};

/** What the doctor finds, by check. @param slow ms from which on an answer is slow */
export async function examined(
  nvr: Pick<Simulator, 'host' | 'port'>,
  clock: Clock,
  options: Partial<NvrClientOptions> = {},
  slow = Infinity,
  ffmpeg = usable,
): Promise<Record<string, Finding>> {
  const found: Record<string, Finding> = {};
  const { host, port } = nvr;
  await examine({
    account: { host, port, username: 'admin', password: 'admin123', clock, ...options },
    clock,
    signal: new AbortController().signal,
    // A keyframe comes within 2 s.
    patience: 6000,
    // Long enough for a frame that goes wrong every 150 ms.
    watch: 700,
    slow,
    ffmpeg: async () => ffmpeg,
    report: (finding) => void (found[finding.check] = finding),
  });
  return found;
}

const marks = { good: '✓', warning: '!', bad: '✗', skipped: '–' } as const;

/** A finding as people see it, on one line. */
export function words({ verdict, finding, remedy }: Finding): string {
  return `${marks[verdict]} ${finding}${remedy === undefined ? '' : ` → ${remedy}`}`;
}
