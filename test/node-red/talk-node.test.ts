import { describe, expect, it } from '@jest/globals';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatOf, soundOf } from '../../src/node-red/nodes/talk/sound.js';
import { Speaker } from '../../src/node-red/nodes/talk/speaker.js';
import { samplesOfWav } from '../../src/shared/codec/index.js';
import { Children, noFfmpeg } from '../../src/shared/ffmpeg/index.js';
import { encodeMuLaw, ManualClock, type Talk } from '../../src/shared/index.js';
import { helper, inbox, until } from './support/palette.js';
import { api, deploy, statusTexts, withRuntime } from './support/runtime.js';

/** A WAV of a sine of 400 Hz. @param kind 1: PCM of 16 bits, 7: µ-law */
function wav({ kind = 1, rate = 8000, channels = 1, ms = 100 } = {}): Buffer {
  const bytes = kind === 7 ? 1 : 2;
  const pcm = Buffer.alloc(((rate * ms) / 1000) * 2 * channels);
  for (let at = 0; at < pcm.length; at += 2) {
    pcm.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * 400 * Math.floor(at / 2 / channels)) / rate)), at);
  }
  const data = kind === 7 ? encodeMuLaw(pcm) : pcm;
  const head = Buffer.alloc(24);
  head.write('fmt ', 0, 'latin1');
  head.writeUInt32LE(16, 4);
  head.writeUInt16LE(kind, 8);
  head.writeUInt16LE(channels, 10);
  head.writeUInt32LE(rate, 12);
  head.writeUInt32LE(rate * channels * bytes, 16);
  head.writeUInt16LE(channels * bytes, 20);
  head.writeUInt16LE(bytes * 8, 22);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(data.length);
  // A chunk that nobody knows, of odd length, comes before the samples.
  const other = Buffer.from('junk\x03\0\0\0abc\0', 'latin1');
  const body = Buffer.concat([Buffer.from('WAVE'), head, other, Buffer.from('data'), size, data]);
  const riff = Buffer.alloc(8);
  riff.write('RIFF', 'latin1');
  riff.writeUInt32LE(body.length, 4);
  return Buffer.concat([riff, body]);
}

describe('what a Buffer holds', () => {
  it.each([
    ['a WAV', wav(), 'file'],
    ['a WAV for large machines', Buffer.from('RF64\0\0\0\0WAVE'), 'file'],
    ['another', Buffer.from('RIFX\0\0\0\0WAVE'), 'file'],
    ['AIFF', Buffer.from('FORM\0\0\0\0AIFF'), 'file'],
    ['a video', Buffer.from('RIFF\0\0\0\0AVI '), 'file'],
    ['an MP3 with a title', Buffer.from('ID3\x04rest'), 'file'],
    ['an MP3 without', Buffer.from('fffb9064', 'hex'), 'file'],
    ['AAC', Buffer.from('fff15080', 'hex'), 'file'],
    ['Ogg', Buffer.from('OggS\0rest'), 'file'],
    ['M4A', Buffer.from('\0\0\0\x20ftypM4A '), 'file'],
    ['silence', Buffer.alloc(160, 0xff), 'mulaw'],
    ['nearly silence', Buffer.from('fffefdfb', 'hex'), 'mulaw'],
    ['a few samples', Buffer.from('7f', 'hex'), 'mulaw'],
  ])('%s', (_, audio, format) => {
    expect(formatOf(audio)).toBe(format);
  });

  it('is taken without a conversion where a WAV is as the NVR wants it', () => {
    expect(samplesOfWav(wav())).toHaveLength(800);
    expect(samplesOfWav(wav({ kind: 7 }))).toEqual(samplesOfWav(wav()));
    for (const other of [{ rate: 16_000 }, { channels: 2 }]) expect(samplesOfWav(wav(other))).toBeUndefined();
  });

  it.each([
    ['cut off', wav().subarray(0, 40)],
    ['endless', Buffer.from('RIFF\0\0\0\0WAVEfmt \xff\xff\xff\xff', 'latin1')],
  ])('is no sound in a WAV that is %s', (_, audio) => {
    expect(samplesOfWav(audio)).toBeUndefined();
  });

  it.each([
    ['no Buffer', 'text', 'INVALID_PARAMETER'],
    ['an empty one', Buffer.alloc(0), 'INVALID_PARAMETER'],
    ['a web page', Buffer.from('\n<!DOCTYPE html><p>not found</p>'), 'INVALID_PARAMETER'],
    ['an error', Buffer.from('{ "error": "not found" }'), 'INVALID_PARAMETER'],
    ['a file, where there is no ffmpeg', wav({ rate: 16_000 }), 'CONVERSION_FAILED'],
  ])('is refused where it is %s', async (_, audio, code) => {
    const sound = soundOf(audio, undefined, () => Promise.resolve(noFfmpeg), never);
    await expect(sound.next()).rejects.toMatchObject({ code });
  });
});

