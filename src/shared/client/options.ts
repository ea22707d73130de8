import { isIP } from 'node:net';
import { type Clock, systemClock } from '../clock.js';
import { InvalidParameterError } from '../errors.js';
import { type Logger, silentLogger } from '../logger.js';
import { redact, redactingLogger } from '../redact.js';

/** How to reach an NVR. */
export interface NvrClientOptions {
  /** IP address or host name. */
  readonly host: string;
  /** HTTP port, or HTTPS port with {@link https}. Default 80, or 443. */
  readonly port?: number;
  /** Speak HTTPS and WSS. Default false. */
  readonly https?: boolean;
  /** SHA-256 fingerprint of a self-signed certificate to trust, `AA:BB:…`. Without it a known authority must have signed. */
  readonly fingerprint?: string;
  readonly username: string;
  readonly password: string;
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** How long a live feed that nobody uses stays open, ms. Default 30,000. */
  readonly feedLingerMs?: number;
}

/** Options, checked and completed. */
export interface ClientSettings {
  readonly host: string;
  readonly port: number;
  readonly https: boolean;
  readonly fingerprint: string | undefined;
  readonly username: string;
  readonly password: string;
  readonly logger: Logger;
  /** The text without secrets, for errors. */
  hide(text: string): string;
  readonly clock: Clock;
  readonly feedLingerMs: number;
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
  if (fingerprint !== undefined && !/^([0-9a-f]{2}:?){31}[0-9a-f]{2}$/i.test(fingerprint)) {
    throw new InvalidParameterError('fingerprint', 'must be the 32 bytes of a SHA-256 in hexadecimal');
  }
  if (fingerprint !== undefined && !https) throw new InvalidParameterError('fingerprint', 'goes with https only');
  const { feedLingerMs = 30_000 } = options;
  if (!(feedLingerMs >= 0 && feedLingerMs < 2 ** 31)) {
    throw new InvalidParameterError('feedLingerMs', 'must be 0 or more, ms');
  }
  if (typeof username !== 'string' || username === '') throw new InvalidParameterError('username', 'is required');
  if (typeof password !== 'string') throw new InvalidParameterError('password', 'is required');
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port,
    https,
    fingerprint: fingerprint?.replaceAll(':', '').toUpperCase(),
    username,
    password,
    logger: redactingLogger(options.logger ?? silentLogger, [password]),
    hide: (text) => redact(text, [password]),
    clock: options.clock ?? systemClock,
    feedLingerMs,
  };
}

/** `host:port`, IPv6 addresses in brackets. */
export function authorityOf({ host, port }: Pick<ClientSettings, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function isHost(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0) return !bare.includes('%');
  // A last label of digits would be an address, and this is none.
  return (
    host === bare &&
    /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i.test(host) &&
    !/(^|\.)\d+$/.test(host)
  );
}
