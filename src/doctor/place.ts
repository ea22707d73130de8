import type { NvrClientOptions } from '../shared/index.js';
import {
  addressOfHost,
  bareHost,
  listed,
  meet,
  otherOpenPorts,
  type Place,
  say,
  tryPort,
  verbatim,
} from '../shared/internal.js';
import { bad, good, type Patience, type SaidFinding } from './finding.js';

export interface PlaceOptions extends Omit<Patience, 'watch'> {
  readonly account: Pick<NvrClientOptions, 'host' | 'port' | 'https'>;
}

/** Looks at the address, the port and what answers there; no credentials are sent. @returns whether it is worth to go on */
export async function examinePlace(options: PlaceOptions, report: (finding: SaidFinding) => void): Promise<boolean> {
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
  return { host: bareHost(host), clock, signal, patience };
}

async function resolve(place: Place): Promise<SaidFinding> {
  const { host } = place;
  const address = await addressOfHost(place);
  if (address !== undefined) return good('address', address === host ? verbatim(address) : say`${host} is ${address}`);
  const remedy = say`Check the spelling, or give its IP address: everfocus discover shows the NVRs of this network.`;
  return bad('address', say`no address belongs to the name ${host}`, remedy, 'NVR_UNREACHABLE');
}

async function reach(port: number, place: Place): Promise<SaidFinding> {
  const begun = place.clock.now();
  const problem = await tryPort(port, place);
  if (problem === undefined) return good('port', say`${port} is open, ${Math.ceil(place.clock.now() - begun)} ms away`);
  const open = await otherOpenPorts(port, place);
  const [first] = open;
  const remedy =
    first === undefined
      ? say`Is it switched on and connected? Is this the right address (everfocus discover)? Does a firewall stand between?`
      : first === 443 || first === 8443
        ? say`Open is ${listed(open)}: try port ${first} with HTTPS (--https).`
        : say`Open is ${listed(open)}: try port ${first}.`;
  return bad('port', say`${place.host}:${port} cannot be reached: ${say(problem)}`, remedy, 'NVR_UNREACHABLE');
}

async function judge(port: number, https: boolean, place: Place): Promise<SaidFinding> {
  const met = await meet(port, https, place);
  switch (met.is) {
    case 'nvr':
      return good('device', say`offers the login of the document`);
    case 'no-tls': {
      const remedy = say`That port does not speak TLS: do without HTTPS (--https), or give the HTTPS port.`;
      return bad('device', say`no answer: a secure connection cannot be made`, remedy, 'NOT_AN_NVR');
    }
    case 'silent': {
      const remedy = say`It takes connections and does not answer as a web server does: restart it, or try the other port, or HTTPS (--https).`;
      return bad('device', say`no answer: ${say(met.problem)}`, remedy, 'NOT_AN_NVR');
    }
    case 'tls':
      return bad('device', say`that port speaks TLS`, say`Use HTTPS (--https).`, 'NOT_AN_NVR');
    case 'another-family':
      return bad(
        'device',
        say`looks like an EverFocus device of another family: ${met.what}`,
        say`Only recorders with the API of the "NVR SDK" document (xNVR) are understood: see the model, or a newer firmware.`,
        'NOT_AN_NVR',
      );
    case 'another-device':
      return bad(
        'device',
        say`something else answers: ${met.what}`,
        say`Is that the address of the NVR, and its web port? No password was sent. An NVR that has just been switched on needs some minutes.`,
        'NOT_AN_NVR',
      );
  }
}
