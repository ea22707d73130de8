/** An event on its way to the broker. */
export interface QueuedEvent {
  /** Which NVR it comes from. */
  readonly source: string;
  readonly topic: string;
  readonly payload: string;
}

/** What an event takes beside its texts, bytes. */
const OVERHEAD = 128;

/**
 * Events that wait for the broker: of each NVR in order, the NVRs in turn, bounded by number and bytes in all. Of more than
 * that the oldest of the NVR with most are dropped, so that one in a storm does not push out the others'.
 */
export class EventQueues {
  readonly #limit: { readonly events: number; readonly bytes: number };
  readonly #dropped: (source: string) => void;
  /** In turn: who has given one goes to the end. */
  readonly #queues = new Map<string, Queue>();
  #size = 0;
  #bytes = 0;

  /** @param dropped is told of each that was dropped */
  constructor(limit: { readonly events: number; readonly bytes: number }, dropped: (source: string) => void) {
    this.#limit = limit;
    this.#dropped = dropped;
  }

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(event: QueuedEvent): void {
    this.#queue(event.source).push(event);
    this.#count(event, 1);
    this.#makeRoom();
  }

  next(): QueuedEvent | undefined {
    for (const [source, queue] of this.#queues) {
      this.#queues.delete(source);
      const event = queue.shift();
      if (!event) continue;
      if (queue.length > 0) this.#queues.set(source, queue);
      this.#count(event, -1);
      return event;
    }
    return undefined;
  }

  /** Those that were taken and not delivered, in the order in which they were taken: they are next. */
  giveBack(events: readonly QueuedEvent[]): void {
    for (const event of events.toReversed()) {
      this.#queue(event.source).unshift(event);
      this.#count(event, 1);
    }
    this.#makeRoom();
  }

  #queue(source: string): Queue {
    const queue = this.#queues.get(source) ?? new Queue();
    this.#queues.set(source, queue);
    return queue;
  }

  #makeRoom(): void {
    while (this.#size > this.#limit.events || this.#bytes > this.#limit.bytes) {
      let fullest: Queue | undefined;
      for (const queue of this.#queues.values()) if (!fullest || queue.length > fullest.length) fullest = queue;
      const event = fullest?.shift();
      if (!event) return;
      if (fullest?.length === 0) this.#queues.delete(event.source);
      this.#count(event, -1);
      this.#dropped(event.source);
    }
  }

  #count({ topic, payload }: QueuedEvent, sign: 1 | -1): void {
    this.#size += sign;
    this.#bytes += sign * (OVERHEAD + topic.length + payload.length);
  }
}

/** A list that is taken from the front at no cost for what is behind. */
class Queue {
  #events: (QueuedEvent | undefined)[] = [];
  #first = 0;

  get length(): number {
    return this.#events.length - this.#first;
  }

  push(event: QueuedEvent): void {
    this.#events.push(event);
  }

  shift(): QueuedEvent | undefined {
    if (this.length === 0) return undefined;
    const event = this.#events[this.#first];
    this.#events[this.#first] = undefined;
    this.#first += 1;
    if (this.#first > 1024 && this.#first * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#first);
      this.#first = 0;
    }
    return event;
  }

  unshift(event: QueuedEvent): void {
    if (this.#first === 0) this.#events.unshift(event);
    else this.#events[--this.#first] = event;
  }
}
