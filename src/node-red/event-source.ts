import type { Node, NodeAPI, NodeDef, NodeStatus } from 'node-red';
import { type StateChange, systemClock, type Timer } from '../shared/index.js';
import { asError, codeOf } from './errors.js';
import { allNvrs, everyNvr } from './every-nvr.js';
import { findNvr, type NvrNode } from './find-nvr.js';
import type { HookMonitor } from './hook-monitor.js';
import { type Migration, migrate } from './migrations.js';
import { failureStatus, severalStatus } from './status.js';

/** One kind of node that tells of what happens. */
export interface EventNodeType {
  readonly type: string;
  readonly migrations: readonly Migration[];
  /** Begins to listen. @returns what ends it @throws where the configuration is no use */
  listen(node: Node, config: NodeDef): () => void;
}

/**
 * Registers a node that listens from its deploy to its close. One whose configuration is no use says so in its status and in
 * the log.
 */
export function registerEventNode(RED: NodeAPI, kind: EventNodeType): void {
  RED.nodes.registerType(kind.type, function (this: Node, def: NodeDef) {
    RED.nodes.createNode(this, def);
    try {
      const end = kind.listen(this, migrate(def, kind.migrations));
      this.on('close', (_removed: boolean, done: () => void) => {
        end();
        done();
      });
    } catch (error) {
      this.status(failureStatus(codeOf(error)));
      this.error(asError(error).message);
    }
  });
}

/** Who listens to one NVR. */
interface Follower {
  close(): void;
}

/**
 * Listens to the NVR that is chosen, or to all of them: then the status tells how many are there, and one whose configuration
 * is no use holds up none of the others.
 *
 * @param follow begins with one NVR; it is handed what shows the status of that one
 * @returns what ends all of it
 * @throws FlowError `NOT_CONFIGURED`, and what `follow` throws of the one that is chosen
 */
export function followNvrs(
  RED: NodeAPI,
  node: Node,
  chosen: string | undefined,
  follow: (nvr: NvrNode, show: (status: NodeStatus) => void) => Follower,
): () => void {
  if (chosen !== allNvrs) {
    const follower = follow(findNvr(RED, chosen), (status) => node.status(status));
    return () => follower.close();
  }
  const statuses = new Map<NvrNode, NodeStatus>();
  let over = false;
  const showAll = () => {
    if (!over) node.status(statuses.size > 0 ? severalStatus([...statuses.values()]) : {});
  };
  const show = (nvr: NvrNode, status: NodeStatus) => {
    statuses.set(nvr, status);
    showAll();
  };
  showAll();
  const end = everyNvr(RED, (nvr) => {
    let follower: Follower | undefined;
    try {
      follower = follow(nvr, (status) => show(nvr, status));
    } catch (error) {
      node.warn(`${nvr.label}: ${asError(error).message}`);
      show(nvr, failureStatus(codeOf(error)));
    }
    return () => {
      follower?.close();
      statuses.delete(nvr);
      showAll();
    };
  });
  return () => {
    over = true;
    end();
  };
}

type ConnectionChange = Extract<StateChange, { readonly kind: 'connection' }>;

/** What the connection to an NVR means for a node that listens: its status, a line in the log, and news. */
export class ConnectionNews {
  readonly #node: Pick<Node, 'warn'>;
  readonly #monitor: HookMonitor;
  readonly #tell: (active: boolean, first: boolean) => void;
  #connected: boolean | undefined;

  /** @param tell is told when the NVR is lost and found, and of what is so at first */
  constructor(node: Pick<Node, 'warn'>, monitor: HookMonitor, tell: (active: boolean, first: boolean) => void) {
    this.#node = node;
    this.#monitor = monitor;
    this.#tell = tell;
  }

  take({ connection }: ConnectionChange): void {
    const { is } = connection;
    if (is === 'unknown') return;
    const active = is === 'connected';
    if (active) this.#monitor.connected();
    else {
      const { error } = connection;
      // Once, however often it is tried.
      if (this.#connected !== false && error) this.#node.warn(`${error.code}: ${error.message}`);
      this.#monitor.disconnected(error);
    }
    const before = this.#connected;
    this.#connected = active;
    if (before !== active) this.#tell(active, before === undefined);
  }
}

/** ms that what happened waits for the names of cameras. */
const PATIENCE = 3000;

/** The names of cameras, and what waits until they are known: an event is worth more than a name, so not for long. */
export class CameraNames {
  readonly #names = new Map<number, string>();
  #waiting: (() => void)[] | undefined = [];
  #patience: Timer | undefined;

  /** What messages call a camera: its name, else its number. */
  nameOf(channel: number): string {
    return this.#names.get(channel) || String(channel);
  }

  /** Does it now, or when the names are known. */
  whenKnown(action: () => void): void {
    if (!this.#waiting) return action();
    this.#waiting.push(action);
    this.#patience ??= systemClock.after(PATIENCE, () => this.#release());
  }

  /** Takes what it needs of the driver's changes. */
  take(change: StateChange): void {
    if (change.kind === 'cameras') {
      this.#names.clear();
      for (const { channel, name = '' } of change.cameras) this.#names.set(channel, name);
      this.#release();
    } else if (change.kind === 'unreadable' && change.what === 'list') this.#release();
  }

  close(): void {
    this.#patience?.cancel();
    this.#waiting = [];
  }

  #release(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#patience?.cancel();
    for (const action of waiting) action();
  }
}
