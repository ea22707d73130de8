import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encodeMuLaw, ManualClock, Nvr, type NvrError, type Talk } from '../../src/shared/index.js';
import { limits } from '../../src/shared/internal.js';
import { TalkQueue } from '../../src/shared/media/talk-queue.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';

/** ms */
const NOW = 1_700_000_000_000;
const LEAD = 60;

let clock: ManualClock;
let simulator: Simulator;
let client: Nvr;
/** What the simulator has a right to refuse. */
let refusals: number;

beforeEach(async () => {
  refusals = 0;
  clock = new ManualClock(NOW);
  simulator = await Simulator.start({ cameras: 2, clock });
  const { host, port } = simulator;
  client = new Nvr({ host, port, username: 'admin', password: 'admin123', clock });
});

afterEach(async () => {
  await client.close();
  await until('no socket to be open', () => simulator.openSockets === 0);
  expect(clock.pending).toBe(0);
  expect(simulator.refused).toHaveLength(refusals);
  await simulator.stop();
});

/** 16-bit samples of a tone, 8 kHz. */
function sine(hertz: number, seconds: number, amplitude = 16_000): Int16Array {
  return Int16Array.from({ length: seconds * 8000 }, (_, n) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hertz * n) / 8000)),
  );
}

const bytesOf = (samples: Int16Array) => Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);

/** ITU-T G.711 the other way round: 16-bit linear of µ-law. */
function decodeMuLaw(audio: Buffer): Int16Array {
  return Int16Array.from(audio, (byte) => {
    const code = ~byte & 0xff;
    const magnitude = (((code & 0x0f) << 3) + 0x84) << ((code >> 4) & 7);
    return code & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
  });
}

/** 1: the same up to loudness. */
function correlation(one: Int16Array, other: Int16Array): number {
  let [product, power, otherPower] = [0, 0, 0];
  one.forEach((sample, index) => {
    const counterpart = other[index] ?? 0;
    product += sample * counterpart;
    power += sample * sample;
    otherPower += counterpart * counterpart;
  });
  return product / Math.sqrt(power * otherPower);
}

const isDone = (work: Promise<unknown>) => {
  const state = { done: false };
  work.then(
    () => (state.done = true),
    () => (state.done = true),
  );
  return state;
};

/** Lets time pass until it is done. */
async function pass(work: Promise<unknown>, step = 10): Promise<void> {
  const state = isDone(work);
  await until('it to be done', () => {
    if (!state.done) clock.advance(step);
    return state.done;
  });
  await work;
}

