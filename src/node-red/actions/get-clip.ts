import { resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Type } from 'typebox';
import {
  type ClipQuery,
  type Clock,
  ConversionError,
  downloadClip,
  downloadClipAsMp4,
  InvalidParameterError,
  type Nvr,
  saveClip,
  saveClipAsMp4,
  type StreamName,
  systemClock,
} from '../../shared/index.js';
import { limits } from '../../shared/internal.js';
import { ChannelID } from '../../shared/sdk/index.js';
import { cameraAsked, cameraOf } from '../camera-names.js';
import { readDownload } from '../download.js';
import { machine } from '../machine.js';
import { topicOf } from '../message-names.js';
import type { Action, ActionCall } from './action.js';
import { checkParameters } from './checked.js';
import { stream } from './find-recordings.js';
import { type Asked, rangeOf, timeParameter } from './times.js';

/** ms; of a clip that has no end. */
const LENGTH = 60_000;
/** ms between two reports of progress. */
const PACE = 1000;
const MiB = 1024 * 1024;

const given = {
  event: Type.Unknown({
    title: 'Event',
    description:
      'An event that was found, or a list of which the first is taken: its camera and its recording. Used where the rows below leave them open.',
    fromMessage: 'payload',
  }),
  camera: Type.Integer({ ...ChannelID, title: 'Camera', description: 'Its number or its name. Empty: the event’s.' }),
  file: Type.String({
    minLength: 1,
    title: 'File',
    description:
      'Where it goes, on the machine of Node-RED: a full path, or gate.mp4 in the folder of Node-RED’s own file nodes. It appears when it is whole. Empty: into the message.',
    examples: ['/data/clips/gate.mp4'],
  }),
  as: Type.Enum(['file', 'buffer', 'stream'], {
    title: 'Deliver as',
    description:
      'A Buffer is held in memory, 256 MiB at most; a stream is for one reader. Empty: the file where one is named, else a Buffer.',
  }),
  format: Type.Enum(['mp4', 'avi'], {
    title: 'Format',
    description: 'MP4 needs ffmpeg; AVI is what the NVR makes. Empty: by the ending of the file, else MP4.',
  }),
  progress: Type.Boolean({
    title: 'Also messages on the way',
    description: 'One a second, with topic site/camera/progress, before the clip itself.',
  }),
};

interface Params extends Asked {
  readonly event?: unknown;
  readonly camera?: number;
  readonly stream?: StreamName;
  readonly file?: string;
  readonly as?: 'file' | 'buffer' | 'stream';
  readonly format?: 'mp4' | 'avi';
  readonly progress?: boolean;
}

/** What an event tells of its clip. */
interface ClipEvent extends Asked {
  readonly channel: number;
  readonly camera?: string;
  readonly recordedFrom?: unknown;
  readonly recordedTo?: unknown;
  readonly bytes?: number;
}

export const getClip: Action = {
  id: 'getClip',
  section: '9.12',
  title: 'Get a clip',
  description: 'Recorded video of an event or of a range of time as MP4 or AVI, to a file or into the message.',
  domain: 'recording',
  effect: 'read',
  needsConfirmation: false,
  onlyInFlow: true,
  parameters: [
    { name: 'event', schema: given.event, required: false },
    { name: 'camera', schema: given.camera, required: false },
    timeParameter('from', 'From', 'When it begins, in the NVR’s time zone. Empty: where the event’s recording does.', {
      example: 'yesterday 14:00',
    }),
    timeParameter('to', 'To', 'When it ends; +90s counts from its begin. Empty: with the event, or after 60 s.', {
      example: '+60s',
    }),
    ...(['file', 'as', 'format', 'progress'] as const).map((name) => ({ name, schema: given[name], required: false })),
    stream,
  ],
  async run(client, params, signal, call) {
    checkParameters(this.parameters, params);
    const asked = params as Params;
    const event = eventIn(asked.event);
    const channel = asked.camera ?? event?.channel;
    if (channel === undefined) throw new InvalidParameterError('camera', 'is needed: the message brings no event');
    const range = await rangeOf(client, timesOf(asked, event), signal, { length: LENGTH });
    const known = await cameraAsked(client, channel, signal);
    const isSame = event?.channel === channel;
    const place = { ...known, ...(isSame && event.camera !== undefined && { camera: event.camera }) };
    call.note({ ...place, ...range });
    const progress = new Progress(call, place, isSame ? event.bytes : undefined, asked.progress === true);
    const query = { channel, stream: asked.stream ?? 'main', ...range };
    const over = () => call.show(undefined);
    try {
      const clip = await deliver(client, query, asked, { signal, call, progress: (bytes) => progress.told(bytes) });
      // A stream goes on, as fast as its reader takes it.
      if (clip instanceof Readable) clip.once('close', over);
      else over();
      return clip;
    } catch (error) {
      over();
      throw error;
    }
  },
};

