import {
  type Clock,
  type Frame,
  LiveMp4,
  type Mp4Piece,
  type Nvr,
  type StreamName,
  type Subscription,
  InvalidParameterError,
  type Timer,
  type VideoFrame,
} from '../../../shared/index.js';
import { livePicture } from '../../../shared/internal.js';
import { frameMessage, type FrameSource } from '../../frame-message.js';
import { FramePacer } from '../../frame-pacer.js';
import { machine } from '../../machine.js';
import { topicOf } from '../../message-names.js';

/** What a live node sends. */
export type Output = '' | 'frames' | 'keyframes' | 'jpeg' | 'mp4';

/** The output of a live node as its form stores it. */
export interface OutputConfig {
  readonly output?: Output;
  /** Pictures a second at most; empty: all. */
  readonly fps?: number | string;
  /** JPEGs a minute; empty: on demand only. */
  readonly perMinute?: number | string;
  readonly sound?: boolean;
}

export interface OutputSettings {
  readonly output: Output;
  readonly fps: number | undefined;
  readonly perMinute: number;
  readonly sound: boolean;
}

/** One a second: each is a process of its own. */
const MAX_PER_MINUTE = 60;
const MAX_FPS = 60;

/** @throws InvalidParameterError */
export function outputSettings({ output = '', fps = '', perMinute = '', sound = false }: OutputConfig): OutputSettings {
  if (!['', 'frames', 'keyframes', 'jpeg', 'mp4'].includes(output)) {
    throw new InvalidParameterError('output', `'${output}' is nothing that a live node sends`);
  }
  const [rate, minute] = [Number(fps), Number(perMinute)];
  if (!(rate >= 0 && rate <= MAX_FPS)) throw new InvalidParameterError('fps', `must be a number up to ${MAX_FPS}`);
  if (!(minute >= 0 && minute <= MAX_PER_MINUTE)) {
    throw new InvalidParameterError('perMinute', `must be a number up to ${MAX_PER_MINUTE}`);
  }
  return { output, fps: rate > 0 ? rate : undefined, perMinute: minute, sound };
}

export interface LiveOutputOptions extends OutputSettings {
  readonly client: Nvr;
  readonly stream: StreamName;
  readonly source: FrameSource;
  readonly clock: Clock;
  readonly send: (message: Record<string, unknown>) => void;
  /** A picture has come, sent or not. */
  readonly seen: () => void;
  /** One more was left out. */
  readonly dropped: () => void;
  /** So many in all. */
  readonly count: () => number;
  readonly failed: (error: unknown) => void;
}

/** What one camera shows, as messages, until it is closed. */
export class LiveOutput {
  readonly #options: LiveOutputOptions;
  readonly #closing = new AbortController();
  readonly #subscription: Subscription;
  readonly #pacer: FramePacer;
  readonly #mp4 = new LiveMp4({ groups: true });
  #timer: Timer | undefined;
  #taking = false;

  constructor(options: LiveOutputOptions) {
    const { client, source, stream, output, fps, sound, perMinute } = options;
    this.#options = options;
    this.#pacer = new FramePacer({ fps, sound, keyframesOnly: output === 'keyframes' });
    const forwards = output === 'frames' || output === 'keyframes' || output === 'mp4';
    this.#subscription = client.feed(source.channel, stream).subscribe({
      frame: (frame) => {
        if (frame.kind === 'video') options.seen();
        if (forwards) this.#take(frame);
      },
      interrupted: (error) => error && !error.recoverable && options.failed(error),
    });
    if (output === 'jpeg' && perMinute > 0) this.#timer = options.clock.after(0, () => this.#next());
  }

  close(): void {
    this.#closing.abort();
    this.#timer?.cancel();
    this.#subscription.close();
  }

  /** A JPEG now, in answer to a message or as one of so many a minute. @throws as `Nvr.takeSnapshot` does */
  async picture(newest: 'picture' | 'keyframe'): Promise<Record<string, unknown> | undefined> {
    const { client, source, stream } = this.#options;
    const { pictures } = await machine();
    const { signal } = this.#closing;
    const { jpeg, ...about } = await livePicture(client, source.channel, { stream, newest, pictures, signal });
    return signal.aborted ? undefined : this.#message('picture', jpeg, about.taken, { picture: about });
  }

  #next(): void {
    const { clock, perMinute, dropped, send, failed } = this.#options;
    this.#timer = clock.after(60_000 / perMinute, () => this.#next());
    if (this.#taking) return dropped();
    this.#taking = true;
    this.picture('keyframe')
      .then(
        (message) => message && send(message),
        (error: unknown) => this.#closing.signal.aborted || failed(error),
      )
      .finally(() => (this.#taking = false));
  }

  #take(frame: Frame): void {
    const { output, source, send, clock, dropped, count } = this.#options;
    if (output === 'mp4') {
      if (frame.kind === 'video') for (const piece of this.#mp4.push(frame)) this.#sendPiece(piece, frame);
      return;
    }
    const before = this.#pacer.dropped;
    const passes = this.#pacer.passes(frame, clock.now());
    if (this.#pacer.dropped > before) dropped();
    if (!passes) return;
    const message = frameMessage(frame, source);
    send({ ...message, everfocus: { ...(message['everfocus'] as object), dropped: count() } });
  }

  #sendPiece({ kind, data, codec, duration, timestamp }: Mp4Piece, { width, height }: VideoFrame): void {
    const segment = { kind, codec, duration, width, height };
    this.#options.send(this.#message('segment', data, new Date(timestamp), { segment }));
  }

  #message(what: string, payload: Buffer, time: Date, more: object): Record<string, unknown> {
    const { source, count } = this.#options;
    const { nvr, channel, camera = String(channel) } = source;
    return {
      ...{ topic: topicOf(nvr, camera, what), payload, ...more },
      everfocus: { ...source, time, dropped: count() },
    };
  }
}
