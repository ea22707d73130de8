import { isComplete, isParameterSet, leadingParameterSets, type NalUnit, prepend } from '../codec/annex-b.js';
import type { Frame, VideoFrame } from '../codec/frame.js';
import { ParameterSets } from '../codec/parameter-sets.js';
import { calledKeyframe, nalUnitsOf, picture } from '../codec/picture.js';
import { beginsPicture, firstSlice, hasIntraSlice } from '../codec/slices.js';
import { type LimitName, limits } from '../limits.js';

/**
 * Makes sure that decoding can start at each frame that is called a keyframe: it begins a picture that needs no other,
 * as far as its slices tell, and has its parameter sets in front, its own or remembered ones.
 *
 * Frames without a slice are put in front of the next one. The slices of one picture that come as several frames stay
 * several, since waiting for the last would hold back every picture until the next; only the first is a keyframe.
 */
export class KeyframeCompleter {
  readonly #sets = new ParameterSets();
  #lead: Pick<VideoFrame, 'codec' | 'data'> | undefined;
  /** The newest keyframe, until a frame of another picture follows. */
  #keyframe: Pick<VideoFrame, 'codec' | 'timestamp'> | undefined;

  /** @param exceeds is told of limits */
  constructor(private readonly exceeds: (limit: LimitName, what: string) => void = () => undefined) {}

  /** The frame as it can be used, or `undefined` where there is nothing in it to see or to hear (yet). */
  complete(frame: Frame): Frame | undefined {
    if (frame.data.length === 0) return undefined;
    return frame.kind === 'audio' ? frame : this.#completeVideo(this.#withLead(frame));
  }

  #withLead(frame: VideoFrame): VideoFrame {
    const lead = this.#lead?.codec === frame.codec ? this.#lead : undefined;
    this.#lead = undefined;
    return lead ? picture({ ...frame, data: Buffer.concat([lead.data, frame.data]) }) : frame;
  }

  #completeVideo(frame: VideoFrame): VideoFrame | undefined {
    const { codec, data, timestamp } = frame;
    const nals = nalUnitsOf(frame);
    const slice = firstSlice(nals);
    if (!slice) {
      const broken = limitOfLead(frame);
      if (broken) this.exceeds(broken, 'what should belong in front of a picture is passed over');
      this.#lead = broken || nals.length === 0 ? undefined : { codec, data: Buffer.from(data) };
      return undefined;
    }
    const own = leadingParameterSets(nals);
    const sets = this.#sets.update(codec, own);
    if (this.#sets.broken) this.exceeds(this.#sets.broken, 'no parameter sets are remembered');
    const { codec: keyCodec, timestamp: keyTime } = this.#keyframe ?? {};
    // The second field of an interlaced picture begins anew, but has the same time.
    const continues =
      !beginsPicture(codec, slice) ||
      (own.length === 0 && keyCodec === codec && keyTime === timestamp && frame.keyframe);
    if (continues) return calledKeyframe(frame, false);
    this.#keyframe = undefined;
    if (!frame.keyframe || !hasIntraSlice(nals) || !isComplete(codec, sets)) return calledKeyframe(frame, false);
    this.#keyframe = { codec, timestamp };
    return isComplete(codec, own) ? frame : withSets(frame, sets);
  }
}

/** Which limit a frame without a slice breaks, so that it cannot belong in front of the next picture. */
function limitOfLead(frame: VideoFrame): LimitName | undefined {
  if (nalUnitsOf(frame).length > limits.picture.parameterSets) return 'picture.parameterSets';
  return frame.data.length > limits.picture.lead ? 'picture.lead' : undefined;
}

/** The frame led by these parameter sets, which hold the ones that it brought. */
function withSets(frame: VideoFrame, sets: readonly NalUnit[]): VideoFrame {
  const rest = [...nalUnitsOf(frame)].filter((nal) => !isParameterSet(frame.codec, nal.type));
  return picture({ ...frame, data: prepend([...sets, ...rest], Buffer.alloc(0)) });
}
