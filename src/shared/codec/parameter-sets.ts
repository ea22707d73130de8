import { type LimitName, limits } from '../limits.js';
import { isComplete, type NalUnit } from './annex-b.js';
import { expGolomb } from './exp-golomb.js';
import type { VideoCodec } from './frame.js';

/** The newest parameter sets of one stream. A heap of them is noise, and none of it is kept. */
export class ParameterSets {
  #codec: VideoCodec | undefined;
  #sets: readonly NalUnit[] = [];
  #broken: LimitName | undefined;

  /** The limit that the newest sets break, so that none is kept. */
  get broken(): LimitName | undefined {
    return this.#broken;
  }

  /** Takes sets in, and gives all that hold now, in the order of decoding. */
  update(codec: VideoCodec, sets: readonly NalUnit[]): readonly NalUnit[] {
    this.#broken = undefined;
    if (sets.length === 0 && codec === this.#codec) return this.#sets;
    // A whole group is a new start; single ones replace those of their id.
    const kept = codec === this.#codec && !isComplete(codec, sets) ? this.#sets : [];
    const ids = new Set(sets.map((nal) => idOf(codec, nal)));
    const held = [...kept.filter((nal) => !ids.has(idOf(codec, nal))), ...distinct(sets)];
    const bytes = held.reduce((sum, { data }) => sum + data.length, 0);
    this.#codec = codec;
    if (held.length > limits.picture.parameterSets) this.#broken = 'picture.parameterSets';
    else if (bytes > limits.picture.parameterSetBytes) this.#broken = 'picture.parameterSetBytes';
    this.#sets = this.#broken ? [] : held.sort((a, b) => a.type - b.type);
    return this.#sets;
  }
}

/**
 * Type and id of a set (H.264 7.3.2, H.265 7.3.2). The id of an H.265 SPS stands behind its profile; a stream of one
 * layer has no use for a second SPS, so the newest group of them replaces those before.
 */
function idOf(codec: VideoCodec, { type, data }: NalUnit): string {
  switch (`${codec} ${type}`) {
    case 'h264 7':
      return `${type}/${expGolomb(data, 4, 1).join()}`;
    case 'h264 8':
      return `${type}/${expGolomb(data, 1, 1).join()}`;
    case 'h265 32':
      return `${type}/${(data[2] ?? 0) >> 4}`;
    case 'h265 34':
      return `${type}/${expGolomb(data, 2, 1).join()}`;
    default:
      return `${type}`;
  }
}

/** Copies, since the originals are views into whole messages. */
function distinct(sets: readonly NalUnit[]): NalUnit[] {
  return sets
    .filter((nal, index) => sets.findIndex((other) => other.data.equals(nal.data)) === index)
    .map((nal) => ({ ...nal, data: Buffer.from(nal.data) }));
}
