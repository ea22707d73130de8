import type { Response } from 'express';
import { type Clock, LiveMp4, type LiveSound, type Mp4Piece, type VideoFrame } from '../../../shared/index.js';
import { type LimitCounters, limits } from '../../../shared/internal.js';

/** What a viewer is sent. */
export interface Viewer<T> {
  next(item: T, past: boolean): void;
}

/** Where the pieces of a video go. */
export interface Outlet {
  /** Bytes that have not been taken yet. */
  readonly writableLength: number;
  /** The camera may send something else in between: then a `start` comes once more. */
  write(piece: Mp4Piece): void;
  /** Who takes nothing is let go. */
  destroy(): void;
}

/** A browser's `<video>`. The answer ends where the camera sends something else, which the player cannot be told. */
export function videoOf(response: Response): Outlet {
  let started = false;
  response.type('video/mp4');
  return {
    get writableLength() {
      return response.writableLength;
    },
    write({ kind, data }) {
      // What comes after the end is nobody's.
      if (response.writableEnded) return;
      if (kind === 'start' && started) return finish(response);
      started = true;
      response.write(data);
    },
    destroy: () => void response.destroy(),
  };
}

/** The end of an answer. Who does not take it within `patience` ms is let go: nothing else comes that would tell. */
export function finish(response: Response, data?: Buffer, patience: number = limits.viewer.stalled): void {
  response.setTimeout(patience, () => response.destroy());
  response.end(data);
}

const BOUNDARY = 'everfocus';
/** For the log. */
const WHERE = 'live video for browsers';
const LET_GO = 'a viewer that takes nothing is let go';

/**
 * Live video for a browser. One that takes it too slowly goes on with the newest keyframe; one that takes nothing any more
 * is let go.
 */
export class Mp4Viewer implements Viewer<VideoFrame> {
  readonly #outlet: Outlet;
  readonly #clock: Clock;
  readonly #dropped: () => void;
  readonly #limits: Pick<LimitCounters, 'hit'>;
  readonly #mp4: LiveMp4;
  #lost = false;
  #slowSince: number | undefined;

  constructor(
    outlet: Outlet,
    clock: Clock,
    dropped: () => void,
    counters: Pick<LimitCounters, 'hit'>,
    sound?: LiveSound,
  ) {
    this.#mp4 = new LiveMp4({ sound });
    this.#outlet = outlet;
    this.#clock = clock;
    this.#dropped = dropped;
    this.#limits = counters;
  }

  next(frame: VideoFrame, past: boolean): void {
    if (this.#isSlow() || (this.#lost && !frame.keyframe)) {
      this.#lost = true;
      this.#dropped();
      return;
    }
    const gap = this.#lost;
    this.#lost = false;
    for (const piece of this.#mp4.push(frame, { past, gap })) this.#outlet.write(piece);
  }

  #isSlow(): boolean {
    const { writableLength } = this.#outlet;
    // It is ready again only once nearly all is taken.
    const isSlow = writableLength > (this.#slowSince === undefined ? limits.viewer.waiting : limits.viewer.caughtUp);
    if (!isSlow) this.#slowSince = undefined;
    else if (this.#slowSince === undefined) {
      this.#slowSince = this.#clock.now();
      this.#limits.hit('viewer.waiting', WHERE, 'a viewer is slow: pictures are left out for it');
    }
    if (this.#slowSince !== undefined && this.#clock.now() - this.#slowSince > limits.viewer.stalled) {
      this.#limits.hit('viewer.stalled', WHERE, LET_GO);
      this.#outlet.destroy();
    }
    return isSlow;
  }
}

/** Pictures for a browser's `<img>`, each as soon as the one before is taken. */
export class MjpegViewer implements Viewer<Buffer> {
  readonly #response: Response;
  readonly #clock: Clock;
  readonly #dropped: () => void;
  readonly #limits: Pick<LimitCounters, 'hit'>;
  #slowSince: number | undefined;

  constructor(response: Response, clock: Clock, dropped: () => void, counters: Pick<LimitCounters, 'hit'>) {
    this.#response = response;
    this.#clock = clock;
    this.#dropped = dropped;
    this.#limits = counters;
    response.setHeader('Content-Type', `multipart/x-mixed-replace; boundary=${BOUNDARY}`);
    response.write(`--${BOUNDARY}\r\n`);
  }

  next(jpeg: Buffer): void {
    const now = this.#clock.now();
    if (this.#response.writableLength > 0) {
      this.#slowSince ??= now;
      this.#dropped();
      if (now - this.#slowSince > limits.viewer.stalled) {
        this.#limits.hit('viewer.stalled', WHERE, LET_GO);
        this.#response.destroy();
      }
      return;
    }
    this.#slowSince = undefined;
    // The boundary behind it: browsers show a picture when they see that.
    this.#response.write(
      Buffer.concat([
        Buffer.from(`Content-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`),
        ...[jpeg, Buffer.from(`\r\n--${BOUNDARY}\r\n`)],
      ]),
    );
  }
}
