import type { Node, NodeAPI, NodeDef } from 'node-red';
import { type DeviceStore, type Logger, Nvr } from '../../../shared/index.js';
import { serveAdmin } from '../../admin/index.js';
import { asError } from '../../errors.js';
import type { NvrNode } from '../../find-nvr.js';
import { type Migration, migrate } from '../../migrations.js';
import { openStore } from '../../store.js';
import { type NvrConfig, type NvrCredentials, optionsOf } from './options.js';

type StoredNvr = NodeDef & NvrConfig;

const migrations: readonly Migration[] = [];

/** Registers `everfocus-nvr` and the admin endpoints of the whole palette. */
export default function register(RED: NodeAPI): void {
  // One for all NVRs, and for all deploys.
  const store = openStore(RED);
  function EverfocusNvr(this: Node<NvrCredentials>, def: StoredNvr) {
    RED.nodes.createNode(this, def);
    const open = tryOpen(this, def, store);
    if ('error' in open) this.error(open.error.message);
    Object.assign(this, {
      config: {
        ...{ host: shownText(def.host), port: shownText(def.port), https: def.https === true },
        fingerprint: shownText(def.fingerprint),
      } as NvrConfig,
      label: shownText(def.name) || ('client' in open ? open.client.address : ''),
      client() {
        if ('error' in open) throw open.error;
        return open.client;
      },
    } satisfies Pick<NvrNode, 'config' | 'label' | 'client'>);
    this.on('close', (done: () => void) => {
      if ('error' in open) done();
      else void open.client.close().finally(done);
    });
  }
  RED.nodes.registerType<Node<NvrCredentials>, StoredNvr, unknown, NvrCredentials>('everfocus-nvr', EverfocusNvr, {
    credentials: { username: { type: 'text' }, password: { type: 'password' } },
  });
  serveAdmin(RED, store);
}

function tryOpen(node: Node<NvrCredentials>, def: StoredNvr, store: DeviceStore): { client: Nvr } | { error: Error } {
  try {
    const config = migrate(def, migrations);
    return { client: new Nvr({ ...optionsOf(config, node.credentials), store, logger: loggerOf(node) }) };
  } catch (error) {
    return { error: asError(error) };
  }
}

/** Of a field that is no text there is nothing to show. */
function shownText(stored: unknown): string {
  return typeof stored === 'string' || typeof stored === 'number' ? String(stored).trim() : '';
}

function loggerOf(node: Node<NvrCredentials>): Logger {
  return {
    debug: (message) => node.debug(message),
    info: (message) => node.log(message),
    warn: (message) => node.warn(message),
    error: (message) => node.error(message),
  };
}
