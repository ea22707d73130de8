import type { Clock, DeviceStore, Logger, Timer } from '../shared/index.js';
import { limits } from '../shared/internal.js';
import type { Incoming } from './broker/broker.js';
import type { Outbox } from './broker/outbox.js';
import { AnnouncedStates } from './nvr/announced-states.js';
import { discoveryTopics } from './nvr/home-assistant.js';
import { type Announced, announcedIn, Memory, NewestOf, storedOf } from './nvr/memory.js';
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
 * something else, and whatever was to be cleared and is not yet. The store has a list, of this site only, until the broker
 * has taken it back.
 *
 * Topics below the site are this bridge's alone. A document for Home Assistant is called after its NVR, and another bridge
 * may have announced the NVR since: it is looked at, and cleared where it is of this site.
 */
export class Leftovers {
  readonly #options: LeftoversOptions;
  readonly #file: NewestOf;
  /** NVRs that there are records of in the store, as configured. */
  readonly #places = new Set<string>();
  /** Those whose topics nobody of this run has, by their names in topics, the oldest first. */
  readonly #left = new Map<string, Announced>();
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
    const { nvrs, left, clear } = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<
      string,
      unknown
    >;
    for (const topic of textsIn(clear)) this.#clear(topic);
    for (const each of Array.isArray(left) ? left.map(announcedIn) : []) if (each) this.leave(each);
    for (const place of textsIn(nvrs)) {
      if (places.includes(place)) this.#places.add(place);
      else await this.#leavePlace(place);
    }
  }

  /** There is a record of that NVR. */
  add(place: string): void {
    if (this.#places.has(place)) return;
    this.#places.add(place);
    this.changed();
  }

  /** Its topics are nobody's just now: they are in doubt until somebody has them, or it is certain that nobody will. */
  leave(announced: Announced): void {
    const { site, outbox, isTaken } = this.#options;
    if (isTaken(announced.id)) return;
    const states = new AnnouncedStates(site.nvr(announced.id), outbox);
    states.recall(announced);
    outbox.retain(states.topics.status, '{"connection":"unknown"}');
    this.#left.set(announced.id, announced);
    const [oldest] = this.#left.values();
    if (this.#left.size > limits.bridge.left && oldest) this.#forget(oldest);
    this.changed();
  }

  /** Somebody has that name now: what was told under it. */
  inherit(id: string): Announced | undefined {
    const announced = this.#left.get(id);
    if (this.#left.delete(id)) this.changed();
    return announced;
  }

  /** All NVRs have their names. @param awaited names that the configuration gives */
  settle(awaited: ReadonlySet<string>): void {
    for (const announced of [...this.#left.values()]) if (!awaited.has(announced.id)) this.#forget(announced);
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
      left: [...this.#left.values()].map(storedOf),
      clear: [...this.#options.outbox.clearing, ...this.#looks].slice(0, limits.bridge.clearing),
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
    await this.#file.finish();
  }

  async #leavePlace(place: string): Promise<void> {
    const { store, logger } = this.#options;
    const memory = new Memory(store, place, logger);
    const announced = await memory.read();
    if (announced) this.leave(announced);
    // Not before the list has it.
    await this.#file.finish();
    memory.forget();
    await memory.finish();
  }

  #forget(announced: Announced): void {
    const { outbox, site, logger } = this.#options;
    const states = new AnnouncedStates(site.nvr(announced.id), outbox);
    states.recall(announced);
    states.forgetAll();
    this.#left.delete(announced.id);
    this.withdraw(announced);
    this.changed();
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
