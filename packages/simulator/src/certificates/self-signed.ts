import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  ascii,
  bits,
  boolean,
  integer,
  objectId,
  octets,
  printable,
  sequence,
  set,
  tagged,
  time,
  utf8,
} from './der.js';

/** A certificate and its private key, PEM. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** Whom a certificate names; what is empty is left out. */
export interface Subject {
  readonly countryName: string;
  readonly stateOrProvinceName: string;
  readonly localityName: string;
  readonly organizationName: string;
  readonly organizationalUnitName: string;
  readonly commonName: string;
  readonly emailAddress: string;
}

/** Object ids of the names, in the order of SDK 8.1 (RFC 5280, 4.1.2.4 and appendix A). */
const NAMES: Readonly<Record<keyof Subject, string>> = {
  countryName: '2.5.4.6',
  stateOrProvinceName: '2.5.4.8',
  localityName: '2.5.4.7',
  organizationName: '2.5.4.10',
  organizationalUnitName: '2.5.4.11',
  commonName: '2.5.4.3',
  emailAddress: '1.2.840.113549.1.9.1',
};
/** ecdsa-with-SHA256 (RFC 5758, 3.2) */
const SIGNATURE = sequence(objectId('1.2.840.10045.4.3.2'));
const BASIC_CONSTRAINTS = objectId('2.5.29.19');

/**
 * A fresh key and a certificate that it signed itself (RFC 5280, 4.1), as a recorder makes one.
 *
 * @param from ms since 1970-01-01 UTC, as `until`
 */
export function selfSigned(subject: Subject, from: number, until: number): Identity {
  // On P-256, since that takes milliseconds where RSA takes up to a second.
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const name = nameOf(subject);
  const body = sequence(
    tagged(0, integer(Buffer.of(2))), // version 3
    integer(randomBytes(16)),
    SIGNATURE,
    name, // issuer
    sequence(time(from), time(until)),
    name, // subject
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(sequence(BASIC_CONSTRAINTS, boolean(true), octets(sequence(boolean(true)))))),
  );
  const certificate = sequence(body, SIGNATURE, bits(sign('sha256', body, privateKey)));
  return { key: pem(privateKey), cert: certificatePem(certificate) };
}

function nameOf(subject: Subject): Buffer {
  const names = Object.keys(NAMES) as (keyof Subject)[];
  return sequence(
    ...names
      .filter((name) => subject[name] !== '')
      .map((name) => set(sequence(objectId(NAMES[name]), textOf(name, subject[name])))),
  );
}

function textOf(name: keyof Subject, text: string): Buffer {
  if (name === 'countryName') return printable(text);
  // An address beyond ASCII is not foreseen, but devices take it.
  return name === 'emailAddress' && /^\p{ASCII}*$/u.test(text) ? ascii(text) : utf8(text);
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function certificatePem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