describe('a conversion that hangs', () => {
  const mp3 = Buffer.from('fffb9064', 'hex');

  async function hanging(before = '') {
    const folder = await mkdtempDisposable(join(tmpdir(), 'sound-'));
    const path = join(folder.path, 'program');
    await writeFile(path, `#!/bin/sh\n${before}\nexec sleep 60\n`, { mode: 0o755 });
    const ffmpeg = { ...noFfmpeg, path, children: new Children() };
    return { ffmpeg: () => Promise.resolve(ffmpeg), children: ffmpeg.children, folder };
  }

  it('is ended with a code, and leaves no process', async () => {
    const { ffmpeg, children, folder } = await hanging();
    const clock = new ManualClock();
    const sound = soundOf(mp3, undefined, ffmpeg, never, clock).next();
    await until(() => children.running === 1 && clock.pending === 1);
    clock.advance(20_000);
    await expect(sound).rejects.toMatchObject({ code: 'CONVERSION_FAILED' });
    expect([children.running, clock.pending]).toEqual([0, 0]);
    await folder.remove();
  });

  it('is told by what it did where it was ended for that', async () => {
    const { ffmpeg, children, folder } = await hanging('head -c 3000000 /dev/zero >&2');
    const sound = soundOf(mp3, undefined, ffmpeg, never).next();
    await expect(sound).rejects.toMatchObject({
      code: 'CONVERSION_FAILED',
      message: expect.stringContaining('it wrote more to stderr than it may'),
    });
    expect(children.running).toBe(0);
    await folder.remove();
  });

  it('holds up nothing that is to be said once it is stopped', async () => {
    const { ffmpeg, children, folder } = await hanging();
    const clock = new ManualClock();
    const { calls, speaker: camera } = speaker();
    const said = camera.say((signal) => soundOf(mp3, undefined, ffmpeg, signal, clock), never);
    await until(() => children.running === 1);
    camera.stop();
    await expect(said).rejects.toMatchObject({ code: 'CLOSED' });
    await camera.say(() => saying('next'), never);
    expect(calls).toEqual([['next', 'flush', 'close']]);
    await until(() => children.running === 0 && clock.pending === 0);
    await folder.remove();
  });
});

/** A talk that is heard at once, and the calls that were made. */
function speaker() {
  const calls: string[][] = [];
  const open = () => {
    const heard: string[] = [];
    calls.push(heard);
    return Promise.resolve({
      write(samples: Buffer) {
        const word = samples.toString();
        if (word === 'lost') return Promise.reject(new Error('lost'));
        heard.push(word);
        return Promise.resolve();
      },
      flush: () => (heard.push('flush'), Promise.resolve()),
      close: () => heard.push('close'),
    } as unknown as Talk);
  };
  return { calls, speaker: new Speaker(open) };
}

async function* saying(...words: string[]): AsyncGenerator<Buffer> {
  for (const word of words) yield await Promise.resolve(Buffer.from(word));
}
const never = new AbortController().signal;

describe('a speaker', () => {
  it('says one thing after the other in one call, and hangs up after the last', async () => {
    const { calls, speaker: one } = speaker();
    await Promise.all([one.say(() => saying('a', 'b'), never), one.say(() => saying('c'), never)]);
    expect(calls).toEqual([['a', 'b', 'c', 'flush', 'close']]);
  });

  it('goes on where something cannot be said', async () => {
    const { calls, speaker: one } = speaker();
    const broken = (async function* () {
      yield await Promise.resolve(Buffer.from('a'));
      throw new Error('no sound');
    })();
    const [first, second] = await Promise.allSettled([one.say(() => broken, never), one.say(() => saying('b'), never)]);
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
    expect(calls.flat()).toEqual(['a', 'b', 'flush', 'close']);
  });

  it.each([
    ['cannot be said', never],
    ['is given up while it waits', AbortSignal.abort(new Error('no sound'))],
  ])('is heard to the end where what comes behind it %s', async (_, signal) => {
    const { calls, speaker: one } = speaker();
    const broken: AsyncIterable<Buffer> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('no sound')) }),
    };
    const both = await Promise.allSettled([one.say(() => saying('a'), never), one.say(() => broken, signal)]);
    expect(both).toMatchObject([{ status: 'fulfilled' }, { reason: { message: 'no sound' } }]);
    expect(calls).toEqual([['a', 'flush', 'close']]);
  });

  it('hangs up at once where its own sound is given up', async () => {
    const { calls, speaker: one } = speaker();
    const deploy = new AbortController();
    const cut = (async function* () {
      yield await Promise.resolve(Buffer.from('a'));
      deploy.abort(new Error('deployed'));
      yield Buffer.from('b');
    })();
    await expect(one.say(() => cut, deploy.signal)).rejects.toThrow('deployed');
    expect(calls).toEqual([['a', 'close']]);
  });

  it('calls anew where the connection is lost', async () => {
    const { calls, speaker: one } = speaker();
    const lost = one.say(() => saying('lost'), never);
    await expect(lost).rejects.toThrow('lost');
    await one.say(() => saying('b'), never);
    expect(calls).toEqual([['close'], ['b', 'flush', 'close']]);
  });

  it('is silent at once when it is told so, and speaks again later', async () => {
    const { calls, speaker: one } = speaker();
    const endless = (async function* () {
      for (;;) yield await new Promise<Buffer>((resolve) => setImmediate(() => resolve(Buffer.from('a'))));
    })();
    const [said, waiting] = [one.say(() => endless, never), one.say(() => saying('b'), never)];
    const both = Promise.allSettled([said, waiting]);
    await until(() => (calls[0]?.length ?? 0) > 0);
    one.stop();
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await one.say(() => saying('c'), never);
    expect(calls.at(-1)).toEqual(['c', 'flush', 'close']);
    expect(calls[0]?.at(-1)).toBe('close');
  });

  it('takes only so much that waits', async () => {
    const { speaker: one } = speaker();
    const all = await Promise.allSettled(Array.from({ length: 60 }, () => one.say(() => saying('a'), never)));
    const refused = all.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(10);
    expect(refused[0]).toMatchObject({ reason: { code: 'BUSY' } });
  });
});

