import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  Fragmenter,
  type PicturesOfFragment,
  type RecordedPicture,
} from '../../../src/homebridge/recording/fragmenter.js';
import { limits } from '../../../src/shared/internal.js';

const LENGTH = 4000;
const picture = (time: number, keyframe: boolean, size = 1): RecordedPicture => ({ time, keyframe, size, nals: [] });

function fragmentsOf(pictures: readonly RecordedPicture[]): PicturesOfFragment[] {
  const fragmenter = new Fragmenter(LENGTH);
  const done = pictures.map((one) => fragmenter.push(one));
  return [...done, fragmenter.finish()].flatMap((some) => (typeof some === 'string' ? [] : some));
}

/** Pictures at 10 a second, keyframes at an interval (ms). */
const film = (seconds: number, interval: number) =>
  Array.from({ length: seconds * 10 }, (_, index) => picture(index * 100, (index * 100) % interval === 0));

describe('fragments', () => {
  it.each([
    [1000, [4, 4, 4]],
    [2000, [4, 4, 4]],
    [3000, [3, 3, 3, 3]],
    [4000, [4, 4, 4]],
    [6000, [6, 6]],
  ])('with keyframes every %i ms last %j s', (interval, seconds) => {
    const fragments = fragmentsOf(film(12, interval));
    expect(fragments.map(({ begin, end }) => (end - begin) / 90_000)).toEqual(seconds);
  });

  it('are no longer than they may be where a keyframe has been lost', () => {
    const holed = film(12, 2000).filter(({ time }) => time < 3900 || time >= 6000);
    const lengths = (pictures: readonly RecordedPicture[]) =>
      fragmentsOf(pictures).map(({ begin, end }) => (end - begin) / 90_000);
    expect(lengths(holed)).toEqual([2, 4, 4, 2]);
    // The end of all soon after the hole.
    expect(lengths(film(6, 2000).filter(({ time }) => time < 2500 || (time >= 5800 && time < 6000)))).toEqual([2, 4]);
  });

  it('begin with keyframes, follow each other without a gap, and hold every picture once', () => {
    const step = fc.record({ wait: fc.integer({ min: -50, max: 2000 }), keyframe: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let time = 0;
        const pictures = steps.map(({ wait, keyframe }) => picture((time += wait), keyframe));
        const from = pictures.findIndex(({ keyframe }) => keyframe);
        const fragments = fragmentsOf(pictures);
        const taken = fragments.flatMap((fragment) => fragment.pictures);
        expect(taken.map(({ keyframe }) => keyframe)).toEqual(
          from === -1 ? [] : pictures.slice(from).map(({ keyframe }) => keyframe),
        );
        for (const [index, { begin, end, pictures: own }] of fragments.entries()) {
          expect(own[0]?.keyframe).toBe(true);
          expect(own.every(({ duration }) => duration > 0)).toBe(true);
          expect(own.reduce((sum, { duration }) => sum + duration, begin)).toBe(end);
          const next = fragments[index + 1];
          if (next) expect(next.begin).toBe(end);
        }
      }),
    );
  });

  it('are limited: a camera that sends no keyframe fills no memory', () => {
    const fragmenter = new Fragmenter(LENGTH);
    fragmenter.push(picture(0, true));
    const large = limits.recording.fragment / 4;
    const taken = [1, 2, 3, 4, 5].map((time) => fragmenter.push(picture(time * 100, false, large)));
    expect(taken).toEqual([[], [], [], 'recording.fragment', 'recording.fragment']);
    const small = new Fragmenter(LENGTH);
    small.push(picture(0, true));
    const results = Array.from({ length: limits.recording.pictures }, (_, index) => small.push(picture(index, false)));
    expect(results.indexOf('recording.pictures')).toBe(limits.recording.pictures - 1);
  });
});
