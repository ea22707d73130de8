import { availableParallelism } from 'node:os';
import type { Clock, Timer } from '../../shared/index.js';
import { limits } from '../../shared/internal.js';
import type { PictureSize } from '../../shared/codec/index.js';
import { type Child, type ChildOwner, type Ffmpeg, picturePipes, startFfmpeg } from '../../shared/ffmpeg/index.js';
import { placeholder } from './placeholder.js';
import { type PictureCodec, renderArguments, type Rendering } from './render-arguments.js';
import { isSmall } from './snapshot-policy.js';

/** Processes at once: as many as the machine has cores, 2 at least and 4 at most. */
const WORKERS = Math.min(4, Math.max(2, availableParallelism()));
/** Processes that stand by are ended after so long without a picture. ms: Home asks every 10 s while it shows tiles. */
const STANDBY = 15_000;
/** A picture that takes longer is given up. ms: decoding 4096x4096 takes 1 s of a small machine's core. */
const RENDER_LIMIT = 3000;

/**
 * Pictures of as many cameras that a process makes, where so many wait: its start costs more than they do. Windows hands
 * down pipes beside the three in a way that not every program understands.
 */
const TOGETHER = process.platform === 'win32' ? 1 : 4;

/** Sizes in which the picture that says that there is none is kept: Home asks for two or three. */
const PLACEHOLDERS = 8;

/** Whose pictures are made: one at a time, and one that takes too long waits for the others from then on. */
export type PictureOwner = ChildOwner;

export interface Picture extends Rendering {
  readonly data: Buffer;
  /** Pixels of the coded picture, where they are known: several that are small are made by one process. */
  readonly coded?: PictureSize | undefined;
}

interface Job extends Picture {
  readonly owner: PictureOwner;
  /** Of the process that stands by for it. */
  readonly key: string;
  readonly resolve: (jpeg: Buffer) => void;
  readonly reject: (error: Error) => void;
  /** Nobody wants it any more. */
  released: boolean;
}

/** What is being made for an owner, maybe together with others. */
interface Making {
  readonly job: Job;
  readonly child: Child;
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
 * needs, so while pictures are asked for some stand by for more of the same kind, and where many wait, one makes several.
 * Each picture has a decoder of its own: what it keeps of one camera must never show through in the picture of another.
 */
export class PicturePool {
  readonly #options: PicturePoolOptions;
  readonly #workers: number;
  readonly #queue: Job[] = [];
  readonly #busy = new Map<PictureOwner, Making>();
  /** Processes that make pictures. */
  #working = 0;
  /** Pictures in a row that an owner's process did not get done in time. */
  readonly #late = new WeakMap<PictureOwner, number>();
  /** One of them may have spoiled the pictures of others: theirs are made alone until one comes of it. */
  readonly #suspects = new WeakSet<PictureOwner>();
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
    return this.#working + this.#standby.length;
  }

  /** A picture of this kind is about to come: has a process standing by for it, if there is room. */
  prepare(codec: PictureCodec, size: PictureSize): void {
    if (this.#closed || !this.#options.ffmpeg.path) return;
    this.#standByFor(renderArguments({ codec, size }));
  }

  /** @throws where ffmpeg makes no picture of it, or too many wait */
  render(owner: PictureOwner, picture: Picture): Promise<Buffer> {
    if (this.#closed) return Promise.reject(new Error('snapshots are closed'));
    if (this.#queue.filter((job) => job.owner === owner).length >= limits.snapshot.waiting) {
      owner.limits?.hit('snapshot.waiting', `${owner.name}: snapshot`, 'too many sizes are asked for at once');
      return Promise.reject(new Error('too many sizes are asked for at once'));
    }
    return new Promise((resolve, reject) => {
      const key = renderArguments(picture).join(' ');
      this.#queue.push({ ...picture, owner, key, resolve, reject, released: false });
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
    const making = this.#busy.get(owner);
    if (making) making.job.released = true;
    await making?.child.stop();
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
    while (this.#working < this.#workers) {
      const lateness = ({ owner }: Job) => this.#late.get(owner) ?? 0;
      const ready = this.#queue
        .filter(({ owner }, at) => !this.#busy.has(owner) && this.#queue.findIndex((one) => one.owner === owner) === at)
        .sort((a, b) => lateness(a) - lateness(b));
      const [first] = ready;
      if (!first) return;
      const others = this.#companions(first, ready);
      for (const job of [first, ...others]) this.#queue.splice(this.#queue.indexOf(job), 1);
      void this.#make(first, others);
    }
  }

  /** What the same process makes as well, where none stands by: so many that all processes have about as much to do. */
  #companions(first: Job, ready: readonly Job[]): readonly Job[] {
    if (!this.#isSociable(first) || this.#standby.some(({ key }) => key === first.key)) return [];
    const share = Math.min(TOGETHER, Math.ceil(ready.length / (this.#workers - this.#working)));
    return ready.filter((job) => job !== first && this.#isSociable(job)).slice(0, share - 1);
  }

  /** Whether it costs the pictures of other cameras, made by the same process, next to nothing. */
  #isSociable({ owner, coded, size, skip = 0 }: Job): boolean {
    const isHarmless = !this.#suspects.has(owner) && (this.#late.get(owner) ?? 0) === 0;
    return isHarmless && skip === 0 && coded !== undefined && isSmall(coded) && isSmall(size);
  }

  async #make(first: Job, others: readonly Job[]): Promise<void> {
    const jobs = [first, ...others];
    try {
      const jpegs = await this.#convert(first.owner, jobs);
      jobs.forEach(({ owner, resolve }, index) => {
        this.#suspects.delete(owner);
        resolve(jpegs[index] ?? Buffer.alloc(0));
      });
    } catch (error) {
      this.#failed(jobs, error as Error);
    }
    this.#next();
    // More like it will most likely come: other cameras' now, this one's with the next round of tiles.
    if (!this.#closed) this.#standByFor(renderArguments({ codec: first.codec, size: first.size }));
  }

  /** Whichever of them spoiled it for the others: each is made alone. */
  #failed(jobs: readonly Job[], error: Error): void {
    const again = jobs.length === 1 || this.#closed ? [] : jobs.filter(({ released }) => !released);
    for (const { owner } of again) this.#suspects.add(owner);
    this.#queue.unshift(...again);
    for (const job of jobs) if (!again.includes(job)) job.reject(error);
  }

  async #convert(owner: PictureOwner, jobs: readonly Job[]): Promise<readonly Buffer[]> {
    const { ffmpeg, clock } = this.#options;
    const args = renderArguments(...jobs);
    const child = this.#take(args) ?? startFfmpeg(ffmpeg, 'picture', args, owner, 2 * (jobs.length - 1));
    ffmpeg.children.adopt(child, owner);
    for (const job of jobs) this.#busy.set(job.owner, { job, child });
    this.#working += 1;
    const begun = clock.now();
    jobs.forEach(({ data }, index) => child.end(data, picturePipes(index).input));
    const pipes = jobs.map((_, index) => picturePipes(index).output);
    const { outputs, exit } = await ffmpeg.children.outputs(child, RENDER_LIMIT, pipes);
    this.#working -= 1;
    for (const job of jobs) this.#busy.delete(job.owner);
    // Of several, nobody knows whose fault it is.
    if (jobs.length === 1) {
      this.#late.set(owner, clock.now() - begun < RENDER_LIMIT ? 0 : (this.#late.get(owner) ?? 0) + 1);
    }
    if (outputs.every(({ length }) => length > 0) && exit.code === 0) return outputs;
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
