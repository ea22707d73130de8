import { FRAME_HEADER_LENGTH } from '../codec/frame.js';

/** Whether `datalen` includes the header; the document does not say (SDK 3.1). */
export interface LengthDialect {
  readonly headerCounted: boolean;
  /** The next frame began exactly where this reading ends the one before it. Anything less may be revoked. */
  readonly proven: boolean;
  /** How many frames in a row proved the opposite: damage may now and then, three are believed. */
  readonly doubts?: number;
}

const BELIEVED_DOUBTS = 3;

/** What is known about the end of one frame, bytes from its begin. */
export interface FrameEnd {
  /** `datalen`. */
  readonly announced: number;
  /** Where the next frame begins, if that was seen. */
  readonly next?: number | undefined;
  /** Where the message ends, if nothing was pending when it came. */
  readonly message?: number | undefined;
}

/** The reading of `datalen` that this frame leaves us with, or `undefined` where nothing is known yet. */
export function lengthDialect(known: LengthDialect | undefined, end: FrameEnd): LengthDialect | undefined {
  const { announced, next, message } = end;
  const withHeader = announced + FRAME_HEADER_LENGTH;
  const countable = announced >= FRAME_HEADER_LENGTH;

  if (countable && next === announced) return proof(known, true);
  if (next === withHeader) return proof(known, false);
  // Any other length may be that of a piece, of a damaged frame or of padding.
  if (known?.proven) return known;
  if (!countable || message === withHeader || isPadding(withHeader, next))
    return { headerCounted: false, proven: false };
  if (message === announced || isPadding(announced, next)) return { headerCounted: true, proven: false };
  return known;
}

function proof(known: LengthDialect | undefined, headerCounted: boolean): LengthDialect {
  if (!known?.proven || known.headerCounted === headerCounted) return { headerCounted, proven: true };
  const doubts = (known.doubts ?? 0) + 1;
  return doubts < BELIEVED_DOUBTS ? { ...known, doubts } : { headerCounted, proven: true };
}

/** Whether what lies between a frame and the next one is too short for anything else. */
function isPadding(end: number, next: number | undefined): boolean {
  return next !== undefined && next > end && next < end + FRAME_HEADER_LENGTH;
}
