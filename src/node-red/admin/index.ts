import type { NodeAPI } from 'node-red';
import type { DeviceStore } from '../../shared/index.js';
import { type FormsDocument, formsDocument } from '../form.js';
import { permission } from './answer.js';
import { serveCertificate } from './certificate.js';
import { serveConnectionTest } from './connection-test.js';
import { serveDiscovery } from './discovery.js';
import { serveLists } from './lists.js';
import { serveLooks } from './looks.js';
import { servePicture } from './picture.js';
import { openReading } from './reading.js';
import { serveRunNow } from './run-now.js';
import { serveRun } from './run.js';
import { serveSettings } from './settings.js';

/** Serves what the editor asks for. Called once, with the configuration node. */
export function serveAdmin(RED: NodeAPI, store: DeviceStore): void {
  let document: FormsDocument | undefined;
  RED.httpAdmin.get('/everfocus-nvr/forms', RED.auth.needsPermission(permission.read), (_request, response) => {
    response.json((document ??= formsDocument()));
  });
  const reading = openReading(RED, store);
  serveLists(reading);
  serveSettings(reading);
  serveRunNow(reading);
  serveDiscovery(RED);
  servePicture(RED, RED.auth.needsPermission(permission.read));
  serveConnectionTest(RED, store, RED.auth.needsPermission(permission.write));
  serveLooks(RED, store, RED.auth.needsPermission(permission.write));
  serveCertificate(RED);
  serveRun(RED, RED.auth.needsPermission(permission.write));
}
