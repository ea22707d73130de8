import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { VolumeControl } from '../../../src/homebridge/live/volume-control.js';
import { LoudspeakerLine } from '../../../src/homebridge/talk/loudspeaker-line.js';
import { ManualClock, type Talk } from '../../../src/shared/index.js';

/** ms */
const FRAME = 20;
/** µ-law: silence, nearly silence, and loud. */
const [SILENT, SOFT, LOUD] = [0xff, 0xf7, 0x80];

/** What the NVR gets of one talk: its frames as letters, `.` silent and `#` loud. */
class FakeTalk {
  frames = '';
  closed = false;
  broken: Error | undefined;

  write(audio: Buffer): Promise<void> {
    if (this.broken) return Promise.reject(this.broken);
    for (let at = 0; at < audio.length; at += 160) this.frames += audio.readUInt8(at) >= SOFT ? '.' : '#';
    return Promise.resolve();
  }

  close(): void {
    this.closed = true;
  }
}

let clock: ManualClock;
let speaker: VolumeControl;
let line: LoudspeakerLine;
let talks: FakeTalk[];
/** Attempts to open the line. */
let attempts: { resolve(talk: Talk): void; reject(error: Error): void }[];
let lost: [message: string, refused: boolean][];

beforeEach(() => {
  clock = new ManualClock(0);
  speaker = new VolumeControl();
  [talks, attempts, lost] = [[], [], []];
  line = new LoudspeakerLine({
    open: () => new Promise((resolve, reject) => attempts.push({ resolve, reject })),
    speaker,
    clock,
    onLost: (error, refused) => lost.push([error.message, refused]),
  });
});

afterEach(() => {
  line.close();
  expect(clock.pending).toBe(0);
});

const settle = async () => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};

/** So many frames, each when it is due. */
async function hear(sample: number, count: number): Promise<void> {
  for (let frame = 0; frame < count; frame += 1) {
    line.write(Buffer.alloc(160, sample));
    await settle();
    clock.advance(FRAME);
  }
}

async function getThrough(): Promise<FakeTalk> {
  const talk = new FakeTalk();
  talks.push(talk);
  attempts.at(-1)?.resolve(talk as unknown as Talk);
  await settle();
  return talk;
}

