import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import {
  BusyError,
  ClosedError,
  InvalidParameterError,
  type Nvr,
  type StreamName,
  systemClock,
} from '../../../shared/index.js';
import { limits } from '../../../shared/internal.js';
import { cameraOf, channelNamed, listedCameras } from '../../camera-names.js';
import { asError, codeOf } from '../../errors.js';
import { finish, handOn } from '../../finish.js';
import { findNvr, type NvrNode } from '../../find-nvr.js';
import { type Migration, migrate } from '../../migrations.js';
import { failureStatus } from '../../status.js';
import { LiveSite, serveLive } from './address.js';
import { LiveMonitor } from './monitor.js';
import { LiveOutput, type OutputConfig, outputSettings, type OutputSettings } from './output.js';

/** A live node as it is stored; a flow made by hand may lack anything. */
interface StoredLive extends NodeDef, OutputConfig {
  readonly nvr?: string;
  /** Number or name; empty: that of `msg.camera`, and at the address whichever it names. */
  readonly camera?: string | number;
  readonly stream?: StreamName;
  /** Starts with the deploy, and not only with a message. */
  readonly autostart?: boolean;
  /** Shows the cameras to browsers. */
  readonly address?: boolean;
  /** At a time. */
  readonly viewers?: number | string;
}

const migrations: readonly Migration[] = [];

/** Registers `everfocus-live`, and the addresses at which browsers watch. */
export default function register(RED: NodeAPI): void {
  RED.nodes.registerType('everfocus-live', function (this: Node, def: StoredLive) {
    RED.nodes.createNode(this, def);
    try {
      const live = new LiveNode(this, findNvr(RED, def.nvr), migrate(def, migrations));
      this.on('input', (msg, send, done) => {
        live.obey(msg, send).then(
          () => finish(this, msg, done),
          (error: unknown) =>
            live.isClosed || error instanceof ClosedError ? undefined : finish(this, msg, done, error),
        );
      });
      this.on('close', (_removed: boolean, done: () => void) => {
        void live.close().finally(done);
      });
    } catch (error) {
      this.status(failureStatus(codeOf(error)));
      this.error(asError(error).message);
      this.on('input', (msg, _send, done) => finish(this, msg, done, error));
    }
  });
  serveLive(RED);
}

/** What a message tells a live node to do. @throws InvalidParameterError */
export function commandOf(payload: unknown): 'start' | 'stop' | 'picture' {
  const word = typeof payload === 'string' ? payload.trim().toLowerCase() : payload;
  if (word === 'start' || word === true || word === 'on') return 'start';
  if (word === 'stop' || word === false || word === 'off') return 'stop';
  if (word === 'picture') return 'picture';
  throw new InvalidParameterError('payload', 'must be start, stop or picture');
}

class LiveNode {
  readonly #node: Node;
  readonly #nvr: NvrNode;
  readonly #client: Nvr;
  readonly #camera: string;
  readonly #stream: StreamName;
  readonly #settings: OutputSettings;
  readonly #monitor: LiveMonitor;
  readonly #closing = new AbortController();
  readonly #endSite: (() => Promise<void>) | undefined;
  #output: LiveOutput | undefined;
  /** Opened for the sake of one picture. */
  #glimpse: LiveOutput | undefined;
  /** Starts, stops and pictures, one after the other. */
  #work: Promise<unknown> = Promise.resolve();
  /** Starts and pictures that are under way or wait to be. */
  #waiting = 0;

