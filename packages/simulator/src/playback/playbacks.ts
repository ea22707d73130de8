import { type PlaybackCommand, misfit } from '../../../../src/shared/sdk/playback.js';
import { Refusal } from '../nvr/refusal.js';

/** What can be told to do something. */
export interface Controlled {
  do(command: PlaybackCommand): void;
}

/** The playbacks that are open, by the session ids that their clients made up (SDK 3.3). */
export class Playbacks {
  readonly #open = new Map<string, Controlled>();

  /** @throws {@link Refusal} */
  checkFree(session: string): void {
    if (this.#open.has(session)) throw new Refusal('session: another playback uses it');
  }

  /** @returns what ends it. @throws {@link Refusal} */
  add(session: string, playback: Controlled): () => void {
    this.checkFree(session);
    this.#open.set(session, playback);
    return () => this.#open.delete(session);
  }

  /** @throws {@link Refusal} */
  control(session: string, command: PlaybackCommand): void {
    const playback = this.#open.get(session);
    if (!playback) throw new Refusal('session: no such playback');
    const wrong = misfit(command);
    if (wrong) throw new Refusal(`${wrong.path}: ${wrong.problem}`);
    playback.do(command);
  }
}
