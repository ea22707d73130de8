/** A clock that steps further than this against the arrival of its frames has been set, not run. ms */
const STEP = 1000;

/** Where the NVR's clock stands on the session's timeline. */
export interface TimelineAnchor {
  /** Timestamp of the newest frame, ms of NVR time. */
  readonly timestamp: number;
  /** When it arrived, ms of our time. */
  readonly arrival: number;
  /** Add this to a timestamp to get media time. ms */
  readonly offset: number;
}

/**
 * The anchor after a frame. Media time follows the NVR's own timestamps, so that jitter of the network does not show;
 * only where the NVR's clock was set (backwards, or forwards faster than time passes) it goes on by our clock.
 */
export function nextAnchor(anchor: TimelineAnchor, timestamp: number, arrival: number): TimelineAnchor {
  const passed = arrival - anchor.arrival;
  const advanced = timestamp - anchor.timestamp;
  const clockWasSet = advanced < -STEP || advanced > passed + STEP;
  const offset = clockWasSet ? anchor.timestamp + anchor.offset + passed - timestamp : anchor.offset;
  return { timestamp, arrival, offset };
}

/**
 * The one timeline that audio and video of a session share: media time in ms, 0 at the first frame.
 * Frames without a common timeline could not be lip-synchronised by the sender reports.
 */
export class MediaTimeline {
  #anchor: TimelineAnchor | undefined;
  #start: number | undefined;

  /**
   * @param start when media time was 0, ms of our time: another timeline's of the same session, whose frames have
   *   timestamps of another stream. Default: at the first frame
   */
  constructor(start?: number) {
    this.#start = start;
  }

  /** When media time was 0, ms of our time; `undefined` before the first frame. */
  get start(): number | undefined {
    return this.#start;
  }

  /** Media time of a frame, ms. Not monotonic: audio and video interleave. */
  mediaTime(timestamp: number, arrival: number): number {
    this.#start ??= arrival;
    this.#anchor = this.#anchor
      ? nextAnchor(this.#anchor, timestamp, arrival)
      : { timestamp, arrival, offset: arrival - this.#start - timestamp };
    return timestamp + this.#anchor.offset;
  }

  /** Media time of this moment for sender reports, the same for both tracks; `undefined` before the first frame. */
  at(now: number): number | undefined {
    return this.#start === undefined ? undefined : now - this.#start;
  }
}

/** RTP time of media time, in ticks that are not wrapped. @param clockRate Hz */
export function ticks(mediaTime: number, clockRate: number): number {
  return Math.round((mediaTime * clockRate) / 1000);
}

/**
 * RTP times (ticks) for a replayed group of pictures: squeezed together right before its newest picture, so that the
 * phone shows the present at once instead of staying behind by the age of the keyframe.
 * @param newest ticks of the newest picture
 * @param step ticks from one picture to the next, at least 1
 */
export function squeezedTicks(count: number, newest: number, step: number): number[] {
  return Array.from({ length: count }, (_, index) => newest - (count - 1 - index) * step);
}
