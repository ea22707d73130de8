import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { piecesOfWav, samplesOfWav, withoutTags } from '../../src/shared/codec/index.js';
import { leastWork } from '../support/work.js';

const MiB = 1024 * 1024;

/** @param size what it says of its length */
function chunk(id: string, data: Buffer, size = data.length): Buffer {
  const head = Buffer.alloc(8);
  head.write(id, 'latin1');
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, data]);
}

function format(kind: number, channels: number, rate: number, bits: number): Buffer {
  const data = Buffer.alloc(16);
  data.writeUInt16LE(kind, 0);
  data.writeUInt16LE(channels, 2);
  data.writeUInt32LE(rate, 4);
  data.writeUInt16LE(bits, 14);
  return chunk('fmt ', data);
}

const wave = (...chunks: Buffer[]) => Buffer.concat([Buffer.from('RIFF\xff\xff\xff\xffWAVE', 'latin1'), ...chunks]);
const muLaw = format(7, 1, 8000, 8);
const samples = Buffer.from('abcd');

describe('a WAV', () => {
  it.each([0, 4, 5, 0x7fff_ffff, 0xffff_ffff])('of a stream that says of its length %d is heard to its end', (size) => {
    expect(samplesOfWav(wave(muLaw, chunk('data', samples, size)))).toEqual(samples);
  });

  it('that knows how long it is may be of nothing: what follows is no sound', () => {
    const body = Buffer.concat([Buffer.from('WAVE'), muLaw, chunk('data', Buffer.alloc(0)), chunk('LIST', samples)]);
    expect(samplesOfWav(chunk('RIFF', body))).toEqual(Buffer.alloc(0));
    expect(samplesOfWav(chunk('RIFF', body, 28))?.length).toBe(12);
  });

  it.each<[string, Buffer]>([
    ['no format', wave(chunk('data', samples))],
    ['its format behind the samples', wave(chunk('data', samples), muLaw)],
    ['half a format', wave(chunk('fmt ', Buffer.alloc(8)), chunk('data', samples))],
    ['a format without end', wave(chunk('fmt ', Buffer.alloc(15), 0xffff_ffff))],
    ['no channel', wave(format(7, 0, 8000, 8), chunk('data', samples))],
    ['65,535 channels', wave(format(7, 65_535, 8000, 8), chunk('data', samples))],
    ['no rate', wave(format(7, 1, 0, 8), chunk('data', samples))],
    ['a rate of 4 GHz', wave(format(7, 1, 0xffff_ffff, 8), chunk('data', samples))],
    ['samples of no bits', wave(format(1, 1, 8000, 0), chunk('data', samples))],
    ['samples of 64 bits', wave(format(1, 1, 8000, 64), chunk('data', samples))],
    ['a format that stands elsewhere', wave(format(0xfffe, 1, 8000, 16), chunk('data', samples))],
  ])('of %s is none that needs no conversion', (_, file) => {
    expect(samplesOfWav(file)).toBeUndefined();
  });

  it.each([
    ['empty chunks', chunk('junk', Buffer.alloc(0))],
    ['formats', muLaw],
  ])('of nothing but %s costs no time', (_, unit) => {
    const file = wave(Buffer.alloc(Math.floor((32 * MiB) / unit.length) * unit.length, unit), chunk('data', samples));
    expect(leastWork(() => samplesOfWav(file))).toBeLessThan(250);
  });

  it('becomes samples piece by piece', () => {
    const linear = chunk('data', Buffer.alloc(200_001, samples));
    const parts = [...(piecesOfWav(wave(format(1, 1, 8000, 16), linear)) ?? [])];
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(65_536);
    expect(Buffer.concat(parts)).toEqual(samplesOfWav(wave(format(1, 1, 8000, 16), linear)));
  });

  it('of any bytes is looked through without an error', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.constantFrom('fmt ', 'data', 'LIST'), fc.uint8Array({ maxLength: 30 }), fc.nat(0xffff_ffff))
        .map(([id, bytes, size]) => chunk(id, Buffer.from(bytes), size)),
      fc
        .tuple(fc.constantFrom(1, 7), fc.constantFrom(0, 1), fc.constantFrom(8000, 0), fc.constantFrom(8, 16))
        .map((fields) => format(...fields)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const file = wave(...pieces);
        const whole = samplesOfWav(file);
        expect(whole?.length ?? 0).toBeLessThan(file.length);
        const parts = piecesOfWav(file);
        expect(parts && Buffer.concat([...parts])).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the titles and covers of a file of sound', () => {
  const tag = (size: number, flags = 0) =>
    Buffer.from([0x49, 0x44, 0x33, 4, 0, flags, size >> 21, (size >> 14) & 127, (size >> 7) & 127, size & 127]);
  const sound = Buffer.from('fffb9064', 'hex');

  it.each<[string, Buffer, Buffer]>([
    ['are not handed on', Buffer.concat([tag(200), Buffer.alloc(200), sound]), sound],
    ['nor the end of them', Buffer.concat([tag(0, 0x10), Buffer.alloc(10), sound]), sound],
    ['nor further ones', Buffer.concat([tag(1), Buffer.alloc(1), tag(2), Buffer.alloc(2), sound]), sound],
    ['take what they say they take', Buffer.concat([tag(0xfff_ffff), sound]), Buffer.alloc(0)],
    ['may not be there', sound, sound],
    ['may be cut off', tag(3).subarray(0, 9), tag(3).subarray(0, 9)],
  ])('%s', (_, file, rest) => {
    expect(withoutTags(file)).toEqual(rest);
  });

  it('without end cost no time', () => {
    const file = Buffer.alloc(32 * MiB, tag(0));
    expect(leastWork(() => withoutTags(file))).toBeLessThan(250);
  });
});
