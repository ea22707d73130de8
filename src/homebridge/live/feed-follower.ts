import type { AudioFrame, Frame, NvrError, Subscription, VideoFrame } from '../../shared/index.js';
import type { Feed } from '../../shared/internal.js';

export interface FeedFollowerListener {
  /**
   * A decoder can start here: a keyframe and, where the feed was warm, the pictures since.
   *
   * @param standsIn they are of the feed that stands in for the one that is wanted
   */
  start(pictures: readonly VideoFrame[], stream: Feed['stream'], standsIn: boolean): void;
  picture(frame: VideoFrame): void;
  /** Live sound. That of the past is not passed on: pictures can be squeezed into an instant, sound cannot. */
  sound(frame: AudioFrame, stream: Feed['stream']): void;
  interrupted(error: NvrError | undefined): void;
}

interface Followed {
  readonly feed: Feed;
  readonly standsIn: boolean;
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
  /** It has no keyframe yet either. */
  #standIn: Followed | undefined;
  #codec: VideoFrame['codec'] | undefined;

  constructor(listener: FeedFollowerListener) {
    this.#listener = listener;
  }

  /** The stream being followed or moved to. */
  get stream(): Feed['stream'] | undefined {
    return (this.#next ?? this.#current)?.feed.stream;
  }

  /**
   * Following the same feed again gives its kept pictures again.
   *
   * @param standIn is shown from its keyframe up to the first of the feed, unless there is something to show already. It is
   *   not heard: another encoder would have to be started for its sound, for a second or two.
   */
  follow(feed: Feed, standIn?: Feed): void {
    stop(this.#next);
    stop(this.#standIn);
    this.#standIn = undefined;
    const followed: Followed = { feed, standsIn: false, closed: false };
    this.#next = followed;
    this.#subscribe(followed);
    if (!standIn || this.#current || this.#next !== followed) return;
    this.#standIn = { feed: standIn, standsIn: true, closed: false };
    this.#subscribe(this.#standIn);
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
        if (followed === this.#current) this.#codec = undefined;
        // The feed that is wanted has its own fate.
        if (!standsIn) this.#listener.interrupted(error);
      },
    };
    followed.subscription = feed.subscribe(listener, { linger: !standsIn });
    // Closed while subscribing, by what a listener did.
    if (followed.closed) followed.subscription.close();
    else if (past.length > 0) this.#start(followed, past);
  }

  close(): void {
    stop(this.#current);
    stop(this.#next);
    stop(this.#standIn);
    this.#current = this.#next = this.#standIn = undefined;
  }

  #start(followed: Followed, pictures: readonly VideoFrame[]): void {
    if (followed !== this.#current) {
      stop(this.#current);
      if (followed !== this.#standIn) {
        stop(this.#standIn);
        this.#next = undefined;
      }
      this.#current = followed;
      this.#standIn = undefined;
    }
    this.#codec = pictures[0]?.codec;
    this.#listener.start(pictures, followed.feed.stream, followed.standsIn);
  }

  #live(followed: Followed, frame: Frame): void {
    if (frame.kind === 'audio') {
      if (followed === this.#current && !followed.standsIn) this.#listener.sound(frame, followed.feed.stream);
      return;
    }
    // A new feed, one that comes back, or one whose camera was set to another codec: each begins with a keyframe.
    if (followed !== this.#current || frame.codec !== this.#codec) {
      if (frame.keyframe) this.#start(followed, [frame]);
      return;
    }
    this.#listener.picture(frame);
  }
}

function stop(followed: Followed | undefined): void {
  if (!followed) return;
  followed.closed = true;
  followed.subscription?.close();
}
