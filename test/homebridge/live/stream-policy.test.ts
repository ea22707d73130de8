import { describe, expect, it } from '@jest/globals';
import { streamFor, videoPlan } from '../../../src/homebridge/live/stream-policy.js';

describe('stream', () => {
  it.each([
    ['a phone at home', 1280, 720, 299, 'main'],
    ['an iPad at home', 1920, 1080, 802, 'main'],
    ['a remote viewer', 640, 360, 132, 'sub'],
    ['a watch', 320, 240, 68, 'sub'],
    ['a phone whose connection starves', 1280, 720, 132, 'sub'],
  ])('for %s', (_, width, height, bitrate, expected) => {
    expect(streamFor({ width, height, bitrate, fps: 30 })).toBe(expected);
  });
});

describe('video', () => {
  const h264 = (profile: number, level: number) => ({
    codec: 'h264' as const,
    data: Buffer.from([0, 0, 0, 1, 0x67, profile, 0, level, 0xff, 0, 0, 1, 0x65, 0x88]),
  });
  const h265 = { codec: 'h265' as const, data: Buffer.from([0, 0, 0, 1, 0x26, 1]) };
  const noSps = { codec: 'h264' as const, data: Buffer.from([0, 0, 0, 1, 0x65, 0x88]) };
  it.each([
    ['H.264 baseline 3.1', h264(66, 31), true, 'copy'],
    ['H.264 main 4.0', h264(77, 40), true, 'copy'],
    ['H.264 high 4.0', h264(100, 40), true, 'copy'],
    ['H.264 high 5.1', h264(100, 51), true, 'transcode'],
    ['H.264 high 4:2:2', h264(122, 40), true, 'transcode'],
    ['H.264 high 5.1 without an encoder', h264(100, 51), false, 'copy'],
    ['H.264 whose parameters are not known', noSps, true, 'copy'],
    ['H.265', h265, true, 'transcode'],
    ['H.265 without an encoder', h265, false, 'unshowable'],
  ])('%s', (_, keyframe, canTranscode, expected) => {
    expect(videoPlan(keyframe, canTranscode)).toBe(expected);
  });
});
