import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Picture, PicturePool } from '../../../src/homebridge/snapshot/picture-pool.js';
import { placeholder } from '../../../src/homebridge/snapshot/placeholder.js';
import { Children, type Ffmpeg } from '../../../src/shared/ffmpeg/index.js';
import { type Clock, ManualClock, systemClock } from '../../../src/shared/index.js';
import { limits } from '../../../src/shared/internal.js';
import { readPictureMark } from '../../support/picture-mark.js';
import { until, within } from '../../support/until.js';
import { anyFfmpeg } from '../live/camera.js';
import { greyPixels, jpegSize } from './jpeg.js';

const MEDIA = new URL('../../../packages/simulator/media/', import.meta.url);
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
 * A program in the place of ffmpeg, which notes the pictures that it is given: those of a process on one line. What it is
 * given says what it does: `hang`, `spoil` (it ends at once and gives nothing), or anything else, which it gives back.
 */
async function standIn(clock: Clock = systemClock): Promise<Ffmpeg & { readonly given: () => Promise<string[]> }> {
  const path = join(folder, `stand-in-${(programs += 1)}.mjs`);
  const log = join(folder, `given-${programs}`);
  await writeFile(log, '');
  await writeFile(
    path,
    `#!${process.execPath}
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
process.on('SIGTERM', () => {});
const pipes = () => process.argv.filter((arg) => arg.startsWith('pipe:')).map((arg) => Number(arg.slice(5)));
const [inputs, outputs] = [0, 1].map((end) => {
  const all = pipes();
  return all.slice((end * all.length) / 2, ((end + 1) * all.length) / 2);
});
const given = inputs.map((pipe) => readFileSync(pipe, 'utf8'));
appendFileSync(${JSON.stringify(log)}, given.join(' + ') + '\\n');
if (given.includes('spoil')) process.exit(1);
if (given.some((text) => text.startsWith('hang'))) setInterval(() => {}, 1000);
else given.forEach((text, index) => writeFileSync(outputs[index], text));
`,
  );
  await chmod(path, 0o755);
  const given = async () => (await readFile(log, 'utf8')).split('\n').filter(Boolean);
  return { path, version: 'x', encoders: new Set(), children: new Children({ clock }), given };
}

const pictureOf = (text: string) => picture(Buffer.from(text));
/** One that is known to be small. */
const smallOf = (text: string): Picture => ({ ...pictureOf(text), coded: size });

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

  it('of cameras that wait are made several by one process, and each camera gets its own', async () => {
    const ffmpeg = await anyFfmpeg();
    const channels = [1, 2, 3, 4, 5];
    const pool = new PicturePool({ ffmpeg, clock: systemClock, workers: 1 });
    const before = ffmpeg.children.running;
    let most = 0;
    const made = channels.map(async (channel) => {
      const data = await readFile(new URL(`${channel}-sub.h264`, MEDIA));
      const jpeg = await pool.render(named(`camera ${channel}`), { codec: 'h264', data, size, coded: size });
      most = Math.max(most, ffmpeg.children.running - before);
      return readPictureMark(greyPixels(ffmpeg.path, jpeg), size.width, size.height);
    });
    expect(await Promise.all(made)).toEqual(channels.map((channel) => ({ channel, stream: 'sub', picture: 0 })));
    expect(most).toBeLessThanOrEqual(1);
    await pool.close();
  });

  it('of cameras that wait are shared out among the processes', async () => {
    const ffmpeg = await standIn();
    const pool = new PicturePool({ ffmpeg, clock: systemClock, workers: 2 });
    const texts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];
    const made = texts.map((text) => pool.render(named(text), smallOf(text)));
    expect((await Promise.all(made)).map(String)).toEqual(texts);
    const given = await ffmpeg.given();
    expect(given.join(' + ').split(' + ').sort()).toEqual(texts);
    // The first two find both of them idle; no process is given more than four.
    expect(given.length).toBeLessThanOrEqual(6);
    expect(Math.max(...given.map((line) => line.split(' + ').length))).toBe(4);
    await pool.close();
  });

  it('are made alone where they are large, or of a moment', async () => {
    const ffmpeg = await standIn();
    const pool = new PicturePool({ ffmpeg, clock: systemClock, workers: 1 });
    const large = { width: 3840, height: 2160 };
    const pictures: Picture[] = [
      ...[smallOf('first'), { ...smallOf('large'), coded: large }, { ...smallOf('enlarged'), size: large }],
      ...[{ ...smallOf('group'), skip: 3 }, pictureOf('unknown'), smallOf('one'), smallOf('other')],
    ];
    await Promise.all(pictures.map((one) => pool.render(named(String(one.data)), one)));
    expect((await ffmpeg.given()).sort()).toEqual(['enlarged', 'first', 'group', 'large', 'one + other', 'unknown']);
    await pool.close();
  });

  it('that one of them spoils are made again, each alone, and that camera spoils no others until it gives one', async () => {
    const ffmpeg = await standIn();
    const pool = new PicturePool({ ffmpeg, clock: systemClock, workers: 1 });
    const owners = new Map(['first', 'a', 'bad', 'b'].map((name) => [name, named(name)]));
    const render = async (name: string, text: string) => pool.render(owners.get(name) ?? named(''), smallOf(text));
    const round = (text: string) =>
      Promise.allSettled([render('first', 'first'), render('a', 'a'), render('bad', text), render('b', 'b')]);
    const outcomes = async (text: string) => (await round(text)).map(({ status }) => status);
    expect(await outcomes('spoil')).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await ffmpeg.given()).toEqual(['first', 'a + spoil + b', 'a', 'spoil', 'b']);
    expect(await outcomes('spoil')).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect((await ffmpeg.given()).slice(5)).toEqual(['first', 'a + b', 'spoil']);
    expect(await outcomes('good')).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled']);
    expect(await outcomes('good')).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'fulfilled']);
    expect((await ffmpeg.given()).slice(8)).toEqual(['first', 'a + b', 'good', 'first', 'a + good + b']);
    await pool.close();
    expect(ffmpeg.children.running).toBe(0);
  });

  it('of a camera that goes away are not made again, those that were made with them are', async () => {
    const ffmpeg = await standIn();
    const pool = new PicturePool({ ffmpeg, clock: systemClock, workers: 1 });
    const [gone, other] = [named('gone'), named('other')];
    const first = pool.render(named('first'), smallOf('first'));
    const made = pool.render(other, smallOf('other'));
    const unmade = expect(pool.render(gone, smallOf('hang'))).rejects.toThrow();
    await first;
    await until('both were given', async () => (await ffmpeg.given()).includes('other + hang'));
    await pool.release(gone);
    await unmade;
    expect(String(await made)).toBe('other');
    expect(await ffmpeg.given()).toEqual(['first', 'other + hang', 'other']);
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
