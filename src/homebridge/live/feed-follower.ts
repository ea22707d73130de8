import type { AudioFrame, Frame, NvrError, Subscription, VideoFrame } from '../../shared/index.js';
import type { Feed } from '../../shared/internal.js';

export interface FeedFollowerListener {
  /**
   * A decoder can start here: a keyframe and, where the feed was warm, the pictures since.
   *
   * @param standsIn they are of the feed that stands in for the one that is wanted
   */
  start(pictures: readonly VideoFrame[], stream: Feed['stream'], standsIn: boolean): void;
  picture(frame: VideoFrame, standsIn: boolean): void;
  /** Live sound. That of the past is not passed on: pictures can be squeezed into an instant, sound cannot. */
  sound(frame: AudioFrame, stream: Feed['stream']): void;
  interrupted(error: NvrError | undefined): void;
  /**
   * Whether what is wanted takes a while from this keyframe on until it shows: up to {@link FeedFollower.shown}, the other
   * feed stands in. Default: it does not.
   */
  showsLater?(keyframe: VideoFrame): boolean;
}

interface Followed {
  readonly feed: Feed;
  readonly standsIn: boolean;
  /** Of its pictures; `undefined` while it waits for a keyframe. */
  codec?: VideoFrame['codec'] | undefined;
  subscription?: Subscription;
  closed: boolean;
}

/**
 * Follows one feed at a time, and moves to another only once that has a keyframe to start with. Where there is nothing to
 * show until then, another feed can stand in.
 */
export class FeedFollower {
  readonly #listener: FeedFollowerListener;
  #current: Followed | undefined;
  #next: Followed | undefined;
  #standIn: Followed | undefined;

  constructor(listener: FeedFollowerListener) {
    this.#listener = listener;
  }

  /** The stream being followed or moved to. */
  get stream(): Feed['stream'] | undefined {
    return (this.#next ?? this.#current)?.feed.stream;
  }

  /** What stands in is shown. */
  get standsIn(): boolean {
    return this.#standIn?.codec !== undefined;
  }

  /**
   * Following the same feed again gives its kept pictures again.
   *
   * @param standIn is shown from its keyframe up to the first picture of the feed, unless there is something to show already.
   *   It is not heard: another encoder would have to be started for its sound, for a second or two.
   */
  follow(feed: Feed, standIn?: Feed): void {
    stop(this.#next);
    // One that is shown goes on until another picture is.
    if (!this.standsIn) this.shown();
    const followed: Followed = { feed, standsIn: false, closed: false };
    this.#next = followed;
    const other: Followed | undefined = standIn && { feed: standIn, standsIn: true, closed: false };
    if (!other || this.#current || this.#standIn) return this.#subscribe(followed);
    this.#standIn = other;
    this.#subscribe(followed);
    if (!other.closed) this.#subscribe(other);
  }

  /** The feed that is wanted shows: nothing has to stand in for it any more. */
  shown(): void {
    stop(this.#standIn);
    this.#standIn = undefined;
  }

  #subscribe(followed: Followed): void {
    const { feed, standsIn } = followed;
    const past: VideoFrame[] = [];
    const listener = {
      frame: (frame: Frame, replay: boolean) => {
        if (followed.closed) return;
        if (!replay) this.#live(followed, frame);
        else if (frame.kind === 'video' && (past.length > 0 || frame.keyframe)) past.push(frame);
      },
      interrupted: (error: NvrError | undefined) => {
        if (followed.closed) return;
        followed.codec = undefined;
        // The feed that is wanted has its own fate.
        if (!standsIn) this.#listener.interrupted(error);
      },
    };
    followed.subscription = feed.subscribe(listener, { linger: !standsIn });
    // Closed while subscribing, by what a listener did.
    if (followed.closed) followed.subscription.close();
    else {
      const [keyframe, ...since] = past;
      if (keyframe) this.#start(followed, [keyframe, ...since]);
    }
  }

  close(): void {
    stop(this.#current);
    stop(this.#next);
    this.shown();
    this.#current = this.#next = undefined;
  }

  #start(followed: Followed, pictures: readonly [VideoFrame, ...VideoFrame[]]): void {
    const [keyframe] = pictures;
    if (followed === this.#next) {
      stop(this.#current);
      this.#current = followed;
      this.#next = undefined;
    }
    if (!followed.standsIn && this.#listener.showsLater?.(keyframe) !== true) this.shown();
    followed.codec = keyframe.codec;
    this.#listener.start(pictures, followed.feed.stream, followed.standsIn);
  }

  #live(followed: Followed, frame: Frame): void {
    if (frame.kind === 'audio') {
      if (followed === this.#current) this.#listener.sound(frame, followed.feed.stream);
      return;
    }
    // A new feed, one that comes back, or one whose camera was set to another codec: each begins with a keyframe.
    if (frame.codec !== followed.codec) {
      if (frame.keyframe) this.#start(followed, [frame]);
      return;
    }
    this.#listener.picture(frame, followed.standsIn);
  }
}

function stop(followed: Followed | undefined): void {
  if (!followed) return;
  followed.closed = true;
  followed.subscription?.close();
}
