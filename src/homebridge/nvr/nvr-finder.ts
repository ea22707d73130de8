import {
  type Clock,
  type DeviceStore,
  discover,
  type DiscoverOptions,
  type Logger,
  type Nvr,
  NvrRefusedError,
} from '../../shared/index.js';
import { addressOfHost, limits, meet } from '../../shared/internal.js';
import { normaliseMac } from '../accessories/camera-identity.js';
import { addressOf, type NvrConfiguration } from '../config.js';

/** ms that an NVR is away before it is looked for: a restart takes a minute or two, and a search costs next to nothing. */
const PATIENCE = 60_000;
/** ms from one search to the next. */
const PAUSE = 5 * 60_000;
/** ms that a look at an address may take. */
const LOOK = 5000;
/** ms that answers are waited for. */
const SEARCH = 3000;

/** Where searches go: behind every interface that leads out of this machine, to the port of the document, unless told. */
export type SearchPlace = Pick<DiscoverOptions, 'interfaces' | 'port'>;

export interface NvrFinderOptions {
  readonly configuration: Pick<NvrConfiguration, 'host' | 'port' | 'https'>;
  readonly client: Pick<Nvr, 'network' | 'moveTo' | 'trustedCertificate' | 'limits'>;
  /** Remembers the MAC addresses: the NVR may move while Homebridge is not running. */
  readonly store: DeviceStore;
  /** Says which NVR it is about. */
  readonly logger: Logger;
  readonly clock: Clock;
  readonly place: SearchPlace;
}

/**
 * Looks for an NVR that is away, by the MAC addresses that it told when it was there. Anybody can answer a search in its
 * name: the driver goes to another address only where the NVR proves there by its certificate who it is. Where it cannot,
 * the user is told.
 */
export class NvrFinder {
  readonly #options: NvrFinderOptions;
  readonly #key: string;
  readonly #closing = new AbortController();
  #timer: { cancel(): void } | undefined;
  /** It is away. */
  #search: AbortController | undefined;
  /** This user may not ask what it is known by. */
  #refused = false;
  /** Where it is asked now. */
  #host: string;
  /** Addresses that the user was told about. */
  readonly #told = new Set<string>();

  constructor(options: NvrFinderOptions) {
    const { configuration } = options;
    this.#options = options;
    this.#host = configuration.host;
    this.#key = `network ${addressOf(configuration)}`;
  }

  /** It is there: what it is known by is read. */
  async connected(): Promise<void> {
    this.#end();
    if (this.#refused) return;
    const { store, logger } = this.#options;
    try {
      const macs = macsOf(await this.#askMacs());
      if (macs.length > 0 && macs.join() !== (await this.#macs()).join()) await store.write(this.#key, { macs });
    } catch (error) {
      // A user may lack the right: such an NVR is not found again, and not asked again, since refusals cost logins.
      this.#refused = error instanceof NvrRefusedError;
      logger.debug(`what it is known by in the network is not remembered: ${String(error)}`);
    }
  }

  /** It does not answer, or something else does. */
  lost(): void {
    if (this.#search || this.#closing.signal.aborted) return;
    this.#search = new AbortController();
    this.#lookIn(PATIENCE, this.#search.signal);
  }

  close(): void {
    this.#closing.abort();
    this.#end();
  }

  #end(): void {
    this.#search?.abort();
    this.#search = undefined;
    this.#timer?.cancel();
  }

  #lookIn(ms: number, signal: AbortSignal): void {
    const { clock, logger } = this.#options;
    this.#timer = clock.after(ms, () => {
      const done = this.#look(signal).catch((error: unknown) => logger.debug(`the search failed: ${String(error)}`));
      void done.then(() => {
        if (!signal.aborted) this.#lookIn(PAUSE, signal);
      });
    });
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { client, clock, place } = this.#options;
    const macs = await this.#macs();
    if (macs.length === 0) return;
    const { devices } = await discover({ ...place, macs, timeout: SEARCH, clock, signal });
    const here = await addressOfHost({ host: this.#host });
    // Where the answer came from: what it says of its address may lead anywhere.
    const hosts = new Set(devices.map(({ sender }) => sender));
    // It is in its place, and has other troubles.
    if (here === undefined ? hosts.has(this.#host) : hosts.has(here)) return;
    if (hosts.size > limits.discovery.claims) {
      client.limits.hit(
        'discovery.claims',
        'the search for it',
        'more addresses that answer in its name are passed over',
      );
    }
    for (const host of [...hosts].slice(0, limits.discovery.claims)) {
      if (signal.aborted || (await this.#follow(host, signal))) return;
    }
  }

  /** @returns whether it is asked there from now on */
  async #follow(host: string, signal: AbortSignal): Promise<boolean> {
    const { configuration, client, logger } = this.#options;
    if (!configuration.https || (await client.trustedCertificate()) === undefined) {
      await this.#tell(host, signal);
      return false;
    }
    try {
      await client.moveTo(host, { signal });
    } catch (error) {
      logger.debug(`${host} answers in its name and is not it: ${String(error)}`);
      return false;
    }
    logger.warn(
      `the NVR is not at ${this.#host} any more but at ${host}, as its certificate proves: it is asked there. Write ${host} ` +
        'into "Address" (host) of this NVR in the plugin settings, so that it is there at once after the next start.',
    );
    this.#host = host;
    return true;
  }

  /** Once for an address, and not without end: it is only a claim. */
  async #tell(host: string, signal: AbortSignal): Promise<void> {
    const { configuration, logger, clock } = this.#options;
    const { port, https } = configuration;
    if (this.#told.has(host) || this.#told.size >= limits.discovery.claims) return;
    const met = await meet(port, https, { host, clock, signal, patience: LOOK });

    if (met.is !== 'nvr') return;
    this.#told.add(host);
    logger.warn(
      `the NVR has another address now, it seems: one with its MAC address answers at ${host}. If the NVR's own display ` +
        `shows that address, write ${host} into "Address" (host) of this NVR in the plugin settings and restart Homebridge. ` +
        'It is not followed there by itself: without HTTPS anybody in the network could answer in its place.',
    );
  }

  /** The settings of the network hold the password of its wifi: they are asked for only where nobody can read along. */
  async #askMacs(): Promise<readonly unknown[]> {
    const { client, configuration } = this.#options;
    const call = { signal: this.#closing.signal };
    const { mac } = await client.network.getDDNS({}, call);
    if (normaliseMac(mac) !== undefined || !configuration.https) return [mac];
    const { interfaces = [] } = await client.network.getNetwork({}, call);
    return interfaces.map((each) => each.mac);
  }

  async #macs(): Promise<string[]> {
    const kept = await this.#options.store.read(this.#key);
    const { macs } = typeof kept === 'object' && kept !== null ? (kept as { macs?: unknown }) : {};
    return Array.isArray(macs) ? macsOf(macs) : [];
  }
}

/** Of its first interfaces. */
function macsOf(texts: readonly unknown[]): string[] {
  const macs = texts.map((text) => (typeof text === 'string' ? normaliseMac(text) : undefined));
  return [...new Set(macs.filter((mac) => mac !== undefined))].slice(0, limits.discovery.macs).sort();
}
