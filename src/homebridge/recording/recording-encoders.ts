import { availableParallelism } from 'node:os';
import { limits } from '../../shared/internal.js';
import type { Children } from '../../shared/ffmpeg/index.js';
import { LiveEncoders, type MachineFacts, type Preset, type RunningEncoder } from '../live/live-encoders.js';

/** A recording that is so far behind its camera has not caught up yet: it begins with seconds of the past. ms */
const BEHIND = 1000;

/**
 * Whether the main stream of one more camera may be converted for a recording. One for each core at any time; more only
 * while those that run have caught up with their cameras. Pure.
 */
export function mayConvert({ cores, running, behind }: MachineFacts): boolean {
  return running < Math.max(2, cores) || (running < cores * limits.recordingEncoder.perCore && behind <= BEHIND);
}

/** What is recorded is kept: better pictures as long as there is time for them. Pure. */
export function recordingPreset({ cores, running }: Pick<MachineFacts, 'cores' | 'running'>): Preset {
  if (running < cores / 2) return 'veryfast';
  return running < cores ? 'superfast' : 'ultrafast';
}

const ofHosts = new WeakMap<Children, RecordingEncoders>();

/** The encoders of pictures of all recordings of a host. */
export class RecordingEncoders {
  readonly #children: Children;
  readonly #cores: number;
  readonly #running = new Set<RunningEncoder>();

  /** @param cores default: what the system says */
  constructor(children: Children, cores = availableParallelism()) {
    this.#children = children;
    this.#cores = cores;
  }

  static of(children: Children): RecordingEncoders {
    const known = ofHosts.get(children) ?? new RecordingEncoders(children);
    ofHosts.set(children, known);
    return known;
  }

  get facts(): MachineFacts {
    const running = [...this.#running];
    return { cores: this.#cores, running: running.length, behind: Math.max(0, ...running.map(({ behind }) => behind)) };
  }

  /** Of one that begins now, beside those of live views. */
  get preset(): Preset {
    const { cores, running } = this.facts;
    return recordingPreset({ cores, running: running + LiveEncoders.of(this.#children).facts.running });
  }

  add(encoder: RunningEncoder): void {
    this.#running.add(encoder);
  }

  delete(encoder: RunningEncoder): void {
    this.#running.delete(encoder);
  }
}
