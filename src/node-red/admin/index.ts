import type { NodeAPI } from 'node-red';
import { forms } from '../form.js';
import { serveConnectionTest } from './connection-test.js';
import { serveLists } from './lists.js';

/** What a user needs to see forms and lists, and to make the server call an NVR. */
export const permission = { read: 'everfocus-nvr.read', write: 'everfocus-nvr.write' } as const;

/** Serves what the editor asks for. Called once, with the configuration node. */
export function serveAdmin(RED: NodeAPI): void {
  RED.httpAdmin.get('/everfocus-nvr/forms', RED.auth.needsPermission(permission.read), (_request, response) => {
    response.json(forms());
  });
  serveLists(RED, RED.auth.needsPermission(permission.read));
  serveConnectionTest(RED, RED.auth.needsPermission(permission.write));
}
