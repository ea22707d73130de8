import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AudioFrame, Frame, VideoFrame } from '../../src/shared/codec/frame.js';
import { encodeFrame } from '../../src/shared/codec/frame.js';
import { LimitCounters } from '../../src/shared/limit-counters.js';
import { limits } from '../../src/shared/limits.js';
import { silentLogger } from '../../src/shared/logger.js';
import { FrameIntake } from '../../src/shared/media/frame-intake.js';

const startCode = Buffer.from([0, 0, 0, 1]);
const annexB = (...nals: Buffer[]) => Buffer.concat(nals.flatMap((nal) => [startCode, nal]));
const sps = Buffer.from([0x67, 0x64, 0x00, 0x1f]);
const pps = Buffer.from([0x68, 0xee, 0x3c, 0x80]);
const slice = (first: number) => Buffer.concat([Buffer.from([first, 0x88, 0x84]), Buffer.alloc(100, 0x55)]);
const keyData = annexB(sps, pps, slice(0x65));
const deltaData = annexB(slice(0x41));

let time = 1_700_000_000_000;

function picture(keyframe: boolean, data = keyframe ? keyData : deltaData): VideoFrame {
  return { kind: 'video', codec: 'h264', keyframe, width: 640, height: 360, timestamp: (time += 40), data };
}

function sound(length = 160): AudioFrame {
  return { kind: 'audio', codec: 'pcmu', timestamp: (time += 20), data: Buffer.alloc(length, 0xff) };
}

interface Taken {
  readonly frame: Frame;
  readonly decodable: boolean;
}

function intake() {
  const counters = new LimitCounters(silentLogger);
  const made = new FrameIntake('live 1/sub', { logger: silentLogger, limits: counters });
  const take = (...messages: Buffer[]) => {
    const taken: Taken[] = [];
    const understood = messages.map((message) =>
      made.take(message, (frame, decodable) => taken.push({ frame, decodable })),
    );
    return { taken, understood, times: taken.map(({ frame }) => frame.timestamp) };
  };
  return { intake: made, counters, take };
}

const wire = (...frames: Frame[]) => frames.map((frame) => encodeFrame(frame));
const cutShort = (frame: Frame) => encodeFrame(frame).subarray(0, -60);
const badMagic = (frame: Frame) => {
  const bytes = encodeFrame(frame);
  bytes.writeUInt8(0, 0);
  return bytes;
};
const oversized = (frame: Frame) => {
  const bytes = encodeFrame(frame);
  bytes.writeUInt32LE(limits.frame.bytes + 1, 4);
  return bytes;
};
const joined = (...messages: Buffer[]) => Buffer.concat(messages);
const many = (nal: Buffer, count: number) => annexB(...new Array<Buffer>(count).fill(nal));

describe('after a lost or damaged picture those that need it are marked', () => {
  const damages: [string, Buffer][] = [
    ['a picture cut short', cutShort(picture(false))],
    ['a keyframe cut short', cutShort(picture(true))],
    ['a wrong magic', badMagic(picture(false))],
    ['an absurd length', oversized(picture(false))],
    ['no NAL unit in a picture', encodeFrame(picture(false, Buffer.alloc(500, 0x55)))],
    ['too much in front of the first NAL unit', encodeFrame(picture(false, joined(Buffer.alloc(2000, 5), deltaData)))],
    ['too many NAL units', encodeFrame(picture(false, many(slice(0x41), limits.picture.nals + 1)))],
    [
      'too many parameter sets',
      encodeFrame(picture(true, annexB(...new Array<Buffer>(65).fill(sps), pps, slice(0x65)))),
    ],
  ];

  it.each(damages)('%s', (_case, damaged) => {
    const { take, intake: made } = intake();
    take(...wire(picture(true), picture(false)));
    const { taken } = take(damaged, ...wire(picture(false), sound(), picture(false), picture(true), picture(false)));
    expect(taken.map(({ frame, decodable }) => `${frame.kind} ${decodable}`)).toEqual([
      'video false',
      'audio true',
      'video false',
      'video true',
      'video true',
    ]);
    expect(made.faults.withheld).toBe(2);
  });

  it.each(damages)('%s, in one message with what follows', (_case, damaged) => {
    const { take } = intake();
    take(...wire(picture(true), picture(false)));
    const { taken } = take(
      joined(...wire(picture(false)), damaged, ...wire(picture(false), picture(true), picture(false))),
    );
    const summaries = taken.map(({ frame, decodable }) => `${frame.kind === 'video' && frame.keyframe} ${decodable}`);
    expect(summaries).toEqual(['false true', 'false false', 'true true', 'false true']);
  });

  it.each<[string, Buffer[]]>([
    ['sound cut short', [cutShort(sound())]],
    ['sound of a megabyte', wire(sound(1_000_000))],
    ['a frame of a type that the document does not name', [changedType(encodeFrame(sound()), 99)]],
    ['an empty picture', wire(picture(false, Buffer.alloc(0)))],
    ['some bytes of padding', [Buffer.from('pad')]],
    ['kilobytes of zeros', [Buffer.alloc(4096)]],
    ['parameter sets of their own', wire(picture(false, annexB(sps, pps)))],
    ['a picture with a proprietary header', wire(picture(false, joined(Buffer.alloc(40, 7), deltaData)))],
  ])('%s is no such damage', (_case, messages) => {
    const { take } = intake();
    take(...wire(picture(true)));
    const { taken } = take(...messages, ...wire(picture(false), picture(false)));
    expect(taken.filter(({ decodable }) => !decodable)).toEqual([]);
    expect(taken.filter(({ frame }) => frame.kind === 'video').length).toBeGreaterThanOrEqual(2);
  });
});

