import { lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { bareHost } from '../link/options.js';
import { tlsConnection } from '../link/tls-connection.js';
import { type Clock, within } from '../clock.js';
import { type Answer, type Identity, identify } from './identify.js';

/** Where NVRs usually listen. */
const USUAL_PORTS = [80, 443, 8080, 8443] as const;
/** Bytes of an answer that are looked at. */
const BEGINNING = 64 * 1024;

/** A host that is looked at from outside: no credentials are sent. */
export interface Place {
  /** IP address or host name, IPv6 with or without brackets. */
  readonly host: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** ms that each look may take. */
  readonly patience: number;
}

/** What stands at a port, or why that cannot be told. */
export type Meeting =
  | Identity
  /** Asked by HTTPS, it does not speak TLS. */
  | { readonly is: 'no-tls' }
  /** It takes connections and does not answer. */
  | { readonly is: 'silent'; readonly problem: string };

/** The IP address of a host; `undefined` where the name has none. */
export async function addressOfHost({ host }: Pick<Place, 'host'>): Promise<string | undefined> {
  try {
    return (await lookup(bareHost(host))).address;
  } catch {
    return undefined;
  }
}

/** Why a TCP port cannot be reached; `undefined` where it can. */
export async function tryPort(port: number, { host, clock, signal, patience }: Place): Promise<string | undefined> {
  const socket = connect({ host: bareHost(host), port });
  const tried = new Promise<string | undefined>((resolve) => {
    socket.once('connect', () => resolve(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ECONNREFUSED' ? 'nothing listens there' : error.message),
    );
  });
  try {
    return await within(clock, patience, tried, () => 'no answer', signal);
  } finally {
    socket.destroy();
  }
}

/** The usual ports of NVRs that are open there, but for one. */
export async function otherOpenPorts(port: number, place: Place): Promise<readonly number[]> {
  const others = USUAL_PORTS.filter((other) => other !== port);
  const problems = await Promise.all(others.map((other) => tryPort(other, place)));
  return others.filter((_, index) => problems[index] === undefined);
}

/** Finds out what answers at a port. */
export async function meet(port: number, https: boolean, place: Place): Promise<Meeting> {
  const answer = await askChallenge(port, https, place);
  if (typeof answer !== 'string') return identify(answer);
  if (https && /ssl|tls|eproto|wrong version/i.test(answer)) return { is: 'no-tls' };
  return { is: 'silent', problem: answer };
}

/** The answer to a request for the challenge, or why there is none. */
async function askChallenge(port: number, https: boolean, place: Place): Promise<Answer | string> {
  const { host, clock, signal, patience } = place;
  const work = (end: AbortSignal) =>
    new Promise<Answer | string>((resolve) => {
      // Nothing secret is sent, so any certificate will do; the driver is more careful.
      const where = { host: bareHost(host), port };
      const options = { ...where, path: '/admin/login', signal: end, headers: { accept: 'application/json' } };
      const asked = https
        ? httpsRequest({ ...options, createConnection: () => tlsConnection({ ...where, rejectUnauthorized: false }) })
        : httpRequest({ ...options, agent: false });
      asked.on('error', (error) => resolve(error.message));
      asked.on('response', (response) => {
        const parts: Buffer[] = [];
        let length = 0;
        const done = () => {
          const { statusCode = 0, headers } = response;
          const texts = Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [name, [value ?? []].flat().join(', ')]),
          );
          resolve({ status: statusCode, headers: texts, body: Buffer.concat(parts).toString('utf8') });
          response.destroy();
        };
        response.on('data', (part: Buffer) => {
          parts.push(part);
          length += part.length;
          if (length > BEGINNING) done();
        });
        response.on('end', done).on('error', (error) => resolve(error.message));
      });
      asked.end();
    });
  return within(clock, patience, work, () => `none within ${patience / 1000} s`, signal);
}
