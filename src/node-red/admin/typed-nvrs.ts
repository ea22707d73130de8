import type { Node, NodeAPI } from 'node-red';
import { BusyError, type DeviceStore, Nvr, systemClock, type Timer } from '../../shared/index.js';
import { limits, ReadOnlyStore } from '../../shared/internal.js';
import type { NvrNode } from '../find-nvr.js';
import { type NvrConfig, type NvrCredentials, optionsOf } from '../nodes/nvr/options.js';
import type { TypedNvr } from './read-typed.js';
import { type DeployedNvr, settleTest } from './settle-test.js';

/** ms that one is kept for the next question of a form: a login for each pick list would lock the account. */
const KEPT = 60_000;

interface Kept {
  readonly client: Nvr;
  users: number;
  timer?: Timer;
}

/**
 * NVRs that are in the editor and not deployed, or not as they are there. What is typed is settled as for the connection
 * test: secrets go nowhere but where they were typed or stored for. A rejected password stays rejected as long as it is
 * kept, so that no form locks an account.
 */
export class TypedNvrs {
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly RED: NodeAPI,
    private readonly store: DeviceStore,
  ) {}

  /** @throws FlowError, BusyError; what `work` throws */
  async use<T>(typed: TypedNvr, work: (client: Nvr) => Promise<T>): Promise<T> {
    const { config, credentials } = settleTest(typed, deployedNvr(this.RED, typed.id));
    const key = JSON.stringify([config, credentials]);
    const kept = this.#kept.get(key) ?? this.#open(key, config, credentials);
    kept.timer?.cancel();
    kept.users += 1;
    try {
      return await work(kept.client);
    } finally {
      kept.users -= 1;
      if (kept.users === 0) kept.timer = systemClock.after(KEPT, () => void this.#end(key));
    }
  }

  #open(key: string, config: NvrConfig, credentials: NvrCredentials): Kept {
    if (this.#kept.size >= limits.editor.typedNvrs) {
      const [idle] = [...this.#kept].find(([, { users }]) => users === 0) ?? [];
      if (idle === undefined) throw new BusyError('too many NVRs are asked that are not deployed: try again shortly');
      void this.#end(idle);
    }
    // What is deployed then has a client of its own.
    if (this.#kept.size === 0) this.RED.events.once('flows:stopping', this.#endAll);
    const client = new Nvr({ ...optionsOf(config, credentials), store: new ReadOnlyStore(this.store) });
    const kept = { client, users: 0 };
    this.#kept.set(key, kept);
    return kept;
  }

  readonly #endAll = () => void [...this.#kept.keys()].forEach((key) => void this.#end(key));

  async #end(key: string): Promise<void> {
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    if (this.#kept.size === 0) this.RED.events.off('flows:stopping', this.#endAll);
    kept?.timer?.cancel();
    await kept?.client.close();
  }
}

/** The deployed node of that id, as it was typed and as it works. */
export function deployedNvr(RED: NodeAPI, id: string): DeployedNvr | undefined {
  const node = id === '' ? null : (RED.nodes.getNode(id) as Node<NvrCredentials> | null);
  if (node?.type !== 'everfocus-nvr') return undefined;
  const typed: NvrConfig[] = [];
  // What Node-RED hands to a node is resolved; its list of the flow is not.
  RED.nodes.eachNode((def) => void (def.id === id && typed.push(def as NvrConfig)));
  const [config] = typed;
  if (!config) return undefined;
  const credentials = (RED.nodes.getCredentials(id) ?? {}) as NvrCredentials;
  return {
    typed: { config, credentials },
    resolved: { config: (node as NvrNode).config, credentials: node.credentials },
  };
}