interface Delivery {
  readonly signal: AbortSignal;
  readonly call: ActionCall;
  readonly progress: (bytes: number) => void;
}

async function deliver(client: Nvr, query: ClipQuery, asked: Params, { signal, call, progress }: Delivery) {
  const { file, as = file === undefined ? 'buffer' : 'file' } = asked;
  const format = asked.format ?? (file !== undefined && /\.avi$/i.test(file) ? 'avi' : 'mp4');
  call.note({ format });
  const ffmpeg = format === 'mp4' ? await requireFfmpeg() : '';
  const options = { signal, progress };
  if (as === 'file') {
    if (file === undefined) throw new InvalidParameterError('file', 'is needed');
    const path = resolve(call.folder, file);
    await (format === 'mp4'
      ? saveClipAsMp4(client, query, path, { ...options, ffmpeg })
      : saveClip(client, query, path, options));
    const { channel, from, to } = query;
    return { file: path, format, ...cameraOf(client, channel), from, to, bytes: (await stat(path)).size };
  }
  const stream = await (format === 'mp4'
    ? downloadClipAsMp4(client, query, { ...options, ffmpeg })
    : downloadClip(client, query, options));
  return as === 'stream' ? stream : readDownload(stream, 'getClip', signal, client.limits);
}

/** @throws ConversionError */
async function requireFfmpeg(): Promise<string> {
  const { ffmpeg } = await machine();
  if (ffmpeg.path !== '') return ffmpeg.path;
  throw new ConversionError('MP4 needs ffmpeg: install it, or choose AVI');
}

/** An event that a message brings; anything else is none. */
function eventIn(value: unknown): ClipEvent | undefined {
  const [first] = Array.isArray(value) ? (value as unknown[]) : [value];
  if (typeof first !== 'object' || first === null || !('channel' in first)) return undefined;
  const { channel } = first;
  return typeof channel === 'number' && Number.isInteger(channel) && channel >= 1 && channel <= limits.nvr.channel
    ? (first as ClipEvent)
    : undefined;
}

/** Rows come first; then the recording that goes with the event; then the event. */
function timesOf({ from, to }: Params, event: ClipEvent | undefined): Asked {
  if (from !== undefined || !event) return { from, to };
  return { from: event.recordedFrom ?? event.from, to: to ?? event.recordedTo ?? event.to };
}

/** Tells how much has come, at most once a second. */
class Progress {
  #next = -Infinity;

  constructor(
    private readonly call: ActionCall,
    private readonly place: { readonly channel?: number; readonly camera?: string },
    private readonly total: number | undefined,
    private readonly inMessages: boolean,
    private readonly clock: Clock = systemClock,
  ) {}

  told(bytes: number): void {
    const now = this.clock.now();
    if (now < this.#next) return;
    this.#next = now + PACE;
    const { call, place, total } = this;
    // What the NVR tells of an event is the size of its video alone.
    const percent = total ? Math.min(99, Math.floor((100 * bytes) / total)) : undefined;
    call.show(percent === undefined ? `${(bytes / MiB).toFixed(1)} MiB` : `${percent} %`);
    if (!this.inMessages) return;
    const time = new Date(this.clock.wall());
    call.send({
      topic: topicOf(call.nvr, place.camera ?? String(place.channel), 'progress'),
      payload: { bytes, ...(percent !== undefined && { percent }) },
      everfocus: { operation: 'getClip', nvr: call.nvr, ...place, time, progress: true },
    });
  }
}
