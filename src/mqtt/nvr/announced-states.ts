import { limits } from '../../shared/internal.js';
import type { Outbox } from '../broker/outbox.js';
import type { NvrTopics } from '../topics.js';
import type { Announced } from './memory.js';

type Word = 'ON' | 'OFF' | 'unknown';

/**
 * The retained topics of one NVR: each state as it is known now. Nothing stays ON that nobody knows to be on: what becomes
 * doubtful says `unknown`, and what is gone is cleared.
 */
export class AnnouncedStates {
  readonly topics: NvrTopics;
  readonly #outbox: Pick<Outbox, 'retain' | 'clear'>;
  readonly #channels = new Map<number, Map<string, Word>>();
  readonly #pins = { do: new Map<number, Word>(), di: new Map<number, Word>() };

  constructor(topics: NvrTopics, outbox: Pick<Outbox, 'retain' | 'clear'>) {
    this.topics = topics;
    this.#outbox = outbox;
  }

  /** Kinds of states that have topics, by channel. */
  get channels(): ReadonlyMap<number, ReadonlySet<string>> {
    return new Map([...this.#channels].map(([channel, kinds]) => [channel, new Set(kinds.keys())]));
  }

  kinds(channel: number): readonly string[] {
    return [...(this.#channels.get(channel)?.keys() ?? [])];
  }

  pins(what: 'do' | 'di'): readonly number[] {
    return [...this.#pins[what].keys()];
  }

  /** What was told in an earlier run: there are those topics, and nobody knows what is true of them. */
  recall({ channels, outputs, inputs }: Announced): void {
    for (const [channel, kinds] of channels) {
      this.status(channel, undefined);
      for (const kind of kinds) this.has(channel, kind);
    }
    this.keepPins('do', outputs);
    this.keepPins('di', inputs);
  }

  /** Whether it is on line; `undefined`: not known. */
  status(channel: number, online: boolean | undefined): void {
    this.#channel(channel);
    const word = online === undefined ? 'unknown' : online ? 'online' : 'offline';
    this.#outbox.retain(this.topics.channel(channel, 'status'), word);
  }

  /** Makes sure that there is a topic. @returns whether there was none, and now is */
  has(channel: number, kind: string): boolean {
    const kinds = this.#channel(channel);
    if (kinds.has(kind) || kinds.size >= limits.broker.kinds) return false;
    this.#say(channel, kinds, kind, 'unknown');
    return true;
  }

  /** @returns whether its topic is new; `undefined`: there are too many already */
  state(channel: number, kind: string, on: boolean | undefined): boolean | undefined {
    const isNew = this.has(channel, kind);
    const kinds = this.#channel(channel);
    if (!kinds.has(kind)) return undefined;
    this.#say(channel, kinds, kind, wordOf(on));
    return isNew;
  }

  /** Nothing is active at that channel: what was in doubt is off. */
  quiet(channel: number): void {
    const kinds = this.#channels.get(channel);
    for (const [kind, word] of kinds ?? []) {
      if (kinds && kind !== 'recording' && word === 'unknown') this.#say(channel, kinds, kind, 'OFF');
    }
  }

  /** All events are in doubt. */
  eventsUnknown(): void {
    for (const [channel, kinds] of this.#channels) {
      for (const kind of kinds.keys()) if (kind !== 'recording') this.#say(channel, kinds, kind, 'unknown');
    }
  }

  pin(what: 'do' | 'di', pin: number, on: boolean | undefined): void {
    this.#pins[what].set(pin, wordOf(on));
    this.#outbox.retain(what === 'do' ? this.topics.output(pin) : this.topics.input(pin), wordOf(on));
  }

  /** Everything is in doubt: the bridge stops, or has just begun. */
  allUnknown(): void {
    this.eventsUnknown();
    for (const [channel, kinds] of this.#channels) {
      this.status(channel, undefined);
      if (kinds.has('recording')) this.#say(channel, kinds, 'recording', 'unknown');
    }
    for (const what of ['do', 'di'] as const) for (const pin of this.pins(what)) this.pin(what, pin, undefined);
  }

  forgetChannel(channel: number): void {
    for (const kind of this.kinds(channel)) this.#outbox.clear(this.topics.channel(channel, kind));
    for (const leaf of ['status', 'snapshot']) this.#outbox.clear(this.topics.channel(channel, leaf));
    this.#channels.delete(channel);
  }

  /** Nobody takes pictures any more. */
  clearPictures(): void {
    for (const channel of this.#channels.keys()) this.#outbox.clear(this.topics.channel(channel, 'snapshot'));
  }

  /** Keeps those pins only. */
  keepPins(what: 'do' | 'di', pins: readonly number[]): void {
    for (const pin of this.pins(what)) {
      if (pins.includes(pin)) continue;
      this.#pins[what].delete(pin);
      this.#outbox.clear(what === 'do' ? this.topics.output(pin) : this.topics.input(pin));
    }
    for (const pin of pins) if (!this.#pins[what].has(pin)) this.pin(what, pin, undefined);
  }

  forgetAll(): void {
    for (const channel of [...this.#channels.keys()]) this.forgetChannel(channel);
    this.keepPins('do', []);
    this.keepPins('di', []);
    for (const topic of [this.topics.status, this.topics.info, this.topics.health]) this.#outbox.clear(topic);
  }

  #say(channel: number, kinds: Map<string, Word>, kind: string, word: Word): void {
    kinds.set(kind, word);
    this.#outbox.retain(this.topics.channel(channel, kind), word);
  }

  #channel(channel: number): Map<string, Word> {
    const kinds = this.#channels.get(channel) ?? new Map<string, Word>();
    this.#channels.set(channel, kinds);
    return kinds;
  }
}

function wordOf(on: boolean | undefined): Word {
  return on === undefined ? 'unknown' : on ? 'ON' : 'OFF';
}
