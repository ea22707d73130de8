import { BusyError, type Clock, type Talk } from '../../shared/index.js';
import type { LimitCounters } from '../../shared/internal.js';
import type { Ffmpeg } from '../../shared/ffmpeg/index.js';
import type { AudioSettings } from '../live/audio-policy.js';
import { Leaving } from '../live/leaving.js';
import type { VolumeControl } from '../live/volume-control.js';
import type { ReceivedRtp } from '../live/srtp-receiver.js';
import { LoudspeakerLine } from './loudspeaker-line.js';
import { replacementOf, unitsOf } from './payloads.js';
import { ReorderBuffer } from './reorder-buffer.js';
import { TalkDecoder } from './talk-decoder.js';

/** ms that a source must be silent before another one of the phone takes its place: mixed, both are noise. */
const SOURCE_SILENCE = 500;
/** ms between two decoders: one that keeps failing would fail again. */
const RESTART_PAUSE = 3000;

export interface PhoneTalkOptions {
  readonly settings: AudioSettings;
  /** Opens the way to the camera's loudspeaker. */
  readonly open: (signal: AbortSignal) => Promise<Talk>;
  readonly speaker: VolumeControl;
  readonly ffmpeg: Ffmpeg;
  readonly limits: LimitCounters;
  readonly clock: Clock;
  /** The camera's. */
  readonly name: string;
  /** Nobody hears the phone, for this reason. */
  readonly onFailure: (reason: string) => void;
}

/**
 * What one phone says, on its way to the camera's loudspeaker: packets in order, decoded by an ffmpeg that starts with
 * the first of them, on a line that is open while there is something to hear. Whatever fails here costs the talk, never
 * the live view.
 */
export class PhoneTalk {
  readonly #options: PhoneTalkOptions;
  readonly #line: LoudspeakerLine;
  readonly #leaving = new Leaving();
  #source: { readonly ssrc: number; readonly order: ReorderBuffer<Buffer> } | undefined;
  /** When the source was heard the last time, ms. */
  #heard = -Infinity;
  #last: Buffer | undefined;
  #decoder: TalkDecoder | undefined;
  #restarted = -Infinity;
  #told = false;
  #closed = false;

  constructor(options: PhoneTalkOptions) {
    const { open, speaker, clock } = options;
    this.#options = options;
    this.#line = new LoudspeakerLine({
      open,
      speaker,
      clock,
      onLost: (error, refused) => this.#tell(explained(error, refused)),
    });
  }

  /** A packet of the phone, authentic and new. */
  receive({ header, index, payload }: ReceivedRtp): void {
    const { settings, clock } = this.#options;
    // Comfort noise (RFC 3389) and whatever else was not agreed on.
    if (this.#closed || header.payloadType !== settings.payloadType) return;
    const now = clock.now();
    if (header.ssrc !== this.#source?.ssrc) {
      if (now - this.#heard < SOURCE_SILENCE) return;
      this.#source?.order.close();
      const order = new ReorderBuffer<Buffer>(clock, (packet) => this.#decode(packet));
      this.#source = { ssrc: header.ssrc, order };
    }
    this.#heard = now;
    this.#source.order.push(index, payload);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#source?.order.close();
    this.#line.close();
    this.#leaving.add(this.#decoder);
    await this.#leaving.gone();
  }

  /** @param payload `undefined`: it is lost */
  #decode(payload: Buffer | undefined): void {
    const { codec } = this.#options.settings;
    const units = payload ? unitsOf(codec, payload) : this.#last ? [replacementOf(codec, this.#last)] : [];
    this.#last = units.at(-1) ?? this.#last;
    for (const unit of units) (this.#decoder ?? this.#start())?.write(unit);
  }

  #start(): TalkDecoder | undefined {
    const { clock, name, limits } = this.#options;
    const now = clock.now();
    if (now - this.#restarted < RESTART_PAUSE) return undefined;
    this.#restarted = now;
    const decoder: TalkDecoder = new TalkDecoder({
      ...this.#options,
      owner: { name, limits },
      onSamples: (samples) => this.#line.write(samples),
      onFailure: (reason) => {
        if (this.#closed || decoder !== this.#decoder) return;
        this.#decoder = undefined;
        this.#tell(`talk failed: ${reason}`);
      },
    });
    this.#decoder = decoder;
    return decoder;
  }

  /** Once in a live view: who talks goes on trying. */
  #tell(reason: string): void {
    if (this.#told) return;
    this.#told = true;
    this.#options.onFailure(reason);
  }
}

function explained(error: Error, refused: boolean): string {
  if (error instanceof BusyError) return 'talk refused: somebody is talking there already';
  return refused
    ? `talk refused, perhaps somebody is talking there already: ${error.message}`
    : `talk ended: ${error.message}`;
}
