import { ConversionError, encodeMuLaw, InvalidParameterError } from '../../../shared/index.js';
import { type Ffmpeg, startFfmpeg } from '../../../shared/ffmpeg/index.js';

/** What a Buffer holds: a file of audio, or the samples as the NVR takes them (SDK 3.2). */
export type SoundFormat = 'file' | 'mulaw';

/** Hz */
const RATE = 8000;
/** Formats of a WAV's samples (RFC 2361). */
const PCM = 1;
const MU_LAW = 7;

/** First bytes of audio files, hexadecimal, by their place. */
const magics: readonly (readonly [at: number, magic: string])[] = [
  [0, '494433'], // ID3: MP3
  [0, '4f676753'], // OggS
  [0, '664c6143'], // fLaC
  [0, '1a45dfa3'], // WebM
  [0, '2321414d52'], // #!AMR
  [0, '2e736e64'], // .snd
  [0, '63616666'], // caff
  [4, '66747970'], // ftyp: M4A
];

/** What a Buffer holds, by its first bytes. Samples have none that tell. */
export function formatOf(audio: Buffer): SoundFormat {
  const begins = ([at, magic]: readonly [number, string]) => audio.toString('hex', at, at + magic.length / 2) === magic;
  return isWav(audio) || magics.some(begins) || isMpegFrame(audio) ? 'file' : 'mulaw';
}

/** A frame of MP3 or of AAC with ADTS. Silent samples are 0xff too: the rest of the header must make sense. */
function isMpegFrame(audio: Buffer): boolean {
  if (audio.length < 4) return false;
  const [first, second, third] = [audio.readUInt8(0), audio.readUInt8(1), audio.readUInt8(2)];
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return false;
  if (second === 0xf1 || second === 0xf9) return (third & 0x3c) >> 2 <= 12;
  const [version, layer, bitrate, rate] = [(second >> 3) & 3, (second >> 1) & 3, third >> 4, (third >> 2) & 3];
  return version !== 1 && layer === 1 && bitrate !== 0 && bitrate !== 15 && rate !== 3;
}

function isWav(audio: Buffer): boolean {
  return audio.toString('latin1', 0, 4) === 'RIFF' && audio.toString('latin1', 8, 12) === 'WAVE';
}

/** The µ-law samples of a WAV that is as the NVR wants it but for its header; `undefined` for any other. */
export function samplesOfWav(audio: Buffer): Buffer | undefined {
  if (!isWav(audio)) return undefined;
  let encode: ((data: Buffer) => Buffer) | undefined;
  for (let at = 12; at + 8 <= audio.length;) {
    const [id, length] = [audio.toString('latin1', at, at + 4), audio.readUInt32LE(at + 4)];
    const chunk = audio.subarray(at + 8, at + 8 + length);
    if (id === 'fmt ' && chunk.length >= 16) encode = encoderOf(chunk);
    if (id === 'data') return encode?.(chunk);
    // Chunks begin at even places.
    at += 8 + length + (length % 2);
  }
  return undefined;
}

function encoderOf(format: Buffer): ((data: Buffer) => Buffer) | undefined {
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

/**
 * The samples of a Buffer as the NVR takes them: as they are, or converted while they are heard.
 *
 * @param format what it holds; `undefined`: what it looks like
 * @throws `INVALID_PARAMETER`, `CONVERSION_FAILED`, `TOO_MANY_STARTS`
 */
export async function* soundOf(
  audio: unknown,
  format: SoundFormat | undefined,
  ffmpeg: () => Promise<Ffmpeg>,
): AsyncGenerator<Buffer> {
  if (!Buffer.isBuffer(audio) || audio.length === 0) {
    throw new InvalidParameterError('audio', 'must be a Buffer of sound: a file of audio, or µ-law samples');
  }
  const samples = (format ?? formatOf(audio)) === 'mulaw' ? audio : samplesOfWav(audio);
  if (samples) yield samples;
  else yield* converted(audio, await ffmpeg());
}

async function* converted(audio: Buffer, ffmpeg: Ffmpeg): AsyncGenerator<Buffer> {
  if (ffmpeg.path === '') throw new ConversionError('sound of that kind needs ffmpeg, and there is none here');
  const output = ['-vn', '-ac', '1', '-ar', String(RATE), '-f', 'mulaw', 'pipe:1'];
  const child = startFfmpeg(ffmpeg, 'sound', ['-i', 'pipe:0', ...output], { name: 'talk' });
  try {
    child.end(audio);
    // It waits where nobody takes its samples: only the file itself is held.
    if (child.stdout) for await (const samples of child.stdout) yield samples as Buffer;
    const { code, complaint, error } = await child.exited;
    if (error) throw error;
    if (code !== 0) throw new ConversionError(`the sound cannot be converted: ${complaint}`);
  } finally {
    await child.stop();
  }
}
