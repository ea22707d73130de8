import { gainOfMuLaw, MU_LAW_SILENCE } from '../../shared/codec/index.js';

/** What HomeKit's Microphone and Speaker services say: whether a sound may be heard, and how loud it is. */
export interface VolumeSettings {
  readonly muted: boolean;
  /** % */
  readonly volume: number;
}

export const FULL_VOLUME: VolumeSettings = { muted: false, volume: 100 };

/** The sound of one camera on its way to all phones, or theirs on its way to it: muted or weakened from the next sample on. */
export class VolumeControl {
  #settings = FULL_VOLUME;
  /** The sample that comes out, by the one that goes in. */
  #table: Uint8Array | undefined;

  get settings(): VolumeSettings {
    return this.#settings;
  }

  set settings(settings: VolumeSettings) {
    this.#settings = settings;
    // Hearing is about logarithmic: half of the volume is a quarter of the amplitude.
    const gain = (Math.max(0, Math.min(100, settings.volume)) / 100) ** 2;
    this.#table = gain === 1 ? undefined : gainOfMuLaw(gain);
  }

  /** Nothing at all may be heard. */
  get silent(): boolean {
    return this.#settings.muted || this.#settings.volume <= 0;
  }

  /** @param samples µ-law, not changed */
  apply(samples: Buffer): Buffer {
    if (this.silent) return Buffer.alloc(samples.length, MU_LAW_SILENCE);
    const table = this.#table;
    return table ? Buffer.from(samples.map((sample) => table[sample] ?? MU_LAW_SILENCE)) : samples;
  }
}
