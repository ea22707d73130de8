import { describe, expect, it, jest } from '@jest/globals';
import { leadingParameterSets, nalUnits } from '../../src/shared/codec/annex-b.js';
import type { AudioFrame, Frame, VideoCodec, VideoFrame } from '../../src/shared/codec/frame.js';
import { expGolomb } from '../../src/shared/codec/exp-golomb.js';
import { nalUnitsOf, picture } from '../../src/shared/codec/picture.js';
import { limits } from '../../src/shared/limits.js';
import { GroupOfPictures } from '../../src/shared/media/group-of-pictures.js';
import { KeyframeCompleter } from '../../src/shared/media/keyframe-completer.js';

const sps = Buffer.from([0x67, 0x64, 0x00, 0x1f]);
const pps = Buffer.from([0x68, 0xee, 0x3c, 0x80]);
const idr = Buffer.from([0x65, 0x88, 0x84]);
const delta = Buffer.from([0x41, 0x9a, 0x02]);
const vps = Buffer.from([0x40, 0x01]);
const hevcSps = Buffer.from([0x42, 0x01]);
const hevcPps = Buffer.from([0x44, 0x01]);
const cra = Buffer.from([0x2a, 0x01, 0xa0]);
/** Sets whose given byte begins with their id. */
const h264Sps = (id: number) => Buffer.from([0x67, 0x64, 0x00, 0x1f, id]);
const h264Pps = (id: number) => Buffer.from([0x68, id]);
const h265Vps = (id: number) => Buffer.from([0x40, 0x01, id]);
const h265Pps = (id: number) => Buffer.from([0x44, 0x01, id]);

function annexB(...nals: Buffer[]): Buffer {
  return Buffer.concat(nals.flatMap((nal, index) => [Buffer.from(index === 0 ? [0, 0, 0, 1] : [0, 0, 1]), nal]));
}

let clock = 0;

/** A frame of a picture of its own, unless told otherwise. */
function frame(keyframe: boolean, data: Buffer, codec: VideoCodec = 'h264', timestamp = (clock += 40)): VideoFrame {
  return { kind: 'video', codec, keyframe, width: 640, height: 360, timestamp, data };
}

/** What comes out: whether it is a keyframe, and its NAL units. */
function completed(frames: readonly Frame[], completer = new KeyframeCompleter()) {
  return frames
    .map((one) => completer.complete(one))
    .filter((one) => one?.kind === 'video')
    .map((one) => [one.keyframe, ...[...nalUnits(one.codec, one.data)].map((nal) => nal.data)]);
}

describe('NAL units of an access unit', () => {
  it('are found behind start codes of three and four bytes, without the zeros between them', () => {
    const data = Buffer.concat([annexB(sps, pps), Buffer.from([0, 0, 0, 0, 1]), idr]);
    expect([...nalUnits('h264', data)]).toEqual([
      { type: 7, data: sps },
      { type: 8, data: pps },
      { type: 5, data: idr },
    ]);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no start code', Buffer.from([1, 2, 3])],
    ['a start code alone', Buffer.from([0, 0, 1])],
    ['zeros', Buffer.alloc(16)],
  ])('are none in %s', (_case, data) => {
    expect([...nalUnits('h264', data)]).toEqual([]);
  });

  it('knows the parameter sets of H.265', () => {
    expect(leadingParameterSets(nalUnits('h265', annexB(vps, hevcSps, hevcPps, cra))).map(({ type }) => type)).toEqual([
      32, 33, 34,
    ]);
  });
});

