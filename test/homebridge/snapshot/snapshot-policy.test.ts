import { describe, expect, it } from '@jest/globals';
import { behindCorner, clockFace } from '../../../src/homebridge/snapshot/clock-face.js';
import fc from 'fast-check';
import { renderArguments } from '../../../src/homebridge/snapshot/render-arguments.js';
import {
  askedSize,
  bestPicture,
  jpegWait,
  pictureWait,
  snapshotAnswer,
  streamFor,
} from '../../../src/homebridge/snapshot/snapshot-policy.js';
import { limits } from '../../../src/shared/internal.js';

describe('what to show of the newest picture', () => {
  const MINUTE = 60_000;
  it.each([
    ['new', 500, 'plain'],
    ['as old as two rounds of tiles', 20_000, 'plain'],
    ['a minute old', MINUTE, 'dated'],
    ['some hours old', 300 * MINUTE, 'dated'],
    ['two days old', 2880 * MINUTE, 'placeholder'],
    ['none', undefined, 'placeholder'],
  ])('%s', (_, age, expected) => {
    expect(snapshotAnswer(age)).toBe(expected);
  });
});

describe('waiting', () => {
  it.each([
    ['of the first who asks', 0, 600],
    ['of those after is what is left of it', 500, 100],
    ['ends', 5000, 0],
  ])('for a new picture %s', (_, waiting, expected) => {
    expect(pictureWait(waiting)).toBe(expected);
  });

  it.each([
    ['is the rest of a second', 600, false, 350],
    ['ends', 5000, false, 0],
    ['is longer where nothing was ever shown', 600, true, 1900],
  ])('for the JPEG %s', (_, waiting, first, expected) => {
    expect(jpegWait(waiting, first)).toBe(expected);
  });
});

