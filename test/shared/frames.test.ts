import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { encodeFrame, type Frame, FRAME_MAGIC, type VideoFrame } from '../../src/shared/codec/frame.js';
import { type FrameEnd, type LengthDialect, lengthDialect } from '../../src/shared/media/frame-length-dialect.js';
import { limits } from '../../src/shared/limits.js';
import { FrameReassembler, noFaults } from '../../src/shared/media/frame-reassembler.js';

const video: VideoFrame = {
  kind: 'video',
  codec: 'h264',
  keyframe: true,
  width: 1280,
  height: 720,
  timestamp: 1_700_000_000_123,
  data: Buffer.from([0, 0, 0, 1, 0x67, 1, 2, 3]),
};
const audio: Frame = { kind: 'audio', codec: 'pcmu', timestamp: 1_700_000_000_140, data: Buffer.alloc(160, 0xff) };

describe('the frame header (SDK 3.1)', () => {
  it('is laid out as the document says', () => {
    const bytes = encodeFrame(video);
    expect(bytes.subarray(0, 32).toString('hex')).toBe(
      // magic    datalen  type w    h    sec      msec reserved
      '15966389' + '08000000' + '0600' + '0005' + 'd002' + '00f15365' + '7b00' + '00'.repeat(12),
    );
    expect(bytes.subarray(32)).toEqual(video.data);
  });
});

describe('frames are put together again', () => {
  const bytes = encodeFrame(video);
  const both = Buffer.concat([bytes, encodeFrame(audio)]);

  it.each([
    ['one message is one frame', [bytes], [video]],
    ['two frames joined in a message', [both], [video, audio]],
    ['a frame split over messages', [both.subarray(0, 10), both.subarray(10, 35), both.subarray(35)], [video, audio]],
    ['big-endian headers', [encodeFrame(video, 'big'), encodeFrame(audio, 'big')], [video, audio]],
    [
      'datalen that counts the header',
      [encodeFrame(video, 'little', true), encodeFrame(audio, 'little', true)],
      [video, audio],
    ],
    ['stray bytes in front', [Buffer.concat([Buffer.from('garbage'), bytes])], [video]],
    [
      'stray bytes in front of datalen that counts the header',
      [Buffer.concat([Buffer.from('garbage'), encodeFrame(video, 'little', true)])],
      [video],
    ],
    ['a frame cut short, then a whole one', [bytes.subarray(0, 36), encodeFrame(audio)], [audio]],
  ])('%s', (_case, messages, frames) => {
    const reassembler = new FrameReassembler();
    expect(messages.flatMap((message) => push(reassembler, message))).toEqual(frames);
  });

  it('counts what it passes over, and goes on', () => {
    const oversized = encodeFrame(video);
    oversized.writeUInt32LE(limits.frame.bytes + 1, 4);
    const unknown = encodeFrame(video);
    unknown.writeUInt16LE(99, 8);
    const reassembler = new FrameReassembler();
    const messages = [bytes, oversized, unknown, Buffer.from('junk'), bytes.subarray(0, 33), encodeFrame(audio)];
    expect(messages.flatMap((message) => push(reassembler, message))).toEqual([video, audio]);
    expect(reassembler.faults).toMatchObject({ oversized: 1, truncated: 1, unknownTypes: 1 });
    expect(reassembler.faults.strayBytes).toBeGreaterThan(0);
  });

  it('does not take the other byte order for a frame once the order is known', () => {
    const reassembler = new FrameReassembler();
    const inner = Buffer.alloc(64);
    inner.writeUInt32BE(FRAME_MAGIC, 8);
    const frame: Frame = { ...video, data: inner };
    const whole = encodeFrame(frame);
    expect([bytes, whole.subarray(0, 40), whole.subarray(40)].flatMap((message) => push(reassembler, message))).toEqual(
      [video, frame],
    );
  });

  it('finds every frame of any stream, however it is cut, once messages do not begin inside a header', () => {
    const frame = fc
      .uint8Array({ minLength: 0, maxLength: 300 })
      .map((data): Frame => ({ ...video, data: Buffer.from(data) }));
    fc.assert(
      fc.property(
        fc.array(frame, { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.integer({ min: 4, max: 90 })),
        (frames, cuts) => {
          const stream = Buffer.concat(frames.map((one) => encodeFrame(one)));
          const reassembler = new FrameReassembler();
          const found: Frame[] = [];
          for (let at = 0; at < stream.length;) {
            const end = at + (cuts.next().value as number);
            found.push(...push(reassembler, stream.subarray(at, end)));
            at = end;
          }
          expect(found).toEqual(frames);
        },
      ),
    );
  });

  it('survives any bytes, keeps nothing beyond a frame, and finds the next whole frame', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (messages) => {
        const reassembler = new FrameReassembler();
        for (const message of messages) reassembler.push(Buffer.from(message));
        expect(push(reassembler, encodeFrame(audio))).toContainEqual(audio);
      }),
    );
  });

  it('copies each byte once, however small the messages are', () => {
    const large: Frame = { ...video, data: Buffer.alloc(512 * 1024, 0x55) };
    const pieces = cut(encodeFrame(large), 1400);
    const reassembler = new FrameReassembler();
    const concat = jest.spyOn(Buffer, 'concat');
    try {
      const found = pieces.flatMap((piece) => push(reassembler, piece));
      const copied = concat.mock.results.reduce((sum, { value }) => sum + (value as Buffer).length, 0);
      expect(copied).toBeLessThan(1.01 * large.data.length);
      expect(found).toHaveLength(1);
      expect(found[0]?.data.equals(large.data)).toBe(true);
    } finally {
      concat.mockRestore();
    }
  });
});

