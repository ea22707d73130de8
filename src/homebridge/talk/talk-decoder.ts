import { type Child, type ChildOwner, type Ffmpeg, startFfmpeg } from '../../shared/ffmpeg/index.js';
import type { AudioSettings } from '../live/audio-policy.js';
import { matroskaHead, matroskaPacket } from './matroska.js';

/** The libraries that made the encoders which were offered: theirs conceal losses, and theirs alone knows HomeKit's AAC. */
const DECODERS = { opus: 'libopus', 'aac-eld': 'libfdk_aac' } as const;

export interface TalkDecoderOptions {
  readonly settings: Pick<AudioSettings, 'codec' | 'sampleRate' | 'packetTime'>;
  readonly ffmpeg: Pick<Ffmpeg, 'path' | 'children'>;
  /** The camera: its processes are counted. */
  readonly owner: ChildOwner;
  /** @param samples µ-law, 8 kHz */
  readonly onSamples: (samples: Buffer) => void;
  readonly onFailure: (reason: string) => void;
}

/** One ffmpeg that turns what a phone says into what the NVR takes (SDK 3.2). Its input waits while it starts. */
export class TalkDecoder {
  readonly #options: TalkDecoderOptions;
  readonly #child: Child;
  #time = 0;
  #closed = false;

  constructor(options: TalkDecoderOptions) {
    const { settings, ffmpeg, owner, onSamples } = options;
    this.#options = options;
    this.#child = startFfmpeg(ffmpeg, 'sound', decoderArguments(settings), owner);
    this.#child.read((samples) => {
      if (!this.#closed) onSamples(samples);
    });
    void this.#child.exited.then(({ complaint }) => this.#fail(complaint || 'ffmpeg ended'));
    // One that did not start tells so by its end.
    this.#child.write(matroskaHead(settings.codec, settings.sampleRate));
  }

  /** The next packet; when it is heard is not ffmpeg's business. */
  write(packet: Buffer): void {
    this.#write(matroskaPacket(this.#time, packet));
    this.#time += this.#options.settings.packetTime;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#child.stop();
  }

  #write(data: Buffer): void {
    if (!this.#closed && !this.#child.write(data)) this.#fail('ffmpeg does not take the sound');
  }

  #fail(reason: string): void {
    if (this.#closed) return;
    void this.close();
    this.#options.onFailure(reason);
  }
}

/** ffmpeg arguments: Matroska on stdin, µ-law on stdout. */
export function decoderArguments({ codec }: Pick<AudioSettings, 'codec'>): string[] {
  return [
    ...['-threads', '1', '-filter_threads', '1', '-probesize', '32', '-analyzeduration', '0'],
    ...['-f', 'matroska', '-c:a', DECODERS[codec], '-i', 'pipe:0', '-vn', '-threads', '1'],
    ...['-ac', '1', '-ar', '8000', '-flush_packets', '1', '-f', 'mulaw', 'pipe:1'],
  ];
}