describe('talk', () => {
  it.each([1, 'nvr'] as const)('to %s: a tone arrives unharmed', async (target) => {
    const tone = sine(1000, 3);
    const audio = encodeMuLaw(bytesOf(tone));
    await using talk = await client.talk(target);
    // In pieces that are no whole frames.
    for (let at = 0; at < audio.length; at += 777) await pass(talk.write(audio.subarray(at, at + 777)), 20);
    await pass(talk.flush(), 20);
    const { audio: heard } = simulator.talk(target === 'nvr' ? 0 : 1);
    expect(heard).toEqual(audio);
    const samples = decodeMuLaw(heard);
    expect(correlation(tone, samples)).toBeGreaterThan(0.999);
    expect(correlation(tone, sine(1100, 3))).toBeLessThan(0.1);
  });

  it('takes no more than a quarter of an hour of sound from those who do not wait', async () => {
    const talk = await client.talk(1);
    const piece = Buffer.alloc(limits.talk.waiting / 4, 0x55);
    // Four fill the line.
    const writes = Promise.allSettled([1, 2, 3, 4, 5, 6].map(() => talk.write(piece)));
    await expect(talk.write(piece)).rejects.toMatchObject({ code: 'BUSY' });
    talk.close();
    const codes = (await writes).map((end) => (end.status === 'rejected' ? (end.reason as NvrError).code : 'written'));
    expect(codes).toEqual(['CLOSED', 'CLOSED', 'CLOSED', 'CLOSED', 'BUSY', 'BUSY']);
  });

  it('goes out in frames of 20 ms, in real time: never more than the lead ahead, never behind', async () => {
    const talk = await client.talk(1);
    const sent = isDone(talk.write(Buffer.alloc(8000, 0x55)));
    const begin = clock.wall();
    await until('the lead', () => simulator.talk(1).frames.length === LEAD / 20);
    for (let ms = 10; ms <= 1000; ms += 10) {
      clock.advance(10);
      const due = Math.min(50, Math.floor((ms + LEAD) / 20));
      await until('what is due', () => simulator.talk(1).frames.length >= due);
      expect(simulator.talk(1).frames).toHaveLength(due);
    }
    expect(sent.done).toBe(true);
    const { frames } = simulator.talk(1);
    expect(frames.every(({ data }) => data.length === 160)).toBe(true);
    expect(frames.map(({ timestamp }) => timestamp - begin)).toEqual(frames.map((_, index) => index * 20));
  });

  it('begins anew after a pause, without making up for it', async () => {
    const talk = await client.talk(1);
    await talk.write(Buffer.alloc(160, 1));
    await pass(talk.flush());
    clock.advance(10_000);
    const later = clock.wall();
    await talk.write(Buffer.alloc(1600, 2));
    await until('the lead', () => simulator.talk(1).frames.length === 4);
    expect(simulator.talk(1).frames[1]?.timestamp).toBe(later);
    await client.camera.cameraList();
    expect(simulator.talk(1).frames).toHaveLength(4);
  });

  it('fills the last frame with silence when it is flushed, and waits until that is heard', async () => {
    const talk = await client.talk(1);
    await talk.write(Buffer.alloc(200, 0x12));
    await until('a frame', () => simulator.talk(1).frames.length === 1);
    const flushed = isDone(talk.flush());
    await until('the rest', () => simulator.talk(1).frames.length === 2);
    expect(simulator.talk(1).audio).toEqual(Buffer.concat([Buffer.alloc(200, 0x12), Buffer.alloc(120, 0xff)]));
    clock.advance(39);
    await client.camera.cameraList();
    expect(flushed.done).toBe(false);
    clock.advance(1);
    await until('the flush', () => flushed.done);
  });

  it('lets who writes wait: no more than about a second is held', async () => {
    const talk = await client.talk(1);
    const audio = Buffer.from(Array.from({ length: 40_000 }, (_, index) => index % 251));
    const written = talk.write(audio);
    const state = isDone(written);
    audio.fill(0);
    for (let ms = 0; ms < 3500; ms += 20) {
      clock.advance(20);
      await new Promise(setImmediate);
    }
    expect(state.done).toBe(false);
    await pass(written);
    await pass(talk.flush());
    expect(simulator.talk(1).audio.equals(Buffer.from(Array.from({ length: 40_000 }, (_, index) => index % 251)))).toBe(
      true,
    );
  });

  it('is one at a time with each target', async () => {
    const talk = await client.talk(1);
    await expect(client.talk(1)).rejects.toMatchObject({ code: 'BUSY', recoverable: true });
    const others = [await client.talk(2), await client.talk('nvr')];
    talk.close();
    await until('the talk to end', () => simulator.openSockets === 2);
    others.push(await client.talk(1));
  });

  it('can be closed in the middle: what waits is not sent', async () => {
    const talk = await client.talk(1);
    const written = talk.write(Buffer.alloc(16_000));
    const flushed = talk.flush();
    const refused = expect(written).rejects.toMatchObject({ code: 'CLOSED' });
    const refusedToo = expect(flushed).rejects.toMatchObject({ code: 'CLOSED' });
    clock.advance(100);
    talk.close();
    talk.close();
    await Promise.all([refused, refusedToo]);
    await expect(talk.write(Buffer.alloc(1))).rejects.toMatchObject({ code: 'CLOSED' });
    expect(clock.pending).toBe(0);
  });

  it('ends with its signal, and with the client', async () => {
    const reason = new Error('enough');
    const abort = new AbortController();
    const talk = await client.talk(1, { signal: abort.signal });
    const flushed = talk.write(Buffer.alloc(16_000));
    abort.abort(reason);
    await expect(flushed).rejects.toBe(reason);
    await expect(client.talk(1, { signal: abort.signal })).rejects.toBe(reason);
    await until('the talk to end', () => simulator.openSockets === 0);
    const other = await client.talk(1);
    await client.close();
    await expect(other.flush()).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(client.talk(1)).rejects.toMatchObject({ code: 'CLOSED' });
  });

  describe('that is disturbed', () => {
    const outcome = async (talk: Talk) => {
      for (;;) await pass(talk.write(Buffer.alloc(160)), 20);
    };

    it('tells who writes that the NVR is gone; nothing is sent again', async () => {
      const talk = await client.talk(1);
      await pass(talk.write(Buffer.alloc(160)));
      const lost = expect(outcome(talk)).rejects.toMatchObject({ code: 'NVR_UNREACHABLE' });
      const restarted = simulator.restart();
      await pass(restarted, 0);
      await lost;
      const before = simulator.talk(1).frames.length;
      await pass(client.talk(1).then((next) => next.flush()));
      expect(simulator.talk(1).frames).toHaveLength(before);
    });

    it('tells who writes that the NVR closed it at once', async () => {
      simulator.faults.rejectTalk = true;
      await expect(client.talk(1).then(outcome)).rejects.toMatchObject({ code: 'NVR_UNREACHABLE' });
    });

    it('notices a socket that is half open', async () => {
      const talk = await client.talk(1);
      await talk.write(Buffer.alloc(160));
      await until('a ping to be answered before that', () => simulator.talk(1).frames.length === 1);
      await client.camera.cameraList();
      simulator.faults.halfOpenSockets = true;
      for (const beat of [1, 2]) clock.advance(beat * 15_000);
      await expect(talk.write(Buffer.alloc(160))).rejects.toMatchObject({ code: 'NVR_TIMEOUT' });
    });

    it('cannot be opened where the NVR has no such channel, and may be tried again', async () => {
      refusals = 2;
      await expect(client.talk(3)).rejects.toMatchObject({ code: 'NVR_UNREACHABLE' });
      await expect(client.talk(3)).rejects.toMatchObject({ code: 'NVR_UNREACHABLE' });
    });
  });

  it.each([0, 1.5, NaN, '1', undefined])('takes no %s for a target', async (target) => {
    await expect(client.talk(target as number)).rejects.toMatchObject({ code: 'INVALID_PARAMETER' });
    expect(simulator.requests).toEqual([]);
  });

  it('takes no text for sound', async () => {
    const talk = await client.talk(1);
    await expect(talk.write('hello' as unknown as Buffer)).rejects.toMatchObject({ code: 'INVALID_PARAMETER' });
  });
});

