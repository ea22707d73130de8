import { availableParallelism } from 'node:os';
import { limits } from '../../shared/internal.js';
import type { Children } from '../../shared/ffmpeg/index.js';

/** An encoder that is so far behind its camera does not keep up. ms: a picture takes some tens on a small machine. */
const BEHIND = 250;

/** x264's: what costs more makes better pictures at the same rate. */
export type Preset = 'veryfast' | 'superfast' | 'ultrafast';

/** What is known of a machine and its work. */
export interface MachineFacts {
  readonly cores: number;
  /** Encoders that run. */
  readonly running: number;
  /** ms by which the slowest of them is behind its camera. */
  readonly behind: number;
}

/**
 * Whether one more stream may be converted. One for each core at any time; more only while those that run show that the
 * machine can: a core of a PC converts five streams, one of a small machine hardly one. Pure.
 */
export function mayEncode({ cores, running, behind }: MachineFacts): boolean {
  return running < Math.max(2, cores) || (running < cores * limits.liveEncoder.perCore && behind <= BEHIND);
}

/** The better pictures where there is time for them. Pure. */
export function presetFor({ cores, running, behind }: MachineFacts): Preset {
  return running < cores / 2 && behind <= BEHIND ? 'superfast' : 'ultrafast';
}

/** One that runs. */
export interface RunningEncoder {
  /** ms by which it is behind its camera. */
  readonly behind: number;
}

const ofHosts = new WeakMap<Children, LiveEncoders>();

/** The encoders of all live views of a host: its cameras share one ffmpeg, and one machine. */
export class LiveEncoders {
  readonly #cores: number;
  readonly #running = new Set<RunningEncoder>();

  /** @param cores default: what the system says */
  constructor(cores = availableParallelism()) {
    this.#cores = cores;
  }

  static of(children: Children): LiveEncoders {
    const known = ofHosts.get(children);
    if (known) return known;
    const encoders = new LiveEncoders();
    ofHosts.set(children, encoders);
    return encoders;
  }

  get facts(): MachineFacts {
    const running = [...this.#running];
    return { cores: this.#cores, running: running.length, behind: Math.max(0, ...running.map(({ behind }) => behind)) };
  }

  add(encoder: RunningEncoder): void {
    this.#running.add(encoder);
  }

  delete(encoder: RunningEncoder): void {
    this.#running.delete(encoder);
  }
}
