import { lookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { type NvrClientOptions, within } from '../../shared/index.js';
import { clean } from '../output.js';
import { bad, type Finding, good, type Patience } from './finding.js';
import { type Answer, identify } from './identify.js';

/** Where others of this kind listen. */
const USUAL_PORTS = [80, 443, 8080, 8443] as const;
/** Bytes of an answer that are looked at. */
const BEGINNING = 64 * 1024;

export interface PlaceOptions extends Omit<Patience, 'watch'> {
  readonly account: Pick<NvrClientOptions, 'host' | 'port' | 'https'>;
}

/** Looks at the address, the port and what answers there; no credentials are sent. @returns whether it is worth to go on */
export async function examinePlace(options: PlaceOptions, report: (finding: Finding) => void): Promise<boolean> {
  const { https = false, port = https ? 443 : 80 } = options.account;
  for (const check of [() => resolve(hostOf(options)), () => reach(port, options), () => meet(port, https, options)]) {
    options.signal.throwIfAborted();
    const finding = await check();
    report(finding);
    if (finding.verdict === 'bad') return false;
  }
  return true;
}

/** IPv6 addresses without brackets, as sockets take them. */
function hostOf({ account }: PlaceOptions): string {
  return account.host.replace(/^\[|\]$/g, '');
}

async function resolve(host: string): Promise<Finding> {
  try {
    const { address } = await lookup(host);
    return good('address', address === host ? address : `${host} is ${address}`);
  } catch {
    const remedy = 'Check the spelling, or give its IP address: everfocus discover shows the NVRs of this network.';
    return bad('address', `no address belongs to the name ${host}`, remedy, 'NVR_UNREACHABLE');
  }
}

async function reach(port: number, options: PlaceOptions): Promise<Finding> {
  const begun = options.clock.now();
  const problem = await tryPort(port, options);
  if (problem === undefined) return good('port', `${port} is open, ${Math.ceil(options.clock.now() - begun)} ms away`);
  const others = await Promise.all(
    USUAL_PORTS.filter((other) => other !== port).map(async (other) =>
      (await tryPort(other, options)) === undefined ? [other] : [],
    ),
  );
  const open = others.flat();
  const [first] = open;
  const remedy =
    first === undefined
      ? 'Is it switched on and connected? Is this the right address (everfocus discover)? Does a firewall stand between?'
      : `Open is ${open.join(', ')}: try --port ${first}${first === 443 || first === 8443 ? ' --https' : ''}.`;
  return bad('port', `${hostOf(options)}:${port} cannot be reached: ${problem}`, remedy, 'NVR_UNREACHABLE');
}

/** Why a TCP port cannot be reached; `undefined` where it can. */
export async function tryPort(port: number, options: PlaceOptions): Promise<string | undefined> {
  const { clock, signal, patience } = options;
  const socket = connect({ host: hostOf(options), port });
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

async function meet(port: number, https: boolean, options: PlaceOptions): Promise<Finding> {
  const answer = await askChallenge(port, https, options);
  if (typeof answer === 'string') {
    const tls = https && /ssl|tls|eproto|wrong version/i.test(answer);
    const remedy = tls
      ? 'That port does not speak TLS: leave --https out, or give the HTTPS port.'
      : 'It takes connections and does not answer as a web server does: restart it, or try the other port or --https.';
    return bad('device', `no answer: ${tls ? 'a secure connection cannot be made' : answer}`, remedy, 'NOT_AN_NVR');
  }
  const identity = identify(answer);
  switch (identity.is) {
    case 'nvr':
      return good('device', 'offers the login of the document');
    case 'tls':
      return bad('device', 'that port speaks TLS', 'Give --https.', 'NOT_AN_NVR');
    case 'another-family':
      return bad(
        'device',
        `looks like an EverFocus device of another family: ${clean(identity.what)}`,
        'Only recorders with the API of the "NVR SDK" document (xNVR) are understood: see the model, or a newer firmware.',
        'NOT_AN_NVR',
      );
    case 'another-device':
      return bad(
        'device',
        `something else answers: ${clean(identity.what)}`,
        'Is that the address of the NVR, and its web port? No password was sent. An NVR that has just been switched on needs some minutes.',
        'NOT_AN_NVR',
      );
  }
}

/** The answer to a request for the challenge, or why there is none. */
async function askChallenge(port: number, https: boolean, place: PlaceOptions): Promise<Answer | string> {
  const { clock, signal, patience } = place;
  const work = (end: AbortSignal) =>
    new Promise<Answer | string>((resolve) => {
      // Nothing secret is sent, so any certificate will do; the driver is more careful.
      const options = {
        host: hostOf(place),
        port,
        path: '/admin/login',
        signal: end,
        headers: { accept: 'application/json' },
        agent: false,
      };
      const asked = https ? httpsRequest({ ...options, rejectUnauthorized: false }) : httpRequest(options);
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
