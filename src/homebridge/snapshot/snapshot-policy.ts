/** Pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** A picture older than this is not passed off as the present. ms: three rounds of Home's tiles. */
const PRESENT = 30_000;
/** One older than this says nothing any more. ms */
const WORTH_SHOWING = 24 * 60 * 60 * 1000;

/** `plain`: the picture. `dated`: dimmed, with its time on it. `placeholder`: no picture at all. */
export type SnapshotAnswer = 'plain' | 'dated' | 'placeholder';

/** What to show of the newest picture known. @param age ms; `undefined` if there is none */
export function snapshotAnswer(age: number | undefined): SnapshotAnswer {
  if (age === undefined || age > WORTH_SHOWING) return 'placeholder';
  return age > PRESENT ? 'dated' : 'plain';
}

/** A tile is given an answer within this time, whatever the camera does. ms */
const ANSWER_WITHIN = 950;
/** Of that a new picture may take so much; the rest is for making a JPEG of it, or of an older one. ms */
const PICTURE_WITHIN = 600;

/**
 * How long a request may wait for a new picture, ms. Requests that find an older one still waiting share its time, so
 * that a dead camera costs one request the wait, not each of them.
 * @param waiting how long somebody has been waiting for that picture already, ms
 */
export function pictureWait(waiting: number): number {
  return Math.max(0, PICTURE_WITHIN - waiting);
}

/** How long a request may still wait for its JPEG. @param waiting how long it has been waiting already, ms */
export function jpegWait(waiting: number): number {
  return Math.max(0, ANSWER_WITHIN - waiting);
}
