import { HOLD_AGAIN, type PtzWord } from '../pieces.js';
import { pageClock, type PageTimer } from './page-clock.js';
import type { TileServer } from './server.js';

/**
 * A button of the pad that is held. The camera is stopped when it is released, however that comes about; where the word does
 * not arrive, the server misses the next one of these.
 */
export class Press {
  readonly #server: TileServer;
  readonly #name = crypto.randomUUID?.() ?? `press-${Math.random().toString(36).slice(2)}`;
  readonly #failed: (error: unknown) => void;
  #timer: PageTimer | undefined;
  #over = false;

  constructor(server: TileServer, direction: PtzWord, failed: (error: unknown) => void) {
    this.#server = server;
    this.#failed = failed;
    server.turn({ do: 'move', press: this.#name, direction }).catch((error: unknown) => {
      this.release();
      failed(error);
    });
    this.#hold();
    for (const [target, name] of releases) target.addEventListener(name, this.release);
  }

  readonly release = (): void => {
    if (this.#over) return;
    this.#over = true;
    this.#timer?.cancel();
    for (const [target, name] of releases) target.removeEventListener(name, this.release);
    this.#server.turn({ do: 'stop', press: this.#name }).catch(this.#failed);
  };

  #hold(): void {
    this.#timer = pageClock.after(HOLD_AGAIN, () => {
      this.#server.turn({ do: 'hold', press: this.#name }).catch(() => undefined);
      this.#hold();
    });
  }
}

/** What ends a press, wherever it happens. */
const releases: readonly (readonly [EventTarget, string])[] =
  typeof window === 'undefined'
    ? []
    : [
        ...['pointerup', 'pointercancel', 'keyup', 'blur', 'pagehide'].map((name) => [window, name] as const),
        [document, 'visibilitychange'],
      ];