describe('the line to the loudspeaker', () => {
  it.each([
    ['silence', SILENT],
    ['what is as good as silence', SOFT],
  ])('is not opened for %s', async (_, sample) => {
    await hear(sample, 100);
    expect(attempts).toHaveLength(0);
  });

  it('is opened by a sound, which is heard from 60 ms before it on', async () => {
    await hear(SILENT, 50);
    await hear(LOUD, 1);
    const talk = await getThrough();
    expect(talk.frames).toBe('...#');
  });

  it('loses nothing of a first word while it is being opened', async () => {
    await hear(LOUD, 10);
    expect(attempts).toHaveLength(1);
    const talk = await getThrough();
    expect(talk.frames).toBe(`...${'#'.repeat(10)}`);
  });

  it('loses nothing of what is decoded all at once when ffmpeg has started after most of a second', async () => {
    await hear(LOUD, 1);
    const talk = await getThrough();
    for (let frame = 0; frame < 45; frame += 1) line.write(Buffer.alloc(160, LOUD));
    expect(talk.frames).toBe(`...${'#'.repeat(46)}`);
  });

  it('is behind by a second at most, however long it takes to open', async () => {
    await hear(LOUD, 400);
    const talk = await getThrough();
    expect(talk.frames).toHaveLength(50);
    await hear(LOUD, 100);
    expect(talk.frames.length).toBeLessThanOrEqual(50 + 101);
  });

  it('catches up in pauses', async () => {
    await hear(LOUD, 20);
    const talk = await getThrough();
    const before = talk.frames.length;
    await hear(SILENT, 50);
    // 23 frames were under way: 460 ms, of which 160 remain.
    expect(talk.frames.length - before).toBe(50 - 15);
    await hear(LOUD, 10);
    expect(talk.frames.endsWith('#'.repeat(10))).toBe(true);
  });

  it('has a reserve of 60 ms, so that what comes late by less is heard without a gap', async () => {
    await hear(LOUD, 5);
    const talk = await getThrough();
    const { length } = talk.frames;
    clock.advance(200);
    line.write(Buffer.alloc(160, LOUD));
    // It ran dry: a new reserve of silence, and the sound.
    expect(talk.frames.slice(length)).toBe('...#');
    clock.advance(70);
    line.write(Buffer.alloc(160, LOUD));
    expect(talk.frames.slice(length)).toBe('...##');
  });

  it.each([
    ['faster', 19.9],
    ['slower', 20.1],
  ])('keeps up with a phone whose clock is %s than ours: what is under way stays bounded', async (_, pace) => {
    await hear(LOUD, 1);
    const talk = await getThrough();
    const begin = clock.now();
    // 10 minutes without a pause.
    for (let frame = 0; frame < 30_000; frame += 1) {
      clock.advance(pace);
      line.write(Buffer.alloc(160, LOUD));
    }
    const underWay = talk.frames.length * FRAME - (clock.now() - begin);
    expect(underWay).toBeLessThanOrEqual(1000 + 2 * FRAME);
    expect(underWay).toBeGreaterThanOrEqual(-FRAME);
  });

  it('is given up after 5 s without a sound, and opened again by the next', async () => {
    await hear(LOUD, 1);
    const talk = await getThrough();
    await hear(SILENT, 245);
    expect(talk.closed).toBe(false);
    await hear(SILENT, 10);
    expect(talk.closed).toBe(true);
    await hear(LOUD, 1);
    expect(attempts).toHaveLength(2);
    expect((await getThrough()).frames).toBe('...#');
  });

  it('is given up where the phone says nothing at all any more', async () => {
    await hear(LOUD, 1);
    const talk = await getThrough();
    clock.advance(5000);
    expect(talk.closed).toBe(true);
  });

  it('is tried again after 3 s where it was refused', async () => {
    await hear(LOUD, 1);
    attempts[0]?.reject(new Error('busy'));
    await hear(LOUD, 149);
    expect(attempts).toHaveLength(1);
    expect(lost).toEqual([['busy', true]]);
    await hear(LOUD, 3);
    expect(attempts).toHaveLength(2);
    expect((await getThrough()).frames).toMatch(/#$/);
  });

  it.each([
    ['at once: it was refused', 10, true],
    ['later: it was lost', 100, false],
  ])('may be closed by the NVR %s', async (_, frames, refused) => {
    await hear(LOUD, 1);
    const talk = await getThrough();
    await hear(LOUD, frames);
    talk.broken = new Error('the NVR closed the connection');
    await hear(LOUD, 2);
    expect(lost).toEqual([['the NVR closed the connection', refused]]);
    expect(talk.closed).toBe(true);
  });

  it('hears nothing of a muted loudspeaker, and is not opened for it', async () => {
    speaker.settings = { muted: true, volume: 100 };
    await hear(LOUD, 100);
    expect(attempts).toHaveLength(0);
    speaker.settings = { muted: false, volume: 100 };
    await hear(LOUD, 1);
    const talk = await getThrough();
    // What was said into the muted loudspeaker stays unheard.
    expect(talk.frames).toBe('...#');
    await hear(LOUD, 2);
    speaker.settings = { muted: true, volume: 100 };
    await hear(LOUD, 2);
    expect(talk.frames).toBe('...###..');
  });

  it('is as loud as the loudspeaker is set, also where that is hardly to be heard', async () => {
    speaker.settings = { muted: false, volume: 5 };
    const written: Buffer[] = [];
    await hear(LOUD, 1);
    const talk = new FakeTalk();
    talk.write = (audio) => Promise.resolve(void written.push(audio));
    attempts[0]?.resolve(talk as unknown as Talk);
    await settle();
    await hear(LOUD, 1);
    expect(written.at(-1)?.at(0)).toBe(speaker.apply(Buffer.from([LOUD])).at(0));
  });

  it('cuts frames of 20 ms from whatever pieces come', async () => {
    for (let piece = 0; piece < 16; piece += 1) line.write(Buffer.alloc(7, SILENT));
    for (let piece = 0; piece < 100; piece += 1) line.write(Buffer.alloc(7, LOUD));
    const talk = await getThrough();
    // The first one begins silent.
    expect(talk.frames).toBe('....####');
  });

  it('that opens after the live view has ended is closed at once', async () => {
    await hear(LOUD, 1);
    line.close();
    const talk = await getThrough();
    expect(talk).toMatchObject({ closed: true, frames: '' });
    await hear(LOUD, 10);
    expect(attempts).toHaveLength(1);
  });
});