  /** @throws FlowError, InvalidParameterError when a configuration is no use */
  constructor(node: Node, nvr: NvrNode, config: StoredLive) {
    const { camera = '', stream = 'main', autostart = true, address = false, viewers = '' } = config;
    this.#node = node;
    this.#nvr = nvr;
    this.#client = nvr.client();
    this.#camera = String(camera).trim();
    if (stream !== 'main' && stream !== 'sub') throw new InvalidParameterError('stream', 'must be main or sub');
    this.#stream = stream;
    this.#settings = outputSettings(config);
    const most = String(viewers).trim() === '' ? limits.viewer.usual : Number(viewers);
    if (!(most >= 1 && most <= limits.viewer.most)) {
      throw new InvalidParameterError('viewers', `must be a number from 1 to ${limits.viewer.most}`);
    }
    this.#monitor = new LiveMonitor((status) => node.status(status), systemClock);
    if (address) {
      this.#endSite = LiveSite.open(node.id, {
        ...{ stream, viewers: most, clock: systemClock, client: () => this.#client },
        channelOf: (text, signal) => this.#shown(text, signal),
        dropped: () => this.#monitor.drop(),
        watched: (count) => this.#monitor.watched(count),
      });
    }
    if (autostart && this.#settings.output !== '' && this.#camera !== '') {
      this.#inTurn(() => this.#start(this.#camera)).catch((error: unknown) => this.#failed(error));
    }
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** @throws InvalidParameterError, NvrError */
  async obey(msg: NodeMessage, send: (msg: NodeMessage) => void): Promise<void> {
    const command = commandOf(msg.payload);
    const { camera: named } = msg as { readonly camera?: unknown };
    const isName = typeof named === 'string' || typeof named === 'number';
    const camera = this.#camera || (isName ? String(named).trim() : '');
    if (command === 'stop') return this.#inTurn(() => this.#stop());
    if (camera === '') throw new InvalidParameterError('camera', 'no camera is chosen, and msg.camera names none');
    // Each may take some time: of a flood nobody would want the last.
    if (this.#waiting >= limits.flow.commands) {
      this.#client.limits.hit('flow.commands', `live of camera ${camera}`, 'another message is refused');
      throw new BusyError(`${limits.flow.commands} messages wait already for this camera`);
    }
    this.#waiting += 1;
    const work = () => (command === 'start' ? this.#start(camera) : this.#picture(camera, msg, send));
    await this.#inTurn(work).finally(() => (this.#waiting -= 1));
  }

  async #picture(camera: string, msg: NodeMessage, send: (msg: NodeMessage) => void): Promise<void> {
    // One that runs has its stream open already.
    this.#glimpse = this.#output ? undefined : await this.#open(camera, { ...this.#settings, output: '' });
    try {
      const message = await (this.#glimpse ?? this.#output)?.picture('picture');
      if (message) handOn(send, { ...msg, ...message });
    } finally {
      this.#glimpse?.close();
      this.#glimpse = undefined;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new ClosedError('the node was closed'));
    this.#monitor.close();
    this.#output?.close();
    this.#glimpse?.close();
    await this.#endSite?.();
  }

  #inTurn<T>(work: () => Promise<T> | T): Promise<T> {
    const done = this.#work.then(() => {
      this.#closing.signal.throwIfAborted();
      return work();
    });
    this.#work = done.catch(() => undefined);
    return done;
  }

  async #start(camera: string): Promise<void> {
    this.#stop();
    this.#monitor.started();
    try {
      this.#output = await this.#open(camera, this.#settings);
    } catch (error) {
      this.#monitor.stopped();
      this.#monitor.failed(codeOf(error));
      throw error;
    }
  }

  #stop(): void {
    this.#output?.close();
    this.#output = undefined;
    this.#monitor.stopped();
  }

  async #open(camera: string, settings: OutputSettings): Promise<LiveOutput> {
    const channel = await this.#channel(camera, this.#closing.signal);
    this.#closing.signal.throwIfAborted();
    const client = this.#client;
    return new LiveOutput({
      ...{ ...settings, client, stream: this.#stream, clock: systemClock },
      source: { operation: 'live', nvr: this.#nvr.label, channel, ...cameraOf(client, channel) },
      send: (message) => this.#node.send(message),
      seen: () => this.#monitor.picture(),
      dropped: () => this.#monitor.drop(),
      count: () => this.#monitor.dropped,
      failed: (error) => this.#failed(error),
    });
  }

  /** What is wrong while nobody has asked. */
  #failed(error: unknown): void {
    if (this.isClosed) return;
    this.#monitor.failed(codeOf(error));
    this.#node.error(asError(error), {
      topic: this.#nvr.label,
      everfocus: { operation: 'live', nvr: this.#nvr.label },
    });
  }

  /** The camera of an address. @throws InvalidParameterError where this node shows no such camera */
  async #shown(text: string, signal: AbortSignal): Promise<number> {
    const channel = await this.#channel(text, signal);
    if (this.#camera !== '' && channel !== (await this.#channel(this.#camera, signal))) {
      throw new InvalidParameterError('camera', 'this address shows another camera only');
    }
    return channel;
  }

  /** @throws InvalidParameterError where the NVR has no such camera; NvrError where it does not tell */
  async #channel(camera: string, signal: AbortSignal): Promise<number> {
    const cameras = await listedCameras(this.#client, signal);
    const number = /^\d+$/.test(camera) ? Number(camera) : channelNamed(cameras, camera, 'camera');
    if (cameras.some(({ channel }) => channel === number)) return number;
    throw new InvalidParameterError('camera', `the NVR has no camera ${number}`);
  }
}