describe('the NAL units of a frame', () => {
  it('are looked for once, however many ask, also when it turns out to be no keyframe', () => {
    const indexOf = jest.spyOn(Buffer.prototype, 'indexOf');
    try {
      const whole = picture(frame(true, annexB(sps, pps, delta)));
      expect([...nalUnitsOf(whole)]).toHaveLength(3);
      const passes = indexOf.mock.calls.length;
      const found = new KeyframeCompleter().complete(whole);
      expect(found).toMatchObject({ kind: 'video', keyframe: false });
      if (found?.kind !== 'video') return;
      for (let asked = 0; asked < 3; asked += 1) {
        expect([...nalUnitsOf(found)].map(({ data }) => data)).toEqual([sps, pps, delta]);
      }
      expect(indexOf.mock.calls).toHaveLength(passes);
    } finally {
      indexOf.mockRestore();
    }
  });

  it('are those of its data, also where the data were exchanged', () => {
    const whole = picture(frame(true, annexB(sps, pps, idr)));
    expect([...nalUnitsOf(whole)]).toHaveLength(3);
    expect([...nalUnitsOf({ ...whole, data: annexB(delta) })]).toEqual([{ type: 1, data: delta }]);
  });

  it('are found up to a limit, which shows', () => {
    const many = nalUnits('h264', annexB(...new Array<Buffer>(100_000).fill(delta)));
    expect(many).toMatchObject({ length: limits.picture.nals, whole: false });
    expect([...many]).toHaveLength(limits.picture.nals);
    expect(nalUnits('h264', annexB(...new Array<Buffer>(limits.picture.nals).fill(delta)))).toMatchObject({
      length: limits.picture.nals,
      whole: true,
    });
  });

  it('are not looked for behind more start codes than that, whatever is between them', () => {
    const empty = Buffer.alloc(3 * limits.picture.nals, Buffer.from([0, 0, 1]));
    expect(nalUnits('h264', Buffer.concat([empty, annexB(idr)]))).toMatchObject({ length: 0, whole: false });
    expect(nalUnits('h264', Buffer.concat([empty.subarray(3), annexB(idr)]))).toMatchObject({ length: 1, whole: true });
  });

  it.each<[number, Buffer]>([
    [0, Buffer.alloc(0)],
    [0, Buffer.alloc(50)],
    [0, annexB(sps, pps)],
    [4, Buffer.concat([Buffer.from('junk'), annexB(sps)])],
    [4, Buffer.from('junk')],
  ])('have %d stray bytes in front', (stray, data) => {
    expect(nalUnits('h264', data).stray).toBe(stray);
  });
});

describe('keyframes are complete', () => {
  it('leaves one alone that brings its parameter sets', () => {
    const whole = frame(true, annexB(sps, pps, idr));
    expect(new KeyframeCompleter().complete(whole)).toBe(whole);
  });

  it('gives the remembered sets to one that comes without, or with only some', () => {
    const frames = [annexB(sps, pps, idr), annexB(idr), annexB(sps, idr)].map((data) => frame(true, data));
    const whole = [true, sps, pps, idr];
    expect(completed(frames)).toEqual([whole, whole, whole]);
  });

  it('remembers the newest sets, also those of a frame that is no keyframe', () => {
    const newer = Buffer.from([0x67, 0x4d, 0x00, 0x28]);
    const frames = [frame(true, annexB(sps, pps, idr)), frame(false, annexB(newer, delta)), frame(true, annexB(idr))];
    expect(completed(frames).at(-1)).toEqual([true, newer, pps, idr]);
  });

  it('remembers sets of several ids, and replaces them by id', () => {
    const secondPps = Buffer.from([0x68, 0x5e, 0x3c, 0x80]);
    const newerPps = Buffer.from([0x68, 0xef, 0x3c, 0x80]);
    const frames = [
      frame(true, annexB(sps, pps, secondPps, idr)),
      frame(true, annexB(idr)),
      frame(false, annexB(newerPps, delta)),
      frame(true, annexB(idr)),
    ];
    const [, second, , fourth] = completed(frames);
    expect(second).toEqual([true, sps, pps, secondPps, idr]);
    expect(fourth).toEqual([true, sps, secondPps, newerPps, idr]);
  });

  it('forgets what came before a whole group of sets', () => {
    const secondPps = Buffer.from([0x68, 0x5e, 0x3c, 0x80]);
    const frames = [annexB(sps, pps, secondPps, idr), annexB(sps, pps, idr), annexB(idr)];
    expect(completed(frames.map((data) => frame(true, data))).at(-1)).toEqual([true, sps, pps, idr]);
  });

  it.each<[string, VideoCodec, Buffer[], Buffer, Buffer]>([
    ['SPS', 'h264', [...[0xac, 0x50].map(h264Sps), pps], h264Sps(0xaf), idr],
    ['PPS', 'h264', [sps, ...[0xac, 0x50].map(h264Pps)], h264Pps(0xaf), idr],
    ['VPS', 'h265', [...[0x0c, 0x1c].map(h265Vps), hevcSps, hevcPps], h265Vps(0x0f), cra],
    ['PPS', 'h265', [vps, hevcSps, ...[0xac, 0x50].map(h265Pps)], h265Pps(0xaf), cra],
  ])('knows the %s of %s by their ids', (_type, codec, sets, newer, picture) => {
    const replaced = sets.find((nal) => nal[0] === newer[0]);
    const frames = [
      frame(true, annexB(...sets, picture), codec),
      frame(false, annexB(newer, picture), codec),
      frame(true, annexB(picture), codec),
    ];
    const [, , last = []] = completed(frames);
    expect(new Set(last)).toEqual(new Set([true, ...sets.filter((nal) => nal !== replaced), newer, picture]));
  });

  it('gives sets that came twice only once', () => {
    const frames = [annexB(sps, pps, sps, pps, idr), annexB(idr)].map((data) => frame(true, data));
    expect(completed(frames).at(-1)).toEqual([true, sps, pps, idr]);
  });

  it('remembers no heap of sets', () => {
    const completer = new KeyframeCompleter();
    const large = (first: number) => Buffer.concat([Buffer.from([0x68, first]), Buffer.alloc(40_000, 0x55)]);
    for (const nal of [sps, large(0xac), large(0x50)]) completer.complete(frame(false, annexB(nal, delta)));
    expect(completed([frame(true, annexB(idr))], completer)).toEqual([[false, idr]]);
  });

  it('never gives the sets of one codec to another, nor some of them', () => {
    const frames = [
      frame(true, annexB(sps, pps, idr)),
      frame(false, annexB(vps, hevcSps, cra), 'h265'),
      frame(true, annexB(hevcPps, cra), 'h265'),
    ];
    expect(completed(frames).at(-1)).toEqual([true, vps, hevcSps, hevcPps, cra]);
  });

  it('never gives the sets of one codec to another', () => {
    const frames = [
      frame(true, annexB(sps, pps, idr)),
      frame(true, annexB(vps, hevcSps, hevcPps, cra), 'h265'),
      frame(true, annexB(cra), 'h265'),
      frame(true, annexB(idr)),
    ];
    const whole = [true, vps, hevcSps, hevcPps, cra];
    expect(completed(frames)).toEqual([[true, sps, pps, idr], whole, whole, [false, idr]]);
  });
});

