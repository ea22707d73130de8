import { encodeMuLaw } from './mu-law.js';

/** Hz */
const RATE = 8000;
/** Formats of a WAV's samples (RFC 2361). */
const PCM = 1;
const MU_LAW = 7;
/** Chunks of a WAV that are looked at: some five are usual, and a file may consist of nothing but empty ones. */
const CHUNKS = 1000;
/** Bytes that become µ-law at a time; even, since samples may have two. */
const PIECE = 64 * 1024;
/** Tags (ID3v2) in front of each other that are looked at. */
const TAGS = 10;

function isWav(file: Buffer): boolean {
  return file.toString('latin1', 0, 4) === 'RIFF' && file.toString('latin1', 8, 12) === 'WAVE';
}

/** What is in a WAV, and how it becomes µ-law. */
interface Wav {
  readonly data: Buffer;
  readonly encode: (data: Buffer) => Buffer;
}

/**
 * The µ-law samples of a WAV that is as the NVR wants it (8 kHz, mono; µ-law, or linear of 16 bits); `undefined` for any
 * other. One that was written while it was recorded does not know how long it is: its samples end with the file.
 */
export function samplesOfWav(file: Buffer): Buffer | undefined {
  const wav = read(file);
  return wav?.encode(wav.data);
}

/** The same piece by piece, so that a long one holds up nothing else. */
export function piecesOfWav(file: Buffer): Iterable<Buffer> | undefined {
  const wav = read(file);
  return wav && pieces(wav);
}

function* pieces({ data, encode }: Wav): Generator<Buffer> {
  for (let at = 0; at < data.length; at += PIECE) yield encode(data.subarray(at, at + PIECE));
}

function read(file: Buffer): Wav | undefined {
  if (!isWav(file)) return undefined;
  const riff = file.readUInt32LE(4);
  let encode: Wav['encode'] | undefined;
  for (let at = 12, chunks = 0; at + 8 <= file.length && chunks < CHUNKS; chunks += 1) {
    const [id, length] = [file.toString('latin1', at, at + 4), file.readUInt32LE(at + 4)];
    const chunk = file.subarray(at + 8, at + 8 + length);
    const isEndless = riff <= at || riff > file.length;
    if (id === 'fmt ' && chunk.length >= 16) encode = encoderOf(chunk);
    if (id === 'data') return encode && { data: length === 0 && isEndless ? file.subarray(at + 8) : chunk, encode };
    // Chunks begin at even places.
    at += 8 + length + (length % 2);
  }
  return undefined;
}

function encoderOf(format: Buffer): Wav['encode'] | undefined {
  const [kind, channels, rate, bits] = [
    ...[format.readUInt16LE(0), format.readUInt16LE(2)],
    ...[format.readUInt32LE(4), format.readUInt16LE(14)],
  ];
  if (channels !== 1 || rate !== RATE) return undefined;
  if (kind === MU_LAW && bits === 8) return (data) => data;
  return kind === PCM && bits === 16
    ? (data) => encodeMuLaw(data.subarray(0, data.length - (data.length % 2)))
    : undefined;
}

/** The same without title and covers in front (ID3v2.4, 3.1): they are no sound, and thousands of them fill ffmpeg's memory. */
export function withoutTags(file: Buffer): Buffer {
  let rest = file;
  for (let tags = 0; tags < TAGS && rest.length >= 10 && rest.toString('latin1', 0, 3) === 'ID3'; tags += 1) {
    const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + (rest.readUInt8(at) & 127), 0);
    const footer = rest.readUInt8(5) & 0x10 ? 10 : 0;
    rest = rest.subarray(10 + size + footer);
  }
  return rest;
}
