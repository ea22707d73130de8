/** One frame of talk, as it came. */
export interface TalkFrame {
  /** When it came, by the simulator's clock, ms since 1970 UTC. */
  readonly at: number;
  /** What its header says, ms since 1970 UTC. */
  readonly timestamp: number;
  /** G.711 µ-law, 8 kHz mono. */
  readonly data: Buffer;
}

/** bytes: 60 s. */
const KEPT = 60 * 8000;

/** What was said into one loudspeaker: the last 60 s. */
export class TalkRecord {
  #frames: TalkFrame[] = [];
  #bytes = 0;

  get frames(): readonly TalkFrame[] {
    return this.#frames;
  }

  /** All of it on end, G.711 µ-law. */
  get audio(): Buffer {
    return Buffer.concat(this.#frames.map(({ data }) => data));
  }

  add(frame: TalkFrame): void {
    this.#frames.push(frame);
    this.#bytes += frame.data.length;
    while (this.#bytes > KEPT) this.#bytes -= this.#frames.shift()?.data.length ?? 0;
  }
}
