import {
  type Clock,
  ClosedError,
  type LiveFeedListener,
  type Nvr,
  sockets,
  type Subscription,
  type Timer,
} from '../../shared/index.js';
import type { Feed } from '../../shared/internal.js';

/** Of one NVR. */
const STREAMS = 32;
/** ms after which a camera that has come on line is looked at: by then the main stream of one that is armed is open. */
const SOON = 5000;
/** ms that a camera is left alone whose stream was interrupted; twice as long each time that it showed nothing, at most so long. */
const REST = 20_000;
const LONG_REST = 3_600_000;
/** Streams that are closed for who is not let in, for how long, and after how long it shows that this has not helped, ms. */
const SPARE = 4;
const CONTENT = 3_600_000;
const HELPED = 90_000;
/** ms since the last frame within which the NVR is surely there. */
const ALIVE = 2000;

/** A camera whose small stream is to be open at any time. */
interface StandingCamera {
  readonly feed: () => Feed;
  /** Whether its main stream has a picture that is shown as it is. */
  readonly shows: () => boolean;
  wanted: boolean;
  armed: boolean;
  open: { readonly subscription: Subscription; readonly path: string | undefined; shown: boolean } | undefined;
  rest: number;
  restsUntil: number;
}

/** What a camera has to say of its own. */
export interface Standing {
  /**
   * @param wanted whether the NVR has the camera on line
   * @param armed whether its main stream is kept open: no other is needed where that can be shown as it is
   */
  want(wanted: boolean, armed: boolean): void;
  close(): void;
}

/**
 * Keeps the sub streams of an NVR's cameras open, so that a live view of any of them has a picture at any time (decision 30).
 * They come last: one that is interrupted is left alone for a while, and where the NVR does not let in somebody else,
 * {@link SPARE} are closed.
 */
export class StandingStreams {
  readonly #clock: Clock;
  readonly #cameras = new Set<StandingCamera>();
  #timer: Timer | undefined;
  /** When the next look is, ms. */
  #due = Infinity;
  #room = STREAMS;
  #contentUntil = -Infinity;
  /** When the newest frame came, ms. */
  #heard = -Infinity;
  /** For whose sockets room was made, and when, ms; `Infinity`: it has not helped, and is not made again. */
  readonly #helped = new Map<string, number>();

  constructor(nvr: Pick<Nvr, 'unheard'>, clock: Clock) {
    this.#clock = clock;
    nvr.unheard.add((path) => this.#makeRoom(path));
  }

  /** @param shows whether the camera's main stream has a picture that is shown as it is */
  add(feed: () => Feed, shows: () => boolean): Standing {
    const camera: StandingCamera = {
      ...{ feed, shows, wanted: false, armed: false, open: undefined, rest: REST, restsUntil: -Infinity },
    };
    this.#cameras.add(camera);
    return {
      want: (wanted, armed) => {
        if (camera.wanted === wanted && camera.armed === armed) return;
        Object.assign(camera, { wanted, armed });
        if (!wanted) release(camera);
        this.#lookIn(SOON);
      },
      close: () => {
        this.#cameras.delete(camera);
        release(camera);
        if (this.#cameras.size > 0) return this.#lookIn(SOON);
        this.#timer?.cancel();
        this.#due = Infinity;
      },
    };
  }

  #look(): void {
    const now = this.#clock.now();
    this.#due = Infinity;
    if (now >= this.#contentUntil) this.#forgive();
    try {
      for (const camera of this.#cameras) this.#consider(camera, now);
    } catch (error) {
      // The NVR is being left.
      if (!(error instanceof ClosedError)) throw error;
    }
  }

  /** All are opened again. */
  #forgive(): void {
    this.#room = STREAMS;
    for (const [path, since] of this.#helped) if (since !== Infinity) this.#helped.delete(path);
  }

  #consider(camera: StandingCamera, now: number): void {
    if (!camera.wanted || (camera.armed && camera.shows())) return release(camera);
    if (camera.open) {
      // Until its main stream has something to show.
      if (camera.armed) this.#lookIn(REST);
      return;
    }
    if (now < camera.restsUntil) this.#lookIn(camera.restsUntil - now);
    else if (this.#opened.length < this.#room) this.#open(camera);
    else if (now < this.#contentUntil) this.#lookIn(this.#contentUntil - now);
  }

  /** Looks no later than that. */
  #lookIn(ms: number): void {
    const due = this.#clock.now() + ms;
    if (due >= this.#due) return;
    this.#timer?.cancel();
    this.#due = due;
    this.#timer = this.#clock.after(ms, () => this.#look());
  }

  get #opened(): StandingCamera[] {
    return [...this.#cameras].filter(({ open }) => open);
  }

  #open(camera: StandingCamera): void {
    const feed = camera.feed();
    const listener: LiveFeedListener = {
      frame: () => {
        this.#heard = this.#clock.now();
        if (camera.open) camera.open.shown = true;
      },
      interrupted: () => this.#interrupted(camera),
    };
    const subscription = feed.subscribe(listener, { linger: false });
    camera.open = { subscription, path: feed.path, shown: false };
  }

  /** Its next try comes after those of whoever needs a stream. */
  #interrupted(camera: StandingCamera): void {
    if (!camera.open) return;
    if (camera.open.shown) camera.rest = REST;
    camera.restsUntil = this.#clock.now() + camera.rest;
    this.#lookIn(camera.rest);
    camera.rest = Math.min(2 * camera.rest, LONG_REST);
    release(camera);
  }

  /** A socket is not let in. Where that has another reason, these do not pay for it for long. */
  #makeRoom(path: string): void {
    const opened = this.#opened;
    const now = this.#clock.now();
    const isAlive = opened.length > 0 && now - this.#heard <= ALIVE;
    if (!isAlive || opened.some(({ open }) => open?.path === path)) return;
    const before = this.#helped.get(path);
    if (before === undefined) {
      this.#helped.set(path, now);
      this.#room = Math.max(0, opened.length - SPARE);
      // A talk is tried only while somebody speaks: nobody would find later that this has not helped.
      const content = path.startsWith(sockets.audioBackchannel.path) ? HELPED : CONTENT;
      this.#contentUntil = Math.max(this.#contentUntil, now + content);
      for (const camera of opened.slice(this.#room)) release(camera);
      this.#lookIn(content);
    } else if (now - before > HELPED) {
      this.#helped.set(path, Infinity);
      this.#contentUntil = now;
      this.#lookIn(SOON);
    }
  }
}

function release(camera: StandingCamera): void {
  camera.open?.subscription.close();
  camera.open = undefined;
}
