import {
  abortable,
  type Clock,
  type DeviceStore,
  FileStore,
  type Logger,
  type Nvr,
  sleep,
  systemClock,
  within,
} from '../shared/index.js';
import { LimitCounters, limits, prefixed } from '../shared/internal.js';
import { Broker, type Incoming } from './broker/broker.js';
import { Outbox } from './broker/outbox.js';
import type { BridgeConfig } from './config/read.js';
import { Leftovers } from './leftovers.js';
import { placeOf } from './nvr/memory.js';
import { NvrBridge } from './nvr/nvr-bridge.js';
import { SiteTopics } from './topics.js';

/** ms between the starts of two NVRs: logins are cheap for each, and not for the one who makes five hundred. */
const STAGGER = 20;
/** ms between two repetitions of what Home Assistant is told, however often it says that it is there. */
const REPETITION = 10_000;
/** ms that the last words may take. */
const FAREWELL = 2000;

export interface BridgeOptions {
  readonly logger: Logger;
  /** Ends the bridge. */
  readonly signal: AbortSignal;
  readonly clock?: Clock | undefined;
  /** Default: files in the configured folder. */
  readonly store?: DeviceStore | undefined;
  /** Clients that a host has already, in the order of the configuration: they are used, and stay open. */
  readonly clients?: readonly Nvr[] | undefined;
  /** What to do about an NVR that has no name of its own for topics. Default: to write one into the configuration. */
  readonly advice?: string | undefined;
  /** NVRs may be missing in the configuration: nothing is cleared because its NVR is not there. Default: `false` */
  readonly isIncomplete?: boolean | undefined;
}

/**
 * Tells a broker of the NVRs until the signal ends it: then all states are `unknown`, the site is `stopped`, and it
 * resolves, within 5 s. What is away, NVR or broker, is waited for.
 */
export async function runBridge(config: BridgeConfig, options: BridgeOptions): Promise<void> {
  const { logger, signal, clock = systemClock, store = new FileStore(config.data), clients = [] } = options;
  const { advice = 'give it an "id" in the configuration', isIncomplete = false } = options;
  const site = new SiteTopics(config.prefix, config.site);
  const byId = new Map<string, NvrBridge>();
  let dropped = 0;
  const outbox = new Outbox({
    limit: config.queue,
    pictureLimit: limits.broker.waiting,
    last: site.status,
    clearingChanged: () => leftovers.changed(),
    dropped: (source) => {
      dropped += 1;
      // The first, the tenth, the hundredth …
      if (/^10*$/.test(String(dropped))) logger.warn(`the queue for the broker is full: dropped so far: ${dropped}`);
      byId.get(source)?.drop();
    },
  });
  const homeAssistantStatus = config.homeAssistant && `${config.homeAssistant}/status`;
  let repeated = -Infinity;
  const message = (incoming: Incoming) => {
    if (leftovers.message(incoming)) return;
    if (incoming.topic === homeAssistantStatus) {
      const begins = `${config.homeAssistant}/device/everfocus_`;
      if (incoming.payload.toString('latin1') !== 'online' || clock.now() < repeated + REPETITION) return;
      repeated = clock.now();
      outbox.repeat((topic) => topic.startsWith(begins));
      return;
    }
    // So a retained message is taken away, which only MQTT 5 (3.3.1.3) tells from an empty command.
    if (incoming.retained && incoming.payload.length === 0) return;
    const parsed = site.parse(incoming.topic);
    if (parsed) byId.get(parsed.nvr)?.command(parsed.target, incoming);
  };
  const will = { topic: site.status, payload: 'offline' };
  const broker = new Broker(
    { config: config.broker, will, clock, logger, limits: new LimitCounters(logger) },
    {
      connected: (link) => {
        if (dropped > 0) logger.warn(`${dropped} events were dropped while the broker was away`);
        dropped = 0;
        outbox.connect(link);
        leftovers.connected(true);
      },
      disconnected: () => {
        outbox.connect(undefined);
        leftovers.connected(false);
      },
      message,
    },
  );
  const subscribe = (filters: readonly string[]) => broker.subscribe(filters);
  const unsubscribe = (filters: readonly string[]) => broker.unsubscribe(filters);
  const leftovers: Leftovers = new Leftovers({
    ...{ site, outbox, store, clock, logger, subscribe, unsubscribe },
    isTaken: (id) => byId.has(id),
  });
  const awaited = new Set(config.nvrs.flatMap(({ id }) => id ?? []));
  const named = () => {
    if (!isIncomplete && nvrs.every((nvr) => nvr.isNamed)) leftovers.settle(awaited);
  };
  const nvrs = config.nvrs.map((nvr, index) => {
    const said = prefixed(logger, nvr.port === undefined ? `${nvr.host}: ` : `${nvr.host}:${nvr.port}: `);
    return new NvrBridge(nvr, {
      client: clients[index],
      ...{ site, outbox, store, clock, homeAssistant: config.homeAssistant, logger: said },
      ...{ leftovers, named, advice, subscribe, unsubscribe },
      claim: (id, bridge) => {
        const holder = byId.get(id);
        if (!holder) {
          byId.set(id, bridge);
          said.info(`its topics are below ${site.nvr(id).base}`);
        }
        return !holder || holder === bridge;
      },
      release: (id) => {
        byId.delete(id);
        for (const other of nvrs) other.nameAgain();
      },
    });
  });
  await leftovers.recall(config.nvrs.map((nvr) => placeOf(site, nvr)));
  await Promise.all(nvrs.map((nvr) => nvr.recall()));
  named();
  if (homeAssistantStatus) broker.subscribe([homeAssistantStatus]);
  outbox.retain(site.status, 'online');
  try {
    broker.open();
    for (const nvr of nvrs) {
      nvr.start();
      await sleep(clock, STAGGER, signal);
    }
    await abortable(new Promise<never>(() => undefined), signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await Promise.all(nvrs.map((nvr) => nvr.stop()));
    outbox.retain(site.status, 'stopped');
    await within(clock, FAREWELL, outbox.idle(), () => undefined);
    await leftovers.finish();
    if (outbox.waiting > 0) logger.warn(`${outbox.waiting} events did not reach the broker`);
    await broker.close();
  }
}
