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
import { findNvr, nvrByMessage, nvrFor, type NvrNode } from '../../find-nvr.js';
import { type Migration, migrate } from '../../migrations.js';
import { failureStatus } from '../../status.js';
import { LiveSite, serveLive } from './address.js';
import { LiveMonitor } from './monitor.js';
import { LiveOutput, type OutputConfig, outputSettings, type OutputSettings } from './output.js';

/** A live node as it is stored; a flow made by hand may lack anything. */
interface StoredLive extends NodeDef, OutputConfig {
  /** Id of the `everfocus-nvr` node, or `msg.nvr`: then a message starts it, and there is no address. */
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
      const own = def.nvr === nvrByMessage ? undefined : findNvr(RED, def.nvr);
      const live = new LiveNode(this, own ?? ((msg) => nvrFor(RED, def.nvr, msg)), migrate(def, migrations));
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

/** A camera, as it was asked for. */
interface Place {
  readonly nvr: NvrNode;
  /** Its number or its name. */
  readonly camera: string;
}

class LiveNode {
  readonly #node: Node;
  readonly #nvrOf: (msg: NodeMessage) => NvrNode;
  readonly #camera: string;
  readonly #stream: StreamName;
  readonly #settings: OutputSettings;
  readonly #monitor: LiveMonitor;
  readonly #closing = new AbortController();
  readonly #endSite: (() => Promise<void>) | undefined;
  #output: LiveOutput | undefined;
  /** What that is of. */
  #shows: Place | undefined;
  /** Ends the watch for the end of an NVR that the flow chooses. */
  #forget: (() => void) | undefined;
  /** Opened for the sake of one picture. */
  #glimpse: LiveOutput | undefined;
  /** Starts, stops and pictures, one after the other. */
  #work: Promise<unknown> = Promise.resolve();
  /** Starts and pictures that are under way or wait to be. */
  #waiting = 0;

  /**
   * @param chosen the NVR, or what finds that of a message
   * @throws FlowError, InvalidParameterError when a configuration is no use
   */
  constructor(node: Node, chosen: NvrNode | ((msg: NodeMessage) => NvrNode), config: StoredLive) {
    const { camera = '', stream = 'main', autostart = true, address = false, viewers = '' } = config;
    this.#node = node;
    const own = typeof chosen === 'function' ? undefined : chosen;
    this.#nvrOf = typeof chosen === 'function' ? chosen : () => chosen;
    const client = own?.client();
    this.#camera = String(camera).trim();
    if (stream !== 'main' && stream !== 'sub') throw new InvalidParameterError('stream', 'must be main or sub');
    this.#stream = stream;
    this.#settings = outputSettings(config);
    const most = String(viewers).trim() === '' ? limits.viewer.usual : Number(viewers);
    if (!(most >= 1 && most <= limits.viewer.most)) {
      throw new InvalidParameterError('viewers', `must be a number from 1 to ${limits.viewer.most}`);
    }
    this.#monitor = new LiveMonitor((status) => node.status(status), systemClock);
    if (address && !client) throw new InvalidParameterError('address', 'shows the cameras of one NVR: choose it');
    if (address && client) {
      this.#endSite = LiveSite.open(node.id, {
        ...{ stream, viewers: most, clock: systemClock, client: () => client },
        channelOf: (text, signal) => this.#shown(client, text, signal),
        dropped: () => this.#monitor.drop(),
        watched: (count) => this.#monitor.watched(count),
      });
    }
    if (own && autostart && this.#settings.output !== '' && this.#camera !== '') {
      const place = { nvr: own, camera: this.#camera };
      this.#inTurn(() => this.#start(place)).catch((error: unknown) => this.#failed(error, own));
    }
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** @throws FlowError, InvalidParameterError, NvrError */
  async obey(msg: NodeMessage, send: (msg: NodeMessage) => void): Promise<void> {
    const command = commandOf(msg.payload);
    const { camera: named } = msg as { readonly camera?: unknown };
    const isName = typeof named === 'string' || typeof named === 'number';
    const camera = this.#camera || (isName ? String(named).trim() : '');
    if (command === 'stop') return this.#inTurn(() => this.#stop());
    if (camera === '') throw new InvalidParameterError('camera', 'no camera is chosen, and msg.camera names none');
    const nvr = this.#nvrOf(msg);
    // Each may take some time: of a flood nobody would want the last.
    if (this.#waiting >= limits.flow.commands) {
      nvr.client().limits.hit('flow.commands', `live of camera ${camera}`, 'another message is refused');
      throw new BusyError(`${limits.flow.commands} messages wait already for this camera`);
    }
    this.#waiting += 1;
    const place = { nvr, camera };
    const work = () => (command === 'start' ? this.#start(place) : this.#picture(place, msg, send));
    await this.#inTurn(work).finally(() => (this.#waiting -= 1));
  }

  async #picture(place: Place, msg: NodeMessage, send: (msg: NodeMessage) => void): Promise<void> {
    // One that runs has its stream open already.
    const isShown = this.#shows?.nvr === place.nvr && this.#shows.camera === place.camera;
    const running = isShown ? this.#output : undefined;
    this.#glimpse = running ? undefined : await this.#open(place, { ...this.#settings, output: '' });
    try {
      const message = await (running ?? this.#glimpse)?.picture('picture');
      if (message) handOn(send, { ...msg, ...message });
    } finally {
      this.#glimpse?.close();
      this.#glimpse = undefined;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new ClosedError('the node was closed'));
    this.#monitor.close();
    this.#end();
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

  async #start(place: Place): Promise<void> {
    this.#stop();
    this.#monitor.started();
    try {
      const output = await this.#open(place, this.#settings);
      this.#output = output;
      this.#shows = place;
      // An NVR that messages name may be deployed anew without this node.
      this.#forget = place.nvr.client().beforeClose(() => {
        if (this.#output === output) this.#stop();
        return Promise.resolve();
      });
    } catch (error) {
      this.#stop();
      this.#monitor.failed(codeOf(error));
      throw error;
    }
  }

  #stop(): void {
    this.#end();
    this.#monitor.stopped();
  }

  #end(): void {
    this.#forget?.();
    this.#output?.close();
    this.#forget = this.#output = this.#shows = undefined;
  }

