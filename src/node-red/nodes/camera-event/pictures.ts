import type { Nvr, StreamName, Subscription } from '../../../shared/index.js';
import { type LivePicture, livePicture } from '../../../shared/internal.js';
import { machine } from '../../machine.js';

/** Cameras whose streams are kept open; those of others are opened when something happens there. */
const WARM = 8;
const STREAM: StreamName = 'main';

/**
 * Pictures of the moment at which something happens: the streams of the cameras stay open for that, so that the picture
 * is there already.
 */
export class EventPictures {
  readonly #client: Nvr;
  readonly #signal: AbortSignal;
  readonly #warm = new Map<number, Subscription>();
  /** Under way, by channel: who comes meanwhile shares one. */
  readonly #underWay = new Map<number, Promise<LivePicture>>();

  constructor(client: Nvr, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.keepWarm([]), { once: true });
    // Looked for now, and not when something happens.
    void machine();
  }

  /** Which cameras may have something happen. */
  keepWarm(channels: readonly number[]): void {
    const wanted = new Set(this.#signal.aborted ? [] : channels.slice(0, WARM));
    for (const [channel, subscription] of this.#warm) {
      if (wanted.has(channel)) continue;
      this.#warm.delete(channel);
      subscription.close();
    }
    for (const channel of wanted) {
      if (this.#warm.has(channel)) continue;
      this.#warm.set(channel, this.#client.feed(channel, STREAM).subscribe({ frame: () => undefined }));
    }
  }

  /** @throws as `Nvr.takeSnapshot` does */
  take(channel: number): Promise<LivePicture> {
    const shared = this.#underWay.get(channel);
    if (shared) return shared;
    const picture = this.#take(channel);
    this.#underWay.set(channel, picture);
    const over = () => void this.#underWay.delete(channel);
    picture.then(over, over);
    return picture;
  }

  async #take(channel: number): Promise<LivePicture> {
    const { pictures } = await machine();
    return livePicture(this.#client, channel, { stream: STREAM, pictures, signal: this.#signal });
  }
}
