import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { findFfmpeg } from '../../src/shared/ffmpeg/index.js';
import { downloadClip, ManualClock, Nvr, silentLogger } from '../../src/shared/index.js';
import { LimitCounters } from '../../src/shared/internal.js';
import { type Mp4Target, remux } from '../../src/shared/tasks/remux.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';

const NOON = Date.UTC(2024, 4, 15, 4);
const MiB = Buffer.alloc(1024 * 1024);

/** A second of an AVI. */
async function clip(): Promise<Buffer> {
  await using simulator = await Simulator.start({ cameras: 1, clock: new ManualClock(NOON) });
  const { host, port } = simulator;
  await using nvr = new Nvr({ host, port, username: 'admin', password: 'admin123' });
  const from = NOON - 600_000;
  const stream = await downloadClip(nvr, { channel: 1, stream: 'main', from, to: from + 1000 });
  return Buffer.concat((await stream.toArray()) as Buffer[]);
}

/** The clip up to a place, its lists without end, and from there on a chunk of 1.5 GB. */
function lyingAt(avi: Buffer, place: number, id: string): Buffer {
  const chunk = Buffer.alloc(8);
  chunk.write(id, 'latin1');
  chunk.writeUInt32LE(1.5e9, 4);
  const begin = Buffer.from(avi.subarray(0, place));
  for (const list of ['RIFF', 'LIST', 'movi']) {
    const at = list === 'movi' ? begin.indexOf(list) - 8 : begin.indexOf(list);
    if (at >= 0) begin.writeUInt32LE(0x7fff_ffff, at + 4);
  }
  return Buffer.concat([begin, chunk]);
}

describe('a clip whose sizes lie', () => {
  it.each([
    ['pictures', '00dc'],
    ['sound', '01wb'],
  ])('is not read into memory: %s', async (_what, id) => {
    const avi = await clip();
    const { path } = await findFfmpeg({ logger: silentLogger });
    let read = 0;
    const bytes = function* () {
      yield lyingAt(avi, avi.indexOf(id), id);
      for (; read < 400; read += 1) yield MiB;
    };
    const owner = { name: 'clips', limits: new LimitCounters(silentLogger) };
    const { output, ended } = await remux(path, Readable.from(bytes()), { to: 'stream' }, undefined, owner);
    await output.toArray().catch(() => []);
    const failure = await ended;
    if (failure) expect(failure).toMatchObject({ code: 'CONVERSION_FAILED' });
    // MiB. What it could not keep, it did not ask for.
    expect(read).toBeLessThan(100);
  });
});

describe('an ffmpeg that reads no further', () => {
  /** Takes a KiB, and then does that. */
  async function remuxBy(lines: readonly string[], avi: Readable, signal?: AbortSignal) {
    const folder = await mkdtempDisposable(join(tmpdir(), 'clip-'));
    const program = join(folder.path, 'program');
    await writeFile(program, ['#!/bin/sh', 'head -c 1024 > /dev/null', ...lines].join('\n'), { mode: 0o755 });
    const owner = { name: 'clips', limits: new LimitCounters(silentLogger) };
    return { ...(await remux(program, avi, { to: 'stream' }, signal, owner)), folder };
  }
  const lengthOf = async (output: Readable) => Buffer.concat((await output.toArray()) as Buffer[]).length;

  it('gives all that it still makes', async () => {
    const avi = Readable.from(Array.from({ length: 50 }, () => MiB));
    const { output, ended, folder } = await remuxBy(['exec 0<&-', 'sleep 0.3', 'head -c 300000 /dev/zero'], avi);
    expect(await lengthOf(output)).toBe(300_000);
    expect(await ended).toBeUndefined();
    await folder.remove();
  });

  it('gives all of it also where it is gone before anybody has taken that, while the clip is still to come', async () => {
    const avi = new PassThrough();
    avi.write(Buffer.alloc(1024));
    const { output, ended, folder } = await remuxBy(['head -c 60000 /dev/zero'], avi);
    await until('nobody to read the clip', () => avi.destroyed);
    expect(await lengthOf(output)).toBe(60_000);
    expect(await ended).toBeUndefined();
    await folder.remove();
  });

  it('is ended with the download all the same', async () => {
    const avi = new PassThrough();
    avi.write(MiB);
    const abort = new AbortController();
    const { output, ended, folder } = await remuxBy(['exec 0<&-', 'sleep 60'], avi, abort.signal);
    await until('the pipe to be closed', () => avi.destroyed);
    abort.abort(new Error('enough'));
    await expect(output.toArray()).rejects.toThrow('enough');
    expect(await ended).toMatchObject({ message: 'enough' });
    await folder.remove();
  });
});