describe('a keyframe is one where decoding can start', () => {
  const intra = Buffer.from([0x41, 0x88, 0x80]); // first_mb 0, slice_type 7: a recovery point
  const secondSlice = Buffer.from([0x65, 0x4b, 0x80]); // first_mb 1
  const hevcSecondSlice = Buffer.from([0x2a, 0x01, 0x20]);

  it.each<[string, readonly Frame[], ReturnType<typeof completed>]>([
    ['nothing in it', [frame(true, Buffer.alloc(0))], []],
    ['no NAL unit in it', [frame(true, Buffer.from([1, 2, 3])), frame(false, annexB(delta))], [[false, delta]]],
    ['an IDR whose parameter sets never came', [frame(true, annexB(idr))], [[false, idr]]],
    ['only P slices', [frame(true, annexB(sps, pps, delta))], [[false, sps, pps, delta]]],
    [
      'a slice too short to tell its type',
      [frame(true, annexB(sps, pps, Buffer.from([0x41])))],
      [[false, sps, pps, Buffer.from([0x41])]],
    ],
    ['I slices that are no IDR', [frame(true, annexB(sps, pps, intra))], [[true, sps, pps, intra]]],
    [
      'any H.265 slice with its sets',
      [frame(true, annexB(vps, hevcSps, hevcPps, Buffer.from([0x02, 0x01, 0xd0])), 'h265')],
      [[true, vps, hevcSps, hevcPps, Buffer.from([0x02, 0x01, 0xd0])]],
    ],
    [
      'parameter sets and picture as frames of their own',
      [sps, pps, idr].map((nal) => frame(true, annexB(nal))),
      [[true, sps, pps, idr]],
    ],
    [
      'parameter sets of their own, then another codec',
      [frame(true, annexB(sps)), frame(false, annexB(cra), 'h265')],
      [[false, cra]],
    ],
    [
      'the slices of one picture as frames of their own',
      [annexB(sps, pps, idr), annexB(secondSlice), annexB(secondSlice)].map((data) => frame(true, data)),
      [
        [true, sps, pps, idr],
        [false, secondSlice],
        [false, secondSlice],
      ],
    ],
    [
      'the H.265 slices of one picture as frames of their own',
      [annexB(vps, hevcSps, hevcPps, cra), annexB(hevcSecondSlice)].map((data) => frame(true, data, 'h265')),
      [
        [true, vps, hevcSps, hevcPps, cra],
        [false, hevcSecondSlice],
      ],
    ],
    [
      'two fields of one time, then the next picture',
      [
        frame(true, annexB(sps, pps, idr), 'h264', 1),
        frame(true, annexB(intra), 'h264', 1),
        frame(true, annexB(idr), 'h264', 2),
      ],
      [
        [true, sps, pps, idr],
        [false, intra],
        [true, sps, pps, idr],
      ],
    ],
    [
      'two pictures of one time, each with its sets',
      [1, 1].map((time) => frame(true, annexB(sps, pps, idr), 'h264', time)),
      [
        [true, sps, pps, idr],
        [true, sps, pps, idr],
      ],
    ],
    [
      'another picture in between, by a clock that stands',
      [annexB(sps, pps, idr), annexB(delta), annexB(idr)].map((data, index) => frame(index !== 1, data, 'h264', 1)),
      [
        [true, sps, pps, idr],
        [false, delta],
        [true, sps, pps, idr],
      ],
    ],
  ])('%s', (_case, frames, expected) => {
    expect(completed(frames)).toEqual(expected);
  });

  it('keeps little of what never becomes a picture', () => {
    const filler = frame(false, annexB(Buffer.alloc(1000, 0x0c)));
    const completer = new KeyframeCompleter();
    for (let count = 0; count < 1000; count += 1) completer.complete(filler);
    expect(completer.complete(frame(false, annexB(delta)))?.data.length).toBeLessThan(70_000);
  });

  it('lets audio through, unless it is empty', () => {
    const sound: AudioFrame = { kind: 'audio', codec: 'pcmu', timestamp: 0, data: Buffer.alloc(160) };
    expect(new KeyframeCompleter().complete(sound)).toBe(sound);
    expect(new KeyframeCompleter().complete({ ...sound, data: Buffer.alloc(0) })).toBeUndefined();
  });
});

