import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Picture, PicturePool } from '../../../src/homebridge/snapshot/picture-pool.js';
import { placeholder } from '../../../src/homebridge/snapshot/placeholder.js';
import { Children, type Ffmpeg } from '../../../src/shared/ffmpeg/index.js';
import { type Clock, ManualClock, systemClock } from '../../../src/shared/index.js';
import { limits } from '../../../src/shared/internal.js';
import { until, within } from '../../support/until.js';
import { anyFfmpeg } from '../live/camera.js';
import { jpegSize } from './jpeg.js';

const size = { width: 320, height: 180 };
const picture = (data: Buffer): Picture => ({ codec: 'jpeg', data, size });
const named = (name: string) => ({ name });

let folder: string;
let programs = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pool-'));
});
afterAll(() => rm(folder, { recursive: true }));

/**
 * A program in the place of ffmpeg, which notes each picture that it is given. What it is given says what it does: `hang`,
 * or anything else, which it gives back.
 */
async function standIn(clock: Clock = systemClock): Promise<Ffmpeg & { readonly given: () => Promise<string[]> }> {
  const path = join(folder, `stand-in-${(programs += 1)}.mjs`);
  const log = join(folder, `given-${programs}`);
  await writeFile(log, '');
  await writeFile(
    path,
    `#!${process.execPath}
import { appendFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
process.on('SIGTERM', () => {});
const given = await text(process.stdin);
appendFileSync(${JSON.stringify(log)}, given + '\\n');
if (given.startsWith('hang')) setInterval(() => {}, 1000);
else process.stdout.write(given);
`,
  );
  await chmod(path, 0o755);
  const given = async () => (await readFile(log, 'utf8')).split('\n').filter(Boolean);
  return { path, version: 'x', encoders: new Set(), children: new Children({ clock }), given };
}

const pictureOf = (text: string) => picture(Buffer.from(text));

describe('pictures', () => {
  it('of many cameras are made by a bounded number of processes, each camera by its own', async () => {
    const ffmpeg = await anyFfmpeg();
    const pool = new PicturePool({ ffmpeg, clock: systemClock, workers: 2 });
    const before = ffmpeg.children.running;
    let most = 0;
    const jpeg = await placeholder();
    const made = Array.from({ length: 16 }, async (_, index) => {
      const one = await pool.render(named(`camera ${index}`), picture(jpeg));
      most = Math.max(most, pool.processes, ffmpeg.children.running - before);
      return one;
    });
    for (const one of await Promise.all(made)) expect(jpegSize(one)).toEqual(size);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(2);
    await pool.close();
    expect(ffmpeg.children.running).toBe(before);
  });

  it('of a camera that hangs take one process at most, for a limited time, and the others come first from then on', async () => {
    const clock = new ManualClock();
    const ffmpeg = await standIn(clock);
    const pool = new PicturePool({ ffmpeg, clock, workers: 2 });
    const broken = named('broken');
    const hanging = [pool.render(broken, pictureOf('hang 1')), pool.render(broken, pictureOf('hang 2'))];
    const failures = Promise.allSettled(hanging);
    // The other process serves the others all the while.
    for (const text of ['a', 'b', 'c']) {
      expect(String(await within(10_000, text, pool.render(named(text), pictureOf(text))))).toBe(text);
    }
    await until('the first was given', async () => (await ffmpeg.given()).includes('hang 1'));
    expect(await ffmpeg.given()).not.toContain('hang 2');
    clock.advance(3000);
    await expect(hanging[0]).rejects.toThrow('it was not done within 3 s');
    await until('the second was given', async () => (await ffmpeg.given()).includes('hang 2'));
    clock.advance(3000);
    await failures;
    await pool.close();
    expect(ffmpeg.children.running).toBe(0);
  });

  it('that wait are few for each camera, whatever sizes a phone asks for', async () => {
    const ffmpeg = await standIn();
    const pool = new PicturePool({ ffmpeg, clock: systemClock, workers: 2 });
    const owner = named('camera');
    const all = Array.from({ length: 50 }, () => pool.render(owner, pictureOf('hang')));
    const settled = Promise.allSettled(all);
    await expect(all.at(-1)).rejects.toThrow('too many sizes');
    expect(pool.processes).toBe(1);
    await pool.release(owner);
    const results = await settled;
    expect(results.filter(({ status }) => status === 'fulfilled')).toEqual([]);
    const refused = results.filter((one) => one.status === 'rejected' && String(one.reason).includes('too many sizes'));
    expect(refused.length).toBe(50 - 1 - limits.snapshot.waiting);
    await pool.close();
  });

  it('that say that there is none keep no camera waiting, however many sizes a phone asks for', async () => {
    const ffmpeg = await standIn();
    const pool = new PicturePool({ ffmpeg, clock: systemClock, workers: 2 });
    const sizes = Array.from({ length: 300 }, (_, index) => ({ width: 100 + index, height: 100 }));
    let made = 0;
    const empty = Promise.allSettled(sizes.map((one) => pool.placeholder(one).then(() => (made += 1))));
    // They have all been asked for.
    await new Promise(setImmediate);
    expect(String(await pool.render(named('camera'), pictureOf('seen')))).toBe('seen');
    expect(made).toBeLessThanOrEqual(limits.snapshot.waiting);
    await empty;
    expect(made).toBeLessThanOrEqual(limits.snapshot.waiting + 1);
    await pool.close();
    expect(ffmpeg.children.running).toBe(0);
  });

  it('that say that there is none are made once for all cameras', async () => {
    const { children, ...ffmpeg } = await anyFfmpeg();
    let started = 0;
    const counted = new Proxy(children, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (name === 'start') started += 1;
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
      },
    });
    const pool = new PicturePool({ ffmpeg: { ...ffmpeg, children: counted }, clock: systemClock, workers: 2 });
    const all = await Promise.all(Array.from({ length: 16 }, () => pool.placeholder(size)));
    expect(new Set(all).size).toBe(1);
    expect(jpegSize(await pool.placeholder(size))).toEqual(size);
    // One that made it, and one that stands by for the next.
    expect(started).toBeLessThanOrEqual(2);
    await pool.close();
  });

  it('stand-bys make room for another kind', async () => {
    const ffmpeg = await anyFfmpeg();
    const pool = new PicturePool({ ffmpeg, clock: systemClock, workers: 2 });
    for (let index = 0; index < 4; index += 1) pool.prepare('h264', size);
    expect(pool.processes).toBe(2);
    expect(jpegSize(await pool.render(named('camera'), picture(await placeholder())))).toEqual(size);
    expect(pool.processes).toBeLessThanOrEqual(2);
    await pool.close();
    expect(pool.processes).toBe(0);
    await expect(pool.render(named('camera'), picture(await placeholder()))).rejects.toThrow('closed');
  });
});
