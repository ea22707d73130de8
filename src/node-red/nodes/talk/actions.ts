import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Type } from 'typebox';
import { InvalidParameterError, type TalkTarget } from '../../../shared/index.js';
import { limits } from '../../../shared/internal.js';
import { ChannelID } from '../../../shared/sdk/index.js';
import type { Action, Parameter } from '../../actions/action.js';
import { asError } from '../../errors.js';
import { machine } from '../../machine.js';
import { type SoundFormat, soundOf } from './sound.js';
import { speakerOf } from './speaker.js';

const camera: Parameter = {
  name: 'camera',
  required: true,
  schema: {
    ...{ ...ChannelID, minimum: 0, title: 'Camera' },
    description: 'Number or name of the camera; 0 is the loudspeaker of the NVR itself.',
  },
};
const audio: Parameter = {
  name: 'audio',
  required: true,
  schema: Type.Unsafe({
    ...{ title: 'Sound', fromMessage: 'payload' },
    description: 'A Buffer: a file of audio (WAV, MP3, Ogg …), or samples as the NVR takes them (µ-law, 8 kHz, mono).',
  }),
};
const file: Parameter = {
  name: 'file',
  required: false,
  schema: Type.String({
    ...{ minLength: 1, title: 'File', examples: ['/data/sounds/closed.mp3'] },
    description:
      'In place of what the message brings: a file of audio on the machine of Node-RED, by a full path or in the folder of Node-RED’s own file nodes.',
  }),
};
const format: Parameter = {
  name: 'format',
  required: false,
  schema: Type.Enum(['file', 'mulaw'], {
    title: 'Format',
    description: 'What the Buffer holds; left out, what it looks like.',
  }),
};
const shared = { domain: 'camera', section: '3.2', effect: 'write', needsConfirmation: false } as const;

/** @throws InvalidParameterError */
function targetOf(channel: unknown): TalkTarget {
  if (channel === 0) return 'nvr';
  if (typeof channel === 'number') return channel;
  throw new InvalidParameterError('camera', 'must be the number or the name of a camera');
}

/** @throws InvalidParameterError */
function formatFrom(value: unknown): SoundFormat | undefined {
  if (value === undefined || value === 'file' || value === 'mulaw') return value;
  throw new InvalidParameterError('format', 'must be "file" or "mulaw"');
}

/** The bytes of a file of audio. @throws InvalidParameterError where there is none that can be read, or it is too long */
async function readSound(folder: string, name: unknown): Promise<Buffer> {
  if (typeof name !== 'string' || name.trim() === '') throw new InvalidParameterError('file', 'must be a path');
  let size: number;
  try {
    // Without that, a pipe to which nobody writes would hold one of Node's few threads for files, and a device has no end.
    await using handle = await open(resolve(folder, name.trim()), constants.O_RDONLY | constants.O_NONBLOCK);
    const there = await handle.stat();
    if (!there.isFile()) throw new Error('it is no file');
    ({ size } = there);
    if (size <= limits.flow.sound) return await handle.readFile();
  } catch (error) {
    throw new InvalidParameterError('file', `cannot be read: ${asError(error).message}`);
  }
  throw new InvalidParameterError('file', `has ${size} bytes; ${limits.flow.sound} are the most`);
}

/** What `everfocus-talk` can do. */
export const talkActions: readonly Action[] = [
  {
    ...{ ...shared, id: 'speak', title: 'Speak', words: 'talk say play sound audio announce speaker intercom' },
    description: 'Plays sound at the loudspeaker of a camera. What comes meanwhile is played behind it.',
    parameters: [camera, file, audio, format],
    async run(client, params, signal, { folder }) {
      const target = targetOf(params['camera']);
      const audio = params['file'] === undefined ? params['audio'] : await readSound(folder, params['file']);
      const format = formatFrom(params['format']);
      const ffmpeg = async () => (await machine()).ffmpeg;
      await speakerOf(client, target).say((ends) => soundOf(audio, format, ffmpeg, ends), signal);
      return { Result: 'OK' };
    },
  },
  {
    ...{ ...shared, id: 'stopSpeaking', title: 'Be silent', words: 'stop talk hang up' },
    description: 'Ends what is being played there, and what waits to be.',
    parameters: [camera],
    run: (client, params) => {
      speakerOf(client, targetOf(params['camera'])).stop();
      return Promise.resolve({ Result: 'OK' });
    },
  },
];