describe('Exp-Golomb numbers (H.264 9.1)', () => {
  it.each<[string, number[], number, number[]]>([
    ['from the table of the standard', [0b1_010_011_0, 0b0100_0010, 0b1_0000000], 5, [0, 1, 2, 3, 4]],
    ['up to the end of the data', [0b1_0000000], 3, [0]],
    ['none cut short', [0b0000_0001], 1, []],
    ['none in zeros', new Array<number>(20).fill(0), 1, []],
    ['none in nothing', [], 1, []],
  ])('%s', (_case, bytes, count, expected) => {
    expect(expGolomb(Buffer.from([0xff, ...bytes]), 1, count)).toEqual(expected);
  });
});

describe('the group of pictures', () => {
  const key = frame(true, annexB(sps, pps, idr));
  const next = frame(false, annexB(delta));
  const sound: AudioFrame = { kind: 'audio', codec: 'pcmu', timestamp: 0, data: Buffer.alloc(160) };

  it('begins with the newest keyframe and holds all since', () => {
    const group = new GroupOfPictures();
    for (const one of [next, sound, key, next, sound]) group.push(one);
    expect(group.frames).toEqual([key, next, sound]);
    group.push({ ...key, timestamp: 1 });
    expect(group.frames).toEqual([{ ...key, timestamp: 1 }]);
  });

  it('drops a group that outgrows its bounds and waits for the next keyframe', () => {
    const told: string[] = [];
    const group = new GroupOfPictures((limit) => told.push(limit));
    group.push(key);
    const large = frame(false, Buffer.alloc(6 * 1024 * 1024));
    for (let count = 0; count < 3; count += 1) group.push(large);
    expect([group.frames, told]).toEqual([[], ['feed.bytes']]);
    group.push(next);
    expect(group.frames).toEqual([]);
    group.push(key);
    expect(group.frames).toEqual([key]);
  });
});
