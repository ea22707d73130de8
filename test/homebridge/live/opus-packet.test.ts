import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { opusFrames } from '../../../src/homebridge/live/opus-packet.js';

/** CELT, wideband, 20 ms, mono (RFC 6716 table 2). */
const TOC = 23 << 3;

function lengthOf(frame: Buffer): Buffer {
  const { length } = frame;
  return length < 252 ? Buffer.of(length) : Buffer.of(252 + (length & 3), (length - 252 - (length & 3)) / 4);
}

const frame = fc.uint8Array({ maxLength: 1275, size: 'max' }).map((bytes) => Buffer.from(bytes));
const single = (frames: readonly Buffer[]) => frames.map((bytes) => Buffer.concat([Buffer.of(TOC), bytes]));

describe('an Opus packet', () => {
  it('of one frame is that frame', () => {
    const packet = Buffer.of(TOC, 1, 2, 3);
    expect(opusFrames(packet)).toEqual([packet]);
  });

  it('of two frames of equal length is taken apart', () => {
    expect(opusFrames(Buffer.of(TOC | 1, 1, 2, 3, 4))).toEqual(single([Buffer.of(1, 2), Buffer.of(3, 4)]));
  });

  it('of two frames is taken apart, whatever their lengths', () => {
    fc.assert(
      fc.property(frame, frame, (first, second) => {
        const packet = Buffer.concat([Buffer.of(TOC | 2), lengthOf(first), first, second]);
        expect(opusFrames(packet)).toEqual(single([first, second]));
      }),
    );
  });

  it('of many frames is taken apart, whatever their lengths and the padding', () => {
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 6 }), fc.option(fc.nat(700)), (frames, padding) => {
        const lead = Buffer.of(TOC | 3, frames.length | 0x80 | (padding === null ? 0 : 0x40));
        const fill = padding ?? 0;
        const filler = padding === null ? [] : [...Array<number>(Math.floor(fill / 254)).fill(255), fill % 254];
        const lengths = frames.slice(0, -1).map(lengthOf);
        const packet = Buffer.concat([lead, Buffer.from(filler), ...lengths, ...frames, Buffer.alloc(fill)]);
        expect(opusFrames(packet)).toEqual(single(frames));
      }),
    );
  });

  it('of many frames of equal length is taken apart', () => {
    expect(opusFrames(Buffer.of(TOC | 3, 3, 1, 2, 3, 4, 5, 6))).toEqual(
      single([Buffer.of(1, 2), Buffer.of(3, 4), Buffer.of(5, 6)]),
    );
  });

  it('that is none gives no more than its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const frames = opusFrames(Buffer.from(bytes));
        expect(frames.length).toBeLessThanOrEqual(63);
        for (const { length } of frames) expect(length).toBeLessThanOrEqual(bytes.length + 1);
      }),
    );
  });
});
