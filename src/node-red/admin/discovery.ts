import type { NodeAPI } from 'node-red';
import {
  discover,
  type DiscoveredDevice,
  type DiscoverOptions,
  type NetworkInterface,
  systemClock,
} from '../../shared/index.js';
import { cleanText, limits } from '../../shared/internal.js';
import { interfaceAt } from '../nodes/discover/runtime.js';
import { answer, permission, userOf } from './answer.js';
import { Turns } from './turns.js';

/** What the search of the local networks has found. */
export interface Found {
  readonly devices: readonly DiscoveredDevice[];
  /** Interfaces that could not be asked, and why. */
  readonly problems: readonly string[];
  /** How long it took, ms. */
  readonly ms: number;
}

/** Serves *Find*: who answers in the networks of this machine. It sends no secret, and believes nothing. */
export function serveDiscovery(RED: NodeAPI): void {
  const turns = new Turns({ ofUser: limits.editor.searchesOfUser, all: limits.editor.searches }, 'search');
  const find = answer((request, left) => turns.take(userOf(request), () => search({ signal: left, ...placeOf(RED) })));
  RED.httpAdmin.post('/everfocus-nvr/discover', RED.auth.needsPermission(permission.write), find);
}

/** `everfocusDiscovery` of settings.js: behind which address of this machine is searched, and at which UDP port. */
function placeOf(RED: NodeAPI): { interfaces?: NetworkInterface[]; port?: number | undefined } {
  const { everfocusDiscovery: { address, port } = {} } = RED.settings as {
    readonly everfocusDiscovery?: { readonly address?: string; readonly port?: number };
  };
  return { ...(address !== undefined && { interfaces: [interfaceAt(address)] }), port };
}

async function search(options: DiscoverOptions): Promise<Found> {
  const begun = systemClock.now();
  const { devices, problems } = await discover(options);
  return {
    devices,
    problems: problems.map(({ interface: name, message }) => cleanText(`${name}: ${message}`, limits.text.line)),
    ms: systemClock.now() - begun,
  };
}
