import { Readable } from 'node:stream';
import type { StreamSource } from '../live/frames.js';
import { PICTURES_PER_SECOND, streamSizes } from '../live/loop.js';
import { Refusal } from '../nvr/refusal.js';
import type { Recorded } from '../nvr/recordings.js';
import { type Frame, loopOf, secondsOf } from './footage.js';

/** Samples a second of G.711: a byte each. */
const SAMPLE_RATE = 8000;
/** WAVE_FORMAT_MULAW */
const MU_LAW = 7;
/** bytes; the sizes of a RIFF file are 32-bit numbers, which some players take as signed. */
const MAX_SIZE = 2 ** 31 - 1;
/** Flags of the main header: there is an index, streams are interleaved. */
const HAS_INDEX_INTERLEAVED = 0x0110;
/** Flag of an index entry. */
const KEYFRAME = 0x10;
/** bytes that are handed on at once, about */
const PART = 256 * 1024;

/**
 * Footage as an AVI file (RIFF, one index at the end), made while it is read.
 *
 * @throws {@link Refusal} where it would be 2 GiB or more
 */
export function aviOf(source: StreamSource, footage: readonly Recorded[]): Readable {
  const loop = loopOf(source).map(written);
  const totals = { pictures: 0, sounds: 0, samples: 0, largest: 0, movie: 4 };
  for (const second of secondsOf(loop, footage)) {
    totals.movie += second.chunks.length;
    totals.largest = Math.max(totals.largest, second.largest);
    totals.pictures += second.pictures;
    totals.sounds += second.sounds;
    totals.samples += second.samples;
  }
  const index = (totals.pictures + totals.sounds) * 16;
  const headers = list('hdrl', mainHeader(source, totals), videoHeaders(source, totals), audioHeaders(totals));
  const size = 4 + headers.length + 8 + totals.movie + 8 + index;
  if (size > MAX_SIZE) throw new Refusal('the clip is too long');
  const head = Buffer.concat([tagged('RIFF', size), tag('AVI '), headers, tagged('LIST', totals.movie), tag('movi')]);
  const bytes = function* () {
    yield head;
    for (const { chunks } of secondsOf(loop, footage)) yield chunks;
    yield tagged('idx1', index);
    // Counted from `movi`.
    let at = 4;
    for (const second of secondsOf(loop, footage)) {
      yield indexOf(second, at);
      at += second.chunks.length;
    }
  };
  return Readable.from(inTurns(inParts(bytes())), { objectMode: false });
}

/** A second of footage as it is written. */
interface Second {
  readonly frames: readonly Frame[];
  /** Its frames, a chunk each. */
  readonly chunks: Buffer;
  readonly pictures: number;
  readonly sounds: number;
  /** of sound */
  readonly samples: number;
  /** bytes of the largest frame */
  readonly largest: number;
}

function written(frames: readonly Frame[]): Second {
  const sounds = frames.filter(({ kind }) => kind === 'audio');
  return {
    frames,
    chunks: Buffer.concat(frames.map((frame) => chunk(chunkId(frame), frame.data))),
    pictures: frames.length - sounds.length,
    sounds: sounds.length,
    samples: sounds.reduce((sum, { data }) => sum + data.length, 0),
    largest: Math.max(...frames.map(({ data }) => data.length)),
  };
}

interface Totals {
  readonly pictures: number;
  readonly samples: number;
  /** bytes of the largest frame */
  readonly largest: number;
}

/** `avih` */
function mainHeader({ stream }: StreamSource, { pictures, largest }: Totals): Buffer {
  const { width, height } = streamSizes[stream];
  const perPicture = Math.round(1_000_000 / PICTURES_PER_SECOND);
  const fields = [perPicture, 0, 0, HAS_INDEX_INTERLEAVED, pictures, 0, 2, largest, width, height, 0, 0, 0, 0];
  return chunk('avih', uint32(...fields));
}

function videoHeaders({ stream, codec }: StreamSource, { pictures, largest }: Totals): Buffer {
  const { width, height } = streamSizes[stream];
  const fourCc = codec === 'h264' ? 'H264' : 'H265';
  const timing = uint32(0, 0, 0, 1, PICTURES_PER_SECOND, 0, pictures, largest, 0xffffffff, 0);
  const frame = uint16(0, 0, width, height);
  const format = [uint32(40, width, height), uint16(1, 24), tag(fourCc), uint32(width * height * 3, 0, 0, 0, 0)];
  return list('strl', chunk('strh', tag('vids'), tag(fourCc), timing, frame), chunk('strf', ...format));
}

function audioHeaders({ samples, largest }: Totals): Buffer {
  const timing = uint32(0, 0, 0, 1, SAMPLE_RATE, 0, samples, largest, 0xffffffff, 1);
  const format = [uint16(MU_LAW, 1), uint32(SAMPLE_RATE, SAMPLE_RATE), uint16(1, 8, 0)];
  return list('strl', chunk('strh', tag('auds'), uint32(0), timing, uint16(0, 0, 0, 0)), chunk('strf', ...format));
}

/** The part of `idx1` for a second: what each of its chunks is and where. @param from where the first one is */
function indexOf({ frames }: Second, from: number): Buffer {
  const entries = Buffer.alloc(frames.length * 16);
  let at = from;
  frames.forEach((frame, number) => {
    const { length } = frame.data;
    entries.write(chunkId(frame), number * 16, 'latin1');
    // Every sound can be started with.
    entries.writeUInt32LE(frame.kind === 'audio' || frame.keyframe ? KEYFRAME : 0, number * 16 + 4);
    entries.writeUInt32LE(at, number * 16 + 8);
    entries.writeUInt32LE(length, number * 16 + 12);
    at += 8 + length + (length % 2);
  });
  return entries;
}

function chunkId({ kind }: Frame): string {
  return kind === 'video' ? '00dc' : '01wb';
}

function* inParts(pieces: Iterable<Buffer>): Generator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for (const piece of pieces) {
    held.push(piece);
    length += piece.length;
    if (length < PART) continue;
    yield Buffer.concat(held);
    held = [];
    length = 0;
  }
  yield Buffer.concat(held);
}

function list(type: string, ...parts: Buffer[]): Buffer {
  return chunk('LIST', tag(type), ...parts);
}

/** Chunks begin at even places. */
function chunk(id: string, ...parts: Buffer[]): Buffer {
  const data = Buffer.concat(parts);
  return Buffer.concat([tagged(id, data.length), data, Buffer.alloc(data.length % 2)]);
}

function tagged(id: string, size: number): Buffer {
  return Buffer.concat([tag(id), uint32(size)]);
}

function tag(id: string): Buffer {
  return Buffer.from(id, 'latin1');
}

function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32LE(value, index * 4));
  return bytes;
}

function uint16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16LE(value, index * 2));
  return bytes;
}

/** A reader that takes everything at once must not keep the others from their turn. */
async function* inTurns(parts: Iterable<Buffer>): AsyncGenerator<Buffer> {
  for (const part of parts) {
    yield part;
    await new Promise(setImmediate);
  }
}
