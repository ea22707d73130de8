import type { ListedNvr } from './add-nvrs.js';

/** What the row of the NVR holds where none is chosen. */
export const noNvr = '_ADD_';

/** A field of the rows for the first NVR of a flow. */
export const firstField = (name: string) => $<HTMLInputElement>(`#everfocus-first-${name}`);

/** What is typed into those rows; `undefined` where there is nothing to log in with. */
export function typedFirstNvr(): ListedNvr | undefined {
  const [host = '', username = '', password = ''] = ['host', 'username', 'password'].map((name) =>
    firstField(name).val(),
  );
  const [, address = host.trim(), port = ''] = /^\s*([^:]+):(\d+)\s*$/.exec(host) ?? [];
  return address === '' || password === ''
    ? undefined
    : { name: '', host: address, port, https: false, fingerprint: '', username: username.trim(), password };
}
