import { Type } from 'typebox';
import { newestSnapshot, NvrRefusedError, operations, type StreamName } from '../../shared/index.js';
import { livePicture, cleanText, limits } from '../../shared/internal.js';
import { ChannelID, epochSeconds } from '../../shared/sdk/index.js';
import { machine } from '../machine.js';
import type { Action, Parameter } from './action.js';
import { checkParameters } from './checked.js';

const camera: Parameter = {
  name: 'camera',
  schema: Type.Integer({ ...ChannelID, title: 'Camera', description: 'Its number or its name on the NVR.' }),
  required: true,
};
const jpeg = { as: 'bytes', mediaType: 'image/jpeg', magic: 'ffd8' } as const;
const shared = { domain: 'picture', effect: 'read', needsConfirmation: false } as const;

/** Out of the live stream, so that nothing is written to the NVR's disk. */
const currentPicture: Action = {
  ...shared,
  id: 'currentPicture',
  title: 'Picture now',
  description: 'What the camera shows now, as JPEG: out of its live stream, and nothing is written to the NVR’s disk.',
  parameters: [
    camera,
    {
      name: 'stream',
      schema: Type.Enum(['main', 'sub'], {
        title: 'Stream',
        description: 'The sub stream is smaller, and costs less to decode.',
        default: 'main',
      }),
      required: false,
    },
    {
      name: 'width',
      schema: Type.Integer({
        minimum: limits.snapshot.smallest,
        maximum: limits.snapshot.largest,
        title: 'Width at most',
        description: 'A wider picture is scaled down.',
        unit: 'px',
        examples: [640],
      }),
      required: false,
    },
  ],
  reply: jpeg,
  async run(client, all, signal, call) {
    // What a flow does not know of the size and the stream is as if it were left out.
    const params = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
    checkParameters(this.parameters, params);
    const { pictures } = await machine();
    const stream = params['stream'] as StreamName | undefined;
    const width = params['width'] as number | undefined;
    // The driver checks the channel, whatever it is.
    const picture = await livePicture(client, params['camera'] as number, { stream, width, pictures, signal });
    const { jpeg, ...about } = picture;
    call.note(about);
    return jpeg;
  },
};

/** One of those that the NVR took by itself, or was asked to take. */
const storedPicture: Action = {
  ...shared,
  id: 'storedPicture',
  section: '3.7, 3.9',
  title: 'Stored picture',
  description: 'The newest picture on the NVR’s disk, such as one taken on motion; or the newest before a time.',
  parameters: [
    camera,
    { name: 'until', schema: epochSeconds('Taken before', 'Empty: the newest of all.'), required: false },
  ],
  reply: jpeg,
  async run(client, params, signal, call) {
    checkParameters(this.parameters, params);
    const { camera: channel, until } = params as { camera: number; until?: number };
    const options = { signal, until: until === undefined ? undefined : new Date(until * 1000) };
    const stored = await newestSnapshot(client, channel, options);
    if (!stored) throw new NvrRefusedError('storedPicture', 'the NVR keeps no picture of that camera and time');
    const { jpeg, ...about } = stored;
    call.note(about);
    return jpeg;
  },
};

const listed = Type.Array(
  Type.Object({
    camera: Type.Integer({ title: 'Camera', description: 'Its number on the NVR.' }),
    taken: Type.Unknown({
      title: 'Taken',
      description: 'A Date, by the clock of the NVR: what "Stored picture" takes.',
    }),
    type: Type.String({ title: 'Type', description: 'What it was taken for.' }),
    path: Type.String({ title: 'Path', description: 'Of its file on the disk of the NVR.' }),
  }),
);

const listStoredPictures: Action = {
  ...shared,
  id: 'listStoredPictures',
  section: '3.7',
  title: 'List stored pictures',
  description: 'Which pictures of a camera are on the NVR’s disk, by time, the newest first.',
  parameters: [
    camera,
    { name: 'from', schema: epochSeconds('From', 'Begin of the range.'), required: true },
    { name: 'to', schema: { ...epochSeconds('To', 'End of the range.'), endOf: 'from' }, required: true },
  ],
  reply: { as: 'json', schema: listed },
  async run(client, params, signal) {
    checkParameters(this.parameters, params);
    const { camera: channel, from, to } = params as { camera: number; from: number; to: number };
    const query = { channels: [channel], startTime: from, endTime: to };
    const found = await client.call(operations.searchSnapshotPath, query, { signal });
    return found
      .filter((one) => one.channel === channel)
      .sort((one, other) => other.timeStamp - one.timeStamp)
      .map(({ timeStamp, type, snapshotPath }) => ({
        camera: channel,
        taken: new Date(timeStamp * 1000),
        type: cleanText(type, limits.text.word),
        path: snapshotPath,
      }));
  },
};

/** What the node `everfocus-picture` does. */
export const pictureActions: readonly Action[] = [currentPicture, storedPicture, listStoredPictures];
