import { pageClock, type PageTimer } from './page-clock.js';
import type { Piece } from './piece-reader.js';
import { livePieces, ServerError } from './server.js';

/** ms in which the tiles of a page come together. */
const TOGETHER = 50;
/** ms until it is tried again, at first and at most. */
const AGAIN = [500, 15_000] as const;

export interface Watcher {
  piece(piece: Piece): void;
  /** Nothing comes: it is tried again. */
  lost(error: ServerError | undefined): void;
}

/** All live tiles of a page, on one connection; it is made anew when one comes or goes, and rests while nobody can see it. */
class Wall {
  readonly #root: string;
  readonly #tiles = new Map<string, Set<Watcher>>();
  #opening: PageTimer | undefined;
  #open: AbortController | undefined;
  #again: number = AGAIN[0];

  constructor(root: string) {
    this.#root = root;
    document.addEventListener('visibilitychange', () => this.#later(TOGETHER));
  }

  /** @returns what ends it */
  join(id: string, watcher: Watcher): () => void {
    const watchers = this.#tiles.get(id) ?? new Set();
    this.#tiles.set(id, watchers.add(watcher));
    // Also where its tile is shown already: newcomers need the begin.
    this.#later(TOGETHER);
    return () => {
      watchers.delete(watcher);
      if (watchers.size > 0 || this.#tiles.get(id) !== watchers) return;
      this.#tiles.delete(id);
      this.#later(TOGETHER);
    };
  }

  #later(ms: number): void {
    this.#opening?.cancel();
    this.#opening = pageClock.after(ms, () => {
      this.#open?.abort();
      this.#open = undefined;
      if (this.#tiles.size > 0 && document.visibilityState === 'visible') void this.#watch();
    });
  }

  async #watch(): Promise<void> {
    const open = new AbortController();
    this.#open = open;
    const ids = [...this.#tiles.keys()];
    const each = (id: string | undefined) => [...(this.#tiles.get(id ?? '') ?? [])];
    let failure: unknown;
    try {
      for await (const { lane, piece } of livePieces(this.#root, ids, open.signal)) {
        this.#again = AGAIN[0];
        for (const watcher of each(ids[lane])) watcher.piece(piece);
      }
    } catch (error) {
      failure = error;
    }
    if (open.signal.aborted) return;
    const known = failure instanceof ServerError ? failure : undefined;
    for (const watcher of ids.flatMap(each)) watcher.lost(known);
    this.#later(this.#again);
    this.#again = Math.min(2 * this.#again, AGAIN[1]);
  }
}

const walls = new Map<string, Wall>();

/** @param root path of Node-RED's HTTP nodes */
export function wallAt(root: string): Wall {
  const wall = walls.get(root) ?? new Wall(root);
  walls.set(root, wall);
  return wall;
}
