import { availableParallelism } from 'node:os';
import type { Clock, Timer } from '../../shared/index.js';
import { limits } from '../../shared/internal.js';
import type { PictureSize } from '../../shared/codec/index.js';
import { type Child, type ChildOwner, type Ffmpeg, startFfmpeg } from '../../shared/ffmpeg/index.js';
import { placeholder } from './placeholder.js';
import { type PictureCodec, renderArguments, type TimeShown } from './render-arguments.js';

/** Processes at once: as many as the machine has cores, 2 at least and 4 at most. */
const WORKERS = Math.min(4, Math.max(2, availableParallelism()));
/** Processes that stand by are ended after so long without a picture. ms: Home asks every 10 s while it shows tiles. */
const STANDBY = 15_000;
/** A picture that takes longer is given up. ms: decoding 4096x4096 takes 1 s of a small machine's core. */
const RENDER_LIMIT = 3000;

/** Sizes in which the picture that says that there is none is kept: Home asks for two or three. */
const PLACEHOLDERS = 8;

/** Whose pictures are made: one at a time, and one that takes too long waits for the others from then on. */
export type PictureOwner = ChildOwner;

export interface Picture {
  readonly codec: PictureCodec;
  readonly data: Buffer;
  /** Pictures in it that come before the one that is wanted. Default: none */
  readonly skip?: number;
  readonly size: PictureSize;
  /** When it was the present, where it is to be shown as old. */
  readonly dated?: TimeShown | undefined;
}

interface Job extends Picture {
  readonly owner: PictureOwner;
  readonly resolve: (jpeg: Buffer) => void;
  readonly reject: (error: Error) => void;
}

interface Standby {
  readonly key: string;
  readonly child: Child;
}

export interface PicturePoolOptions {
  readonly ffmpeg: Ffmpeg;
  readonly clock: Clock;
  /** Processes at once. Default: as many as there are cores, 2 to 4. */
  readonly workers?: number;
}

/**
 * Makes JPEGs of coded pictures for all cameras, by a few ffmpegs. Starting one takes most of the time that a picture
 * needs, so while pictures are asked for some stand by for more of the same kind. Each process makes one picture: what a
 * decoder keeps of one camera must never show through in the picture of another.
 */
export class PicturePool {
  readonly #options: PicturePoolOptions;
  readonly #workers: number;
  readonly #queue: Job[] = [];
  readonly #busy = new Map<PictureOwner, Child>();
  /** Pictures in a row that an owner's process did not get done in time. */
  readonly #late = new WeakMap<PictureOwner, number>();
  #standby: Standby[] = [];
  #standbyEnd: Timer | undefined;
  readonly #placeholders = new Map<string, Promise<Buffer>>();
  /** One owner, so that a phone which asks for a thousand sizes keeps no camera's pictures waiting. */
  readonly #nobody: PictureOwner = { name: 'no picture' };
  readonly #leaving = new Set<Promise<void>>();
  #closed = false;

  constructor(options: PicturePoolOptions) {
    this.#options = options;
    this.#workers = options.workers ?? WORKERS;
  }

  /** Processes at the moment, those that stand by included. */
  get processes(): number {
    return this.#busy.size + this.#standby.length;
  }

