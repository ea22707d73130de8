import { spawn } from 'node:child_process';
import { mkdir, rmdir, mkdtemp, mkdtempDisposable, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { findFfmpeg } from '../../src/shared/ffmpeg/index.js';
import { LimitCounters } from '../../src/shared/internal.js';
import { remux } from '../../src/shared/tasks/remux.js';
import {
  ClosedError,
  downloadClip,
  downloadClipAsMp4,
  ManualClock,
  Nvr,
  saveClip,
  saveClipAsMp4,
  silentLogger,
} from '../../src/shared/index.js';
import { Simulator, type SimulatorOptions } from '../../packages/simulator/src/index.js';
import { decodePictures } from '../support/hap/pictures.js';
import { until, within } from '../support/until.js';
import { startOddNvr } from './odd-nvr.js';

const NOON = Date.UTC(2024, 4, 15, 4);
/** A minute that is recorded. */
const MINUTE = { channel: 2, stream: 'main', from: NOON - 600_000, to: NOON - 540_000 } as const;

let ffmpeg: string;
beforeAll(async () => {
  ffmpeg = (await findFfmpeg({ logger: silentLogger })).path;
});

let simulator: Simulator;
let nvr: Nvr;
async function start(options: SimulatorOptions = {}): Promise<void> {
  simulator = await Simulator.start({ cameras: 2, clock: new ManualClock(NOON), ...options });
  const { host, port } = simulator;
  nvr = new Nvr({ host, port, username: 'admin', password: 'admin123' });
}
afterEach(async () => {
  await nvr.close();
  await simulator.stop();
});

const bytesOf = async (stream: Readable) => Buffer.concat((await stream.toArray()) as Buffer[]);

/** What ffmpeg makes of a file: duration in s, streams, and everything it complains of. */
async function read(format: 'avi' | 'mp4', bytes: Buffer, decoder?: 'h264' | 'hevc') {
  const named = decoder ? ['-c:v', decoder] : [];
  const child = spawn(ffmpeg, ['-hide_banner', ...named, '-f', format, '-i', 'pipe:0', '-f', 'null', '-']);
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stdin.on('error', () => undefined);
  child.stdin.end(bytes);
  await new Promise((resolve) => child.once('close', resolve));
  const [, hours, minutes, seconds] = /Duration: (\d+):(\d+):([\d.]+)/.exec(text) ?? [];
  const [, h, m, s] = [...text.matchAll(/time=(\d+):(\d+):([\d.]+)/g)].at(-1) ?? [];
  return {
    announced: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds),
    played: Number(h) * 3600 + Number(m) * 60 + Number(s),
    video: /Video: (\w+)/.exec(text)?.[1],
    audio: /Audio: (\w+)/.exec(text)?.[1],
    complaints: text.split('\n').filter((line) => /error|invalid|corrupt|missing|warning/i.test(line)),
  };
}

/** Numbers of the pictures from one second to another; they count from 0 in every 10 s. */
const pictures = (from: number, to: number) =>
  Array.from({ length: (to - from) * 15 }, (_, index) => (from * 15 + index) % 150);

