import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadLoop } from '../../packages/simulator/src/live/loop.js';
import { MEDIA } from '../../packages/simulator/src/options.js';
import { AAC_FRAME, AdtsReader, aacConfiguration, SILENT_AAC_FRAME } from '../../src/shared/codec/aac.js';
import { isParameterSet, type NalUnit, nalUnits } from '../../src/shared/codec/annex-b.js';
import type { VideoCodec } from '../../src/shared/codec/frame.js';
import { mp4Fragment, type Mp4Picture } from '../../src/shared/codec/mp4-fragment.js';
import { mp4Start } from '../../src/shared/codec/mp4-start.js';
import { sequenceParameters } from '../../src/shared/codec/picture-size.js';
import { allFfmpegs } from '../homebridge/live/camera.js';
import { boxAt, boxes, examine, trackRuns } from '../support/mp4.js';

/** Pictures of the loop from one keyframe to the next, and ticks of one. */
const [GROUP, STEP] = [30, 6000];
const SAMPLE_RATE = 16_000;

async function recording(codec: VideoCodec, sound = true) {
  const loop = await loadLoop(MEDIA, codec, 1, 'main');
  const parameterSets = [...nalUnits(codec, loop[0] ?? Buffer.alloc(0))];
  const start = mp4Start({ codec, parameterSets }, sound ? { sampleRate: SAMPLE_RATE, bitrate: 24_000 } : undefined);
  const perFragment = Math.floor((GROUP * STEP * SAMPLE_RATE) / 90_000 / AAC_FRAME);
  const fragments = [0, 1, 2].map((index) =>
    mp4Fragment({
      sequence: index + 1,
      codec,
      video: {
        time: index * GROUP * STEP,
        pictures: loop.slice(index * GROUP, (index + 1) * GROUP).map((data, place) => ({
          nals: nalUnits(codec, data),
          duration: STEP,
          keyframe: place === 0,
        })),
      },
      ...(sound && {
        audio: {
          time: index * perFragment * AAC_FRAME,
          frames: Array.from({ length: perFragment }, () => SILENT_AAC_FRAME),
        },
      }),
    }),
  );
  return { start, fragments, perFragment };
}

describe.each(['h264', 'h265'] as const)('fragmented MP4 of %s', (codec) => {
  it('is decoded by every ffmpeg without a complaint, with its times and its size', async () => {
    const { start, fragments, perFragment } = await recording(codec);
    for (const { path } of await allFfmpegs()) {
      const found = await examine(path, Buffer.concat([start, ...fragments]));
      expect(found.complaints).toBe('');
      expect(found.streams[0]).toMatch(codec === 'h264' ? /h264 .*avc1.* 1280x720/ : /hevc .*hvc1.* 1280x720/);
      expect(found.streams[1]).toMatch(/aac \(LC\).* 16000 Hz, mono/);
      const pictures = found.packets.filter(({ stream }) => stream === 0);
      expect(pictures.map(({ pts }) => pts)).toEqual(Array.from({ length: 3 * GROUP }, (_, index) => index * STEP));
      const sounds = found.packets.filter(({ stream }) => stream === 1);
      expect(sounds.map(({ pts }) => pts)).toEqual(
        Array.from({ length: 3 * perFragment }, (_, index) => index * AAC_FRAME),
      );
    }
  });

  it('describes its decoder as ffmpeg does', async () => {
    const { start } = await recording(codec);
    const input = Buffer.concat((await loadLoop(MEDIA, codec, 1, 'main')).slice(0, GROUP));
    const [demuxer, tag, box] = codec === 'h264' ? ['h264', 'avc1', 'avcC'] : ['hevc', 'hvc1', 'hvcC'];
    const contents = (file: Buffer) => {
      const at = file.indexOf(box);
      return file.subarray(at + 4, at - 4 + file.readUInt32BE(at - 4)).toString('hex');
    };
    const args = ['-loglevel', 'error', '-f', demuxer, '-i', 'pipe:0', '-c', 'copy', '-tag:v', tag];
    const output = ['-movflags', 'frag_keyframe+empty_moov', '-f', 'mp4', 'pipe:1'];
    for (const { path } of await allFfmpegs()) {
      const theirs = contents(execFileSync(path, [...args, ...output], { input }));
      // Older ones leave out the sample format of high profile: 4:2:0, 8 bits, no more parameter sets.
      const format = codec === 'h264' && !theirs.endsWith('fdf8f800') ? 'fdf8f800' : '';
      expect(contents(start)).toBe(theirs + format);
    }
  });

  it('has fragments that decode alone behind the start', async () => {
    const { start, fragments } = await recording(codec);
    const [{ path } = { path: '' }] = await allFfmpegs();
    for (const [index, fragment] of fragments.entries()) {
      const { complaints, packets } = await examine(path, Buffer.concat([start, fragment]));
      expect(complaints).toBe('');
      expect(packets.find(({ stream }) => stream === 0)).toMatchObject({ pts: index * GROUP * STEP });
    }
  });

  it('holds parameter sets in its start and nowhere else, and no sound where there is none', async () => {
    const { start, fragments } = await recording(codec, false);
    expect(boxes(boxAt(start, 'moov')).map(({ type }) => type)).toEqual(['mvhd', 'trak', 'mvex']);
    for (const { samples } of fragments.flatMap(trackRuns)) {
      for (const { data } of samples) {
        for (let at = 0; at < data.length; at += 4 + data.readUInt32BE(at)) {
          const header = data.readUInt8(at + 4);
          expect(isParameterSet(codec, codec === 'h264' ? header & 0x1f : (header >> 1) & 0x3f)).toBe(false);
        }
      }
    }
  });
});

