import type { VideoFrame } from '../../shared/index.js';
import type { EncodingListener, EncodingShare } from './camera-encodings.js';
import type { Leaving } from './leaving.js';
import type { Picture } from './picture.js';

export interface TranscodingOptions {
  readonly leaving: Leaving;
  readonly onPicture: EncodingListener['picture'];
  /** Of an encoder that others watch already: what they have seen since its keyframe, the newest with a media time, ms. */
  readonly onMade: (pictures: readonly Picture[], mediaTime: number) => void;
  /** It is to be begun anew: the one that shows has another time in its pictures than theirs. */
  readonly onOutdated: () => void;
  /** One with other settings shows its first picture. */
  readonly onChange: () => void;
  /** No encoder is left. @param another one may be better: this one has shown pictures before, or is another kind */
  readonly onFailure: (reason: string, another: boolean) => void;
  /** One with other settings came to nothing: pictures go on with those of before. */
  readonly onRefusal: (reason: string) => void;
}

/** Why no further encoder is begun. */
export const NO_ENCODER = 'this machine converts as many streams as it can at a time';

/**
 * A session's part in encoders. One with other settings takes the place of the one before once it has a picture to show:
 * starting it takes long enough to be seen.
 */
export class Transcoding {
  readonly #options: TranscodingOptions;
  #current: EncodingShare | undefined;
  #next: EncodingShare | undefined;
  /** The current one has shown a picture. */
  #shown = false;
  /** What is written follows on what was written to the current one. */
  #goesOn = true;

  constructor(options: TranscodingOptions) {
    this.#options = options;
  }

  /** Another one is about to take the place of the one that shows. */
  get changing(): boolean {
    return this.#next !== undefined;
  }

  /**
   * @param join has part in another encoder, which has the pictures to begin with; `undefined` where there may be none
   * @param goesOn the pictures to come follow on those of before, so that the encoder of before can go on meanwhile
   * @returns `false` where there may be none, and none goes on
   */
  begin(join: (listener: EncodingListener) => EncodingShare | undefined, goesOn: boolean): boolean {
    const { leaving, onFailure, onRefusal } = this.#options;
    leaving.add(this.#next);
    this.#next = undefined;
    this.#goesOn &&= goesOn;
    const listener: EncodingListener = {
      picture: (picture, mediaTime) => this.#show(share, () => this.#options.onPicture(picture, mediaTime)),
      outdated: () => {
        if (share === this.#current) this.#options.onOutdated();
      },
      failed: (reason, another) => {
        if (share === this.#current) onFailure(reason, this.#shown || another);
        else if (share === this.#next) {
          this.#next = undefined;
          if (another) onFailure(reason, true);
          else if (this.#goesOn) onRefusal(reason);
          else onFailure(reason, false);
        }
      },
    };
    let joined = join(listener);
    if (!joined && this.#current?.sole === true) {
      // It gives up its place: better a picture that stands still for a moment than none.
      leaving.add(this.#current);
      this.#current = undefined;
      joined = join(listener);
    }
    const share = joined;
    if (!share) {
      if (!this.#current || !this.#goesOn) return false;
      onRefusal(NO_ENCODER);
      return true;
    }
    if (this.#current) this.#next = share;
    else this.#take(share);
    const { pictures, mediaTime } = share.made;
    if (pictures.length > 0) this.#show(share, () => this.#options.onMade(pictures, mediaTime));
    return true;
  }

  /** @param mediaTime ms */
  write(frame: VideoFrame, mediaTime: number): void {
    if (this.#goesOn) this.#current?.write(frame, mediaTime);
    this.#next?.write(frame, mediaTime);
  }

  /** Pictures go on otherwise, or not at all. */
  stop(): void {
    const { leaving } = this.#options;
    leaving.add(this.#current);
    leaving.add(this.#next);
    this.#current = this.#next = undefined;
  }

  #take(share: EncodingShare): void {
    this.#current = share;
    this.#shown = false;
    this.#goesOn = true;
  }

  #show(share: EncodingShare | undefined, show: () => void): void {
    if (share === undefined) return;
    if (share === this.#current) {
      this.#shown = true;
      show();
    } else if (share === this.#next) {
      this.#options.leaving.add(this.#current);
      this.#next = undefined;
      this.#take(share);
      this.#shown = true;
      show();
      this.#options.onChange();
    }
  }
}
