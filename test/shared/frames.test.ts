import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  encodeFrame,
  type Frame,
  FRAME_MAGIC,
  MAX_FRAME_LENGTH,
  type VideoFrame,
} from '../../src/shared/media/frame.js';
import { FrameReassembler } from '../../src/shared/media/frame-reassembler.js';

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
    ['a frame cut short, then a whole one', [bytes.subarray(0, 36), encodeFrame(audio)], [audio]],
  ])('%s', (_case, messages, frames) => {
    const reassembler = new FrameReassembler();
    expect(messages.flatMap((message) => reassembler.push(message))).toEqual(frames);
  });

  it('counts what it passes over, and goes on', () => {
    const oversized = encodeFrame(video);
    oversized.writeUInt32LE(MAX_FRAME_LENGTH + 1, 4);
    const unknown = encodeFrame(video);
    unknown.writeUInt16LE(99, 8);
    const reassembler = new FrameReassembler();
    const messages = [bytes, oversized, unknown, Buffer.from('junk'), bytes.subarray(0, 33), encodeFrame(audio)];
    expect(messages.flatMap((message) => reassembler.push(message))).toEqual([video, audio]);
    expect(reassembler.faults).toMatchObject({ oversized: 1, truncated: 1, unknownTypes: 1 });
    expect(reassembler.faults.strayBytes).toBeGreaterThan(0);
  });

  it('does not take the other byte order for a frame once the order is known', () => {
    const reassembler = new FrameReassembler();
    const inner = Buffer.alloc(64);
    inner.writeUInt32BE(FRAME_MAGIC, 8);
    const frame: Frame = { ...video, data: inner };
    const whole = encodeFrame(frame);
    expect([bytes, whole.subarray(0, 40), whole.subarray(40)].flatMap((message) => reassembler.push(message))).toEqual([
      video,
      frame,
    ]);
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
          // The first message shows what datalen means.
          const found = reassembler.push(encodeFrame(video)).slice(1);
          for (let at = 0; at < stream.length;) {
            const end = at + (cuts.next().value as number);
            found.push(...reassembler.push(stream.subarray(at, end)));
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
        expect(reassembler.push(encodeFrame(audio))).toContainEqual(audio);
      }),
    );
  });
});
