import { isIP } from 'node:net';
import { type Clock, systemClock } from '../clock.js';
import type { DeviceStore } from '../device-store.js';
import { InvalidParameterError } from '../errors.js';
import { LimitCounters } from '../limit-counters.js';
import { type Logger, silentLogger } from '../logger.js';
import { redact, redactingLogger } from '../redact.js';
import { Advice } from './advice.js';
import { CertificateTrust, checkFingerprint } from './certificate-trust.js';
import { type DigestAction, isDigestAction } from '../wire/digest.js';
import { DialectMemory } from './dialect.js';
import type { Tap } from './tap.js';

/** How to reach an NVR. */
export interface NvrClientOptions {
  /** IP address or host name. */
  readonly host: string;
  /** HTTP port, or HTTPS port with {@link https}. Default 80, or 443. */
  readonly port?: number | undefined;
  /** Speak HTTPS and WSS. Default false. */
  readonly https?: boolean | undefined;
  /** SHA-256 fingerprint of the one certificate to trust, `AA:BB:…`. Without it {@link store} decides; with it, it remembers. */
  readonly fingerprint?: string | undefined;
  /**
   * Remembers what is learnt about the NVR: with {@link https} its first certificate, unless a known authority signed
   * it; any other is refused from then on. Without a store a known authority must have signed. Also which reading of
   * the document's open points the NVR uses, so that no login is spent on finding out again.
   */
  readonly store?: DeviceStore | undefined;
  /** Told when the first certificate that the NVR shows is trusted from now on: SHA-256, `AA:BB:…`. */
  readonly trustedFirst?: ((fingerprint: string) => void) | undefined;
  readonly username: string;
  readonly password: string;
  /**
   * Method and URI that the digest of the login is made of, such as `GET:/admin/login` or `POST:admin/login`: the document
   * names neither. By default `POST:/admin/login` is tried, then `POST:/login`.
   */
  readonly digest?: DigestAction | undefined;
  readonly logger?: Logger | undefined;
  readonly clock?: Clock | undefined;
  /** How long a live feed that nobody uses stays open, ms. Default 30,000. */
  readonly feedLingerMs?: number | undefined;
  /** Is shown what goes over the wire, passwords and sessions included: for captures only. @internal */
  readonly tap?: Tap | undefined;
}

/** Options, checked and completed. */
export interface ClientSettings {
  /** Where the NVR is asked now: it may move. */
  host: string;
  readonly port: number;
  readonly https: boolean;
  readonly dialect: DialectMemory;
  /** Which certificate is believed. */
  readonly trust: CertificateTrust;
  readonly username: string;
  readonly password: string;
  /** The only one to try. */
  readonly digest: DigestAction | undefined;
  /** What the NVR asks the user to do. */
  readonly advice: Advice;
  readonly logger: Logger;
  /** The text without secrets, for errors. */
  hide(text: string): string;
  readonly clock: Clock;
  /** What the NVR runs into. */
  readonly limits: LimitCounters;
  readonly feedLingerMs: number;
  readonly tap: Tap | undefined;
}

/** @throws {@link InvalidParameterError} */
export function completeOptions(options: NvrClientOptions): ClientSettings {
  const { host, https = false, port = https ? 443 : 80, fingerprint, username, password } = options;
  if (typeof host !== 'string' || !isHost(host)) {
    throw new InvalidParameterError('host', 'must be an IP address or a host name, without port: that is "port"');
  }
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new InvalidParameterError('port', 'must be an integer from 1 to 65535');
  }
  if (typeof https !== 'boolean') throw new InvalidParameterError('https', 'must be true or false');
  const pin = fingerprint === undefined ? undefined : checkFingerprint(fingerprint);
  if (fingerprint !== undefined && !https) throw new InvalidParameterError('fingerprint', 'goes with https only');
  const { feedLingerMs = 30_000 } = options;
  if (!(feedLingerMs >= 0 && feedLingerMs < 2 ** 31)) {
    throw new InvalidParameterError('feedLingerMs', 'must be 0 or more, ms');
  }
  if (typeof username !== 'string' || username === '') throw new InvalidParameterError('username', 'is required');
  if (typeof password !== 'string') throw new InvalidParameterError('password', 'is required');
  for (const [path, text] of Object.entries({ username, password })) {
    if (!text.isWellFormed()) throw new InvalidParameterError(path, 'must be whole Unicode characters');
  }
  const { digest } = options;
  if (digest !== undefined && !isDigestAction(digest)) {
    throw new InvalidParameterError('digest', 'must be GET or POST, a colon and a URI, such as POST:/admin/login');
  }
  const where = { host: bareHost(host), port };
  const logger = redactingLogger(options.logger ?? silentLogger, [password]);
  const { store, clock = systemClock } = options;
  return {
    ...where,
    https,
    trust: new CertificateTrust({
      ...{ where: authorityOf(where), fingerprint: pin, store, clock, logger },
      trustedFirst: options.trustedFirst,
    }),
    dialect: new DialectMemory(authorityOf(where), store, logger),
    username,
    password,
    digest,
    advice: new Advice({ where: authorityOf(where), username, password }, store, logger),
    logger,
    hide: (text) => redact(text, [password]),
    clock,
    limits: new LimitCounters(logger),
    feedLingerMs,
    tap: options.tap,
  };
}

/** `host:port`, IPv6 addresses in brackets. */
export function authorityOf({ host, port }: Pick<ClientSettings, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** An IPv6 address without its brackets; any other host as it is. */
export function bareHost(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

/** Whether that is an IP address (IPv6 with or without brackets, no zone) or a host name, and nothing else. */
export function isHost(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0) return !bare.includes('%');
  // A last label of digits would be an address, and this is none.
  return (
    host === bare &&
    /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i.test(host) &&
    !/(^|\.)\d+$/.test(host)
  );
}
