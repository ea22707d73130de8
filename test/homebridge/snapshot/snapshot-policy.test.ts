import { describe, expect, it } from '@jest/globals';
import { clockFace } from '../../../src/homebridge/snapshot/clock-face.js';
import { jpegWait, pictureWait, snapshotAnswer } from '../../../src/homebridge/snapshot/snapshot-policy.js';

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
    ['is the rest of a second', 600, 350],
    ['ends', 5000, 0],
  ])('for the JPEG %s', (_, waiting, expected) => {
    expect(jpegWait(waiting)).toBe(expected);
  });
});

describe('clock face', () => {
  const inside = (size: { width: number; height: number }) =>
    clockFace(20, 58, size).every(
      ({ x, y, width, height }) => x >= 0 && y >= 0 && x + width <= size.width && y + height <= size.height,
    );

  it.each([
    [1920, 1080],
    [640, 360],
    [320, 240],
    [160, 90],
    [90, 160],
  ])('fits into %ix%i', (width, height) => {
    expect(inside({ width, height })).toBe(true);
  });

  it('shows each digit by its segments', () => {
    const size = { width: 640, height: 360 };
    // 2 segments a 1, 7 an 8, and the 2 dots of the colon.
    expect(clockFace(11, 11, size).length).toBe(4 * 2 + 2);
    expect(clockFace(18, 8, size).length).toBe(2 + 7 + 2 + 6 + 7);
  });
});