  /** A picture of this kind is about to come: has a process standing by for it, if there is room. */
  prepare(codec: PictureCodec, size: PictureSize): void {
    if (this.#closed || !this.#options.ffmpeg.path) return;
    this.#standByFor(renderArguments(codec, size));
  }

  /** @throws where ffmpeg makes no picture of it, or too many wait */
  render(owner: PictureOwner, picture: Picture): Promise<Buffer> {
    if (this.#closed) return Promise.reject(new Error('snapshots are closed'));
    if (this.#queue.filter((job) => job.owner === owner).length >= limits.snapshot.waiting) {
      owner.limits?.hit('snapshot.waiting', `${owner.name}: snapshot`, 'too many sizes are asked for at once');
      return Promise.reject(new Error('too many sizes are asked for at once'));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ ...picture, owner, resolve, reject });
      this.#next();
    });
  }

  /** The picture that says that there is none, in that size: made once for all cameras, so that it delays no real one. */
  placeholder(size: PictureSize): Promise<Buffer> {
    const key = `${size.width}x${size.height}`;
    const known = this.#placeholders.get(key);
    if (known) return known;
    const made = placeholder().then((data) => this.render(this.#nobody, { codec: 'jpeg', data, size }));
    if (this.#placeholders.size >= PLACEHOLDERS) this.#placeholders.clear();
    this.#placeholders.set(key, made);
    made.catch(() => this.#placeholders.delete(key));
    return made;
  }

  /** Ends what is made, and is to be made, for one owner. */
  async release(owner: PictureOwner): Promise<void> {
    for (const job of this.#queue.filter((one) => one.owner === owner)) {
      this.#queue.splice(this.#queue.indexOf(job), 1);
      job.reject(new Error('snapshots are closed'));
    }
    await this.#busy.get(owner)?.stop();
  }

  /** Resolves when no process is left. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#dismiss(this.#standby.length);
    this.#standbyEnd?.cancel();
    const owners = new Set([...this.#queue.map(({ owner }) => owner), ...this.#busy.keys()]);
    await Promise.all([...owners].map((owner) => this.release(owner)));
    await Promise.all(this.#leaving);
  }

  /** Starts on what may be started: of owners that have nothing in the making, the least late first, then in turn. */
  #next(): void {
    while (this.#busy.size < this.#workers) {
      const lateness = ({ owner }: Job) => this.#late.get(owner) ?? 0;
      const [job] = this.#queue.filter(({ owner }) => !this.#busy.has(owner)).sort((a, b) => lateness(a) - lateness(b));
      if (!job) return;
      this.#queue.splice(this.#queue.indexOf(job), 1);
      void this.#make(job);
    }
  }

  async #make(job: Job): Promise<void> {
    const { owner, codec, data, skip, size, dated, resolve, reject } = job;
    try {
      resolve(await this.#convert(owner, renderArguments(codec, size, dated, skip), data));
    } catch (error) {
      reject(error as Error);
    }
    this.#next();
    // More like it will most likely come: other cameras' now, this one's with the next round of tiles.
    if (!this.#closed) this.#standByFor(renderArguments(codec, size));
  }

  async #convert(owner: PictureOwner, args: readonly string[], data: Buffer): Promise<Buffer> {
    const { ffmpeg, clock } = this.#options;
    const child = this.#take(args) ?? startFfmpeg(ffmpeg, 'picture', args, owner);
    ffmpeg.children.adopt(child, owner);
    this.#busy.set(owner, child);
    const begun = clock.now();
    child.end(data);
    const { output, exit } = await ffmpeg.children.output(child, RENDER_LIMIT);
    this.#busy.delete(owner);
    this.#late.set(owner, clock.now() - begun < RENDER_LIMIT ? 0 : (this.#late.get(owner) ?? 0) + 1);
    if (output.length > 0 && exit.code === 0) return output;
    throw exit.error ?? new Error(`ffmpeg made no picture: ${exit.complaint || 'it gave no reason'}`);
  }

  /** One that stands by with these arguments; others make room where there is none. */
  #take(args: readonly string[]): Child | undefined {
    const key = args.join(' ');
    const found = this.#standby.find((one) => one.key === key);
    if (found) this.#standby = this.#standby.filter((one) => one !== found);
    else this.#dismiss(this.processes + 1 - this.#workers);
    return found?.child;
  }

  /** Puts one more on standby, if there is room; of another kind than before, it takes their place. */
  #standByFor(args: readonly string[]): void {
    this.#standbyEnd?.cancel();
    this.#standbyEnd = this.#options.clock.after(STANDBY, () => this.#dismiss(this.#standby.length));
    const key = args.join(' ');
    if (this.processes >= this.#workers) this.#dismiss(this.#standby.filter((one) => one.key !== key).length, key);
    if (this.processes >= this.#workers) return;
    const child = startFfmpeg(this.#options.ffmpeg, 'picture', args);
    this.#standby.push({ key, child });
    void child.exited.then(() => (this.#standby = this.#standby.filter((one) => one.child !== child)));
  }

  /** Ends some that stand by, the oldest first. @param kept arguments of those that stay */
  #dismiss(count: number, kept?: string): void {
    const dismissed = this.#standby.filter(({ key }) => key !== kept).slice(0, Math.max(0, count));
    this.#standby = this.#standby.filter((one) => !dismissed.includes(one));
    for (const { child } of dismissed) {
      const leaving = child.stop();
      this.#leaving.add(leaving);
      void leaving.finally(() => this.#leaving.delete(leaving));
    }
  }
}
