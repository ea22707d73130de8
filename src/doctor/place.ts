import type { NvrClientOptions } from '../shared/index.js';
import { addressOfHost, meet, otherOpenPorts, type Place, tryPort } from '../shared/internal.js';
import { clean, bad, type Finding, good, type Patience } from './finding.js';

export interface PlaceOptions extends Omit<Patience, 'watch'> {
  readonly account: Pick<NvrClientOptions, 'host' | 'port' | 'https'>;
}

/** Looks at the address, the port and what answers there; no credentials are sent. @returns whether it is worth to go on */
export async function examinePlace(options: PlaceOptions, report: (finding: Finding) => void): Promise<boolean> {
  const place = placeOf(options);
  const { https = false, port = https ? 443 : 80 } = options.account;
  for (const check of [() => resolve(place), () => reach(port, place), () => judge(port, https, place)]) {
    options.signal.throwIfAborted();
    const finding = await check();
    report(finding);
    if (finding.verdict === 'bad') return false;
  }
  return true;
}

export function placeOf({ account: { host }, clock, signal, patience }: PlaceOptions): Place {
  return { host: host.replace(/^\[|\]$/g, ''), clock, signal, patience };
}

async function resolve(place: Place): Promise<Finding> {
  const { host } = place;
  const address = await addressOfHost(place);
  if (address !== undefined) return good('address', address === host ? address : `${host} is ${address}`);
  const remedy = 'Check the spelling, or give its IP address: everfocus discover shows the NVRs of this network.';
  return bad('address', `no address belongs to the name ${host}`, remedy, 'NVR_UNREACHABLE');
}

async function reach(port: number, place: Place): Promise<Finding> {
  const begun = place.clock.now();
  const problem = await tryPort(port, place);
  if (problem === undefined) return good('port', `${port} is open, ${Math.ceil(place.clock.now() - begun)} ms away`);
  const open = await otherOpenPorts(port, place);
  const [first] = open;
  const remedy =
    first === undefined
      ? 'Is it switched on and connected? Is this the right address (everfocus discover)? Does a firewall stand between?'
      : `Open is ${open.join(', ')}: try port ${first}${first === 443 || first === 8443 ? ' with HTTPS (--https)' : ''}.`;
  return bad('port', `${place.host}:${port} cannot be reached: ${problem}`, remedy, 'NVR_UNREACHABLE');
}

async function judge(port: number, https: boolean, place: Place): Promise<Finding> {
  const met = await meet(port, https, place);
  switch (met.is) {
    case 'nvr':
      return good('device', 'offers the login of the document');
    case 'no-tls': {
      const remedy = 'That port does not speak TLS: do without HTTPS (--https), or give the HTTPS port.';
      return bad('device', 'no answer: a secure connection cannot be made', remedy, 'NOT_AN_NVR');
    }
    case 'silent': {
      const remedy =
        'It takes connections and does not answer as a web server does: restart it, or try the other port, or HTTPS (--https).';
      return bad('device', `no answer: ${met.problem}`, remedy, 'NOT_AN_NVR');
    }
    case 'tls':
      return bad('device', 'that port speaks TLS', 'Use HTTPS (--https).', 'NOT_AN_NVR');
    case 'another-family':
      return bad(
        'device',
        `looks like an EverFocus device of another family: ${clean(met.what)}`,
        'Only recorders with the API of the "NVR SDK" document (xNVR) are understood: see the model, or a newer firmware.',
        'NOT_AN_NVR',
      );
    case 'another-device':
      return bad(
        'device',
        `something else answers: ${clean(met.what)}`,
        'Is that the address of the NVR, and its web port? No password was sent. An NVR that has just been switched on needs some minutes.',
        'NOT_AN_NVR',
      );
  }
}
