import type { Found } from '../admin/discovery.js';
import type { ListedNvr } from './add-nvrs.js';
import { RED } from './red.js';

type Device = Found['devices'][number];

/** What the row of the NVR holds where none is chosen. */
export const noNvr = '_ADD_';

/** A field of the rows for the first NVR of a flow. */
export const firstField = (name: string) => $<HTMLInputElement>(`#everfocus-first-${name}`);

/** "192.168.1.20", or with a port that is not the usual one. */
export function hostOf({ address, port }: Pick<Device, 'address' | 'port'>): string {
  return port === 80 ? address : `${address}:${port}`;
}

/**
 * The name that an NVR gives itself, for topics and lists, unless another has it. Anybody can answer a search: one with
 * signs that mean something in a topic or to Node-RED (an environment variable) is none.
 *
 * @param taken names of the NVRs that there are
 */
export function ownName(name: string | undefined, taken: readonly unknown[]): string {
  const own = name?.trim() ?? '';
  return /^[\p{L}\p{N} ._-]+$/u.test(own) && !taken.includes(own) ? own : '';
}

/** Names of all NVRs, deployed or not. */
export function takenNames(): readonly unknown[] {
  const names: unknown[] = [];
  RED.nodes.eachConfig((node) => void (node.type === 'everfocus-nvr' && names.push(Reflect.get(node, 'name'))));
  return names;
}

/** Under which the field of the address keeps what the search has filled in: it is gone with its form. */
const FOUND = 'everfocus-found';

/** Fills an NVR that was found into the field of its address. */
export function fillFirstNvr(host: JQuery, device: Device): void {
  host.data(FOUND, device).val(hostOf(device)).trigger('change');
}

/** What is typed into those rows; `undefined` where there is nothing to log in with. */
export function typedFirstNvr(): ListedNvr | undefined {
  const [host = '', username = '', password = ''] = ['host', 'username', 'password'].map((name) =>
    firstField(name).val(),
  );
  const [, address = host.trim(), port = ''] = /^\s*([^:]+):(\d+)\s*$/.exec(host) ?? [];
  const found = firstField('host').data(FOUND) as Device | undefined;
  return address === '' || password === ''
    ? undefined
    : {
        name: found && hostOf(found) === host.trim() ? ownName(found.name, takenNames()) : '',
        host: address,
        port,
        https: false,
        fingerprint: '',
        username: username.trim(),
        password,
      };
}
