import { codecOf, mediaSource } from './codec.js';
import { joined } from './piece-reader.js';

/** s behind the newest picture from which on it is jumped to. */
const BEHIND = 2;
/** s of what was shown that are kept. */
const KEPT = 10;
/** Bytes that may wait for the browser. */
const WAITING = 64 * 1024 * 1024;

type Item =
  | { readonly type: string; readonly data: Uint8Array<ArrayBuffer> }
  | { readonly type?: never; readonly time: number; readonly data: Uint8Array<ArrayBuffer> };

/** Hands a video its pictures as they come, the ones behind the others whatever their times are. */
export class Screen {
  readonly #video: HTMLVideoElement;
  readonly #live: boolean;
  readonly #failed: () => void;
  readonly #media: MediaSource;
  readonly #url: string;
  #buffer: SourceBuffer | undefined;
  #queue: Item[] = [];
  #waiting = 0;
  /** When what is shown from a time of the video on was recorded, both in order. */
  #marks: { readonly at: number; readonly time: number }[] = [];
  #closed = false;

  /** @param failed the browser cannot show it */
  constructor(video: HTMLVideoElement, live: boolean, failed: () => void) {
    const Source = mediaSource();
    if (!Source) throw new Error('no MediaSource');
    this.#video = video;
    this.#live = live;
    this.#failed = failed;
    this.#media = new Source();
    this.#url = URL.createObjectURL(this.#media);
    video.disableRemotePlayback = true;
    video.addEventListener('error', this.#fail);
    this.#media.addEventListener('sourceopen', this.#work);
    video.src = this.#url;
  }

  start(data: Uint8Array<ArrayBuffer>): void {
    const codec = codecOf(data);
    const type = `video/mp4; codecs="${codec ?? ''}"`;
    if (codec === undefined || !mediaSource()?.isTypeSupported(type)) return this.#fail();
    this.#push({ type, data });
  }

  fragment(time: number, data: Uint8Array<ArrayBuffer>): void {
    this.#push({ time, data });
  }

  /** Recorded time of what is shown, ms since 1970 UTC. */
  get position(): number | undefined {
    const now = this.#video.currentTime;
    const mark = this.#marks.findLast(({ at }) => at <= now + 0.05) ?? this.#marks[0];
    return mark && mark.time + Math.max(0, now - mark.at) * 1000;
  }

  /** s that it can go on without more. */
  get ahead(): number {
    return this.#end - this.#video.currentTime;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#video.removeEventListener('error', this.#fail);
    this.#queue = [];
    this.#video.removeAttribute('src');
    this.#video.load();
    URL.revokeObjectURL(this.#url);
  }

  readonly #fail = (): void => {
    if (this.#closed) return;
    this.close();
    this.#failed();
  };

  get #end(): number {
    const buffered = this.#buffer?.buffered;
    return buffered && buffered.length > 0 ? buffered.end(buffered.length - 1) : 0;
  }

  #push(item: Item): void {
    if (this.#closed) return;
    this.#queue.push(item);
    this.#waiting += item.data.length;
    if (this.#waiting > WAITING) return this.#fail();
    this.#work();
  }

  /** One thing at a time: the browser says when it is done. */
  readonly #work = (): void => {
    if (this.#closed || this.#media.readyState !== 'open' || this.#buffer?.updating) return;
    this.#follow();
    try {
      if (this.#forget()) return;
      const [first] = this.#queue;
      if (!first) return;
      if (first.type !== undefined) this.#queue.shift();
      const batch = first.type !== undefined ? [first.data] : this.#fragments();
      const length = batch.reduce((sum, data) => sum + data.length, 0);
      this.#waiting -= length;
      if (first.type !== undefined) this.#prepare(first.type);
      else this.#marks.push({ at: this.#end, time: first.time });
      this.#buffer?.appendBuffer(joined(batch, length));
    } catch {
      this.#fail();
    }
  };

  #fragments(): Uint8Array[] {
    const until = this.#queue.findIndex(({ type }) => type !== undefined);
    return this.#queue.splice(0, until < 0 ? this.#queue.length : until).map(({ data }) => data);
  }

  #prepare(type: string): void {
    if (this.#buffer) return this.#buffer.changeType(type);
    this.#buffer = this.#media.addSourceBuffer(type);
    // After an interruption the times begin anew.
    this.#buffer.mode = 'sequence';
    this.#buffer.addEventListener('updateend', this.#work);
    this.#buffer.addEventListener('error', this.#fail);
  }

  /** Live, nobody wants to see what is past. */
  #follow(): void {
    const video = this.#video;
    if (!this.#live || this.#end === 0) return;
    if (this.ahead > BEHIND) video.currentTime = this.#end - 0.1;
    if (video.paused) void video.play().catch(() => undefined);
  }

  /** @returns whether something is being forgotten */
  #forget(): boolean {
    const buffered = this.#buffer?.buffered;
    const shown = this.#video.currentTime;
    if (!buffered || buffered.length === 0 || shown - buffered.start(0) < 2 * KEPT) return false;
    this.#buffer?.remove(0, shown - KEPT);
    const first = this.#marks.findLastIndex(({ at }) => at <= shown - KEPT);
    this.#marks.splice(0, Math.max(0, first));
    return true;
  }
}
