import { isComplete, isParameterSet, leadingParameterSets, nalUnits, type NalUnit, prepend } from './annex-b.js';
import type { Frame, VideoFrame } from './frame.js';

/** Remembers parameter sets and puts them in front of keyframes that come without. */
export class KeyframeCompleter {
  #remembered: readonly NalUnit[] = [];

  complete(frame: Frame): Frame {
    if (frame.kind === 'audio') return frame;
    const sets = leadingParameterSets(frame.codec, frame.data);
    if (sets.length > 0) this.#remember(frame, sets);
    if (!frame.keyframe || isComplete(frame.codec, sets)) return frame;
    const missing = this.#remembered.filter((nal) => !sets.some(({ type }) => type === nal.type));
    return missing.length > 0 ? withSets(frame, [...missing, ...sets]) : frame;
  }

  #remember({ codec }: VideoFrame, sets: readonly NalUnit[]): void {
    const kept = this.#remembered.filter((nal) => !sets.some(({ type }) => type === nal.type));
    this.#remembered = [...kept, ...sets.map((nal) => ({ ...nal, data: Buffer.from(nal.data) }))]
      .filter((nal) => isParameterSet(codec, nal.type))
      .sort((a, b) => a.type - b.type);
  }
}

/** The frame led by these parameter sets, which replace the ones that it brought. */
function withSets(frame: VideoFrame, sets: readonly NalUnit[]): VideoFrame {
  const rest = [...nalUnits(frame.codec, frame.data)].filter((nal) => !isParameterSet(frame.codec, nal.type));
  const ordered = [...sets].sort((a, b) => a.type - b.type);
  return { ...frame, data: prepend([...ordered, ...rest], Buffer.alloc(0)) };
}
