import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFfmpeg, missingCapabilities } from '../../../src/shared/ffmpeg/index.js';
import { parseEncoders, parseVersion } from '../../../src/shared/ffmpeg/probe.js';
import { recordingLogger } from '../../homebridge/live/camera.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ffmpeg-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A program that answers as ffmpeg does. */
async function standIn(name: string, encoders: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(
    path,
    `#!/bin/sh\ncase "$*" in *-version*) echo "ffmpeg version 7.1 x";; *) echo "${encoders}";; esac\n`,
  );
  await chmod(path, 0o755);
  return path;
}

describe('ffmpeg', () => {
  it('is the configured one, and says what it cannot do', async () => {
    const logger = recordingLogger();
    const path = await standIn('bare', ' A....D aac   AAC');
    const ffmpeg = await findFfmpeg({ path, logger });
    expect(ffmpeg).toMatchObject({ path, version: '7.1', encoders: new Set(['aac']) });
    expect(logger.lines.join('\n')).toMatch(/neither libfdk_aac nor libopus/);
    expect(logger.lines.join('\n')).toMatch(/no libx264/);
  });

  it('is another one where the configured one does not run, and says so', async () => {
    const logger = recordingLogger();
    const path = join(folder, 'missing');
    const ffmpeg = await findFfmpeg({ path, logger });
    expect(ffmpeg.encoders.has('libx264')).toBe(true);
    expect(logger.lines[0]).toBe(`the configured ffmpeg does not run: ${path}`);
  });

  it('is not just any program that runs', async () => {
    const logger = recordingLogger();
    const path = '/bin/true';
    expect((await findFfmpeg({ path, logger })).path).not.toBe(path);
    expect(logger.lines[0]).toBe(`the configured ffmpeg does not run: ${path}`);
  });

  it.each([
    ['ffmpeg version 4.1.11-0+deb10u1 Copyright (c) 2000', '4.1.11-0+deb10u1'],
    ['ffmpeg version N-47683-g0e8eb07980-static https://x', 'N-47683-g0e8eb07980-static'],
    ['something else', undefined],
  ])('version in "%s"', (text, expected) => {
    expect(parseVersion(text)).toBe(expected);
  });

  it('encoders are read from their table', () => {
    const table =
      'Encoders:\n V..... = Video\n ------\n V....D libx264              libx264 H.264\n A..X.. opus    Opus\n';
    expect([...parseEncoders(table)]).toEqual(expect.arrayContaining(['libx264', 'opus']));
  });

  it('with everything misses nothing', () => {
    expect(missingCapabilities(new Set(['libfdk_aac', 'libx264']))).toEqual([]);
  });
});
