import type { Node, NodeStatus } from 'node-red';
import {
  type Disk,
  FatalError,
  type HookListener,
  type NvrException,
  type NvrMessage,
  type NvrMetadata,
  type StateChange,
  type Subscription,
  systemClock,
} from '../../../shared/index.js';
import { CameraNames, ConnectionNews } from '../../event-source.js';
import type { NvrNode } from '../../find-nvr.js';
import { HookMonitor } from '../../hook-monitor.js';
import { topicOf } from '../../message-names.js';
import { folded } from '../../words.js';
import { diskChanges, interestOf, isWell, type NvrKind, type Wanted, withoutSecrets } from './wanted.js';

/** What an NVR event node is set to, read and checked. */
export interface NvrEventsOptions {
  readonly node: Node;
  readonly nvr: NvrNode;
  readonly wanted: Wanted;
  /** Send what is so already. */
  readonly initial: boolean;
  readonly show: (status: NodeStatus) => void;
}

/** What a message tells: what it is of, and what that kind has. */
interface Event {
  readonly kind: NvrKind;
  readonly time: Date;
  readonly channel?: number;
  readonly camera?: string;
  readonly [field: string]: unknown;
}

/** Turns what the driver tells of one NVR into messages. */
export class NvrEvents {
  readonly #options: NvrEventsOptions;
  readonly #monitor: HookMonitor;
  readonly #connection: ConnectionNews;
  readonly #names = new CameraNames();
  readonly #subscriptions: Subscription[] = [];
  /** Pins by number, as they were told last. */
  readonly #pins = new Map<number, boolean>();
  #disks: readonly Disk[] | undefined;
  #closed = false;

  /** @throws FlowError, InvalidParameterError when the NVR's configuration is no use */
  constructor(options: NvrEventsOptions) {
    const { node, nvr, wanted, show } = options;
    this.#options = options;
    const client = nvr.client();
    this.#monitor = new HookMonitor(show);
    this.#connection = new ConnectionNews(node, this.#monitor, (active, first) =>
      // That it is away is worth a message at once; that it is there, where asked.
      this.#send({ kind: 'connection', active, time: now() }, first && active),
    );
    const follow = <Message>(
      kind: NvrKind,
      hook: { subscribe(listener: HookListener<Message>): Subscription },
      message: (message: Message) => void,
    ) => {
      if (wanted.kinds.has(kind)) this.#subscriptions.push(hook.subscribe({ message, ...this.#complaints(kind) }));
    };
    follow('exception', client.exceptions, (exception) => this.#exception(exception));
    follow('settings', client.messages, (message) => this.#settings(message));
    follow('metadata', client.metadata, (metadata) => this.#metadata(metadata));
    this.#subscriptions.push(client.state.watch(interestOf(wanted), (change) => this.#changed(change)));
  }

  close(): void {
    this.#closed = true;
    for (const subscription of this.#subscriptions) subscription.close();
    this.#names.close();
    this.#monitor.close();
  }

  /** What keeps one kind from coming is told once; that the NVR is away, the connection tells. */
  #complaints(kind: NvrKind): Pick<HookListener<unknown>, 'connected' | 'disconnected'> {
    let told = false;
    return {
      connected: () => void (told = false),
      disconnected: (error) => {
        if (told || !(error instanceof FatalError)) return;
        told = true;
        this.#options.node.warn(`${kind}: ${error.code}: ${error.message}`);
      },
    };
  }

  #changed(change: StateChange): void {
    this.#names.take(change);
    switch (change.kind) {
      case 'connection':
        return this.#connection.take(change);
      case 'input':
      case 'output':
        return this.#pin(change);
      case 'disks':
        return this.#disksAre(change.disks);
      default:
        return;
    }
  }

  /** A pin that was not known for a while is news only where it is another than before. */
  #pin({ kind, pin, on }: Extract<StateChange, { readonly kind: 'input' | 'output' }>): void {
    if (on === undefined) return;
    const before = this.#pins.get(pin);
    this.#pins.set(pin, on);
    if (kind === 'input' && this.#options.wanted.inputs?.has(pin) === false) return;
    if (before !== on) this.#send({ kind, pin, active: on, time: now() }, before === undefined);
  }

  #disksAre(disks: readonly Disk[]): void {
    const changes = diskChanges(this.#disks, disks);
    this.#disks = disks;
    for (const { disk, present, first } of changes) {
      const { slot, active: used, ...about } = disk;
      const active = present && isWell(disk);
      this.#send({ kind: 'disk', disk: slot || disk.device, active, present, used, ...about, time: now() }, first);
    }
  }

  #exception({ exception, target, time }: NvrException): void {
    if (!this.#isWanted(exception)) return;
    this.#send({ kind: 'exception', exception, ...(target !== undefined && { target }), time: dated(time) });
  }

  #settings(notice: NvrMessage): void {
    // The document's own name stands in the content of one that it does not name.
    const { message: name = notice.message } = notice.message === 'unknown' ? notice.content : {};
    const message = typeof name === 'string' ? name : notice.message;
    if (!this.#isWanted(message)) return;
    const content = withoutSecrets(notice.content);
    const event = { kind: 'settings', message, content, time: dated(notice.time) } as const;
    if (!('channel' in notice)) return this.#send(event);
    this.#names.whenKnown(() => this.#send(this.#at(notice.channel, event)));
  }

  #metadata({ channel, type, data }: NvrMetadata): void {
    if (!this.#isWanted(type)) return;
    const event = { kind: 'metadata', type, data, time: now() } as const;
    this.#names.whenKnown(() => this.#send(channel === 0 ? { ...event, channel } : this.#at(channel, event)));
  }

  #at<E extends object>(channel: number, event: E) {
    return { ...event, channel, camera: this.#names.nameOf(channel) };
  }

  #isWanted(type: string): boolean {
    return this.#options.wanted.types?.has(folded(type)) ?? true;
  }

  /** @param first what was so at deploy */
  #send(event: Event, first = false): void {
    const { node, nvr, wanted, initial } = this.#options;
    const { kind, channel, camera, time } = event;
    if (this.#closed || !wanted.kinds.has(kind) || (first && !initial)) return;
    const where = channel === undefined ? {} : { channel, ...(camera !== undefined && { camera }) };
    this.#monitor.counted();
    node.send({
      topic: camera === undefined ? topicOf(nvr.label, kind) : topicOf(nvr.label, camera, kind),
      payload: event,
      everfocus: { operation: 'nvrEvent', nvr: nvr.label, ...where, time, ...(first && { first }) },
    });
  }
}

function now(): Date {
  return new Date(systemClock.wall());
}

/** @param time as the NVR has it, ms since 1970 UTC */
function dated(time: number | undefined): Date {
  return time === undefined ? now() : new Date(time);
}
