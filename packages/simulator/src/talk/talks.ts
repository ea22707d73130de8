import { Refusal } from '../nvr/refusal.js';
import { TalkRecord } from './talk-record.js';

/** Who is spoken through: 0 is the NVR itself. */
export class Talks {
  readonly #records = new Map<number, TalkRecord>();
  readonly #busy = new Set<number>();

  record(channel: number): TalkRecord {
    const record = this.#records.get(channel) ?? new TalkRecord();
    this.#records.set(channel, record);
    return record;
  }

  /** A loudspeaker plays one talk at a time. @throws {@link Refusal} */
  checkFree(channel: number): void {
    if (this.#busy.has(channel)) throw new Refusal(`ChannelID=${channel}: somebody is talking`);
  }

  /** @returns what ends it. @throws {@link Refusal} */
  begin(channel: number): () => void {
    this.checkFree(channel);
    this.#busy.add(channel);
    return () => this.#busy.delete(channel);
  }
}
