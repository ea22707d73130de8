import type { Request, RequestHandler, Response } from 'express';
import type { NodeAPI } from 'node-red';
import {
  BusyError,
  type Clock,
  InvalidParameterError,
  type LiveFeed,
  type Nvr,
  NvrError,
  NvrTimeoutError,
  type StreamName,
  type Subscription,
  within,
} from '../../../shared/index.js';
import { livePicture, type LimitName, limits } from '../../../shared/internal.js';
import { asError, codeOf } from '../../errors.js';
import type { ChildOwner } from '../../../shared/ffmpeg/index.js';
import { type Machine, machine } from '../../machine.js';
import type { Conversion } from './conversion.js';
import { asAac, asH264, asJpegs } from './conversions.js';
import { SoundQueue } from './sound.js';
import { finish, MjpegViewer, Mp4Viewer, type Outlet, videoOf } from './viewers.js';

/** Who watches. */
export interface Guest {
  /** Aborted when it has left. */
  readonly signal: AbortSignal;
  /** Whether it is sent nothing more. */
  readonly hasEnded: boolean;
  /** Ends what it is sent. */
  finish(): void;
  /** Lets it go at once. */
  destroy(): void;
}

/** What a live node shows to browsers. */
export interface LiveSiteOptions {
  /** @throws FlowError, InvalidParameterError */
  readonly client: () => Nvr;
  /** Of a camera as it stands in the address; only those that the node shows. @throws InvalidParameterError */
  readonly channelOf: (text: string, signal: AbortSignal) => Promise<number>;
  /** Unless the address says otherwise. */
  readonly stream: StreamName;
  /** At a time. */
  readonly viewers: number;
  readonly clock: Clock;
  /** A picture was left out for a viewer that is slow. */
  readonly dropped: () => void;
  /** How many watch, whenever that changes. */
  readonly watched: (viewers: number) => void;
}

/** What an address can end with. */
const files = ['live.mp4', 'live.mjpeg', 'picture.jpg'] as const;
export type LiveFile = (typeof files)[number];

/** ms that a camera has for its first picture. */
const PATIENCE = 10_000;

/** Live nodes that show something to browsers, by their ids. */
const sites = new Map<string, LiveSite>();
/** Browsers and conversions of all nodes. */
const all = { viewers: 0, conversions: new Set<Conversion<unknown>>(), sounds: new Set<Conversion<unknown>>() };

/** The addresses of one live node: `…/everfocus/<id>/<camera>/live.mp4`, `live.mjpeg`, `picture.jpg`. */
export class LiveSite {
  readonly #options: LiveSiteOptions;
  readonly #closing = new AbortController();
  readonly #viewers = new Set<Guest>();
  readonly #conversions = new Map<string, Conversion<unknown>>();

  constructor(options: LiveSiteOptions) {
    this.#options = options;
  }

  /** @returns what ends it, once everything has ended */
  static open(id: string, options: LiveSiteOptions): () => Promise<void> {
    const site = new LiveSite(options);
    sites.set(id, site);
    return async () => {
      if (sites.get(id) === site) sites.delete(id);
      await site.close();
    };
  }

