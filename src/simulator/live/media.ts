import type { Clock } from '../../shared/clock.js';
import type { VideoCodec } from '../../shared/media/frame.js';
import type { FaultSettings } from '../faults/fault-table.js';
import { beepSecond } from './beep.js';
import { LiveStream } from './live-stream.js';
import { type StreamName, loadLoop, loadPicture } from './loop.js';

const streamNames: readonly StreamName[] = ['main', 'sub'];

/** What the cameras of one NVR show and sound. */
export class Media {
  readonly #streams: ReadonlyMap<string, LiveStream>;
  readonly #pictures: ReadonlyMap<number, Buffer>;

  private constructor(streams: ReadonlyMap<string, LiveStream>, pictures: ReadonlyMap<number, Buffer>) {
    this.#streams = streams;
    this.#pictures = pictures;
  }

  static async load(channels: readonly number[], codec: VideoCodec, clock: Clock, faults: FaultSettings) {
    const streams = channels.flatMap((channel) =>
      streamNames.map(async (stream, id): Promise<[string, LiveStream]> => {
        const source = { codec, stream, pictures: await loadLoop(codec, channel, stream), sounds: beepSecond(channel) };
        return [`${channel}/${id}`, new LiveStream(source, clock, faults)];
      }),
    );
    const pictures = channels.map(async (channel): Promise<[number, Buffer]> => [channel, await loadPicture(channel)]);
    return new Media(new Map(await Promise.all(streams)), new Map(await Promise.all(pictures)));
  }

  /** @param streamId 0 main, 1 sub (SDK 3.1) */
  stream(channel: number, streamId: number): LiveStream | undefined {
    return this.#streams.get(`${channel}/${streamId}`);
  }

  /** JPEG of an existing channel. */
  picture(channel: number): Buffer {
    return this.#pictures.get(channel) ?? Buffer.alloc(0);
  }

  /** Sends a message that is no frame to every viewer of every stream. */
  inject(message: Buffer): void {
    for (const stream of this.#streams.values()) stream.inject(message);
  }
}
