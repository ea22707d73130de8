import { type Clock, ConversionError, InvalidParameterError, systemClock } from '../../../shared/index.js';
import { piecesOfWav, withoutTags } from '../../../shared/codec/index.js';
import { type Ffmpeg, muLawOf } from '../../../shared/ffmpeg/index.js';

/** What a Buffer holds: a file of audio, or the samples as the NVR takes them (SDK 3.2). */
export type SoundFormat = 'file' | 'mulaw';

/** ms in which ffmpeg makes more samples, or none at all: a slow machine starts it in a second. */
const PATIENCE = 20_000;

/** First bytes of audio files, hexadecimal, by their place. */
const magics: readonly (readonly [at: number, magic: string])[] = [
  [0, '52494646'], // RIFF: WAV; AVI, which has sound as well
  [0, '52463634'], // RF64, RIFX: a WAV for large machines
  [0, '52494658'],
  [0, '464f524d'], // FORM: AIFF
  [0, '494433'], // ID3: MP3
  [0, '4f676753'], // OggS
  [0, '664c6143'], // fLaC
  [0, '1a45dfa3'], // WebM
  [0, '2321414d52'], // #!AMR
  [0, '2e736e64'], // .snd
  [0, '63616666'], // caff
  [4, '66747970'], // ftyp: M4A
];

/** What a server answers instead of a file: as samples it would be a loud noise. */
const TEXT = /^\s*(?:<!doctype|<html|<\?xml|\{\s*")/i;

/** What a Buffer holds, by its first bytes. Samples have none that tell. */
export function formatOf(audio: Buffer): SoundFormat {
  const begins = ([at, magic]: readonly [number, string]) => audio.toString('hex', at, at + magic.length / 2) === magic;
  return magics.some(begins) || isMpegFrame(audio) ? 'file' : 'mulaw';
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
  signal: AbortSignal,
  clock: Clock = systemClock,
): AsyncGenerator<Buffer> {
  if (!Buffer.isBuffer(audio) || audio.length === 0) {
    throw new InvalidParameterError('audio', 'must be a Buffer of sound: a file of audio, or µ-law samples');
  }
  if (format === undefined && TEXT.test(audio.toString('latin1', 0, 64))) {
    throw new InvalidParameterError('audio', 'is a web page or JSON, and no sound');
  }
  const samples = (format ?? formatOf(audio)) === 'mulaw' ? [audio] : piecesOfWav(audio);
  if (samples) yield* samples;
  else yield* converted(withoutTags(audio), await ffmpeg(), signal, clock);
}

async function* converted(audio: Buffer, ffmpeg: Ffmpeg, signal: AbortSignal, clock: Clock): AsyncGenerator<Buffer> {
  if (ffmpeg.path === '') throw new ConversionError('sound of that kind needs ffmpeg, and there is none here');
  const late = new AbortController();
  const reason = new ConversionError(`no sound has come of it within ${PATIENCE / 1000} s`);
  const watch = () => clock.after(PATIENCE, () => late.abort(reason));
  let timer = watch();
  try {
    for await (const samples of muLawOf(audio, ffmpeg, AbortSignal.any([signal, late.signal]), { name: 'talk' })) {
      timer.cancel();
      yield samples;
      timer = watch();
    }
  } finally {
    timer.cancel();
  }
}