  /**
   * Shows live video to somebody, until either of them ends it. Resolves once it has begun.
   *
   * @param camera as it stands in an address
   * @throws NvrError, FlowError where there is nothing to show
   */
  async watch(guest: Guest, camera: string, outlet: Outlet, takesHevc: boolean): Promise<void> {
    const leave = this.#enter(guest);
    try {
      const channel = await this.#options.channelOf(camera, this.#closing.signal);
      const found = await machine();
      if (guest.signal.aborted) return;
      const feed = this.#options.client().feed(channel, this.#options.stream);
      await this.#mp4(guest, outlet, feed, found, { takesHevc, hears: false });
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** @throws NvrError, FlowError where there is nothing to show */
  async answer({ params, query }: Request, file: LiveFile, response: Response): Promise<void> {
    const guest = guestOf(response);
    const end = this.#enter(guest);
    try {
      const stream = streamOf(query['stream'], this.#options.stream);
      const channel = await this.#options.channelOf(String(params['camera']), this.#closing.signal);
      const found = await machine();
      if (response.destroyed) return;
      const feed = this.#options.client().feed(channel, stream);
      switch (file) {
        case 'live.mp4':
          return await this.#mp4(guest, videoOf(response), feed, found, {
            takesHevc: query['codec'] === 'hevc',
            hears: query['sound'] === '1',
          });
        case 'live.mjpeg':
          return this.#mjpeg(guest, response, feed, found);
        default:
          return await this.#picture(guest, response, channel, stream, found, query['width']);
      }
    } catch (error) {
      end();
      throw error;
    }
  }

  /** Counts a viewer until its answer has ended. @throws BusyError */
  #enter(guest: Guest): () => void {
    if (this.#closing.signal.aborted) throw new BusyError('the flow is being deployed');
    if (all.viewers >= limits.viewer.all) this.#hit('viewer.all', 'another viewer is refused');
    if (this.#viewers.size >= this.#options.viewers || all.viewers >= limits.viewer.all) {
      throw new BusyError('too many watch already');
    }
    this.#viewers.add(guest);
    all.viewers += 1;
    const leave = () => {
      if (!this.#viewers.delete(guest)) return;
      all.viewers -= 1;
      this.#options.watched(this.#viewers.size);
    };
    guest.signal.addEventListener('abort', leave, { once: true });
    this.#options.watched(this.#viewers.size);
    return leave;
  }

  async #mp4(
    guest: Guest,
    outlet: Outlet,
    feed: LiveFeed,
    { ffmpeg }: Machine,
    { takesHevc, hears }: { readonly takesHevc: boolean; readonly hears: boolean },
  ): Promise<void> {
    const late = (): never => {
      throw new NvrTimeoutError(`camera ${feed.channel} has sent no picture within ${PATIENCE / 1000} s`);
    };
    const { clock } = this.#options;
    const { codec } = await within(clock, PATIENCE, (signal) => feed.keyframe({ signal }), late, guest.signal);
    const sound = hears && ffmpeg.encoders.has('aac') ? this.#sound(guest, feed, ffmpeg) : undefined;
    const viewer = new Mp4Viewer(outlet, clock, this.#options.dropped, this.#options.client().limits, sound);
    if (codec === 'h264' || takesHevc) {
      const subscription = feed.subscribe({
        // A camera that is set to another codec meanwhile: the player starts anew.
        frame: (frame, past) => frame.kind === 'video' && guarded(guest, () => viewer.next(frame, past)),
        interrupted: (error) => void (error && !error.recoverable && guest.finish()),
      });
      return follow(guest, subscription);
    }
    if (!ffmpeg.encoders.has('libx264')) {
      throw new InvalidParameterError('codec', 'the camera sends H.265, and there is no ffmpeg that makes H.264 of it');
    }
    const conversion = this.#conversion(`h264 ${feed.channel} ${feed.stream}`, () =>
      asH264(feed, ffmpeg, this.#owner('live', feed)),
    );
    const watcher = {
      next: (frame: Parameters<Mp4Viewer['next']>[0], past: boolean) => guarded(guest, () => viewer.next(frame, past)),
      ended: () => guest.finish(),
    };
    follow(guest, conversion.watch(watcher));
  }

  #mjpeg(guest: Guest, response: Response, feed: LiveFeed, { ffmpeg }: Machine): void {
    if (!ffmpeg.path) throw new InvalidParameterError('file', 'MJPEG needs ffmpeg, and there is none');
    const conversion = this.#conversion(`mjpeg ${feed.channel} ${feed.stream}`, () =>
      asJpegs(feed, ffmpeg, this.#owner('mjpeg', feed)),
    );
    const viewer = new MjpegViewer(response, this.#options.clock, this.#options.dropped, this.#options.client().limits);
    follow(guest, conversion.watch({ next: (jpeg) => viewer.next(jpeg), ended: () => guest.finish() }));
  }

  async #picture(
    guest: Guest,
    response: Response,
    channel: number,
    stream: StreamName,
    { pictures }: Machine,
    asked: unknown,
  ): Promise<void> {
    const width = widthOf(asked);
    const signal = AbortSignal.any([this.#closing.signal, guest.signal]);
    const { jpeg } = await livePicture(this.#options.client(), channel, { stream, width, pictures, signal });
    finish(response.type('image/jpeg'), jpeg);
  }

  #hit(limit: LimitName, what: string): void {
    this.#options.client().limits.hit(limit, 'live video for browsers', what);
  }

  #owner(what: string, { channel }: LiveFeed): ChildOwner {
    const { address, limits } = this.#options.client();
    return { name: `${what} ${address} ${channel}`, limits };
  }

  /** What a viewer hears of a feed; nothing where too many others are converted: the picture goes on without. */
  #sound(guest: Guest, feed: LiveFeed, ffmpeg: Machine['ffmpeg']): SoundQueue | undefined {
    const make = () => asAac(feed, ffmpeg, this.#owner('sound', feed));
    const conversion = this.#shared(`aac ${feed.channel} ${feed.stream}`, make, all.sounds, limits.viewer.sounds);
    if (!conversion) {
      this.#hit('viewer.sounds', 'another stream has no sound');
      return undefined;
    }
    const queue = new SoundQueue();
    // Where ffmpeg ends, it is silent from then on.
    follow(guest, conversion.watch({ next: (frame) => queue.put(frame), ended: () => undefined }));
    return queue;
  }

  /** @throws BusyError */
  #conversion<T>(key: string, make: () => Conversion<T>): Conversion<T> {
    const conversion = this.#shared(key, make, all.conversions, limits.viewer.conversions);
    if (conversion) return conversion;
    this.#hit('viewer.conversions', 'another stream is not converted');
    throw new BusyError('too many streams are being converted already');
  }

  /** The one that others watch already, or a new one where there are fewer than `most` in all. */
  #shared<T>(key: string, make: () => Conversion<T>, counted: Set<Conversion<unknown>>, most: number) {
    const known = this.#conversions.get(key) as Conversion<T> | undefined;
    if (known?.runs) return known;
    for (const conversion of counted) if (!conversion.runs) counted.delete(conversion);
    if (counted.size >= most) return undefined;
    const conversion = known ?? make();
    this.#conversions.set(key, conversion as Conversion<unknown>);
    counted.add(conversion as Conversion<unknown>);
    return conversion;
  }

