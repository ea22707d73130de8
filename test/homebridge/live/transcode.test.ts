import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { FlvReader } from '../../../src/shared/codec/flv-reader.js';
import { h264Demands } from '../../../src/shared/codec/sps.js';
import { measuredFps, pictureNumber, transcodeArguments } from '../../../src/homebridge/live/transcode-arguments.js';
import { nalUnits } from '../../../src/shared/codec/annex-b.js';
import { anyFfmpeg } from './camera.js';

describe('pictures are told by their time', () => {
  it('of every number at every rate, in whole ms', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(5_000_000), (fps, number) => {
        expect(pictureNumber(Math.round((number * 1000) / fps), fps)).toBe(number);
      }),
    );
  });
});

describe('pictures per second', () => {
  it.each([
    ['of a camera', [0, 66, 133, 200], 15],
    ['with one picture are those asked for', [0], 30],
    ['with a clock that stands still are those asked for', [5, 5, 5], 30],
    ['are not believed beyond 60', [0, 1, 2], 60],
    ['are at least 1', [0, 10_000], 1],
  ])('%s', (_, timestamps, expected) => {
    expect(measuredFps(timestamps, 30)).toBe(expected);
  });
});

describe('arguments', () => {
  const settings = { width: 640, height: 360, fps: 15, bitrate: 132, profile: 77 };
  const text = (fps: number) => transcodeArguments({ codec: 'h265', fps, past: 3 }, settings).join(' ');

  it('ask for what HomeKit asks for', () => {
    expect(text(25)).toContain('-r 25 -f hevc -i pipe:0');
    expect(text(25)).toContain('-r 15 -c:v libx264');
    expect(text(25)).toContain('-profile:v main -level:v 4.0 -b:v 132k');
    expect(text(25)).toContain('-g 30 ');
  });

  it('make no more pictures than there are', () => {
    expect(text(10)).not.toContain('-r 15');
    expect(text(10)).toContain('-g 20 ');
  });
});

describe('FLV', () => {
  it('gives each picture away whole, keyframes with their parameter sets, however the bytes are cut', async () => {
    const { path } = await anyFfmpeg();
    const source = ['-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=10:d=3', '-pix_fmt', 'yuv420p'];
    const encoder = ['-c:v', 'libx264', '-tune', 'zerolatency', '-g', '10', '-profile:v', 'main', '-level:v', '3.1'];
    const flv = execFileSync(path, [...source, ...encoder, '-f', 'flv', 'pipe:1']);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (size) => {
        const reader = new FlvReader();
        const pictures = [];
        for (let at = 0; at < flv.length; at += size) pictures.push(...reader.push(flv.subarray(at, at + size)));
        expect(pictures.map(({ time }) => time)).toEqual(Array.from({ length: 30 }, (_, index) => index * 100));
        expect(pictures.map(({ keyframe }) => keyframe)).toEqual(pictures.map((_, index) => index % 10 === 0));
        const [first] = pictures;
        if (!first) throw new Error('no picture');
        expect(h264Demands(first.data)).toEqual({ profile: 77, level: 31 });
        expect([...nalUnits('h264', first.data)].map(({ type }) => type)).toEqual(expect.arrayContaining([7, 8, 5]));
      }),
      { numRuns: 20 },
    );
  });
});