describe('a clip', () => {
  it.each(['h264', 'h265'] as const)('of %s is an AVI of exactly the asked minute', async (codec) => {
    await start({ codec });
    const bytes = await bytesOf(await downloadClip(nvr, MINUTE));
    expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8);
    // ffmpeg of 2018 does not know H.265 in AVI by its name.
    const decoder = codec === 'h264' ? 'h264' : 'hevc';
    expect(bytes.toString('latin1', 0, 512)).toContain(codec.toUpperCase());
    const { announced, played, ...rest } = await read('avi', bytes, decoder);
    expect(rest).toEqual({ video: decoder, audio: 'pcm_mulaw', complaints: [] });
    expect(announced).toBe(60);
    expect(played).toBeCloseTo(60, 0);
    const { marks, width, height } = await decodePictures('avi', bytes, decoder);
    expect({ width, height }).toEqual({ width: 1280, height: 720 });
    expect(marks.map((mark) => mark?.picture)).toEqual(pictures(0, 60));
    expect(marks.every((mark) => mark?.channel === 2 && mark.stream === 'main')).toBe(true);
  });

  it('of a range with a gap holds every recorded second, each stretch from a keyframe on', async () => {
    await start();
    const [from, to] = [NOON / 1000 - 8 * 3600, NOON / 1000 - 2 * 3600];
    const clips = await nvr.recording.requestVideoClips({ ChannelID: 1, startTime: from, endTime: to });
    const [first, second] = clips.map(({ startTime = 0, endTime = 0 }) => ({ startTime, endTime }));
    if (!first || !second) throw new Error('no gap in that range');
    const around = { from: (first.endTime - 7) * 1000, to: (second.startTime + 5) * 1000 };
    const { marks } = await decodePictures(
      'avi',
      await bytesOf(await downloadClip(nvr, { channel: 1, stream: 'sub', ...around })),
    );
    // It begins at the keyframe before the odd second.
    const expected = [
      ...pictures((first.endTime - 8) % 10, ((first.endTime - 8) % 10) + 8),
      ...pictures(second.startTime % 10, (second.startTime % 10) + 5),
    ];
    expect(marks.map((mark) => mark?.picture)).toEqual(expected);
    expect(new Set(marks.map((mark) => mark?.stream))).toEqual(new Set(['sub']));
  });

  it('of nothing is a refusal', async () => {
    await start();
    const query = { ...MINUTE, from: NOON + 1000, to: NOON + 2000 };
    await expect(downloadClip(nvr, query)).rejects.toMatchObject({ code: 'NVR_REFUSED' });
    await expect(downloadClipAsMp4(nvr, query, { ffmpeg })).rejects.toMatchObject({ code: 'NVR_REFUSED' });
    await expect(downloadClip(nvr, { ...MINUTE, channel: 0 })).rejects.toMatchObject({ code: 'INVALID_PARAMETER' });
    const odd = { ...MINUTE, stream: 'third' as 'main' };
    await expect(downloadClip(nvr, odd)).rejects.toMatchObject({ code: 'INVALID_PARAMETER', path: 'stream' });
    const wrong = expect.objectContaining({ code: 'INVALID_PARAMETER', path: 'stream' });
    expect(() => nvr.feed(1, odd.stream)).toThrow(wrong);
    expect(() => nvr.playback({ ...odd, stream: odd.stream })).toThrow(wrong);
  });
});

describe('a clip in a file', () => {
  it('is the same AVI, tells how much has come, and replaces what stood there when it is whole', async () => {
    await start();
    await using folder = await mkdtempDisposable(join(tmpdir(), 'clip-'));
    const file = join(folder.path, 'clip.avi');
    await writeFile(file, 'older');
    const told: number[] = [];
    const size = await saveClip(nvr, MINUTE, file, { progress: (bytes) => void told.push(bytes) });
    const bytes = await readFile(file);
    expect(await readdir(folder.path)).toEqual(['clip.avi']);
    expect(bytes.equals(await bytesOf(await downloadClip(nvr, MINUTE)))).toBe(true);
    expect(told.at(-1)).toBe(size);
    expect(told).toEqual([...told].sort((one, other) => one - other));
    const asMp4: number[] = [];
    const progress = (bytes: number) => void asMp4.push(bytes);
    await saveClipAsMp4(nvr, MINUTE, join(folder.path, 'clip.mp4'), { ffmpeg, progress });
    expect(asMp4.at(-1)).toBe(size);
    const streamed: number[] = [];
    const stream = await downloadClip(nvr, MINUTE, { progress: (bytes) => void streamed.push(bytes) });
    expect((await bytesOf(stream)).equals(bytes)).toBe(true);
    expect(streamed.at(-1)).toBe(size);
  });

  it.each<[string, (controller: AbortController) => unknown, object]>([
    ['cut off', () => simulator.stop(), { code: 'NVR_UNREACHABLE' }],
    ['aborted', (controller) => controller.abort(new Error('enough')), { message: 'enough' }],
  ])('that is %s leaves nothing, and what stood there before', async (_name, stop, error) => {
    await start();
    await using folder = await mkdtempDisposable(join(tmpdir(), 'clip-'));
    const file = join(folder.path, 'clip.avi');
    await writeFile(file, 'older');
    const day = { ...MINUTE, from: NOON - 24 * 3_600_000, to: NOON };
    const { promise: begun, resolve } = Promise.withResolvers<unknown>();
    const controller = new AbortController();
    const options = { progress: resolve, signal: controller.signal };
    const failed = saveClip(nvr, day, file, options).catch((problem: unknown) => problem);
    await begun;
    await stop(controller);
    expect(await failed).toMatchObject(error);
    expect(await readdir(folder.path)).toEqual(['clip.avi']);
    expect(await readFile(file, 'utf8')).toBe('older');
  });

  it('holds no download where there is no place for it', async () => {
    await start();
    for (let round = 0; round < 5; round += 1) {
      await expect(saveClip(nvr, MINUTE, '/no/such/folder/clip.avi')).rejects.toMatchObject({ code: 'ENOENT' });
    }
    expect((await bytesOf(await downloadClip(nvr, MINUTE))).length).toBeGreaterThan(0);
  });
});

