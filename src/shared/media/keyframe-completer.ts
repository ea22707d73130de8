import { isComplete, isParameterSet, leadingParameterSets, nalUnits, type NalUnit, prepend } from '../codec/annex-b.js';
import type { Frame, VideoFrame } from '../codec/frame.js';
import { ParameterSets } from '../codec/parameter-sets.js';
import { slicesOf } from '../codec/slices.js';

/** bytes; what stands in front of a picture is far smaller. */
const MAX_LEAD = 64 * 1024;

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

  /** The frame as it can be used, or `undefined` where there is nothing in it to see or to hear (yet). */
  complete(frame: Frame): Frame | undefined {
    if (frame.data.length === 0) return undefined;
    return frame.kind === 'audio' ? frame : this.#completeVideo(this.#withLead(frame));
  }

  #withLead(frame: VideoFrame): VideoFrame {
    const lead = this.#lead?.codec === frame.codec ? this.#lead : undefined;
    this.#lead = undefined;
    return lead ? { ...frame, data: Buffer.concat([lead.data, frame.data]) } : frame;
  }

  #completeVideo(frame: VideoFrame): VideoFrame | undefined {
    const { codec, data, timestamp } = frame;
    const nals = [...nalUnits(codec, data)];
    const slices = slicesOf(codec, nals);
    if (!slices) {
      if (nals.length > 0 && data.length <= MAX_LEAD) this.#lead = { codec, data: Buffer.from(data) };
      return undefined;
    }
    const own = leadingParameterSets(codec, data);
    const sets = this.#sets.update(codec, own);
    const { codec: keyCodec, timestamp: keyTime } = this.#keyframe ?? {};
    // The second field of an interlaced picture begins anew, but has the same time.
    const continues =
      !slices.beginPicture || (own.length === 0 && keyCodec === codec && keyTime === timestamp && frame.keyframe);
    if (continues) return notKey(frame);
    this.#keyframe = undefined;
    if (!frame.keyframe || !slices.intra || !isComplete(codec, sets)) return notKey(frame);
    this.#keyframe = { codec, timestamp };
    return isComplete(codec, own) ? frame : withSets(frame, nals, sets);
  }
}

function notKey(frame: VideoFrame): VideoFrame {
  return frame.keyframe ? { ...frame, keyframe: false } : frame;
}

/** The frame led by these parameter sets, which hold the ones that it brought. */
function withSets(frame: VideoFrame, nals: readonly NalUnit[], sets: readonly NalUnit[]): VideoFrame {
  const rest = nals.filter((nal) => !isParameterSet(frame.codec, nal.type));
  return { ...frame, data: prepend([...sets, ...rest], Buffer.alloc(0)) };
}
