import type { Ffmpeg } from '../../../src/shared/ffmpeg/index.js';
import { opusTone } from '../../support/audio/opus.js';
import { toneIn } from '../../support/audio/tone.js';
import { descendants } from '../../support/hap/homebridge-process.js';
import { until } from '../../support/until.js';
import { anyFfmpeg, type Camera, openCamera, recordingLogger } from '../live/camera.js';
import { Phone } from '../live/phone.js';

/** A camera with a loudspeaker, and phones that talk there. */
export class Studio implements AsyncDisposable {
  readonly camera: Camera;
  readonly ffmpeg: Ffmpeg;
  /** The log. */
  readonly lines: string[];

  private constructor(camera: Camera, ffmpeg: Ffmpeg, lines: string[]) {
    this.camera = camera;
    this.ffmpeg = ffmpeg;
    this.lines = lines;
  }

  static async open(): Promise<Studio> {
    const logger = recordingLogger();
    return new Studio(await openCamera({}, { logger }), await anyFfmpeg(), logger.lines);
  }

  /** Packets of a tone. @param amplitude 0 to 1 */
  tone(hertz: number, seconds = 0.6, { packetTime = 20, amplitude = 0.5 } = {}): readonly Buffer[] {
    return opusTone(this.ffmpeg.path, { hertz, seconds, packetTime, amplitude });
  }

  /** A phone that watches the camera. */
  async phone(audio: Parameters<Phone['start']>[1] = {}): Promise<Phone> {
    const phone = await Phone.open(this.camera.streaming);
    await phone.prepare();
    await phone.start({}, audio);
    await until('pictures', () => phone.video.packets.length > 5);
    return phone;
  }

  /** What the loudspeaker plays from now on of a tone, ms and bytes. */
  listen(hertz: number): () => { readonly length: number; readonly audio: Buffer } {
    const { simulator } = this.camera;
    const last = simulator.talk(1).frames.at(-1);
    return () => {
      const { frames } = simulator.talk(1);
      const since = last ? frames.slice(frames.indexOf(last) + 1) : frames;
      const audio = toneIn(hertz, Buffer.concat(since.map(({ data }) => data)));
      return { length: audio.length / 8, audio };
    };
  }

  /** What the log says of talking since it was asked the last time. */
  complaints(): string[] {
    return this.lines.splice(0).filter((line) => line.includes('talk'));
  }

  /** The processes that decode what phones say. */
  async decoders(): Promise<number[]> {
    const children = await descendants(process.pid);
    return children.flatMap(({ pid, command }) => (command.includes('matroska') ? [pid] : []));
  }

  /** Phones hang up. Resolves when nothing of them is left: no session, no process, no line to the loudspeaker. */
  async hangUp(...phones: readonly Phone[]): Promise<void> {
    const { streaming } = this.camera;
    for (const phone of phones) phone.hangUp();
    await until('no session', () => streaming.live.sessions === 0);
    await until('no process', () => this.ffmpeg.children.running === 0);
    await until('a free line', () =>
      this.camera.client.talk(1).then(
        (talk) => {
          talk.close();
          return true;
        },
        () => false,
      ),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.camera[Symbol.asyncDispose]();
  }
}
