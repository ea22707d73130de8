import { Type } from 'typebox';
import { samplesOfWav, withoutTags } from '../../shared/codec/index.js';
import { ConversionError, silentLogger, systemClock, within } from '../../shared/index.js';
import { findFfmpeg, muLawOf } from '../../shared/ffmpeg/index.js';
import { channelOption, type Command } from '../command.js';
import { sayingWhichCameras } from '../camera-missing.js';
import { EXIT, Failure } from '../failure.js';
import { readLimited, readPieces, readStream } from '../files.js';

/** Bytes of a file, half an hour as WAV; and of its samples, which are over an hour. */
const MAX_FILE = 32 * 1024 * 1024;
/** Bytes of µ-law a second. */
const RATE = 8000;
/** ms that a conversion may take. */
const CONVERSION = 60_000;

export const talk: Command = {
  name: 'talk',
  summary: 'Play a file over the loudspeaker of a camera',
  description: [
    'WAV of 8 kHz, 16 bits, mono, and raw G.711 µ-law (.ulaw, .pcmu, or "-" for stdin) are played as they are; anything else that ' +
      'ffmpeg knows is converted. It plays in real time.',
  ],
  operands: [{ name: 'file', description: 'What to play.' }],
  options: {
    channel: channelOption,
    'at-nvr': { type: 'flag', description: 'Over the loudspeaker of the NVR itself.' },
    ffmpeg: { value: 'path', description: 'The ffmpeg to use.', otherwise: 'the one that is found' },
  },
  connects: true,
  answers: {
    '': Type.Object({ target: Type.Union([Type.Integer(), Type.Literal('nvr')]), seconds: Type.Number() }),
  },
  examples: [
    ['everfocus talk leave.wav -c 2', 'plays it at camera 2'],
    ['sox alarm.mp3 -t ul -r 8000 -c 1 - | everfocus talk - --at-nvr', 'plays what a program makes at the NVR'],
  ],
  async run({ given, out, signal, stdin, connect }) {
    const path = given.operand(0);
    const file = path === '-' ? await readStream(stdin, MAX_FILE, signal) : await readLimited(path, MAX_FILE, signal);
    const sound =
      path === '-' || /\.(ulaw|ul|pcmu)$/i.test(path)
        ? file
        : (samplesOfWav(file) ?? (await convert(file, given.text('ffmpeg'), signal)));
    if (sound.length === 0) throw new Failure('FILE_FAILED', `${path} holds no sound`);
    const client = await connect();
    const channel = given.number('channel') ?? 1;
    await using way = given.flag('at-nvr')
      ? await client.talk('nvr', { signal })
      : await sayingWhichCameras(client, channel, signal, client.talk(channel, { signal }));
    for (let at = 0; at < sound.length; at += RATE / 2) {
      await way.write(sound.subarray(at, at + RATE / 2));
      out.progress(`${Math.round(at / RATE)} of ${Math.ceil(sound.length / RATE)} s`);
    }
    await way.flush();
    const seconds = Math.round(sound.length / (RATE / 10)) / 10;
    if (out.json) out.document({ target: given.flag('at-nvr') ? 'nvr' : channel, seconds });
    else out.line(`${seconds} s were said`);
    return EXIT.ok;
  },
};

/** µ-law of whatever ffmpeg knows. @throws {@link Failure} `NOT_INSTALLED`, `FILE_FAILED`; the signal's reason */
export async function convert(file: Buffer, path: string | undefined, signal: AbortSignal): Promise<Buffer> {
  const found = await findFfmpeg({ logger: silentLogger, ...(path !== undefined && { path }) });
  if (found.path === '')
    throw new Failure('NOT_INSTALLED', 'this format needs ffmpeg: install it, or give a WAV of 8 kHz, 16 bits, mono');
  const reading = (ends: AbortSignal) => readPieces(muLawOf(withoutTags(file), found, ends), MAX_FILE, 'its sound');
  const late = (): never => {
    throw new Failure('FILE_FAILED', `ffmpeg makes no sound of it within ${CONVERSION / 1000} s`);
  };
  try {
    return await within(systemClock, CONVERSION, reading, late, signal);
  } catch (error) {
    throw error instanceof ConversionError ? new Failure('FILE_FAILED', error.message) : error;
  }
}
