import type { Node, NodeAPI, NodeDef } from 'node-red';
import { type StateChange, systemClock, type Timer } from '../../../shared/index.js';
import { asError, codeOf } from '../../errors.js';
import { findNvr, type NvrNode } from '../../find-nvr.js';
import { HookMonitor } from '../../hook-monitor.js';
import { type Migration, migrate } from '../../migrations.js';
import { failureStatus } from '../../status.js';
import {
  Gap,
  interestOf,
  isWantedCamera,
  kindOf,
  readWanted,
  StatusChanges,
  topicOf,
  type WantedConfig,
} from './wanted.js';

/** A camera event node as it is stored; a flow made by hand may lack anything. */
interface StoredCameraEvent extends NodeDef, WantedConfig {
  readonly nvr?: string;
  /** Where a picture goes that is taken when something begins; empty: none is taken. */
  readonly picture?: '' | 'picture' | 'payload';
  /** s between two begins of one kind at one camera. */
  readonly gap?: number | string;
  /** Send after deploy what is so already. */
  readonly initial?: boolean;
  /** Send when the NVR is lost and found. */
  readonly connection?: boolean;
}

/** What a message tells. */
interface CameraEvent {
  readonly kind: string;
  readonly active: boolean;
  readonly time: Date;
  readonly channel?: number;
  readonly camera?: string;
}

/** ms that events wait for the names of cameras. */
const PATIENCE = 3000;

const migrations: readonly Migration[] = [];

/** Registers `everfocus-camera-event`: a message for whatever happens at the cameras, from the driver's state. */
export default function register(RED: NodeAPI): void {
  RED.nodes.registerType('everfocus-camera-event', function (this: Node, def: StoredCameraEvent) {
    RED.nodes.createNode(this, def);
    try {
      const events = new CameraEvents(this, findNvr(RED, def.nvr), migrate(def, migrations));
      this.on('close', (_removed: boolean, done: () => void) => {
        events.close();
        done();
      });
    } catch (error) {
      this.status(failureStatus(codeOf(error)));
      this.error(asError(error).message);
    }
  });
}

/** Turns what the driver tells into messages. */
class CameraEvents {
  readonly #node: Node;
  readonly #nvr: NvrNode;
  readonly #config: StoredCameraEvent;
  readonly #wanted;
  readonly #gap;
  readonly #monitor;
  readonly #subscription;
  readonly #status = new StatusChanges();
  readonly #closing = new AbortController();
  readonly #names = new Map<number, string>();
  /** Pictures under way, by channel: who comes meanwhile shares one. */
  readonly #pictures = new Map<number, Promise<Buffer>>();
  /** Messages of one camera leave in their order, also behind a picture. */
  readonly #queues = new Map<number, Promise<void>>();
  /** What came before the cameras' names were known. */
  #early: StateChange[] | undefined = [];
  #patience: Timer | undefined;
  #connected: boolean | undefined;

  /** @throws FlowError, InvalidParameterError when a configuration is no use */
  constructor(node: Node, nvr: NvrNode, config: StoredCameraEvent) {
    this.#node = node;
    this.#nvr = nvr;
    this.#config = config;
    this.#wanted = readWanted(config);
    this.#gap = new Gap((Number(config.gap) || 0) * 1000);
    const client = nvr.client();
    this.#monitor = new HookMonitor((status) => node.status(status));
    this.#subscription = client.state.watch(interestOf(this.#wanted), (change) => this.#changed(change));
  }

  close(): void {
    this.#closing.abort();
    this.#subscription.close();
    this.#patience?.cancel();
    this.#monitor.close();
  }

