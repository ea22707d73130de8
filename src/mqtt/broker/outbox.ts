import { EventQueues, type QueuedEvent } from './event-queues.js';

/** A connection to the broker, as long as it lasts. */
export interface Link {
  /** Messages that may be under way at a time. */
  readonly window: number;
  /** Bytes that wait to go out. */
  readonly waiting: number;
  /** QoS 1. `done` is called once the broker has it, and never where the connection ends first. */
  publish(topic: string, payload: string, retain: boolean, done: () => void): void;
  /** QoS 0, retained. */
  picture(topic: string, jpeg: Buffer): void;
}

/** What became of a picture: the broker may be away, or so slow that pictures are left out. */
export type PictureFate = 'sent' | 'away' | 'slow';

/** What is under way: an event, or a state by its topic. */
type UnderWay = { readonly event: QueuedEvent } | { readonly topic: string };

export interface OutboxOptions {
  readonly limit: { readonly events: number; readonly bytes: number };
  /** Bytes that may wait for the broker before pictures are left out. */
  readonly pictureLimit: number;
  readonly dropped: (source: string) => void;
  /** {@link Outbox.clearing} is another. */
  readonly clearingChanged?: (() => void) | undefined;
  /** The state that says that the others are true: it goes last. */
  readonly last: string;
}

/**
 * What is to be told to the broker, whether it is there or not. States are kept as they are now: each topic once, the newest
 * word, all of them again on a new connection, since a broker may have forgotten them. Events wait in order (see
 * {@link EventQueues}); what was under way when a connection ended is sent once more, by the same ids.
 */
export class Outbox {
  readonly #events: EventQueues;
  readonly #pictureLimit: number;
  readonly #last: string;
  readonly #clearingChanged: () => void;
  /** Retained, by topic; an empty payload clears. */
  readonly #states = new Map<string, string>();
  /** Topics whose broker has not got the newest word. */
  readonly #dirty = new Set<string>();
  /** In the order in which they were sent. */
  readonly #underWay = new Set<UnderWay>();
  #link: Link | undefined;
  #stateNext = true;
  #idle: (() => void) | undefined;

  constructor({ limit, pictureLimit, dropped, last, clearingChanged = () => undefined }: OutboxOptions) {
    this.#last = last;
    this.#clearingChanged = clearingChanged;
    this.#events = new EventQueues(limit, dropped);
    this.#pictureLimit = pictureLimit;
  }

  /** Events that the broker has not taken. */
  get waiting(): number {
    return this.#events.size + [...this.#underWay].filter((one) => 'event' in one).length;
  }

  /** A state that stays true until the next word. */
  retain(topic: string, payload: string): void {
    const before = this.#states.get(topic);
    if (before === payload) return;
    this.#states.set(topic, payload);
    this.#dirty.add(topic);
    if (before === '' || payload === '') this.#clearingChanged();
    this.#pump();
  }

  /** Whether there is a state of that topic that is not to be gone. */
  says(topic: string): boolean {
    return (this.#states.get(topic) ?? '') !== '';
  }

  /** Topics that are to be gone, and that the broker may keep still. */
  get clearing(): readonly string[] {
    return [...this.#states].flatMap(([topic, payload]) => (payload === '' ? [topic] : []));
  }

  /** What was retained is to be gone. */
  clear(topic: string): void {
    this.retain(topic, '');
  }

  /** Nothing more is said of it, and the broker keeps what it has. */
  leaveAlone(topic: string): void {
    this.#states.delete(topic);
    this.#dirty.delete(topic);
  }

  /** Something that happened once. */
  event(event: QueuedEvent): void {
    this.#events.push(event);
    this.#pump();
  }

  /** Whether the broker is there. */
  get connected(): boolean {
    return this.#link !== undefined;
  }

  /** A picture, where the broker can take it now: none waits. */
  picture(topic: string, jpeg: Buffer): PictureFate {
    if (!this.#link) return 'away';
    if (this.#link.waiting > this.#pictureLimit) return 'slow';
    this.#link.picture(topic, jpeg);
    return 'sent';
  }

  /** Says those states once more whose topics fit. */
  repeat(fits: (topic: string) => boolean): void {
    for (const topic of this.#states.keys()) if (fits(topic)) this.#dirty.add(topic);
    this.#pump();
  }

  /** @param link of a new connection; `undefined`: it has ended */
  connect(link: Link | undefined): void {
    const events = [...this.#underWay].flatMap((one) => ('event' in one ? [one.event] : []));
    this.#underWay.clear();
    this.#events.giveBack(events);
    for (const topic of this.#states.keys()) if (topic !== this.#last) this.#dirty.add(topic);
    this.#dirty.delete(this.#last);
    if (this.#states.has(this.#last)) this.#dirty.add(this.#last);
    this.#link = link;
    this.#pump();
  }

  /** Resolves once the broker has everything, or where it is away. */
  async idle(): Promise<void> {
    if (!this.#link || this.#isIdle()) return;
    await new Promise<void>((resolve) => (this.#idle = resolve));
  }

  #isIdle(): boolean {
    return this.#dirty.size === 0 && this.#underWay.size === 0 && this.#events.size === 0;
  }

  #pump(): void {
    const link = this.#link;
    while (link && this.#link === link && this.#underWay.size < link.window) {
      // In turn: neither a flood of events nor a flickering state keeps the other waiting.
      const sentOne = this.#stateNext
        ? this.#sendState(link) || this.#sendEvent(link)
        : this.#sendEvent(link) || this.#sendState(link);
      this.#stateNext = !this.#stateNext;
      if (!sentOne) break;
    }
    if (link && !this.#isIdle()) return;
    this.#idle?.();
    this.#idle = undefined;
  }

  #sendState(link: Link): boolean {
    for (const topic of this.#dirty) {
      const payload = this.#states.get(topic) ?? '';
      this.#dirty.delete(topic);
      this.#send(link, { topic }, topic, payload, true, () => {
        if (payload !== '' || this.#states.get(topic) !== '') return;
        this.#states.delete(topic);
        this.#clearingChanged();
      });
      return true;
    }
    return false;
  }

  #sendEvent(link: Link): boolean {
    const event = this.#events.next();
    if (!event) return false;
    this.#send(link, { event }, event.topic, event.payload, false, () => undefined);
    return true;
  }

  #send(link: Link, what: UnderWay, topic: string, payload: string, retain: boolean, taken: () => void): void {
    this.#underWay.add(what);
    link.publish(topic, payload, retain, () => {
      if (!this.#underWay.delete(what)) return;
      taken();
      this.#pump();
    });
  }
}