describe('a device that sends whole blocks of its memory', () => {
  const group = (length: number) => Array.from({ length }, (_, index) => picture(index === 0));
  const junk = (length: number) => Buffer.alloc(length, 0xa7);
  const aligned = (block: number) => (bytes: Buffer) => joined(bytes, junk((block - (bytes.length % block)) % block));
  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['with as much behind each frame', (bytes) => joined(bytes, junk(64))],
    ['with much behind each frame', (bytes) => joined(bytes, junk(3000))],
    ['that are aligned to 64 bytes', aligned(64)],
    ['that are aligned to 512 bytes', aligned(512)],
  ])('%s, shows every picture from the second keyframe on', (_case, padded) => {
    const { take } = intake();
    const frames = [
      ...group(10),
      ...group(10).map((frame, index) => ({ ...frame, data: joined(frame.data, Buffer.alloc(index * 7, 0x55)) })),
      ...group(10),
    ];
    const { taken } = take(...frames.map((frame) => padded(encodeFrame(frame))));
    expect(taken.slice(10).map(({ decodable }) => decodable)).toEqual(new Array<boolean>(20).fill(true));
    expect(taken).toHaveLength(30);
  });

  it('and stops doing so, loses no picture unnoticed', () => {
    const { take } = intake();
    take(...group(10).map((frame) => joined(encodeFrame(frame), junk(64))));
    take(...wire(...group(10)));
    const { taken } = take(badMagic(picture(false)), ...wire(picture(false), picture(true)));
    expect(taken.map(({ decodable }) => decodable)).toEqual([false, true]);
  });
});

describe('what a message is worth', () => {
  it.each<[string, Buffer, boolean]>([
    ['a picture', wire(picture(false))[0] as Buffer, true],
    ['sound', wire(sound())[0] as Buffer, true],
    ['text', Buffer.from('{"Result":"Error"}'), false],
    ['nothing', Buffer.alloc(0), false],
    ['a frame of unknown type', changedType(encodeFrame(sound()), 99), false],
    ['a picture of rubbish', encodeFrame(picture(true, Buffer.alloc(5000, 0x31))), false],
    ['half a frame', encodeFrame(picture(true)).subarray(0, 60), false],
  ])('%s: %s', (_case, message, worth) => {
    expect(intake().take(message).understood).toEqual([worth]);
  });
});

it('tells limits by their names', () => {
  const { take, counters } = intake();
  take(
    oversized(picture(true)),
    ...wire(sound(limits.frame.audio + 1), picture(true, many(slice(0x65), 2000))),
    ...wire(picture(true, annexB(...new Array<Buffer>(65).fill(pps), slice(0x65)))),
    joined(...new Array<Buffer>(limits.frame.perMessage + 1).fill(encodeFrame(sound(1)))),
  );
  expect(new Set(counters.hits.map(({ limit }) => limit))).toEqual(
    new Set(['frame.bytes', 'frame.audio', 'picture.nals', 'picture.parameterSets', 'frame.perMessage']),
  );
});

it('tells no size that makes no sense', () => {
  const { take } = intake();
  const sizes = take(
    ...wire({ ...picture(true), width: 65_535, height: 0 }, { ...picture(true), width: 7680, height: 4320 }),
  );
  expect(sizes.taken.map(({ frame }) => frame)).toMatchObject([
    { width: 0, height: 0 },
    { width: 7680, height: 4320 },
  ]);
});

it('hands on every frame of a sound stream whole, wherever it is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('key', 'delta', 'sound'), { minLength: 1, maxLength: 12 }),
      fc.infiniteStream(fc.integer({ min: 4, max: 400 })),
      (kinds, cuts) => {
        const frames = [picture(true), ...kinds.map((kind) => (kind === 'sound' ? sound() : picture(kind === 'key')))];
        const stream = joined(...wire(...frames));
        const messages: Buffer[] = [];
        // One cut is told from the dialect whose length counts the header by later frames only: as many bytes as announced.
        const announced = stream.readUInt32LE(4);
        for (let at = 0; at < stream.length;) {
          const cut = cuts.next().value as number;
          const end = at + (at === 0 && cut === announced ? cut + 1 : cut);
          messages.push(stream.subarray(at, end));
          at = end;
        }
        const { taken } = intake().take(...messages);
        expect(taken.map(({ frame }) => frame)).toEqual(frames);
        expect(taken.every(({ decodable }) => decodable)).toBe(true);
      },
    ),
  );
});

function changedType(bytes: Buffer, type: number): Buffer {
  bytes.writeUInt16LE(type, 8);
  return bytes;
}