describe('what datalen counts is told by where frames begin', () => {
  const sizes = [12_288, 700, 160, 4096, 160, 3000];
  const frames = sizes.map((size, index): Frame => ({
    ...video,
    timestamp: index,
    data: Buffer.alloc(size, index + 1),
  }));
  const plain = frames.map((frame) => encodeFrame(frame));
  const counted = frames.map((frame) => encodeFrame(frame, 'little', true));
  /** The last 32 bytes come as a message of their own. */
  const apart = (message: Buffer) => [message.subarray(0, -32), message.subarray(-32)];
  const inPieces = (messages: readonly Buffer[], size: number) => messages.flatMap((message) => cut(message, size));
  const inPairs = (messages: readonly Buffer[]) => [0, 2, 4].map((at) => Buffer.concat(messages.slice(at, at + 2)));
  const padded = (messages: readonly Buffer[]) => messages.map((message) => Buffer.concat([message, Buffer.alloc(8)]));

  it.each([
    ['not counted, in pieces that leave one of 32 bytes', inPieces(plain, 4096)],
    ['not counted, in pieces of 100 bytes', inPieces(plain, 100)],
    ['not counted, one stream cut anywhere', cut(Buffer.concat(plain), 1000)],
    [
      'not counted, a piece of the header first',
      plain.flatMap((one) => [one.subarray(0, 16), ...apart(one.subarray(16))]),
    ],
    ['not counted, two in a message', inPairs(plain)],
    ['not counted, padded', padded(plain)],
    ['not counted, padded, two in a message', inPairs(padded(plain))],
    ['counted', counted],
    ['counted, in pieces of 4096 bytes', inPieces(counted, 4096)],
    ['counted, in pieces of 100 bytes', inPieces(counted, 100)],
    ['counted, one stream cut anywhere', cut(Buffer.concat(counted), 1000)],
    ['counted, two in a message', inPairs(counted)],
    ['counted, padded', padded(counted)],
    ['counted, padded, two in a message', inPairs(padded(counted))],
  ])('%s: no frame is lost', (_case, messages) => {
    const reassembler = new FrameReassembler();
    const found = messages.flatMap((message) => push(reassembler, message));
    expect(found.map(summary)).toEqual(frames.map(summary));
    expect(reassembler.faults).toMatchObject({ oversized: 0, truncated: 0, unknownTypes: 0 });
  });

  it.each([
    ['', plain, 32],
    [', also with padding', padded(plain), 32 + 8 * sizes.length],
  ])('a first piece as long as the announced length spoils its own frame only%s', (_case, messages, strayBytes) => {
    const reassembler = new FrameReassembler();
    const found = inPieces(messages, 12_288).flatMap((message) => push(reassembler, message));
    reassembler.push(encodeFrame(audio));
    expect(found.slice(1).map(summary)).toEqual(frames.slice(1).map(summary));
    expect(reassembler.faults).toEqual({ ...noFaults(), strayBytes });
  });

  it('a first frame that lacks a few bytes spoils only itself', () => {
    const [first = Buffer.alloc(0), ...rest] = plain;
    const reassembler = new FrameReassembler();
    const found = [first.subarray(0, -10), ...rest].flatMap((message) => push(reassembler, message));
    expect(found.slice(-rest.length).map(summary)).toEqual(frames.slice(1).map(summary));
  });

  const plainTried: LengthDialect = { headerCounted: false, proven: false };
  const plainProven: LengthDialect = { headerCounted: false, proven: true };
  const plainDoubted: LengthDialect = { headerCounted: false, proven: true, doubts: 2 };
  const countedTried: LengthDialect = { headerCounted: true, proven: false };
  const countedProven: LengthDialect = { headerCounted: true, proven: true };

  it.each<[string, LengthDialect | undefined, FrameEnd, LengthDialect | undefined]>([
    ['nothing to go by', undefined, { announced: 100 }, undefined],
    ['a message of another length', undefined, { announced: 100, message: 90 }, undefined],
    ['a message with a header more', undefined, { announced: 100, message: 132 }, plainTried],
    ['a message as long as announced', undefined, { announced: 100, message: 100 }, countedTried],
    ['too little announced for a header', undefined, { announced: 31 }, plainTried],
    ['a next frame a header later', undefined, { announced: 100, next: 132 }, plainProven],
    ['a next frame at once', undefined, { announced: 100, next: 100 }, countedProven],
    ['a next frame in between: padding', undefined, { announced: 100, next: 108 }, countedTried],
    ['a next frame too early: cut short', undefined, { announced: 100, next: 99 }, undefined],
    ['a next frame behind a header and padding', countedTried, { announced: 100, next: 140 }, plainTried],
    ['a next frame far behind: damage', undefined, { announced: 100, next: 164 }, undefined],
    ['a tried reading against a length', countedTried, { announced: 100, message: 132 }, plainTried],
    ['a tried reading against a next frame', countedTried, { announced: 100, next: 132 }, plainProven],
    ['a proven reading against a length', plainProven, { announced: 100, message: 100 }, plainProven],
    ['a proven reading against padding', plainProven, { announced: 100, next: 108 }, plainProven],
    [
      'a proven reading against a next frame',
      plainProven,
      { announced: 100, next: 100 },
      { ...plainProven, doubts: 1 },
    ],
    [
      'a proven reading against a third next frame in a row',
      plainDoubted,
      { announced: 100, next: 100 },
      countedProven,
    ],
    ['a doubted reading that is proven again', plainDoubted, { announced: 100, next: 132 }, plainProven],
    ['a proven reading against too little', countedProven, { announced: 31 }, countedProven],
  ])('%s', (_case, known, end, expected) => {
    expect(lengthDialect(known, end)).toEqual(expected);
  });
});

function push(reassembler: FrameReassembler, message: Buffer): Frame[] {
  return reassembler.push(message).map(({ frame }) => frame);
}

function cut(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

/** Enough to tell the frames of a test apart, and short in a report. */
function summary({ timestamp, data }: Frame): string {
  const byte = data[0] ?? 0;
  return `${timestamp}: ${data.length} bytes${data.every((one) => one === byte) ? '' : ', mixed'}`;
}