  /** Resolves when everything has ended. */
  async close(): Promise<void> {
    const reason = new BusyError('the flow is being deployed');
    this.#closing.abort(reason);
    for (const guest of this.#viewers) guest.destroy();
    await Promise.all([...this.#conversions.values()].map((conversion) => conversion.close(reason)));
    for (const conversion of this.#conversions.values()) {
      for (const counted of [all.conversions, all.sounds]) counted.delete(conversion);
    }
  }
}

/**
 * Serves the addresses of all live nodes below Node-RED's own HTTP root, behind its own authentication: `httpNodeAuth`
 * holds for everything there, `httpNodeMiddleware` for whoever asks for it, as HTTP In nodes do. Called once.
 */
export function serveLive(RED: NodeAPI): void {
  const { httpNodeMiddleware = [] } = RED.settings as { httpNodeMiddleware?: RequestHandler | RequestHandler[] };
  for (const file of files) {
    RED.httpNode.get(`/everfocus/:node/:camera/${file}`, ...[httpNodeMiddleware].flat(), (request, response) => {
      void answer(request, file, response);
    });
  }
}

/** How every answer begins that shows a camera. */
export const privately = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  // Pages of others must not show the cameras of whoever looks at them.
  'Cross-Origin-Resource-Policy': 'same-site',
} as const;

async function answer(request: Request, file: LiveFile, response: Response): Promise<void> {
  // Who left while the middleware thought about it is never seen to leave again.
  if (response.destroyed) return;
  response.set(privately);
  const site = sites.get(String(request.params['node']));
  if (!site) return refuse(response, 404, 'NOT_FOUND', 'no live node of that id shows its cameras to browsers');
  // Nobody watches a question.
  if (request.method === 'HEAD') return void response.end();
  try {
    await site.answer(request, file, response);
  } catch (error) {
    refuseFor(error, response);
  }
}

/** Says why there is nothing. */
export function refuseFor(error: unknown, response: Response): void {
  if (response.destroyed) return;
  const { message } = asError(error);
  if (error instanceof InvalidParameterError) return refuse(response, 400, error.code, message);
  if (error instanceof BusyError) response.set('Retry-After', '5');
  refuse(response, error instanceof NvrError && !(error instanceof BusyError) ? 502 : 503, codeOf(error), message);
}

export function refuse(response: Response, status: number, code: string, message: string): void {
  if (response.headersSent) return void response.destroy();
  response.status(status).json({ code, message });
}

/** A browser, by the answer that it is sent. */
function guestOf(response: Response): Guest {
  const abort = new AbortController();
  response.once('close', () => abort.abort(new BusyError('the viewer has left')));
  return {
    signal: abort.signal,
    get hasEnded() {
      return response.destroyed || response.writableEnded;
    },
    finish: () => finish(response),
    destroy: () => void response.destroy(),
  };
}

function follow(guest: Guest, subscription: Subscription): void {
  if (guest.hasEnded) return subscription.close();
  guest.signal.addEventListener('abort', () => subscription.close(), { once: true });
}

/** A picture of which nothing can be made ends the answer, and nothing else. */
function guarded(guest: Guest, work: () => void): void {
  try {
    if (!guest.hasEnded) work();
  } catch {
    guest.destroy();
  }
}

/** @throws InvalidParameterError */
function streamOf(asked: unknown, otherwise: StreamName): StreamName {
  if (asked === undefined || asked === '') return otherwise;
  if (asked === 'main' || asked === 'sub') return asked;
  throw new InvalidParameterError('stream', 'must be main or sub');
}

/** @throws InvalidParameterError */
function widthOf(asked: unknown): number | undefined {
  if (asked === undefined || asked === '') return undefined;
  const width = typeof asked === 'string' ? Number(asked) : NaN;
  const { smallest, largest } = limits.snapshot;
  if (Number.isInteger(width) && width >= smallest && width <= largest) return width;
  throw new InvalidParameterError('width', `must be a whole number from ${smallest} to ${largest}`);
}
