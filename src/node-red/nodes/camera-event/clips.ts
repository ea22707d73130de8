import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BusyError,
  type Clock,
  downloadClipAsMp4,
  InvalidParameterError,
  type Nvr,
  saveClipAsMp4,
  type Timer,
} from '../../../shared/index.js';
import { clockAhead, limits } from '../../../shared/internal.js';
import { readDownload } from '../../download.js';
import { machine } from '../../machine.js';

/** ms after its end in which the NVR has surely written a recording to its disk. */
const SETTLE = 3000;
/** s of an event that become a clip at most; of a longer one it is the first. */
const LONGEST = 600;
/** s around an event, where the form does not say. */
const AROUND = 5;
const LONGEST_AROUND = 60;
/** ms; clocks that differ by less are alike. */
const ALIKE = 1000;

/** Clips as the form stores them. */
export interface ClipConfig {
  /** Where a clip goes that is taken when something is over; empty: none is taken. */
  readonly clip?: '' | 'file' | 'buffer';
  /** Where the files of pictures and clips go. */
  readonly folder?: string;
  /** s before it begins and after it ends. */
  readonly clipAround?: number | string;
}

export interface ClipSettings {
  /** Where the files go; `undefined`: a clip is held in memory. */
  readonly folder: string | undefined;
  /** ms */
  readonly around: number;
}

/** What was over. */
export interface Over {
  readonly channel: number;
  readonly camera: string;
  readonly kind: string;
  readonly begin: Date;
  readonly end: Date;
}

/** A clip: its bytes, or where they are. */
export type Clip = { readonly mp4: Buffer } | { readonly path: string };

/** @throws InvalidParameterError; `undefined` where no clips are wanted */
export function clipSettings({ clip = '', folder = '', clipAround = '' }: ClipConfig): ClipSettings | undefined {
  if (clip === '') return undefined;
  if (clip !== 'file' && clip !== 'buffer') throw new InvalidParameterError('clip', 'is neither file nor buffer');
  if (clip === 'file' && folder.trim() === '') throw new InvalidParameterError('folder', 'must name a folder');
  const seconds = String(clipAround).trim() === '' ? AROUND : Number(clipAround);
  if (!(seconds >= 0 && seconds <= LONGEST_AROUND))
    throw new InvalidParameterError('clipAround', `must be a number up to ${LONGEST_AROUND}`);
  return { folder: clip === 'file' ? folder.trim() : undefined, around: seconds * 1000 };
}

/** What a file of pictures or video is called after. */
type Named = Pick<Over, 'channel' | 'camera' | 'kind' | 'begin'> & { readonly site: string };

/**
 * Names a file after what happened, where and when, so that no two of a second are called alike: of texts from outside it has
 * letters, figures and dashes only, and no more of them than any disk takes.
 */
export function fileName({ site, channel, camera, kind, begin }: Named, extension: 'jpg' | 'mp4'): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [begin.getFullYear(), two(begin.getMonth() + 1), two(begin.getDate())].join('-');
  const time = [begin.getHours(), begin.getMinutes(), begin.getSeconds()].map(two).join('-');
  return `${day}_${time}_${worded(site, 48)}_${channel}-${worded(camera, 80)}_${worded(kind, 40)}.${extension}`;
}

/** @param size bytes at most: a name has 255, the marks of a draft included */
function worded(text: string, size: number): string {
  let word = text.slice(0, limits.text.name).replace(/[^\p{L}\p{M}\p{N}-]+/gu, '-');
  while (Buffer.byteLength(word) > size) word = word.slice(0, -1);
  return word;
}

/** One that goes on, or that is over and waits for its recording. */
interface Happening {
  readonly begin: Date;
  over?: { readonly what: Over; readonly wait: Timer };
}

export interface EventClipsOptions extends ClipSettings {
  /** What messages call the NVR. */
  readonly site: string;
  readonly client: Nvr;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly ready: (over: Over, clip: Clip) => void;
  readonly failed: (over: Over, error: unknown) => void;
}

/**
 * Clips of what was over, one after the other, each once the NVR has recorded it. What begins again meanwhile at the same
 * camera makes the same clip longer.
 */
export class EventClips {
  readonly #options: EventClipsOptions;
  readonly #happenings = new Map<string, Happening>();
  #waiting = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(options: EventClipsOptions) {
    this.#options = options;
    options.signal.addEventListener(
      'abort',
      () => {
        for (const { over } of this.#happenings.values()) over?.wait.cancel();
        this.#happenings.clear();
      },
      { once: true },
    );
  }

  begun(channel: number, kind: string, time: Date): void {
    const key = `${channel} ${kind}`;
    const known = this.#happenings.get(key);
    known?.over?.wait.cancel();
    if (known && time.getTime() - known.begin.getTime() < LONGEST * 1000) {
      delete known.over;
      return;
    }
    if (known?.over) this.#queue(known.over.what);
    // Kinds are an open set: what never ends is not remembered without limit.
    else if (!known && this.#happenings.size >= limits.flow.happenings) {
      this.#options.client.limits.hit('flow.happenings', `clip of channel ${channel}`, 'it is not made');
      return;
    }
    this.#happenings.set(key, { begin: time });
  }

  /** Also of what was never told to begin, of which there is no clip. */
  ended(channel: number, camera: string, kind: string, end: Date): void {
    const key = `${channel} ${kind}`;
    const happening = this.#happenings.get(key);
    if (!happening) return;
    const { clock, around } = this.#options;
    const what = { channel, camera, kind, begin: happening.begin, end };
    happening.over?.wait.cancel();
    const wait = clock.after(around + SETTLE, () => {
      this.#happenings.delete(key);
      this.#queue(what);
    });
    happening.over = { what, wait };
  }

  #queue(over: Over): void {
    const { signal, ready, failed } = this.#options;
    const fail = (error: unknown) => {
      if (!signal.aborted) failed(over, error);
    };
    if (this.#waiting >= limits.flow.clips) return fail(new BusyError('too many clips wait to be taken'));
    this.#waiting += 1;
    this.#work = this.#work.then(async () => {
      if (signal.aborted) return;
      try {
        const clip = await this.#take(over);
        if (!signal.aborted) ready(over, clip);
      } catch (error) {
        fail(error);
      } finally {
        this.#waiting -= 1;
      }
    });
  }

  async #take(over: Over): Promise<Clip> {
    const { client, site, folder, around, signal } = this.#options;
    const { ffmpeg } = await machine();
    const ahead = await this.#ahead();
    const from = over.begin.getTime() - around + ahead;
    const to = Math.min(over.end.getTime() + around + ahead, from + LONGEST * 1000);
    const query = { channel: over.channel, stream: 'main', from, to } as const;
    const options = { ffmpeg: ffmpeg.path || undefined, signal };
    if (folder === undefined) {
      const stream = await downloadClipAsMp4(client, query, options);
      return { mp4: await readDownload(stream, 'clip', signal, client.limits, 'flow.clip') };
    }
    await mkdir(folder, { recursive: true });
    const path = join(folder, fileName({ ...over, site }, 'mp4'));
    await saveClipAsMp4(client, query, path, options);
    return { path };
  }

  /** ms by which the clock of the NVR, by which it records, is ahead of ours, by which we hear. */
  async #ahead(): Promise<number> {
    const { client, clock, signal } = this.#options;
    const ahead = (await clockAhead(client, clock, { signal })) ?? 0;
    return Math.abs(ahead) < ALIKE ? 0 : ahead;
  }
}