describe('fragments of any pictures and sounds', () => {
  const unit: fc.Arbitrary<NalUnit> = fc.record({
    type: fc.constantFrom(1, 5, 6, 7, 8, 9, 12),
    data: fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  });
  const picture: fc.Arbitrary<Mp4Picture> = fc.record({
    nals: fc.array(unit, { maxLength: 5 }),
    duration: fc.nat(0xffffffff),
    keyframe: fc.boolean(),
  });

  it('say where each sample is, how long it lasts and whether decoding can start there', () => {
    fc.assert(
      fc.property(
        fc.array(picture, { minLength: 1, maxLength: 12 }),
        fc.array(
          fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
          { maxLength: 8 },
        ),
        fc.nat(2 ** 31),
        fc.maxSafeNat(),
        (pictures, frames, sequence, time) => {
          const bytes = mp4Fragment({ sequence, codec: 'h264', video: { time, pictures }, audio: { time, frames } });
          expect(boxes(bytes).map(({ type }) => type)).toEqual(['moof', 'mdat']);
          expect(boxAt(bytes, 'moof', 'mfhd').readUInt32BE(4)).toBe(sequence);
          const [video, audio] = trackRuns(bytes);
          expect(video).toMatchObject({ track: 1, time });
          expect(video?.samples).toEqual(
            pictures.map(({ nals, duration, keyframe }) => ({ duration, sync: keyframe, data: lengthPrefixed(nals) })),
          );
          expect(audio?.samples ?? []).toEqual(frames.map((data) => ({ duration: AAC_FRAME, sync: true, data })));
        },
      ),
      { numRuns: 200 },
    );
  });
});

/** As ISO/IEC 14496-15 has it: without parameter sets, delimiters and filler. */
function lengthPrefixed(nals: Iterable<NalUnit>): Buffer {
  const kept = [...nals].filter(({ type }) => ![7, 8, 9, 12].includes(type));
  return Buffer.concat(
    kept.flatMap(({ data }) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(data.length);
      return [length, data];
    }),
  );
}

describe('the start of an MP4', () => {
  it('needs a sequence parameter set that can be read', () => {
    expect(() => mp4Start({ codec: 'h264', parameterSets: [] })).toThrow(RangeError);
    expect(() => mp4Start({ codec: 'h264', parameterSets: [{ type: 7, data: Buffer.from([0x67]) }] })).toThrow(
      RangeError,
    );
  });

  it('tells the size that is shown, not the one that is coded: 1080 lines of 1088', () => {
    // Of libx264, 1920x1080, high profile.
    const sps = Buffer.from('67640028acd940780227e5c05a808080a0000003002000000781e30632c0', 'hex');
    expect(sequenceParameters('h264', sps)).toMatchObject({
      coded: { width: 1920, height: 1088 },
      shown: { width: 1920, height: 1080 },
      chroma: 1,
      lumaDepth: 8,
      chromaDepth: 8,
    });
  });
});

describe('AAC', () => {
  it.each([
    [8000, '1588'],
    [16_000, '1408'],
    [32_000, '1288'],
    [48_000, '1188'],
  ])('has the configuration of one channel at %i Hz', (sampleRate, configuration) => {
    expect(aacConfiguration(sampleRate).toString('hex')).toBe(configuration);
  });

  it('comes out of ADTS whole, however it is cut', () => {
    const adts = (body: Buffer) => {
      const length = body.length + 7;
      return Buffer.concat([
        Buffer.from([0xff, 0xf1, 0x60, 0x40 | (length >> 11), (length >> 3) & 0xff, ((length & 7) << 5) | 0x1f, 0xfc]),
        body,
      ]);
    };
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }),
        fc.array(fc.nat(400), { maxLength: 8 }),
        (bodies, cuts) => {
          const frames = bodies.map((body) => Buffer.from(body));
          const stream = Buffer.concat(frames.map(adts));
          const reader = new AdtsReader();
          const places = [0, ...cuts.map((cut) => Math.min(cut, stream.length)).sort((a, b) => a - b), stream.length];
          const read = places.slice(1).flatMap((end, index) => reader.push(stream.subarray(places[index], end)));
          expect(read).toEqual(frames);
        },
      ),
    );
  });

  it('is refused where there is none', () => {
    expect(() => new AdtsReader().push(Buffer.from('no sound here'))).toThrow('ADTS');
  });
});