describe('the size asked for', () => {
  const { smallest, largest } = limits.snapshot;

  it('is what Home asks for', () => {
    expect(askedSize({ width: 1280, height: 720, reason: 0 })).toEqual({ width: 1280, height: 720 });
  });

  it.each([
    ['a filter', '640,metadata=print:file=/tmp/x'],
    ['digits', '640'],
    ['a fraction', 640.5],
    ['none', undefined],
    ['no number', NaN],
    ['without end', Infinity],
    ['negative', -640],
    ['tiny', smallest - 1],
    ['enormous', largest + 1],
    ['a list', [640]],
    ['an object that says it is a number', { valueOf: (): number => 640, toString: (): string => '640' }],
  ])('is refused where it is %s', (_, value) => {
    for (const request of [
      { width: value, height: 360 },
      { width: 640, height: value },
    ]) {
      expect(() => askedSize(request)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER' }));
    }
  });

  it('is two whole numbers in range, or refused, whatever JSON is sent', () => {
    const value = fc.oneof(fc.jsonValue(), fc.integer({ min: 0, max: 5000 }), fc.string());
    fc.assert(
      fc.property(fc.oneof(fc.record({ width: value, height: value, reason: value }), fc.jsonValue()), (request) => {
        let size;
        try {
          size = askedSize(request);
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_PARAMETER' });
          return;
        }
        expect(size).toEqual({ width: expect.any(Number), height: expect.any(Number) });
        for (const side of [size.width, size.height]) {
          expect(Number.isInteger(side) && side >= smallest && side <= largest).toBe(true);
        }
        // Nothing but numbers reaches the filter graph.
        const args = renderArguments({ codec: 'h264', size, dated: { hours: 20, minutes: 58 } });
        expect(args[args.indexOf('-vf') + 1]).toMatch(
          /^scale=\d+:\d+:force_original_aspect_ratio=decrease,pad=\d+:\d+:\(ow-iw\)\/2:\(oh-ih\)\/2,lutyuv=y=val\/3(,drawbox=x=\d+:y=\d+:w=\d+:h=\d+:color=white:t=fill)+,format=yuvj420p$/,
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('never gets into the arguments as text', () => {
    const text = '640:360,movie=http' as unknown as number;
    expect(() => renderArguments({ codec: 'h264', size: { width: text, height: 360 } })).toThrow(TypeError);
  });
});

describe('the stream of a snapshot', () => {
  const cold = { warm: false, useless: false };
  const warm = { warm: true, useless: false };
  const useless = { warm: false, useless: true };
  const tile = { width: 640, height: 360 };
  const page = { width: 1280, height: 720 };
  const large = { ...cold, size: page };
  const small = { ...cold, size: { width: 352, height: 288 } };
  it.each([
    ['of a tile is the sub stream', tile, cold, cold, 'sub'],
    ['of a page is the main stream', page, cold, cold, 'main'],
    ['of a tile is the main stream where that is open and the other is not', tile, warm, cold, 'main'],
    ['of a tile is the sub stream where both are open', tile, warm, warm, 'sub'],
    ['of a page is the sub stream where that is large enough', page, cold, large, 'sub'],
    ['of a tile is the main stream where the other is too small', tile, cold, small, 'main'],
    ['of a tile is the main stream where the other gives none', tile, cold, useless, 'main'],
    ['of a page is the sub stream where the other gives none', page, useless, cold, 'sub'],
  ])('%s', (_, asked, main, sub, expected) => {
    expect(streamFor(asked, main, sub)).toBe(expected);
  });
});

describe('the picture to show', () => {
  const main = { size: { width: 1920, height: 1080 }, time: 100_000 };
  const sub = { size: { width: 640, height: 360 }, time: 105_000 };
  const page = { width: 1280, height: 720 };
  it.each([
    ['is none where there is none', [], page, undefined],
    ['is the newest where it suffices', [main, sub], { width: 640, height: 360 }, sub],
    ['is the sharper where that is hardly older', [sub, main], page, main],
    [
      'is the newest where the sharper is much older',
      [main, { ...sub, time: 120_000 }],
      page,
      { ...sub, time: 120_000 },
    ],
    ['is the newest where none suffices', [sub], page, sub],
  ])('%s', (_, pictures, asked, expected) => {
    expect(bestPicture(pictures, asked)).toEqual(expected);
  });
});

describe('clock face', () => {
  const date = { month: 12, day: 31 };
  const faces = [{}, { date }, { corner: true }, { corner: true, date }].map((more) => ({
    ...{ hours: 20, minutes: 58 },
    ...more,
  }));
  const inside = (size: { width: number; height: number }) =>
    faces
      .flatMap((face) => [...clockFace(face, size), behindCorner(face, size)])
      .every(({ x, y, width, height }) => x >= 0 && y >= 0 && x + width <= size.width && y + height <= size.height);

  it.each([
    [1920, 1080],
    [640, 360],
    [320, 240],
    [160, 90],
    [90, 160],
  ])('fits into %ix%i', (width, height) => {
    expect(inside({ width, height })).toBe(true);
  });

  it.each(faces)('of %j has no place outside a picture that is too small for it', (face) => {
    const graph = renderArguments({ codec: 'h264', size: { width: 16, height: 16 }, dated: face }).join(' ');
    expect(graph).toContain('drawbox=x=');
    expect(graph).not.toMatch(/[xy]=-/);
  });

  it('leaves a picture of the past as bright as it was, but for the corner with its time', () => {
    const [now, , past] = faces.map((dated) =>
      renderArguments({ codec: 'h264', size: { width: 640, height: 360 }, dated }).join(' '),
    );
    expect(now).toContain('lutyuv');
    expect(past).not.toContain('lutyuv');
    expect(past).toContain('drawbox=x=0:y=312:w=128:h=48:color=black@0.6:t=fill');
  });

  it('shows each digit by its segments', () => {
    const size = { width: 640, height: 360 };
    // 2 segments a 1, 7 an 8, and the 2 dots of the colon.
    expect(clockFace({ hours: 11, minutes: 11 }, size).length).toBe(4 * 2 + 2);
    expect(clockFace({ hours: 18, minutes: 8 }, size).length).toBe(2 + 7 + 2 + 6 + 7);
    // And the same with a dash below it.
    const dated = { hours: 11, minutes: 11, date: { month: 11, day: 11 } };
    expect(clockFace(dated, size).length).toBe(4 * 2 + 2 + (4 * 2 + 1));
  });
});
