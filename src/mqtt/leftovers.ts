import type { Clock, DeviceStore, Logger, Timer } from '../shared/index.js';
import { limits } from '../shared/internal.js';
import type { Incoming } from './broker/broker.js';
import type { Outbox } from './broker/outbox.js';
import { AnnouncedStates } from './nvr/announced-states.js';
import { discoveryTopics } from './nvr/home-assistant.js';
import { type Announced, Memory, NewestOf } from './nvr/memory.js';
import type { SiteTopics } from './topics.js';

/** ms after which a broker that was asked for what it keeps has told it. */
const LOOK = 10_000;

export interface LeftoversOptions {
  readonly site: SiteTopics;
  readonly outbox: Outbox;
  readonly store: DeviceStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether an NVR of this run has that name. */
  readonly isTaken: (id: string) => boolean;
  readonly subscribe: (filters: readonly string[]) => void;
  readonly unsubscribe: (filters: readonly string[]) => void;
}

/**
 * What the broker keeps of earlier runs that this one does not tell: NVRs that are not configured any more, or called
 * something else, and whatever was to be cleared and is not yet. The store has a list, of this site only, and a record of
 * each NVR until what is to be cleared of it is in the list.
 *
 * Topics below the site are this bridge's alone. A document for Home Assistant is called after its NVR, and another bridge
 * may have announced the NVR since: it is looked at, and cleared where it is of this site.
 */
export class Leftovers {
  readonly #options: LeftoversOptions;
  readonly #file: NewestOf;
  /** NVRs that there are records of in the store, as configured, or as they were left. */
  readonly #places = new Set<string>();
  /** Those whose topics nobody of this run has, by their records. */
  readonly #left = new Map<string, Announced>();
  readonly #memories = new Map<string, Memory>();
  /** Records that are being taken out. */
  #removing: Promise<unknown> = Promise.resolve();
  /** Documents to look at. */
  readonly #looks = new Set<string>();
  #isConnected = false;
  #patience: Timer | undefined;

  constructor(options: LeftoversOptions) {
    const { store, site, logger } = options;
    this.#options = options;
    this.#file = new NewestOf(store, `announced at ${site.base}`, logger);
  }

