import type { AudioFrame, Frame, LiveFeed, NvrError, Subscription, VideoFrame } from '../../shared/index.js';

export interface FeedFollowerListener {
  /** A decoder can start here: a keyframe and, where the feed was warm, the pictures since. */
  start(pictures: readonly VideoFrame[]): void;
  picture(frame: VideoFrame): void;
  /** Live sound. That of the past is not passed on: pictures can be squeezed into an instant, sound cannot. */
  sound(frame: AudioFrame, stream: LiveFeed['stream']): void;
  interrupted(error: NvrError | undefined): void;
}

interface Followed {
  readonly feed: LiveFeed;
  subscription?: Subscription;
  closed: boolean;
}

/** Follows one feed at a time, and moves to another only once that has a keyframe to start with. */
export class FeedFollower {
  readonly #listener: FeedFollowerListener;
  #current: Followed | undefined;
  #next: Followed | undefined;
  #codec: VideoFrame['codec'] | undefined;

  constructor(listener: FeedFollowerListener) {
    this.#listener = listener;
  }

  /** The stream being followed or moved to. */
  get stream(): LiveFeed['stream'] | undefined {
    return (this.#next ?? this.#current)?.feed.stream;
  }

  /** Following the same feed again gives its kept pictures again. */
  follow(feed: LiveFeed): void {
    stop(this.#next);
    const followed: Followed = { feed, closed: false };
    this.#next = followed;
    const past: VideoFrame[] = [];
    followed.subscription = feed.subscribe({
      frame: (frame, replay) => {
        if (followed.closed) return;
        if (!replay) this.#live(followed, frame);
        else if (frame.kind === 'video' && (past.length > 0 || frame.keyframe)) past.push(frame);
      },
      interrupted: (error) => {
        if (followed.closed) return;
        if (followed === this.#current) this.#codec = undefined;
        this.#listener.interrupted(error);
      },
    });
    // Closed while subscribing, by what a listener did.
    if (followed.closed) followed.subscription.close();
    else if (past.length > 0) this.#start(followed, past);
  }

  close(): void {
    stop(this.#current);
    stop(this.#next);
    this.#current = this.#next = undefined;
  }

  #start(followed: Followed, pictures: readonly VideoFrame[]): void {
    if (followed !== this.#current) {
      stop(this.#current);
      this.#current = followed;
      this.#next = undefined;
    }
    this.#codec = pictures[0]?.codec;
    this.#listener.start(pictures);
  }

  #live(followed: Followed, frame: Frame): void {
    if (frame.kind === 'audio') {
      if (followed === this.#current) this.#listener.sound(frame, followed.feed.stream);
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
