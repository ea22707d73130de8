import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Children, type Ffmpeg, findFfmpeg, muLawOf, noFfmpeg } from '../../../src/shared/ffmpeg/index.js';
import { silentLogger } from '../../../src/shared/index.js';
import { until } from '../../support/until.js';

const never = new AbortController().signal;

/** A WAV of 16 kHz: so many samples of the greatest value. */
function wav(samples: number): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + 2 * samples, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  for (const at of [20, 22]) head.writeUInt16LE(1, at);
  head.writeUInt32LE(16_000, 24);
  head.writeUInt32LE(32_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(2 * samples, 40);
  return Buffer.concat([head, Buffer.alloc(2 * samples, Buffer.from('ff7f', 'hex'))]);
}

/** A program that stands in for ffmpeg. */
async function program(does: string): Promise<Ffmpeg & AsyncDisposable> {
  const folder = await mkdtempDisposable(join(tmpdir(), 'mu-law-'));
  const path = join(folder.path, 'program');
  await writeFile(path, `#!/bin/sh\n${does}\n`, { mode: 0o755 });
  return { ...noFfmpeg, path, children: new Children(), [Symbol.asyncDispose]: () => folder.remove() };
}

async function all(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const taken: Buffer[] = [];
  for await (const piece of pieces) taken.push(piece);
  return Buffer.concat(taken);
}

describe('the µ-law of a file', () => {
  it('is made of a file with a cover in front of its sound', async () => {
    const ffmpeg = await findFfmpeg({ logger: silentLogger });
    const cover = Buffer.alloc(10 + 1000, '<');
    // Its length, 7 bits a byte.
    cover.set([...Buffer.from('ID3\x04\0\0', 'latin1'), 0, 0, 1000 >> 7, 1000 & 127]);
    const sound = await all(muLawOf(Buffer.concat([cover, wav(16_000)]), ffmpeg, never));
    expect(sound.length).toBeGreaterThan(7900);
    expect(sound.length).toBeLessThanOrEqual(8000);
    // µ-law of the greatest value.
    expect(sound.at(4000)).toBe(0x80);
    expect(ffmpeg.children.running).toBe(0);
  });

  it('leaves no process behind where nobody takes the rest', async () => {
    await using endless = await program('exec cat /dev/zero');
    for await (const samples of muLawOf(wav(10), endless, never)) {
      expect(samples.length).toBeGreaterThan(0);
      expect(endless.children.running).toBe(1);
      break;
    }
    expect(endless.children.running).toBe(0);
  });

  it('ends with the reason of who ends it, and leaves no process behind', async () => {
    await using hanging = await program('exec sleep 60');
    const end = new AbortController();
    const sound = muLawOf(wav(10), hanging, end.signal).next();
    await until('it runs', () => hanging.children.running === 1);
    end.abort(new Error('enough'));
    await expect(sound).rejects.toThrow('enough');
    expect(hanging.children.running).toBe(0);
    await expect(muLawOf(wav(10), hanging, end.signal).next()).rejects.toThrow('enough');
    expect(hanging.children.running).toBe(0);
  });

  it.each([
    ['which fails', 'echo nonsense >&2; exit 1', 'nonsense'],
    ['which fails after some of it', 'head -c 100 /dev/zero; echo nonsense >&2; exit 1', 'nonsense'],
    ['which is ended', 'head -c 3000000 /dev/zero >&2; exec sleep 60', 'it wrote more to stderr than it may'],
  ])('tells the last word of a program %s', async (_, does, complaint) => {
    await using failing = await program(does);
    await expect(all(muLawOf(wav(10), failing, never))).rejects.toMatchObject({
      code: 'CONVERSION_FAILED',
      message: `ffmpeg makes no sound of it: ${complaint}`,
    });
    expect(failing.children.running).toBe(0);
  });
});