  async #open({ nvr, camera }: Place, settings: OutputSettings): Promise<LiveOutput> {
    const client = nvr.client();
    const channel = await this.#channel(client, camera, this.#closing.signal);
    this.#closing.signal.throwIfAborted();
    return new LiveOutput({
      ...{ ...settings, client, stream: this.#stream, clock: systemClock },
      source: { operation: 'live', nvr: nvr.label, channel, ...cameraOf(client, channel) },
      send: (message) => this.#node.send(message),
      seen: () => this.#monitor.picture(),
      dropped: () => this.#monitor.drop(),
      count: () => this.#monitor.dropped,
      failed: (error) => this.#failed(error, nvr),
    });
  }

  /** What is wrong while nobody has asked. */
  #failed(error: unknown, { label: nvr }: NvrNode): void {
    // A deploy ended it, at this node or at the NVR.
    if (this.isClosed || error instanceof ClosedError) return;
    this.#monitor.failed(codeOf(error));
    this.#node.error(asError(error), {
      topic: nvr,
      everfocus: { operation: 'live', nvr },
    });
  }

  /** The camera of an address. @throws InvalidParameterError where this node shows no such camera */
  async #shown(client: Nvr, text: string, signal: AbortSignal): Promise<number> {
    const channel = await this.#channel(client, text, signal);
    if (this.#camera !== '' && channel !== (await this.#channel(client, this.#camera, signal))) {
      throw new InvalidParameterError('camera', 'this address shows another camera only');
    }
    return channel;
  }

  /** @throws InvalidParameterError where the NVR has no such camera; NvrError where it does not tell */
  async #channel(client: Nvr, camera: string, signal: AbortSignal): Promise<number> {
    const cameras = await listedCameras(client, signal);
    const number = /^\d+$/.test(camera) ? Number(camera) : channelNamed(cameras, camera, 'camera');
    if (cameras.some(({ channel }) => channel === number)) return number;
    throw new InvalidParameterError('camera', `the NVR has no camera ${number}`);
  }
}
