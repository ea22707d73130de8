import type { Clock, Timer } from '../../../../src/shared/clock.js';
import type { Frame } from '../../../../src/shared/codec/frame.js';
import type { PlaybackCommand } from '../../../../src/shared/sdk/playback.js';
import { AUDIO_FRAME_DURATION } from '../live/beep.js';
import { pictureTime, soundNumberAt } from '../live/frames.js';
import { KEYFRAME_INTERVAL } from '../live/loop.js';
import { Refusal } from '../nvr/refusal.js';
import { type Motion, motionAfter, NORMAL } from './motion.js';
import type { Tape } from './tape.js';

/** Where the frames of a playback go. */
export interface Screen {
  /** @param due when it is shown if nothing is late, ms since 1970 UTC; a sound has ended then */
  show(frame: Frame, due: number): void;
  /** Frames wait to be read: the playback waits too, and nothing is lost. */
  readonly full: boolean;
}

/** ms until a full screen is looked at again. */
const FULL_WAIT = 100;
/** ms; after that much delay (a full screen, a suspended machine) the rest is not hurried. */
const MAX_LAG = 1000;

/**
 * Plays what is recorded of one stream, in real time, jumping over gaps. Every picture that it shows can be decoded
 * after those before: a keyframe, or the one that follows the last. At the end of the recordings it stands still.
 */
export class Player {
  readonly #tape: Tape;
  readonly #screen: Screen;
  readonly #clock: Clock;
  /** Number of the picture that was shown last. */
  #picture: number;
  /** The picture from which the times of the following ones are counted, and when it was due, ms. */
  #anchor: { readonly picture: number; readonly due: number };
  /** Number of the next sound. */
  #sound = 0;
  #motion: Motion | undefined = NORMAL;
  #timer: Timer | undefined;

  /** @param first number of the keyframe to begin with */
  constructor(tape: Tape, first: number, screen: Screen, clock: Clock) {
    this.#tape = tape;
    this.#screen = screen;
    this.#clock = clock;
    this.#picture = first;
    this.#anchor = { picture: first, due: clock.wall() };
  }

  start(): void {
    this.#show(this.#picture, this.#anchor.due);
    this.#go(NORMAL);
  }

  /** @throws {@link Refusal} for what cannot be shown; the playback then goes on as before */
  do(command: PlaybackCommand): void {
    switch (command.command) {
      case 'seek':
        this.#jump(this.#tape.groupAt(command.time ?? 0));
        break;
      case 'step_forward':
        this.#jump([this.#tape.after(this.#picture) ?? atEnd()]);
        break;
      case 'step_backward':
        this.#jump(this.#tape.groupOf(this.#tape.before(this.#picture) ?? atEnd()));
        break;
      default:
    }
    this.#go(motionAfter(command));
  }

  close(): void {
    this.#timer?.cancel();
  }

  #jump(pictures: readonly number[]): void {
    for (const picture of pictures) this.#show(picture, this.#clock.wall());
  }

  #show(picture: number, due: number): void {
    this.#screen.show(this.#tape.picture(picture), due);
    this.#picture = picture;
  }

  #go(motion: Motion | undefined): void {
    this.#motion = motion;
    this.#anchorAt(this.#clock.wall());
    this.#schedule();
  }

  /** Goes on from the last picture as if it had been due at that time. */
  #anchorAt(due: number): void {
    this.#anchor = { picture: this.#picture, due };
    this.#sound = soundNumberAt(pictureTime(this.#picture));
  }

  #schedule(): void {
    this.#timer?.cancel();
    if (!this.#motion) return;
    const wait = Math.ceil(Math.min(this.#pictureDue(this.#motion), this.#soundDue(this.#motion)) - this.#clock.wall());
    this.#timer = this.#clock.after(Math.max(0, wait), () => this.#tick());
  }

  #tick(): void {
    if (this.#screen.full) {
      this.#timer = this.#clock.after(FULL_WAIT, () => this.#tick());
      return;
    }
    for (let motion = this.#motion; motion; motion = this.#motion) {
      const [picture, sound] = [this.#pictureDue(motion), this.#soundDue(motion)];
      const late = this.#clock.wall() - Math.min(picture, sound);
      if (late < 0) break;
      if (late > MAX_LAG) this.#anchorAt(this.#clock.wall());
      else if (sound <= picture) this.#playSound(sound);
      else this.#playPicture(motion, picture);
    }
    this.#schedule();
  }

  #playSound(due: number): void {
    const sound = this.#tape.sound(this.#sound++);
    if (sound) this.#screen.show(sound, due);
  }

  #playPicture(motion: Motion, due: number): void {
    const picture = this.#following(motion);
    if (picture === undefined) {
      this.#motion = undefined;
      return;
    }
    const jumped = Math.abs(picture - this.#picture) > KEYFRAME_INTERVAL;
    this.#show(picture, due);
    if (jumped) this.#anchorAt(due);
  }

  #following({ direction, keyframesOnly }: Motion): number | undefined {
    if (direction === -1) return this.#tape.keyframeUpTo(this.#picture - 1);
    return keyframesOnly ? this.#tape.keyframeFrom(this.#picture + 1) : this.#tape.after(this.#picture);
  }

  /** When the next picture is due; a gap takes no longer than what would be there in its place. */
  #pictureDue({ direction, speed, keyframesOnly }: Motion): number {
    const phase = this.#picture % KEYFRAME_INTERVAL;
    const toKeyframe = direction === 1 ? KEYFRAME_INTERVAL - phase : -(phase || KEYFRAME_INTERVAL);
    const next = this.#picture + (keyframesOnly ? toKeyframe : 1);
    return this.#anchor.due + pictureTime(Math.abs(next - this.#anchor.picture)) / speed;
  }

  /** A sound is sent when it has ended, like a live one. */
  #soundDue({ sound }: Motion): number {
    if (!sound) return Infinity;
    return this.#anchor.due + (this.#sound + 1) * AUDIO_FRAME_DURATION - pictureTime(this.#anchor.picture);
  }
}

function atEnd(): never {
  throw new Refusal('there is no such picture');
}
