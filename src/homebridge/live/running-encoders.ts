import { availableParallelism } from 'node:os';
import type { Children } from '../../shared/ffmpeg/index.js';

/** x264's: what costs more makes better pictures at the same rate. */
export type Preset = 'veryfast' | 'superfast' | 'ultrafast';

/** What is known of a machine and its work. */
export interface MachineFacts {
  readonly cores: number;
  /** Encoders that run; those of small pictures count as the part of one that they are. */
  readonly running: number;
  /** ms by which the slowest of them is behind its camera. */
  readonly behind: number;
}

/** One that runs. */
export interface RunningEncoder {
  /** ms by which it is behind its camera. */
  readonly behind: number;
}

/**
 * Whether there may be one more. One for each core at any time (two at least); more, up to `perCore`, only while those that
 * run are no more than `behind` ms behind: a core of a PC converts five streams, one of a small machine hardly one. Pure.
 */
export function mayRunOneMore(
  { cores, running, behind }: MachineFacts,
  most: { readonly perCore: number; readonly behind: number },
): boolean {
  return running < Math.max(2, cores) || (running < cores * most.perCore && behind <= most.behind);
}

/** Encoders of pictures of one host, for one purpose: its cameras share one ffmpeg, and one machine. */
export class RunningEncoders {
  readonly #cores: number;
  readonly #running = new Map<RunningEncoder, number>();

  /** @param cores default: what the system says */
  constructor(cores = availableParallelism()) {
    this.#cores = cores;
  }

  get facts(): MachineFacts {
    const running = [...this.#running.values()].reduce((sum, part) => sum + part, 0);
    return {
      cores: this.#cores,
      running,
      behind: Math.max(0, ...[...this.#running.keys()].map(({ behind }) => behind)),
    };
  }

  /** How many run, large or small. */
  get count(): number {
    return this.#running.size;
  }

  /** @param part of an encoder that it counts as, 0 to 1 */
  add(encoder: RunningEncoder, part = 1): void {
    this.#running.set(encoder, part);
  }

  delete(encoder: RunningEncoder): void {
    this.#running.delete(encoder);
  }
}

/** A purpose, for which each host has encoders of its own. */
export function encodersByHost(): (children: Children) => RunningEncoders {
  const ofHosts = new WeakMap<Children, RunningEncoders>();
  return (children) => {
    const known = ofHosts.get(children) ?? new RunningEncoders();
    ofHosts.set(children, known);
    return known;
  };
}
