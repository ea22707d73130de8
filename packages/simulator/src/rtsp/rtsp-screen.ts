import type { Frame } from '../../../../src/shared/codec/frame.js';
import type { FaultSettings } from '../faults/fault-table.js';
import type { Screen } from '../playback/player.js';

/** What shows frames to an RTSP client. */
export interface RtspScreen {
  /** @param time when it is to be seen or heard, ms since 1970 UTC */
  show(frame: Frame, time: number): void;
  /** Whether the client reads too slowly. */
  readonly full: boolean;
}

/** Samples in a ms of sound. */
const SAMPLES = 8;

/**
 * A playback's frames carry the time of their recording, which jumps and runs backward; RTP time runs on, so they are
 * stamped with the time that their showing is due. Those that come at once, to reach the picture that was sought, lie 1 ms apart.
 */
export class PlaybackScreen implements Screen {
  readonly #screen: RtspScreen;
  readonly #faults: FaultSettings;
  readonly #last = { video: 0, audio: 0 };

  constructor(screen: RtspScreen, faults: FaultSettings) {
    this.#screen = screen;
    this.#faults = faults;
  }

  get full(): boolean {
    return this.#screen.full;
  }

  show(frame: Frame, due: number): void {
    if (this.#faults.silentLive || this.#faults.halfOpenSockets) return;
    // A sound comes when it has ended.
    const begin = due - (frame.kind === 'audio' ? frame.data.length / SAMPLES : 0);
    const time = Math.max(begin, this.#last[frame.kind] + 1);
    this.#last[frame.kind] = time;
    this.#screen.show(frame, time);
  }
}
