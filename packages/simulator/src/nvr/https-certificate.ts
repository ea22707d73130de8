import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Clock } from '../../../../src/shared/clock.js';
import { type Identity, selfSigned, type Subject } from '../certificates/self-signed.js';
import { Refusal } from './refusal.js';

/** ms */
const DAY = 86_400_000;
/** days; SDK 8.2 */
export const DEFAULT_VALIDITY = 3650;

const FACTORY: Subject = {
  countryName: 'TW',
  stateOrProvinceName: 'New Taipei City',
  localityName: 'Sheng Keng',
  organizationName: 'Everfocus Electronic Corp.',
  organizationalUnitName: 'Simulator',
  commonName: 'localhost',
  emailAddress: 'receiver@email.address',
};

/** How Node shortens what SDK 8.1 spells out. */
const SHORT = {
  countryName: 'C',
  stateOrProvinceName: 'ST',
  localityName: 'L',
  organizationName: 'O',
  organizationalUnitName: 'OU',
  commonName: 'CN',
  emailAddress: 'emailAddress',
} as const;

/** The HTTPS certificate of the NVR (SDK chapter 8); made when somebody first asks for it. */
export class HttpsCertificate {
  readonly #clock: Clock;
  #identity: Identity | undefined;
  #replaced: (identity: Identity) => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get identity(): Identity {
    this.#identity ??= this.#make(FACTORY, DEFAULT_VALIDITY);
    return this.#identity;
  }

  /** SHA-256, `AA:BB:…` */
  get fingerprint(): string {
    return this.#parsed.fingerprint256;
  }

  /** What the certificate says (SDK 8.1). */
  get info() {
    const { validFrom, validTo, serialNumber } = this.#parsed;
    const { subject, issuer } = this.#parsed.toLegacyObject();
    return {
      subject: spelled(subject),
      issuer: spelled(issuer),
      notBefore: new Date(validFrom).toISOString(),
      notAfter: new Date(validTo).toISOString(),
      serial: serialNumber,
    };
  }

  /** Tells whoever shows the certificate that there is another one. */
  onReplaced(replaced: (identity: Identity) => void): void {
    this.#replaced = replaced;
  }

  /** @param days how long it is valid, from now */
  generate(subject: Subject, days: number): void {
    this.#replace(this.#make(subject, days));
  }

  /** Another one with the same names, as a stranger would make it; `days` below 0: it has expired by then. */
  renew(days = DEFAULT_VALIDITY): void {
    this.generate(FACTORY, days);
  }

  /** @throws {@link Refusal} where one of the two is no PEM, or they do not belong together */
  upload({ key, cert }: Identity): void {
    const certificate = parsed('cert', () => new X509Certificate(cert));
    const privateKey = parsed('key', () => createPrivateKey(key));
    if (!certificate.checkPrivateKey(privateKey)) throw new Refusal('the key is not that of the certificate');
    // What OpenSSL does not serve, such as a key that is too short, must not end the server.
    parsed('cert', () => createSecureContext({ key, cert }));
    this.#replace({ key, cert });
  }

  get #parsed(): X509Certificate {
    return new X509Certificate(this.identity.cert);
  }

  #make(subject: Subject, days: number): Identity {
    const now = this.#clock.wall();
    const until = now + days * DAY;
    return selfSigned(subject, Math.min(now, until - DAY), until);
  }

  #replace(identity: Identity): void {
    this.#identity = identity;
    this.#replaced(identity);
  }
}

function parsed<T>(field: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new Refusal(`${field}: cannot be read`);
  }
}

/** A name that stands there several times comes as a list. */
function spelled(names: object): Record<string, string> {
  const found = names as Readonly<Record<string, string | readonly string[] | undefined>>;
  const entries = Object.entries(SHORT).flatMap(([name, short]) => {
    const text = found[short];
    return text === undefined ? [] : [[name, [text].flat().join(', ')]];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}
