import type { VideoFrame } from '../../shared/index.js';
import type { Leaving } from './leaving.js';
import type { Transcoder, TranscoderOptions } from './transcoder.js';
import type { Picture } from './video-sender.js';

export type EncoderHandlers = Pick<TranscoderOptions, 'onPicture' | 'onFailure'>;

export interface TranscodingOptions {
  readonly leaving: Leaving;
  readonly onPicture: TranscoderOptions['onPicture'];
  /** One with other settings shows its first picture. */
  readonly onChange: () => void;
  /** No encoder is left. */
  readonly onFailure: TranscoderOptions['onFailure'];
  /** One with other settings came to nothing: pictures go on with those of before. */
  readonly onRefusal: (reason: string) => void;
}

/**
 * The encoder of a session. One with other settings takes its place once it has a picture to show: starting it takes
 * long enough to be seen.
 */
export class Transcoding {
  readonly #options: TranscodingOptions;
  #current: Transcoder | undefined;
  #next: Transcoder | undefined;
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
   * @param make another encoder, the pictures to begin with written to it
   * @param goesOn the pictures to come follow on those of before, so that the encoder of before can go on meanwhile
   */
  begin(make: (handlers: EncoderHandlers) => Transcoder, goesOn: boolean): void {
    const { leaving, onFailure, onRefusal } = this.#options;
    leaving.add(this.#next);
    this.#next = undefined;
    this.#goesOn &&= goesOn;
    const transcoder: Transcoder = make({
      onPicture: (picture, mediaTime) => this.#show(transcoder, picture, mediaTime),
      onFailure: (reason) => {
        if (transcoder === this.#current) onFailure(reason);
        else if (transcoder === this.#next) {
          this.#next = undefined;
          if (this.#goesOn) onRefusal(reason);
          else onFailure(reason);
        }
      },
    });
    if (this.#current) this.#next = transcoder;
    else this.#take(transcoder);
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

  #take(transcoder: Transcoder): void {
    this.#current = transcoder;
    this.#goesOn = true;
  }

  #show(transcoder: Transcoder, picture: Picture, mediaTime: number | undefined): void {
    const { leaving, onPicture, onChange } = this.#options;
    if (transcoder === this.#next) {
      leaving.add(this.#current);
      this.#next = undefined;
      this.#take(transcoder);
      onPicture(picture, mediaTime ?? transcoder.newest);
      onChange();
      return;
    }
    // One that cannot be told takes the newest time: drift cannot build up.
    if (transcoder === this.#current) onPicture(picture, mediaTime ?? transcoder.newest);
  }
}
