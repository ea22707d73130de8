import type { Clock } from '../clock.js';
import type { DeviceStore } from '../device-store.js';
import { InvalidParameterError, NvrError, StoreError, UntrustedCertificateError } from '../errors.js';
import type { Logger } from '../logger.js';
import { judgeCertificate, readFingerprint, type ShownCertificate, type Trusted } from './trust-policy.js';

export interface CertificateTrustOptions {
  /** `host:port` */
  readonly where: string;
  /** The one certificate to trust, `AA:BB:…`, whatever the store says; the store holds it from then on. */
  readonly fingerprint: string | undefined;
  /** Remembers what was first seen; without it only known authorities are believed. */
  readonly store: DeviceStore | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly trustedFirst?: ((fingerprint: string) => void) | undefined;
}

/** A certificate and until when it is valid, ms since 1970-01-01 UTC. */
export interface DatedCertificate extends ShownCertificate {
  readonly validUntil: number;
}

/** Which certificate of one NVR is trusted. */
export class CertificateTrust {
  readonly #options: CertificateTrustOptions;
  readonly #key: string;
  #warnedOf = '';
  #confirmed = false;

  constructor(options: CertificateTrustOptions) {
    this.#options = options;
    this.#key = `certificate ${options.where.toLowerCase()}`;
  }

  /**
   * Resolves where the peer may be talked to; a certificate of first use is remembered by then.
   *
   * @throws {@link UntrustedCertificateError}, {@link StoreError}
   */
  async judge(shown: DatedCertificate): Promise<void> {
    const { fingerprint, store } = this.#options;
    if (fingerprint !== undefined) {
      this.#accept(shown, { is: 'pinned', fingerprint });
      if (store) await inTurn(store, () => this.#confirm(store, fingerprint));
    } else if (!store) this.#accept(shown, { is: 'authority' });
    // One after the other, so that connections which are opened together agree on one first use.
    else await inTurn(store, () => this.#judgeBy(store, shown));
    if (!shown.authorized) this.#warnOfAge(shown);
  }

  /** The one certificate that is trusted. @throws {@link StoreError} */
  async trusted(): Promise<string | undefined> {
    const { fingerprint, store } = this.#options;
    if (fingerprint !== undefined || !store) return fingerprint;
    const kept = await this.#read(store);
    return kept.is === 'pinned' ? kept.fingerprint : undefined;
  }

  /**
   * Trusts that certificate from now on, and no other.
   *
   * @throws {@link InvalidParameterError} where it is no fingerprint, or the configuration decides; {@link StoreError}
   */
  async trust(fingerprint: string): Promise<void> {
    const { store, fingerprint: configured } = this.#options;
    const pin = checkFingerprint(fingerprint);
    if (configured !== undefined || !store) {
      throw new InvalidParameterError('fingerprint', 'can be changed only where a store is given, and no fingerprint');
    }
    await inTurn(store, () => this.#write(store, { fingerprint: pin }));
  }

  /** What a person wrote down once holds on when the setting is emptied again. */
  async #confirm(store: DeviceStore, fingerprint: string): Promise<void> {
    if (this.#confirmed) return;
    this.#confirmed = true;
    try {
      await store.write(this.#key, { fingerprint });
    } catch (error) {
      const { where, logger } = this.#options;
      logger.warn(`${where}: its certificate is trusted, and could not be remembered: ${String(error)}`);
    }
  }

  async #judgeBy(store: DeviceStore, shown: ShownCertificate): Promise<void> {
    const { where, logger, trustedFirst } = this.#options;
    const judgement = this.#accept(shown, await this.#read(store));
    if (judgement === 'remember-authority') await this.#write(store, { authority: true });
    if (judgement !== 'remember-pin') return;
    await this.#write(store, { fingerprint: shown.fingerprint });
    logger.info(`${where}: its certificate is trusted from now on, as the first seen: SHA-256 ${shown.fingerprint}`);
    try {
      trustedFirst?.(shown.fingerprint);
    } catch (error) {
      logger.error(`a listener failed: ${String(error)}`);
    }
  }

  /** @throws {@link UntrustedCertificateError} */
  #accept(shown: ShownCertificate, trusted: Trusted): 'accept' | 'remember-pin' | 'remember-authority' {
    const judgement = judgeCertificate(shown, trusted);
    if (judgement !== 'refuse') return judgement;
    const pinned = trusted.is === 'pinned' ? trusted.fingerprint : undefined;
    throw new UntrustedCertificateError(explain(shown.fingerprint, pinned), shown.fingerprint, pinned);
  }

  async #read(store: DeviceStore): Promise<Trusted> {
    const value = await orStoreError('cannot be read', () => store.read(this.#key));
    if (value === undefined) return { is: 'unknown' };
    if (typeof value === 'object' && value !== null) {
      if ('authority' in value && value.authority === true) return { is: 'authority' };
      const pin = 'fingerprint' in value && typeof value.fingerprint === 'string' && readFingerprint(value.fingerprint);
      if (pin) return { is: 'pinned', fingerprint: pin };
    }
    throw new StoreError(`what the store holds under "${this.#key}" is no certificate; trust the right one explicitly`);
  }

  async #write(store: DeviceStore, value: { fingerprint: string } | { authority: true }): Promise<void> {
    await orStoreError('cannot be written', () => store.write(this.#key, value));
  }

  /** The pin is what is trusted; but browsers and people will stumble over the date. */
  #warnOfAge({ fingerprint, validUntil }: DatedCertificate): void {
    const { where, clock, logger } = this.#options;
    if (!(validUntil < clock.wall()) || this.#warnedOf === fingerprint) return;
    this.#warnedOf = fingerprint;
    const since = new Date(validUntil).toISOString();
    logger.warn(`${where}: its certificate expired at ${since}; it is the trusted one, so it is still accepted`);
  }
}

/** The fingerprint as `AA:BB:…`. @throws {@link InvalidParameterError} */
export function checkFingerprint(text: string): string {
  const fingerprint = readFingerprint(text);
  if (fingerprint !== undefined) return fingerprint;
  throw new InvalidParameterError('fingerprint', 'must be the 32 bytes of a SHA-256 in hexadecimal');
}

const turns = new WeakMap<DeviceStore, Promise<unknown>>();

function inTurn<T>(store: DeviceStore, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(store) ?? Promise.resolve()).then(work);
  turns.set(
    store,
    turn.catch(() => undefined),
  );
  return turn;
}

/** A store is the host's: it may fail in any way. */
async function orStoreError<T>(problem: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof NvrError) throw error;
    throw new StoreError(`the store ${problem}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function explain(shown: string, pinned: string | undefined): string {
  const now = shown === '' ? 'it shows none' : `its SHA-256 fingerprint is now ${shown}`;
  return pinned === undefined
    ? `the certificate of the NVR is not signed by a known authority; compare its SHA-256 fingerprint ${shown} with the NVR and set it as "fingerprint"`
    : `the certificate of the NVR has changed (trusted is ${pinned}, ${now}); if that was you, trust the new one; nothing was sent`;
}