describe('µ-law', () => {
  // ITU-T G.711 table 2a: the ends of its segments.
  it.each([
    [0, 0xff],
    [-1, 0x7f],
    [32_767, 0x80],
    [-32_768, 0x00],
    [1000, 0xce],
    [-1000, 0x4e],
    [16_000, 0x90],
  ])('of %d', (sample, code) => {
    expect([...encodeMuLaw(bytesOf(Int16Array.of(sample)))]).toEqual([code]);
  });

  it('decodes to within half a step, whatever the sample', () => {
    const all = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);
    const back = decodeMuLaw(encodeMuLaw(bytesOf(all)));
    for (const [index, sample] of all.entries()) {
      const clipped = Math.max(-32_635, Math.min(32_635, sample));
      const step = 2 ** Math.max(3, Math.floor(Math.log2(Math.abs(clipped) + 132)) - 4);
      if (Math.abs((back[index] ?? 0) - clipped) > step / 2) throw new Error(`${sample} became ${back[index]}`);
    }
  });

  it('takes whole samples only', () => {
    expect(() => encodeMuLaw(Buffer.alloc(3))).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER' }));
  });
});

describe('sound that waits', () => {
  it('is cut into frames whatever the pieces', () => {
    const queue = new TalkQueue();
    const all = Buffer.from(Array.from({ length: 500 }, (_, index) => index % 256));
    for (const [from, to] of [
      [0, 1],
      [1, 1],
      [1, 330],
      [330, 500],
    ] as const)
      queue.push(all.subarray(from, to));
    const frames = [queue.take(false), queue.take(false), queue.take(false), queue.take(false)];
    expect(Buffer.concat(frames.filter((frame) => frame !== undefined))).toEqual(all.subarray(0, 480));
    expect(queue.length).toBe(20);
    expect(queue.take(true)).toEqual(Buffer.concat([all.subarray(480), Buffer.alloc(140, 0xff)]));
    expect(queue.take(true)).toBeUndefined();
  });
});
