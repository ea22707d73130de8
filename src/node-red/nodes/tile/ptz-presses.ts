import { type Clock, ClosedError, movePtz, type Nvr, type PtzDirection, type Timer } from '../../../shared/index.js';
import { HOLD_LOST, type PtzWord } from './pieces.js';

/** ms after which a camera is stopped however long its button is held. */
const LONGEST = 30_000;
/** Presses that are over and remembered: their stop may overtake their begin on the way. */
const REMEMBERED = 64;

const directions = {
  ...{ up: 'tiltUp', down: 'tiltDown', left: 'panLeft', right: 'panRight' },
  ...{ in: 'zoomIn', out: 'zoomOut' },
} as const satisfies Record<PtzWord, PtzDirection>;

export interface PtzPressesOptions {
  readonly client: Nvr;
  readonly clock: Clock;
  /** A move failed, or the camera may still be moving. */
  readonly failed: (error: unknown) => void;
}

interface Press {
  readonly name: string;
  readonly cut: AbortController;
  timer: Timer;
}

/**
 * Buttons of a pad that are held: the camera moves while its page says so again and again. It is stopped when the button is
 * released, and as well when the page, its machine or the network is gone: then nothing is said any more.
 */
export class PtzPresses {
  readonly #options: PtzPressesOptions;
  readonly #over: string[] = [];
  readonly #moves = new Set<Promise<void>>();
  #press: Press | undefined;

  constructor(options: PtzPressesOptions) {
    this.#options = options;
  }

  /** A button is pressed: what another one began ends. */
  move(name: string, channel: number, word: PtzWord): void {
    if (this.#over.includes(name) || this.#press?.name === name) return;
    const { client, clock, failed } = this.#options;
    const earlier = this.#press;
    const cut = new AbortController();
    this.#press = { name, cut, timer: this.#deadline(name) };
    const move = { channel, direction: directions[word], duration: LONGEST };
    const done = movePtz(client, move, { signal: cut.signal, clock })
      .catch((error: unknown) => {
        if (error !== cut.signal.reason) failed(error);
      })
      .finally(() => {
        this.#moves.delete(done);
        this.release(name);
      });
    this.#moves.add(done);
    // The camera was told to go elsewhere: it is stopped once, after the later one.
    if (earlier) this.#forget(earlier);
  }

  /** It is still held. */
  hold(name: string): void {
    if (this.#press?.name !== name) return;
    this.#press.timer.cancel();
    this.#press.timer = this.#deadline(name);
  }

  /** It is released, or nothing more was heard of it. */
  release(name: string): void {
    if (this.#press?.name === name) {
      const press = this.#press;
      this.#press = undefined;
      this.#forget(press);
      press.cut.abort(new ClosedError('the button was released'));
    } else this.#remember(name);
  }

  /** Resolves when the camera stands still. */
  async close(): Promise<void> {
    if (this.#press) this.release(this.#press.name);
    await Promise.all(this.#moves);
  }

  #deadline(name: string): Timer {
    return this.#options.clock.after(HOLD_LOST, () => this.release(name));
  }

  #forget(press: Press): void {
    press.timer.cancel();
    this.#remember(press.name);
  }

  #remember(name: string): void {
    if (this.#over.includes(name)) return;
    this.#over.push(name);
    if (this.#over.length > REMEMBERED) this.#over.shift();
  }
}