  #changed(change: StateChange): void {
    switch (change.kind) {
      case 'connection':
        return this.#connection(change);
      case 'cameras':
        this.#names.clear();
        for (const { channel, name = '' } of change.cameras) this.#names.set(channel, name);
        return this.#release();
      case 'unreadable':
        return change.what === 'list' ? this.#release() : undefined;
      case 'event':
        if (this.#isEarly(change)) return;
        // Without a type the NVR tells only that there is some event.
        if (change.type !== undefined) this.#happened(change.channel, kindOf(change.type), change.active, change.first);
        return;
      case 'camera':
        if (this.#isEarly(change)) return;
        for (const { kind, active, first } of this.#status.of(change)) {
          if (this.#wanted.status.has(kind)) this.#happened(change.channel, kind, active, first);
        }
        return;
      default:
        return;
    }
  }

  /** Keeps what comes before the cameras' names, for a moment: an event is worth more than a name. */
  #isEarly(change: StateChange): boolean {
    this.#early?.push(change);
    if (this.#early) this.#patience ??= systemClock.after(PATIENCE, () => this.#release());
    return this.#early !== undefined;
  }

  #release(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    this.#patience?.cancel();
    for (const change of early) this.#changed(change);
  }

  #connection({ connection }: Extract<StateChange, { kind: 'connection' }>): void {
    const { is } = connection;
    if (is === 'unknown') return;
    if (is === 'connected') this.#monitor.connected();
    else {
      if (this.#connected !== false && connection.error) {
        this.#node.warn(`${connection.error.code}: ${connection.error.message}`);
      }
      this.#monitor.disconnected(connection.error);
    }
    const active = is === 'connected';
    const isNews =
      this.#connected === undefined ? !active || this.#config.initial === true : this.#connected !== active;
    this.#connected = active;
    if (isNews && this.#config.connection === true)
      this.#send({ kind: 'connection', active, time: new Date(systemClock.wall()) });
  }

  #happened(channel: number, kind: string, active: boolean, first = false): void {
    const camera = this.#names.get(channel) || String(channel);
    if (first && this.#config.initial !== true) return;
    if (!isWantedCamera(this.#wanted, channel, camera)) return;
    if (this.#wanted.active !== undefined && this.#wanted.active !== active) return;
    if (!this.#gap.passes(`${channel} ${kind}`, active, systemClock.now())) return;
    const event = { kind, active, time: new Date(systemClock.wall()), channel, camera };
    if (!active || first || !this.#config.picture) return this.#inOrder(channel, undefined, event, first);
    this.#inOrder(channel, this.#picture(channel), event, first);
  }

  /** Sends behind what waits for its picture at this camera. */
  #inOrder(channel: number, picture: Promise<Buffer> | undefined, event: CameraEvent, first: boolean): void {
    const queue = this.#queues.get(channel);
    if (!picture && !queue) return this.#send(event, first);
    const mine = (queue ?? Promise.resolve()).then(() => this.#sendWith(picture, event, first));
    this.#queues.set(channel, mine);
    void mine.then(() => {
      if (this.#queues.get(channel) === mine) this.#queues.delete(channel);
    });
  }

  async #sendWith(picture: Promise<Buffer> | undefined, event: CameraEvent, first: boolean): Promise<void> {
    try {
      this.#send(event, first, await picture);
    } catch (error) {
      // The event is worth more than its picture.
      if (!this.#closing.signal.aborted) this.#node.warn(`no picture: ${codeOf(error)}: ${asError(error).message}`);
      this.#send(event, first);
    }
  }

  #picture(channel: number): Promise<Buffer> {
    const shared = this.#pictures.get(channel);
    if (shared) return shared;
    const picture = this.#nvr.client().takeSnapshot(channel, { signal: this.#closing.signal });
    this.#pictures.set(channel, picture);
    const over = () => void this.#pictures.delete(channel);
    picture.then(over, over);
    return picture;
  }

  #send(event: CameraEvent, first = false, picture?: Buffer): void {
    if (this.#closing.signal.aborted) return;
    const { kind, channel, camera, time } = event;
    const site = this.#nvr.label;
    const where = channel === undefined ? {} : { channel, camera };
    const everfocus = { operation: 'cameraEvent', nvr: site, ...where, time, ...(first && { first }) };
    const topic = camera === undefined ? topicOf(site, kind) : topicOf(site, camera, kind);
    const isPayload = picture !== undefined && this.#config.picture === 'payload';
    const message = {
      ...{ topic, everfocus, payload: isPayload ? picture : event },
      ...(isPayload ? { event } : picture && { picture }),
    };
    this.#monitor.counted();
    this.#node.send(message);
  }
}