  /** Reads the list. Before anything is told. @param places NVRs as they are configured */
  async recall(places: readonly string[]): Promise<void> {
    const stored = await this.#file.read();
    const { nvrs, clear } = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<string, unknown>;
    // All of them first: the list may be written at any time.
    for (const place of textsIn(nvrs)) this.#places.add(place);
    for (const topic of textsIn(clear)) this.#clear(topic);
    const configured = new Set(places);
    for (const place of [...this.#places].filter((one) => !configured.has(one))) {
      const announced = await this.#memory(place).read();
      if (announced) this.leave(announced, place);
      else this.#places.delete(place);
    }
  }

  /** There is a record of that NVR. */
  add(place: string): void {
    if (this.#places.has(place)) return;
    this.#places.add(place);
    this.changed();
  }

  /**
   * Its topics are nobody's just now: they are in doubt until somebody has them, or it is certain that nobody will.
   *
   * @param place the record that there is of it already
   */
  leave(announced: Announced, place?: string): void {
    const { site, outbox, isTaken } = this.#options;
    const { id } = announced;
    if (isTaken(id)) return;
    const where = place ?? `${site.base} left ${id}`;
    if (this.#left.size >= limits.bridge.left && !this.#left.has(where)) return this.#leaveAlone(announced);
    const states = new AnnouncedStates(site.nvr(id), outbox);
    states.recall(announced);
    outbox.retain(states.topics.status, '{"connection":"unknown"}');
    this.#left.set(where, announced);
    if (place !== undefined) return;
    this.#memory(where).write(announced);
    this.add(where);
  }

  /** Somebody has that name now: what was told under it. */
  inherit(id: string): readonly Announced[] {
    const found = [...this.#left].filter(([, announced]) => announced.id === id);
    for (const [place] of found) this.#remove(place);
    return found.map(([, announced]) => announced);
  }

  /** All NVRs have their names. @param awaited names that the configuration gives */
  settle(awaited: ReadonlySet<string>): void {
    for (const [place, announced] of [...this.#left]) if (!awaited.has(announced.id)) this.#forget(place, announced);
  }

  /** What Home Assistant was told in an earlier run, and is not in this one. */
  withdraw({ id, channels, discovery }: Announced): void {
    if (!discovery) return;
    for (const topic of discoveryTopics(discovery.prefix, id, channels.keys())) this.#clear(topic);
  }

  /** The list is another. */
  changed(): void {
    this.#file.write(() => ({
      nvrs: [...this.#places],
      clear: this.#clearing().slice(0, limits.bridge.clearing),
    }));
  }

  connected(isConnected: boolean): void {
    this.#isConnected = isConnected;
    this.#wait();
  }

  /** @returns whether it was waited for here */
  message({ topic, payload }: Incoming): boolean {
    if (!this.#looks.delete(topic)) return false;
    const { outbox, site, unsubscribe } = this.#options;
    unsubscribe([topic]);
    if (!outbox.says(topic) && isOf(payload, site.status)) outbox.clear(topic);
    this.changed();
    return true;
  }

  /** Resolves once all is written. */
  async finish(): Promise<void> {
    this.#patience?.cancel();
    await this.#removing;
    await Promise.all([this.#file, ...this.#memories.values()].map(async (each) => each.finish()));
  }

  #clearing(): readonly string[] {
    return [...this.#options.outbox.clearing, ...this.#looks];
  }

  #memory(place: string): Memory {
    const { store, logger } = this.#options;
    const memory = this.#memories.get(place) ?? new Memory(store, place, logger);
    this.#memories.set(place, memory);
    return memory;
  }

  /** Its record is not needed any more. */
  #remove(place: string): void {
    this.#left.delete(place);
    this.#removing = Promise.all([this.#removing, this.#removeRecord(place)]);
  }

  async #removeRecord(place: string): Promise<void> {
    // Not before the list has what is to be cleared, all of it: else the next start has the record still.
    const isListed = (await this.#file.finish()) && this.#clearing().length <= limits.bridge.clearing;
    if (!isListed || this.#left.has(place)) return;
    const memory = this.#memory(place);
    memory.forget();
    if (!(await memory.finish()) || this.#left.has(place)) return;
    this.#memories.delete(place);
    this.#places.delete(place);
    this.changed();
  }

  /** One too many: what the broker has of it stays there; the record of an earlier run stays, too. */
  #leaveAlone(announced: Announced): void {
    const { site, outbox } = this.#options;
    const { id, channels, discovery } = announced;
    const alone = { retain: () => undefined, clear: (topic: string) => outbox.leaveAlone(topic) };
    const states = new AnnouncedStates(site.nvr(id), alone);
    states.recall(announced);
    states.forgetAll();
    if (!discovery) return;
    for (const topic of discoveryTopics(discovery.prefix, id, channels.keys())) outbox.leaveAlone(topic);
  }

  #forget(place: string, announced: Announced): void {
    const { outbox, site, logger } = this.#options;
    const states = new AnnouncedStates(site.nvr(announced.id), outbox);
    states.recall(announced);
    states.forgetAll();
    this.withdraw(announced);
    this.changed();
    this.#remove(place);
    logger.info(`what was told of ${announced.id} is cleared: no NVR of the configuration is called so`);
  }

  #clear(topic: string): void {
    const { outbox, site, subscribe } = this.#options;
    if (!isTopic(topic)) return;
    // What this run has told is this bridge's.
    if (topic.startsWith(`${site.base}/`) || outbox.says(topic)) return outbox.clear(topic);
    if (!topic.includes('/device/everfocus_')) return;
    this.#looks.add(topic);
    subscribe([topic]);
    this.#wait();
    this.changed();
  }

  /** Where nothing comes there is nothing, or it is not for us to see. */
  #wait(): void {
    this.#patience?.cancel();
    if (!this.#isConnected || this.#looks.size === 0) return;
    this.#patience = this.#options.clock.after(LOOK, () => {
      this.#options.unsubscribe([...this.#looks]);
      this.#looks.clear();
      this.changed();
    });
  }
}

/** Whether a document for Home Assistant hangs on that status. */
function isOf(payload: Buffer, status: string): boolean {
  try {
    const { availability } = JSON.parse(payload.toString()) as { availability?: { topic?: unknown }[] };
    return availability?.some(({ topic }) => topic === status) === true;
  } catch {
    return false;
  }
}

/** Files may have been edited. */
function isTopic(topic: string): boolean {
  return topic.length <= limits.broker.topic && /^[A-Za-z0-9_/-]+$/.test(topic);
}

function textsIn(stored: unknown): string[] {
  return Array.isArray(stored) ? stored.filter((one): one is string => typeof one === 'string') : [];
}
