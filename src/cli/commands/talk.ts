import { Type } from 'typebox';
import { encodeMuLaw, silentLogger } from '../../shared/index.js';
import { findFfmpeg, startFfmpeg } from '../../shared/ffmpeg/index.js';
import { channelOption, type Command } from '../command.js';
import { EXIT, Failure } from '../failure.js';
import { readLimited, readStream } from '../files.js';

/** Bytes of a file: half an hour as WAV. */
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
        : (soundOfWav(file) ?? (await convert(file, given.text('ffmpeg'))));
    if (sound.length === 0) throw new Failure('FILE_FAILED', `${path} holds no sound`);
    const client = await connect();
    const channel = given.number('channel') ?? 1;
    await using way = await client.talk(given.flag('at-nvr') ? 'nvr' : channel, { signal });
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

/** µ-law of a WAV that needs no conversion; `undefined` of any other file. */
export function soundOfWav(file: Buffer): Buffer | undefined {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') return undefined;
  let format = '';
  for (let at = 12; at + 8 <= file.length;) {
    const id = file.toString('latin1', at, at + 4);
    const length = file.readUInt32LE(at + 4);
    const body = file.subarray(at + 8, at + 8 + length);
    if (id === 'fmt ' && body.length >= 16) {
      format = [body.readUInt16LE(0), body.readUInt16LE(2), body.readUInt32LE(4), body.readUInt16LE(14)].join(' ');
    }
    if (id === 'data') {
      // Tag, channels, samples a second, bits.
      if (format === '7 1 8000 8') return body;
      return format === '1 1 8000 16' ? encodeMuLaw(body.subarray(0, body.length - (body.length % 2))) : undefined;
    }
    at += 8 + length + (length % 2);
  }
  return undefined;
}

async function convert(file: Buffer, path: string | undefined): Promise<Buffer> {
  const found = await findFfmpeg({ logger: silentLogger, ...(path !== undefined && { path }) });
  if (found.path === '')
    throw new Failure('NOT_INSTALLED', 'this format needs ffmpeg: install it, or give a WAV of 8 kHz, 16 bits, mono');
  const child = startFfmpeg(found, 'sound', ['-i', 'pipe:0', '-f', 'mulaw', '-ar', String(RATE), '-ac', '1', 'pipe:1']);
  child.end(file);
  const { output, exit } = await found.children.output(child, CONVERSION);
  if (exit.code !== 0) throw new Failure('FILE_FAILED', `ffmpeg makes no sound of it: ${exit.complaint}`);
  return output;
}
