import type { Response } from 'express';
import type { Mp4Piece } from '../../../shared/index.js';
import { type LimitCounters, limits } from '../../../shared/internal.js';
import type { Outlet } from '../live/viewers.js';
import { HEAD, pieceKinds, TIME, type TileNews } from './pieces.js';

/** Begins an answer of pieces: from then on what is wrong is told in a piece. */
export function begin(response: Response): void {
  response.type('application/octet-stream').flushHeaders();
}

/** One tile's part of an answer. */
export class Lane implements Outlet {
  readonly #response: Response;
  readonly #number: number;
  readonly #limits: Pick<LimitCounters, 'hit'> | undefined;

  /** @param number of the tile in the request, from 0 */
  constructor(response: Response, number: number, counters?: Pick<LimitCounters, 'hit'>) {
    this.#response = response;
    this.#number = number;
    this.#limits = counters;
  }

  /** Of the whole answer: its tiles are on one wire. */
  get writableLength(): number {
    return this.#response.writableLength;
  }

  write({ kind, data, timestamp }: Mp4Piece): void {
    if (kind === 'start') return this.#send(pieceKinds.start, [data]);
    const time = Buffer.alloc(TIME);
    time.writeDoubleBE(timestamp);
    this.#send(pieceKinds.fragment, [time, data]);
  }

  tell(news: TileNews): void {
    // Twice what video leaves waiting: who takes nothing is not told for ever.
    if (!this.#response.destroyed && this.#response.writableLength > 2 * limits.viewer.waiting) {
      this.#limits?.hit('viewer.waiting', 'a page of tiles', 'it takes nothing and is let go');
      return this.destroy();
    }
    this.#send(pieceKinds.news, [Buffer.from(JSON.stringify(news))]);
  }

  destroy(): void {
    this.#response.destroy();
  }

  #send(kind: number, parts: readonly Buffer[]): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    const head = Buffer.alloc(HEAD);
    head.writeUInt32BE(parts.reduce((sum, { length }) => sum + length, 0));
    head.writeUInt8(this.#number, 4);
    head.writeUInt8(kind, 5);
    this.#response.write(Buffer.concat([head, ...parts]));
  }
}
