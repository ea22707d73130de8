import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { examine } from '../../src/doctor/examine.js';
import { Children, hardwareEncoders } from '../../src/shared/ffmpeg/index.js';
import { systemClock } from '../../src/shared/index.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { anyFfmpeg } from '../homebridge/live/camera.js';

const KNOWN = ['h264_nvenc', 'h264_videotoolbox'];

/** What the doctor says of the ffmpeg of a machine with an encoder that nothing but a proof can tell from one by hardware. */
async function saidOfFfmpeg(codec: 'h264' | 'h265', options: string): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  try {
    const real = await anyFfmpeg();
    const [encoder] = hardwareEncoders(new Set(KNOWN), process.platform, () => true);
    const path = join(folder, 'ffmpeg');
    // Software in its place, by what it is told.
    const words = `-c:v ${encoder?.name ?? ''} ${encoder?.options.join(' ') ?? ''}`;
    const script = `#!/bin/sh\nset -f\nexec '${real.path}' $(echo "$@" | sed 's/${words}/-c:v libx264 ${options}/')\n`;
    await writeFile(path, script, { mode: 0o700 });
    const ffmpeg = { ...real, path, encoders: new Set([...KNOWN, 'libx264', 'libopus']), children: new Children() };
    await using nvr = await Simulator.start({ cameras: 1, codec });
    const { host, port } = nvr;
    let said: string | undefined;
    await examine({
      account: { host, port, username: 'admin', password: 'admin123' },
      ...{ clock: systemClock, signal: AbortSignal.any([]), patience: 6000, watch: 700, slow: Infinity },
      ffmpeg: async () => ffmpeg,
      report: ({ check, finding }) => {
        if (check === 'ffmpeg') said = finding;
      },
    });
    expect(ffmpeg.children.running).toBe(0);
    return said?.replace(path, 'ffmpeg').replace(encoder?.name ?? '', 'the encoder');
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('doctor, where a camera sends H.265,', () => {
  it('names the encoder by hardware that has proven itself', async () => {
    await expect(saidOfFfmpeg('h265', '-preset superfast -tune zerolatency')).resolves.toMatch(
      / \(ffmpeg\); live views can be encoded by hardware \(the encoder\)$/,
    );
  });

  it('says nothing of one that has not', async () => {
    await expect(saidOfFfmpeg('h265', '-frames:v 5')).resolves.toMatch(/ \(ffmpeg\)$/);
  });

  it('tries none where nothing is to be converted', async () => {
    await expect(saidOfFfmpeg('h264', '-preset superfast -tune zerolatency')).resolves.toMatch(/ \(ffmpeg\)$/);
  });
});
