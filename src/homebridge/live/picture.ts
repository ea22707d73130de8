import type { NalUnit } from '../../shared/codec/index.js';

/** A coded picture on its way to the phone. */
export interface Picture {
  /** NAL units of an H.264 access unit; those of a keyframe with its parameter sets. */
  readonly nals: Iterable<NalUnit>;
  /** Bytes of the access unit. */
  readonly size: number;
  readonly keyframe: boolean;
}

/** A group of pictures larger than this is not kept. Bytes. */
const MAX_KEPT = 8 * 1024 * 1024;

/** The newest group of pictures, for who comes late or has lost some of it. */
export class KeptGroup {
  #pictures: Picture[] = [];
  #bytes = 0;

  /** Keyframe first; none where there has been no keyframe, or too much since. */
  get pictures(): readonly Picture[] {
    return this.#pictures;
  }

  push(picture: Picture): void {
    if (picture.keyframe) this.clear();
    else if (this.#pictures.length === 0) return;
    this.#bytes += picture.size;
    if (this.#bytes > MAX_KEPT) this.#pictures = [];
    else this.#pictures.push(picture);
  }

  clear(): void {
    this.#pictures = [];
    this.#bytes = 0;
  }
}
