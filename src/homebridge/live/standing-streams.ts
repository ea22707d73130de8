import {
  type Clock,
  ClosedError,
  type LiveFeedListener,
  type NvrError,
  NvrRefusedError,
  type Subscription,
  type Timer,
} from '../../shared/index.js';
import type { Feed } from '../../shared/internal.js';

/** Of one NVR. */
const STREAMS = 32;
/** ms between two looks at which streams are to be open. */
const LOOK = 10_000;
/** ms after which a camera that has come on line is looked at: by then the main stream of one that is armed is open. */
const SOON = 5000;
/** ms that a camera is left alone whose stream was interrupted; twice as long each time that it showed nothing, at most so long. */
const REST = 20_000;
const LONG_REST = 3_600_000;
/** ms within which an NVR that takes no more streams ends one. */
const AT_ONCE = 5000;
/** Streams that are left to viewers and other programs by an NVR that has ended one at once, and for how long, ms. */
const SPARE = 4;
const CONTENT = 6 * 3_600_000;

/** A camera whose small stream is to be open at any time. */
interface StandingCamera {
  readonly feed: () => Feed;
  /** A view begins at once without it. */
  readonly covered: () => boolean;
  wanted: boolean;
  open: { readonly subscription: Subscription; readonly since: number; shown: boolean } | undefined;
  rest: number;
  restsUntil: number;
}

/** What a camera has to say of its own. */
export interface Standing {
  /** @param wanted whether the NVR has the camera on line */
  want(wanted: boolean): void;
  close(): void;
}

/**
 * Keeps the sub streams of an NVR's cameras open, so that a live view of any of them has a picture at any time (decision 30).
 * They come last: one that is interrupted is left alone for a while, and an NVR that ends some at once has {@link SPARE} fewer
 * than it takes.
 */
export class StandingStreams {
  readonly #clock: Clock;
  readonly #cameras = new Set<StandingCamera>();
  #timer: Timer | undefined;
  /** When the next look is, ms. */
  #due = Infinity;
  #room = STREAMS;
  #contentUntil = -Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param covered whether a view of the camera begins at once without it */
  add(feed: () => Feed, covered: () => boolean): Standing {
    const camera: StandingCamera = { feed, covered, wanted: false, open: undefined, rest: REST, restsUntil: -Infinity };
    this.#cameras.add(camera);
    return {
      want: (wanted) => this.#want(camera, wanted),
      close: () => {
        this.#cameras.delete(camera);
        release(camera);
        this.#lookIn(LOOK);
      },
    };
  }

  #look(): void {
    const now = this.#clock.now();
    if (now >= this.#contentUntil) this.#room = STREAMS;
    for (const camera of this.#cameras) {
      const isNeeded = camera.wanted && !camera.covered();
      if (!isNeeded) release(camera);
      else if (!camera.open && now >= camera.restsUntil && this.#opened < this.#room) this.#open(camera, now);
    }
    this.#due = Infinity;
    this.#lookIn(LOOK);
  }

  #want(camera: StandingCamera, wanted: boolean): void {
    if (camera.wanted === wanted) return;
    camera.wanted = wanted;
    if (!wanted) release(camera);
    this.#lookIn(SOON);
  }

  /** Looks no later than that, where there is anything to be looked at. */
  #lookIn(ms: number): void {
    const due = this.#clock.now() + ms;
    const isAsked = [...this.#cameras].some(({ wanted }) => wanted);
    if (isAsked && due >= this.#due) return;
    this.#timer?.cancel();
    this.#due = isAsked ? due : Infinity;
    this.#timer = isAsked ? this.#clock.after(ms, () => this.#look()) : undefined;
  }

  get #opened(): number {
    return [...this.#cameras].filter(({ open }) => open).length;
  }

  #open(camera: StandingCamera, since: number): void {
    const listener: LiveFeedListener = {
      frame: () => {
        if (camera.open) camera.open.shown = true;
      },
      interrupted: (error) => this.#interrupted(camera, error),
    };
    try {
      camera.open = { subscription: camera.feed().subscribe(listener, { linger: false }), since, shown: false };
    } catch (error) {
      // The NVR is being left.
      if (!(error instanceof ClosedError)) throw error;
    }
  }

  /** Its next try comes after those of whoever needs a stream. */
  #interrupted(camera: StandingCamera, error: NvrError | undefined): void {
    const { open } = camera;
    if (!open) return;
    const now = this.#clock.now();
    if (open.shown) camera.rest = REST;
    camera.restsUntil = now + camera.rest;
    camera.rest = Math.min(2 * camera.rest, LONG_REST);
    // Of several that are ended together, the first has made room.
    const isOneTooMany = this.#opened <= this.#room;
    release(camera);
    const ended = isOneTooMany && !open.shown && now - open.since < AT_ONCE && !(error instanceof NvrRefusedError);
    const others = [...this.#cameras].filter((other) => other.open?.shown);
    if (!ended || others.length === 0) return;
    this.#room = Math.max(0, others.length - SPARE);
    this.#contentUntil = now + CONTENT;
    for (const other of others.slice(this.#room)) release(other);
  }
}

function release(camera: StandingCamera): void {
  camera.open?.subscription.close();
  camera.open = undefined;
}