const simulator = withRuntime();
const talk = {
  ...{ ...api, id: 'talk', type: 'everfocus-talk', operation: 'speak', wires: [['out']] },
  params: { camera: { type: 'literal', value: 'Camera 2' }, audio: { type: 'msg', value: 'payload' } },
};

describe('a talk node', () => {
  it('plays samples at a camera, and hangs up', async () => {
    await deploy(simulator(), talk);
    const box = inbox('out');
    const samples = Buffer.from(Array.from({ length: 1600 }, (_, at) => at % 251));
    helper.getNode('talk').receive({ payload: samples });
    const { everfocus } = await box.next();
    expect(everfocus).toMatchObject({ operation: 'speak', channel: 2, camera: 'Camera 2' });
    expect(simulator().talk(2).audio.subarray(0, 1600)).toEqual(samples);
    await until(() => simulator().openSockets === 0);
  });

  it('plays the pieces of a stream without a gap', async () => {
    await deploy(simulator(), talk);
    const box = inbox('out');
    const pieces = [1, 2, 3].map((value) => Buffer.alloc(800, value));
    for (const payload of pieces) helper.getNode('talk').receive({ payload });
    await Promise.all(pieces.map(() => box.next()));
    expect(simulator().talk(2).audio).toEqual(Buffer.concat(pieces));
  });

  it('converts a file by ffmpeg', async () => {
    await deploy(simulator(), talk);
    const box = inbox('out');
    const failures = inbox('caught');
    helper.getNode('talk').receive({ payload: wav({ rate: 16_000, channels: 2, ms: 200 }) });
    expect((await Promise.race([box.next(), failures.next()])).error).toBeUndefined();
    const heard = simulator().talk(2).audio.length;
    expect(heard).toBeGreaterThan(1500);
    expect(heard).toBeLessThan(2000);
  });

  it('says what ffmpeg could not read', async () => {
    await deploy(simulator(), talk);
    const failures = inbox('caught');
    helper.getNode('talk').receive({ payload: Buffer.from('OggS and then nothing that makes sense') });
    expect((await failures.next()).error?.code).toBe('CONVERSION_FAILED');
  });

  it('ends where a deploy comes between', async () => {
    await deploy(simulator(), talk);
    const texts = statusTexts('talk');
    helper.getNode('talk').receive({ payload: Buffer.alloc(80_000, 1) });
    await until(() => simulator().talk(2).audio.length > 0);
    expect(texts).toContain('speak');
    await helper.unload();
    await until(() => simulator().openSockets === 0);
    expect(simulator().talk(2).audio.length).toBeLessThan(40_000);
  });

  it('is told by its code that somebody else talks there', async () => {
    await deploy(simulator(), talk);
    const nvr = helper.getNode('nvr') as unknown as { client(): { talk(channel: number): Promise<Talk> } };
    const other = await nvr.client().talk(2);
    const [failures, texts] = [inbox('caught'), statusTexts('talk')];
    helper.getNode('talk').receive({ payload: Buffer.alloc(800, 1) });
    expect((await failures.next()).error?.code).toBe('BUSY');
    expect(texts).toContain('BUSY');
    other.close();
  });
});