describe('a clip as MP4', () => {
  it.each(['h264', 'h265'] as const)('of %s comes as a stream that shows the same pictures', async (codec) => {
    await start({ codec });
    const bytes = await bytesOf(await downloadClipAsMp4(nvr, MINUTE, { ffmpeg }));
    const { played, video, audio, complaints } = await read('mp4', bytes);
    expect({ video, audio, complaints }).toEqual({
      video: codec === 'h264' ? 'h264' : 'hevc',
      audio: 'aac',
      complaints: [],
    });
    expect(Math.abs(played - 60)).toBeLessThan(0.3);
    if (codec === 'h265') expect(bytes.includes('hvc1')).toBe(true);
    const { marks } = await decodePictures('mp4', bytes);
    expect(marks.map((mark) => mark?.picture)).toEqual(pictures(0, 60));
  });

  describe('file', () => {
    let folder: string;
    let file: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'clip-'));
      file = join(folder, 'clip.mp4');
    });
    afterAll(() => rm(folder, { recursive: true }));
    afterEach(async () => {
      for (const name of await readdir(folder)) await rm(join(folder, name));
    });

    it('that cannot be put in its place is a coded error', async () => {
      await start();
      await mkdir(join(folder, 'taken.mp4'));
      for (const name of ['taken.mp4', 'no\0name.mp4', 'missing/clip.mp4']) {
        const saved = saveClipAsMp4(nvr, { ...MINUTE, to: MINUTE.from + 2000 }, join(folder, name), { ffmpeg });
        await expect(saved).rejects.toMatchObject({ code: 'CONVERSION_FAILED' });
      }
      expect(await readdir(folder)).toEqual(['taken.mp4']);
      await rmdir(join(folder, 'taken.mp4'));
    });

    it('has the right duration and pictures', async () => {
      await start();
      await saveClipAsMp4(nvr, MINUTE, file, { ffmpeg });
      expect(await readdir(folder)).toEqual(['clip.mp4']);
      const bytes = await readFile(file);
      const { announced, complaints } = await read('mp4', bytes);
      expect(complaints).toEqual([]);
      expect(Math.abs(announced - 60)).toBeLessThan(0.3);
      // What a player needs stands before the pictures.
      expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
      expect((await decodePictures('mp4', bytes)).marks.map((mark) => mark?.picture)).toEqual(pictures(0, 60));
    });

    it.each([
      ['that does not exist', () => join(folder, 'no-ffmpeg'), /does not run/],
      ['that is none', () => '/bin/false', /could not convert/],
    ])('needs an ffmpeg: not one %s', async (_name, path, problem) => {
      await start();
      const outcome = saveClipAsMp4(nvr, MINUTE, file, { ffmpeg: path() });
      await expect(outcome).rejects.toMatchObject({
        code: 'CONVERSION_FAILED',
        message: expect.stringMatching(problem),
      });
      expect(await readdir(folder)).toEqual([]);
    });

    it('is made beside what somebody else writes under a similar name, and what a crash has left is removed', async () => {
      await start();
      const own = await mkdtempDisposable(join(folder, 'crashed-'));
      const old = new Date(Date.now() - 2 * 3_600_000);
      for (const name of ['a.mp4.part-0123abcd', 'a.mp4.part', 'a.part-0123abcd.mp4']) {
        await writeFile(join(own.path, name), name);
        await utimes(join(own.path, name), old, old);
      }
      await writeFile(join(own.path, 'b.avi.part-0123abcd'), 'being written');
      await saveClipAsMp4(nvr, { ...MINUTE, to: MINUTE.from + 2000 }, join(own.path, 'a.mp4'), { ffmpeg });
      const left = ['a.mp4', 'a.mp4.part', 'a.part-0123abcd.mp4', 'b.avi.part-0123abcd'];
      expect((await readdir(own.path)).sort()).toEqual(left);
      await own.remove();
    });

    it('is whole where two make it at a time', async () => {
      await start();
      const short = { ...MINUTE, to: MINUTE.from + 5000 };
      await Promise.all([MINUTE, short].map((query) => saveClipAsMp4(nvr, query, file, { ffmpeg })));
      expect(await readdir(folder)).toEqual(['clip.mp4']);
      const { announced, complaints } = await read('mp4', await readFile(file));
      expect(complaints).toEqual([]);
      expect(Math.abs(announced - 5)).toBeLessThan(0.3);
    });

    it('is not waited for by who has given up', async () => {
      await start();
      const first = saveClipAsMp4(nvr, MINUTE, file, { ffmpeg });
      const controller = new AbortController();
      const second = saveClipAsMp4(nvr, MINUTE, file, { ffmpeg, signal: controller.signal });
      const third = saveClipAsMp4(nvr, { ...MINUTE, to: MINUTE.from + 5000 }, file, { ffmpeg });
      controller.abort(new Error('enough'));
      await expect(second).rejects.toThrow('enough');
      await Promise.all([first, third]);
      expect((await read('mp4', await readFile(file))).complaints).toEqual([]);
      expect(await readdir(folder)).toEqual(['clip.mp4']);
    });

    it('is not left half written where the download is aborted', async () => {
      await start();
      const controller = new AbortController();
      const day = { ...MINUTE, from: NOON - 24 * 3_600_000, to: NOON };
      const outcome = saveClipAsMp4(nvr, day, file, { ffmpeg, signal: controller.signal });
      const failed = outcome.catch((error: unknown) => error);
      await until('the file to grow', async () => (await readdir(folder)).length > 0);
      controller.abort(new Error('enough'));
      expect(await failed).toMatchObject({ message: 'enough' });
      expect(await readdir(folder)).toEqual([]);
    });
  });

  it.each([
    ['that does not exist', '/no/ffmpeg'],
    ['that is none', '/bin/false'],
  ])('stream fails with a code for an ffmpeg %s', async (_name, path) => {
    await start();
    const outcome = downloadClipAsMp4(nvr, MINUTE, { ffmpeg: path }).then(bytesOf);
    await expect(outcome).rejects.toMatchObject({ code: 'CONVERSION_FAILED' });
  });

  it.each<[string, (stream: Readable, controller: AbortController) => unknown]>([
    ['destroyed', (stream) => void stream.destroy()],
    ['aborted', (_stream, controller) => controller.abort(new Error('enough'))],
    ['cut off by the end of the client', () => nvr.close()],
    ['cut off by the NVR', (stream) => simulator.stop().then(() => void stream.resume())],
  ])('stream that is %s midway leaves nothing behind', async (_name, stop) => {
    await start();
    const controller = new AbortController();
    const day = { ...MINUTE, from: NOON - 24 * 3_600_000, to: NOON };
    const stream = await downloadClipAsMp4(nvr, day, { ffmpeg, signal: controller.signal });
    const errors: Error[] = [];
    stream.on('error', (error) => void errors.push(error));
    await until('it to begin', () => stream.readableLength > 0);
    const closed = new Promise((resolve) => stream.once('close', resolve));
    await stop(stream, controller);
    // Its end waits for that of ffmpeg.
    await within(5000, 'the stream to close', closed);
    expect(errors.map((error) => (error as { code?: string }).code ?? error.message)).toEqual(
      { destroyed: [], aborted: ['enough'] }[_name] ?? [expect.stringMatching(/CLOSED|NVR_UNREACHABLE/)],
    );
  });

  it('stream fails where the clip breaks off, also if ffmpeg takes what it got for all there is', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'clip-'));
    const content = join(folder.path, 'content');
    // Writes something, and is content with whatever it reads.
    await writeFile(content, '#!/bin/sh\necho begun\ncat > /dev/null\nexit 0\n', { mode: 0o755 });
    const avi = new PassThrough();
    avi.write(Buffer.alloc(1024));
    const { output, ended } = await remux(content, avi, { to: 'stream' }, undefined, {
      name: 'clips',
      limits: new LimitCounters(silentLogger),
    });
    const failed = new Promise((resolve) => output.once('error', resolve));
    await until('it to begin', () => output.readableLength > 0);
    // Whoever hears of the error is busy for as long as ffmpeg needs to end by itself.
    avi.once('error', () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500));
    avi.destroy(new ClosedError('the client is closed'));
    expect(await ended).toMatchObject({ code: 'CLOSED' });
    expect(await failed).toMatchObject({ code: 'CLOSED' });
  });

  it('stream that is given up while NVR and ffmpeg hang leaves nothing behind', async () => {
    await start();
    const { promise: hungUp, resolve } = Promise.withResolvers<unknown>();
    const { client } = await startOddNvr({
      'GET /record/backupVideoClip': (_request, response) => {
        response.on('close', () => resolve('hung up'));
        response.write(Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(5000)]));
      },
    });
    await using hanging = await mkdtempDisposable(join(tmpdir(), 'ffmpeg-'));
    const script = join(hanging.path, 'ffmpeg');
    await writeFile(script, '#!/bin/sh\nexec sleep 1000\n', { mode: 0o755 });
    const stream = await downloadClipAsMp4(client, MINUTE, { ffmpeg: script });
    const closed = new Promise((done) => stream.once('close', done));
    stream.destroy();
    await within(5000, 'the end of ffmpeg and of the download', Promise.all([closed, hungUp]));
  });

  it('without end fills no disk: more than its time can have is given up, and nothing of it is left', async () => {
    await start();
    let sent = 0;
    const piece = Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(1_000_000)]);
    const { client } = await startOddNvr({
      'GET /record/backupVideoClip': (_request, response) => {
        const go = () => {
          while (!response.destroyed && response.write(piece)) sent += piece.length;
        };
        response.on('drain', go);
        go();
      },
    });
    await using folder = await mkdtempDisposable(join(tmpdir(), 'clip-'));
    const second = { ...MINUTE, to: MINUTE.from + 1000 };
    const saved = saveClip(client, second, join(folder.path, 'clip.avi'));
    await expect(saved).rejects.toMatchObject({ code: 'REPLY_TOO_LARGE', limit: 'clip.perSecond' });
    expect(client.limits.hits).toMatchObject([{ limit: 'clip.perSecond', count: 1 }]);
    expect(sent).toBeLessThan(200_000_000);
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('that is no AVI at all is an error, not an empty clip', async () => {
    await start();
    const { client } = await startOddNvr({
      'GET /record/backupVideoClip': (_request, response) =>
        void response.end(Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(5000)])),
    });
    const outcome = downloadClipAsMp4(client, MINUTE, { ffmpeg }).then(bytesOf);
    await expect(outcome).rejects.toMatchObject({ code: 'CONVERSION_FAILED' });
  });
});
