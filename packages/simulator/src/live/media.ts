import type { Clock } from '../../../../src/shared/clock.js';
import type { VideoCodec } from '../../../../src/shared/codec/frame.js';
import type { FaultSettings } from '../faults/fault-table.js';
import { beepSecond } from './beep.js';
import type { StreamSource } from './frames.js';
import { LiveStream } from './live-stream.js';
import type { Cameras } from '../nvr/cameras.js';
import { MAX_CAMERAS, type SimulatorSettings } from '../options.js';
import { type StreamName, loadLoop } from './loop.js';

const streamNames: readonly StreamName[] = ['main', 'sub'];

/** Which channels there are, and which of them show something now. */
type Channels = Pick<Cameras, 'has' | 'isOnline'>;

/** What there is to show on every channel that a camera may come to have, by `channel/stream`; together 1 MB. */
type Reels = ReadonlyMap<string, StreamSource>;

/** Of each stream. */
type Codecs = Readonly<Record<StreamName, VideoCodec>>;

/** The same for all simulators of a process. */
const reels = new Map<string, Promise<Reels>>();

function reelsOf(folder: URL, codecs: Codecs): Promise<Reels> {
  const key = `${codecs.main} and ${codecs.sub} in ${folder.href}`;
  const known = reels.get(key) ?? loadReels(folder, codecs);
  reels.set(key, known);
  return known;
}

async function loadReels(folder: URL, codecs: Codecs): Promise<Reels> {
  const channels = Array.from({ length: MAX_CAMERAS }, (_, index) => index + 1);
  const sources = channels.flatMap((channel) => {
    const sounds = beepSecond(channel);
    return streamNames.map(async (stream, id): Promise<[string, StreamSource]> => {
      const codec = codecs[stream];
      const pictures = await loadLoop(folder, codec, channel, stream);
      return [`${channel}/${id}`, { channel, codec, stream, pictures, sounds }];
    });
  });
  return new Map(await Promise.all(sources));
}

/** What the cameras of one NVR show and sound. */
export class Media {
  readonly #sources: ReadonlyMap<string, StreamSource>;
  readonly #streams: ReadonlyMap<string, LiveStream>;
  readonly #cameras: Channels;

  private constructor(
    sources: ReadonlyMap<string, StreamSource>,
    cameras: Channels,
    clock: Clock,
    faults: FaultSettings,
  ) {
    this.#sources = sources;
    this.#streams = new Map([...sources].map(([id, source]) => [id, new LiveStream(source, clock, faults)]));
    this.#cameras = cameras;
  }

  static async load(
    cameras: Channels,
    { loops, codec, subCodec, clock }: Pick<SimulatorSettings, 'loops' | 'codec' | 'subCodec' | 'clock'>,
    faults: FaultSettings,
  ) {
    return new Media(await reelsOf(loops, { main: codec, sub: subCodec }), cameras, clock, faults);
  }

  /** What a camera that is on line shows. @param streamId 0 main, 1 sub (SDK 3.1) */
  stream(channel: number, streamId: number): LiveStream | undefined {
    if (!this.#cameras.isOnline(channel)) return undefined;
    return this.#streams.get(`${channel}/${streamId}`);
  }

  /** What a camera, on line or not, shows and sounds at any time. @param streamId 0 main, 1 sub */
  source(channel: number, streamId: number): StreamSource | undefined {
    if (!this.#cameras.has(channel)) return undefined;
    return this.#sources.get(`${channel}/${streamId}`);
  }

  /** Sends a message that is no frame to every viewer of every stream. */
  inject(message: Buffer): void {
    for (const stream of this.#streams.values()) stream.inject(message);
  }
}
