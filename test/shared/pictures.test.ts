import { describe, expect, it } from '@jest/globals';
import { leadingParameterSets, nalUnits } from '../../src/shared/media/annex-b.js';
import type { AudioFrame, VideoCodec, VideoFrame } from '../../src/shared/media/frame.js';
import { GroupOfPictures } from '../../src/shared/media/group-of-pictures.js';
import { KeyframeCompleter } from '../../src/shared/media/keyframe-completer.js';

const sps = Buffer.from([0x67, 0x64, 0x00, 0x1f]);
const pps = Buffer.from([0x68, 0xee, 0x3c, 0x80]);
const idr = Buffer.from([0x65, 0x88, 0x84]);
const delta = Buffer.from([0x41, 0x9a, 0x02]);

function annexB(...nals: Buffer[]): Buffer {
  return Buffer.concat(nals.flatMap((nal, index) => [Buffer.from(index === 0 ? [0, 0, 0, 1] : [0, 0, 1]), nal]));
}

function frame(keyframe: boolean, data: Buffer, codec: VideoCodec = 'h264'): VideoFrame {
  return { kind: 'video', codec, keyframe, width: 640, height: 360, timestamp: 0, data };
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
    const vps = Buffer.from([0x40, 0x01]);
    const hevcSps = Buffer.from([0x42, 0x01]);
    const hevcPps = Buffer.from([0x44, 0x01]);
    const cra = Buffer.from([0x2a, 0x01]);
    expect(leadingParameterSets('h265', annexB(vps, hevcSps, hevcPps, cra)).map(({ type }) => type)).toEqual([
      32, 33, 34,
    ]);
  });
});

describe('keyframes are complete', () => {
  it('leaves one alone that brings its parameter sets', () => {
    const whole = frame(true, annexB(sps, pps, idr));
    expect(new KeyframeCompleter().complete(whole)).toBe(whole);
  });

  it('gives the remembered sets to one that comes without, or with only some', () => {
    const completer = new KeyframeCompleter();
    completer.complete(frame(true, annexB(sps, pps, idr)));
    for (const partial of [annexB(idr), annexB(sps, idr)]) {
      const { data } = completer.complete(frame(true, partial));
      expect([...nalUnits('h264', data)].map((nal) => nal.data)).toEqual([sps, pps, idr]);
    }
  });

  it('remembers the newest sets, also those of a frame that is no keyframe', () => {
    const newer = Buffer.from([0x67, 0x4d, 0x00, 0x28]);
    const completer = new KeyframeCompleter();
    completer.complete(frame(true, annexB(sps, pps, idr)));
    completer.complete(frame(false, annexB(newer, delta)));
    const { data } = completer.complete(frame(true, annexB(idr)));
    expect([...nalUnits('h264', data)].map((nal) => nal.data)).toEqual([newer, pps, idr]);
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
    const group = new GroupOfPictures();
    group.push(key);
    const large = frame(false, Buffer.alloc(6 * 1024 * 1024));
    for (let count = 0; count < 3; count += 1) group.push(large);
    expect(group.frames).toEqual([]);
    group.push(next);
    expect(group.frames).toEqual([]);
    group.push(key);
    expect(group.frames).toEqual([key]);
  });
});