describe('an ffmpeg that works for ever', () => {
  async function remuxBy(line: string, target: Mp4Target) {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'clip-'));
    const program = join(folder.path, 'program');
    await writeFile(program, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
    const counters = new LimitCounters(silentLogger);
    const owner = { name: 'clips', limits: counters };
    const { output, ended } = await remux(program, Readable.from([MiB]), target, undefined, owner);
    const parts = target.to === 'stream' ? ((await output.toArray().catch(() => [])) as Buffer[]) : [];
    return { output: Buffer.concat(parts).toString(), failure: await ended, counters };
  }

  it.each<[number | undefined, string]>([
    [undefined, '-timelimit 30 '],
    [59.5, '-timelimit 90 '],
    [86_400, '-timelimit 86430 '],
  ])('of a recording of %p s is told how much of a processor it may take', async (seconds, expected) => {
    expect((await remuxBy('echo "$@"', { to: 'stream', ...(seconds && { seconds }) })).output).toContain(expected);
  });

  it.each<[number, number]>([
    [1, 16_789_504],
    [86_400, 536_870_912],
  ])('on a file of %d s is told how long its index may get: %d bytes', async (seconds, bytes) => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'clip-'));
    const told = join(folder.path, 'told');
    await remuxBy(`echo "$@" > ${told}`, { to: 'file', path: join(folder.path, 'gate.mp4'), seconds });
    expect(await readFile(told, 'utf8')).toContain(`-max_alloc ${bytes} `);
  });

  it('and has to stop is an error with a code, and a limit that is counted', async () => {
    const { failure, counters } = await remuxBy('exit 255', { to: 'stream', seconds: 60 });
    expect(failure).toMatchObject({ code: 'CONVERSION_FAILED', message: expect.stringContaining('after 90 s of') });
    expect(counters.hits).toMatchObject([{ limit: 'clip.work', count: 1 }]);
  });

  it('is told by its last words where it has any: the same end has other causes', async () => {
    const { failure, counters } = await remuxBy('echo Operation not permitted >&2; exit 255', { to: 'stream' });
    expect(failure).toMatchObject({ message: expect.stringContaining('Operation not permitted') });
    expect(counters.hits).toEqual([]);
  });
});

describe('a clip whose pieces lie', () => {
  async function damaged(path: string, id: string, size: number): Promise<Error | Buffer> {
    const avi = Buffer.from(await whole);
    avi.writeUInt32LE(size, avi.indexOf(id) + (id === 'movi' || id === 'hdrl' ? -4 : 4));
    const owner = { name: 'clips', limits: new LimitCounters(silentLogger) };
    const { output, ended } = await remux(path, Readable.from([avi]), { to: 'stream', seconds: 1 }, undefined, owner);
    const parts = (await output.toArray().catch(() => [])) as Buffer[];
    return (await ended) ?? Buffer.concat(parts);
  }
  const whole = clip();

  it.each(['RIFF', 'hdrl', 'avih', 'strh', 'strf', 'movi', '00dc', '01wb'])(
    'is a clip or an error with a code, whatever %s says of its size',
    async (id) => {
      const { path } = await findFfmpeg({ logger: silentLogger });
      const sizes = [0, 1, 0x7fff_ffff, 0xffff_ffff];
      for (const outcome of await Promise.all(sizes.map((size) => damaged(path, id, size)))) {
        if (outcome instanceof Buffer) expect(outcome.toString('latin1', 4, 8)).toBe('ftyp');
        else expect(outcome).toMatchObject({ code: 'CONVERSION_FAILED' });
      }
    },
  );

  it('and that has a million pictures in a second is no file of theirs', async () => {
    const { path } = await findFfmpeg({ logger: silentLogger });
    const avi = await whole;
    const at = avi.indexOf('movi');
    const begin = Buffer.from(avi.subarray(0, avi.indexOf('idx1')));
    for (const place of [begin.indexOf('RIFF') + 4, at - 4]) begin.writeUInt32LE(0x7fff_ffff, place);
    const picture = Buffer.from('00dc\x06\0\0\0\0\0\0\x01\x09\xf0', 'latin1');
    const owner = { name: 'clips', limits: new LimitCounters(silentLogger) };
    await using folder = await mkdtempDisposable(join(tmpdir(), 'clip-'));
    const file = { to: 'file', path: join(folder.path, 'gate.mp4'), seconds: 1 } as const;
    const bytes = Readable.from([begin, Buffer.alloc(1_000_000 * picture.length, picture)]);
    expect(await (await remux(path, bytes, file, undefined, owner)).ended).toMatchObject({ code: 'CONVERSION_FAILED' });
  });
});
