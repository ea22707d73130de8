import { beforeAll, describe, expect, it } from '@jest/globals';
import { SILENT_AAC_FRAME } from '../../src/shared/codec/index.js';
import { LiveMp4, type Mp4Piece, type VideoFrame } from '../../src/shared/index.js';
import { pictureOf, type StreamSource } from '../../packages/simulator/src/live/frames.js';
import { loadLoop } from '../../packages/simulator/src/live/loop.js';
import { MEDIA } from '../../packages/simulator/src/options.js';
import { boxAt, boxes, trackRuns } from '../support/mp4.js';

const FPS = 15;
/** Ticks of a picture. */
const TICKS = 90_000 / FPS;

describe.each(['h264', 'h265'] as const)('live MP4 of %s', (codec) => {
  let frames: VideoFrame[];
  beforeAll(async () => {
    const pictures = await loadLoop(MEDIA, codec, 1, 'sub');
    const source: StreamSource = { channel: 1, codec, stream: 'sub', pictures, sounds: [] };
    frames = Array.from({ length: 150 }, (_, index) => pictureOf(source, index));
  });

  const groups = () => frames.flatMap(({ keyframe }, index) => (keyframe ? [index] : []));
  const runsOf = (pieces: readonly Mp4Piece[]) =>
    pieces.filter(({ kind }) => kind === 'fragment').flatMap(({ data }) => trackRuns(data));
  const samplesOf = (pieces: readonly Mp4Piece[]) => runsOf(pieces).flatMap(({ samples }) => samples);

  it('begins with a keyframe, and has each picture as soon as the next is here', () => {
    const mp4 = new LiveMp4();
    expect(frames.slice(1, groups()[1]).flatMap((frame) => mp4.push(frame))).toEqual([]);
    const counts = frames.slice(groups()[1]).map((frame) => mp4.push(frame).map(({ kind }) => kind));
    expect(counts[0]).toEqual(['start']);
    expect(counts.slice(1).every(([kind, ...more]) => kind === 'fragment' && more.length === 0)).toBe(true);
  });

  it('is what decoders know, its time without gaps', () => {
    const mp4 = new LiveMp4();
    const pieces = frames.flatMap((frame) => mp4.push(frame));
    const [start] = pieces;
    expect(boxes(start?.data ?? Buffer.alloc(0)).map(({ type }) => type)).toEqual(['ftyp', 'moov']);
    const entry = boxAt(boxAt(start?.data ?? Buffer.alloc(0), 'moov', 'trak', 'mdia', 'minf', 'stbl'), 'stsd');
    expect(entry.toString('latin1', 12, 16)).toBe(codec === 'h264' ? 'avc1' : 'hvc1');
    let time = 0;
    for (const run of runsOf(pieces)) {
      expect(run.time).toBe(time);
      time += run.samples.reduce((sum, { duration }) => sum + duration, 0);
    }
    expect(time).toBeCloseTo((frames.length - 1) * TICKS, -3);
  });

  it('closes up what was left out, what the clock of the NVR jumped over, and the past', () => {
    const mp4 = new LiveMp4();
    const [first = 0, second = 0, third = 0] = groups();
    const jumped = (ms: number) => (frame: VideoFrame) => ({ ...frame, timestamp: frame.timestamp + ms });
    const pieces = [
      ...frames.slice(first, second).flatMap((frame) => mp4.push(frame, { past: true })),
      ...mp4.push(frames[third] as VideoFrame, { gap: true }),
      ...frames.slice(third + 1, third + 4).flatMap((frame) => mp4.push(frame)),
      ...frames
        .slice(third + 4, third + 7)
        .map(jumped(3_600_000))
        .flatMap((frame) => mp4.push(frame)),
      ...frames
        .slice(third + 7, third + 10)
        .map(jumped(-3_600_000))
        .flatMap((frame) => mp4.push(frame)),
    ];
    const durations = samplesOf(pieces).map(({ duration }) => duration);
    expect(durations.slice(0, second - first)).toEqual(Array.from({ length: second - first }, () => 90));
    for (const duration of durations.slice(second - first)) expect(Math.abs(duration - TICKS)).toBeLessThan(100);
  });

  it('starts anew where the camera sends another kind of video', () => {
    const mp4 = new LiveMp4();
    const other = codec === 'h264' ? 'h265' : 'h264';
    mp4.push(frames[0] as VideoFrame);
    expect(() => mp4.push({ ...(frames[0] as VideoFrame), codec: other })).toThrow(RangeError);
  });

  it('is whole groups of pictures, where it is for files', () => {
    const mp4 = new LiveMp4({ groups: true });
    const pieces = frames.flatMap((frame) => mp4.push(frame));
    const runs = runsOf(pieces);
    expect(runs).toHaveLength(groups().length - 1);
    for (const { samples } of runs) expect(samples.map(({ sync }) => sync).indexOf(true)).toBe(0);
    for (const { samples } of runs) expect(samples.filter(({ sync }) => sync)).toHaveLength(1);
    expect(pieces[1]?.duration).toBeCloseTo(((groups()[1] ?? 0) / FPS) * 1000, -2);
  });

  it('has sound as far as its pictures, which come no later for it', () => {
    const asked: number[] = [];
    const take = (count: number) => {
      asked.push(count);
      return Array.from({ length: count }, () => SILENT_AAC_FRAME);
    };
    const [silent, heard] = [
      new LiveMp4(),
      new LiveMp4({ sound: { audio: { sampleRate: 16_000, bitrate: 32_000 }, take } }),
    ];
    const kinds = (mp4: LiveMp4) => frames.map((frame) => mp4.push(frame));
    const [without, pieces] = [kinds(silent), kinds(heard)];
    expect(pieces.map((some) => some.map(({ kind }) => kind))).toEqual(
      without.map((some) => some.map(({ kind }) => kind)),
    );
    const ends = [0, 0];
    for (const run of runsOf(pieces.flat())) {
      const track = run.track - 1;
      expect(run.time).toBe(ends[track]);
      ends[track] = run.time + run.samples.reduce((sum, { duration }) => sum + duration, 0);
      if (track === 0) continue;
      // Less than a frame further.
      const ahead = (ends[1] ?? 0) / 16_000 - (ends[0] ?? 0) / 90_000;
      expect([ahead >= 0, ahead < 1024 / 16_000]).toEqual([true, true]);
    }
    expect(asked.length).toBeGreaterThan(100);
  });
});
