import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Node, NodeStatus } from 'node-red';
import { type StateChange, systemClock } from '../../../shared/index.js';
import { type LivePicture, writeWhole } from '../../../shared/internal.js';
import { asError, codeOf } from '../../errors.js';
import { CameraNames, ConnectionNews } from '../../event-source.js';
import type { NvrNode } from '../../find-nvr.js';
import { HookMonitor } from '../../hook-monitor.js';
import { kindOf, topicOf } from '../../message-names.js';
import { type Clip, type ClipSettings, EventClips, fileName, type Over } from './clips.js';
import { EventPictures } from './pictures.js';
import { Gap, interestOf, isWantedCamera, StatusChanges, type Wanted } from './wanted.js';

/** What a camera event node is set to, read and checked. */
export interface CameraEventsOptions {
  readonly node: Node;
  readonly nvr: NvrNode;
  readonly wanted: Wanted;
  /** Where a picture goes that is taken when something begins; empty: none is taken. */
  readonly picture: '' | 'picture' | 'payload' | 'file';
  /** Where its file goes. */
  readonly folder: string;
  /** `undefined`: none are taken. */
  readonly clips: ClipSettings | undefined;
  /** ms between two begins of one kind at one camera. */
  readonly gap: number;
  /** Send what is so already. */
  readonly initial: boolean;
  /** Send when the NVR is lost and found. */
  readonly connection: boolean;
  readonly show: (status: NodeStatus) => void;
}

/** What a message tells. */
interface CameraEvent {
  readonly kind: string;
  readonly active: boolean;
  readonly time: Date;
  readonly channel?: number;
  readonly camera?: string;
}

/** Turns what the driver tells of one NVR into messages. */
export class CameraEvents {
  readonly #options: CameraEventsOptions;
  readonly #gap;
  readonly #monitor;
  readonly #subscription;
  readonly #pictures: EventPictures | undefined;
  readonly #clips: EventClips | undefined;
  readonly #status = new StatusChanges();
  readonly #closing = new AbortController();
  readonly #connection: ConnectionNews;
  readonly #names = new CameraNames();
  /** Messages of one camera leave in their order, also behind a picture. */
  readonly #queues = new Map<number, Promise<void>>();

  /** @throws FlowError, InvalidParameterError when the NVR's configuration is no use */
  constructor(options: CameraEventsOptions) {
    const { nvr, wanted, picture, clips, show } = options;
    const { signal } = this.#closing;
    this.#options = options;
    this.#gap = new Gap(options.gap);
    const client = nvr.client();
    this.#monitor = new HookMonitor(show);
    this.#connection = new ConnectionNews(options.node, this.#monitor, (active, first) => {
      if (!options.connection || (first && active && !options.initial)) return;
      this.#send({ kind: 'connection', active, time: new Date(systemClock.wall()) });
    });
    this.#pictures = picture === '' ? undefined : new EventPictures(client, signal);
    this.#clips =
      clips &&
      new EventClips({
        ...{ ...clips, client, site: nvr.label, clock: systemClock, signal },
        ready: (over, clip) => this.#sendClip(over, clip),
        failed: (over, error) => this.#clipFailed(over, error),
      });
    this.#subscription = client.state.watch(interestOf(wanted), (change) => this.#changed(change));
  }

  close(): void {
    this.#closing.abort();
    this.#subscription.close();
    this.#names.close();
    this.#monitor.close();
  }

  #changed(change: StateChange): void {
    switch (change.kind) {
      case 'connection':
        return this.#connection.take(change);
      case 'cameras':
        this.#pictures?.keepWarm(
          change.cameras
            .filter(({ enabled, channel, name = '' }) => enabled && isWantedCamera(this.#options.wanted, channel, name))
            .map(({ channel }) => channel),
        );
        return this.#names.take(change);
      case 'unreadable':
        return this.#names.take(change);
      case 'dropped':
        return this.#names.whenKnown(() => this.#dropped(change));
      case 'event':
      case 'camera':
        return this.#names.whenKnown(() => this.#atCamera(change));
      default:
        return;
    }
  }

  #dropped({ channel, changes }: Extract<StateChange, { kind: 'dropped' }>): void {
    if (isWantedCamera(this.#options.wanted, channel, this.#names.nameOf(channel))) this.#monitor.drop(changes);
  }

  #atCamera(change: Extract<StateChange, { kind: 'event' | 'camera' }>): void {
    const { channel } = change;
    if (change.kind === 'event') {
      // Without a type the NVR tells only that there is some event.
      if (change.type !== undefined) this.#happened(channel, kindOf(change.type), change.active, change.first);
      return;
    }
    for (const { kind, active, first } of this.#status.of(change)) {
      if (this.#options.wanted.status.has(kind)) this.#happened(channel, kind, active, first);
    }
  }

  #happened(channel: number, kind: string, active: boolean, first = false): void {
    const { wanted, initial, picture } = this.#options;
    const camera = this.#names.nameOf(channel);
    if (!isWantedCamera(wanted, channel, camera)) return;
    const time = new Date(systemClock.wall());
    const isWanted = wanted.active === undefined || wanted.active === active;
    // A clip needs both ends of what happens, whichever are sent.
    if (!isWanted && !this.#clips) return;
    // What goes on already begins neither a gap nor a clip: it may have been told to begin a moment ago.
    const goesOn = active && first;
    if (!goesOn && !this.#gap.passes(`${channel} ${kind}`, active, systemClock.now())) return;
    if (active && !goesOn) this.#clips?.begun(channel, kind, time);
    if (!active) this.#clips?.ended(channel, camera, kind, time);
    if (!isWanted || (first && !initial)) return;
    const event = { kind, active, time, channel, camera };
    if (!active || first || picture === '') return this.#inOrder(channel, undefined, event, first);
    this.#inOrder(channel, this.#pictures?.take(channel), event, first);
  }

  /** Sends behind what waits for its picture at this camera. */
  #inOrder(channel: number, picture: Promise<LivePicture> | undefined, event: CameraEvent, first: boolean): void {
    const queue = this.#queues.get(channel);
    if (!picture && !queue) return this.#send(event, first);
    const mine = (queue ?? Promise.resolve()).then(() => this.#sendWith(picture, event, first));
    this.#queues.set(channel, mine);
    void mine.then(() => {
      if (this.#queues.get(channel) === mine) this.#queues.delete(channel);
    });
  }

  async #sendWith(picture: Promise<LivePicture> | undefined, event: CameraEvent, first: boolean): Promise<void> {
    try {
      const taken = await picture;
      const path = taken && this.#options.picture === 'file' ? await this.#save(event, taken.jpeg) : undefined;
      this.#send(event, first, taken, path);
    } catch (error) {
      // The event is worth more than its picture.
      if (!this.#closing.signal.aborted) {
        this.#options.node.warn(`no picture: ${codeOf(error)}: ${asError(error).message}`);
      }
      this.#send(event, first);
    }
  }

  /** @returns where it is @throws where it cannot be written */
  async #save({ kind, channel = 0, camera = '', time: begin }: CameraEvent, jpeg: Buffer): Promise<string> {
    const { folder, nvr } = this.#options;
    await mkdir(folder, { recursive: true });
    const path = join(folder, fileName({ site: nvr.label, channel, camera, kind, begin }, 'jpg'));
    await writeWhole(path, (file) => file.writeFile(jpeg));
    return path;
  }

  #send(event: CameraEvent, first = false, picture?: LivePicture, filename?: string): void {
    if (this.#closing.signal.aborted) return;
    const { node, nvr } = this.#options;
    const { kind, channel, camera, time } = event;
    const site = nvr.label;
    const where = channel === undefined ? {} : { channel, camera };
    const { jpeg, ...about } = picture ?? {};
    const everfocus = {
      ...{ operation: 'cameraEvent', nvr: site, ...where, time, dropped: this.#monitor.dropped },
      ...(first && { first }),
      ...(picture && { picture: about }),
    };
    const topic = camera === undefined ? topicOf(site, kind) : topicOf(site, camera, kind);
    const isPayload = jpeg !== undefined && this.#options.picture === 'payload';
    const message = {
      ...{ topic, everfocus, payload: isPayload ? jpeg : event },
      ...(isPayload ? { event } : jpeg && { picture: jpeg }),
      ...(filename !== undefined && { filename }),
    };
    this.#monitor.counted();
    node.send(message);
  }

  #sendClip(over: Over, clip: Clip): void {
    const { node } = this.#options;
    this.#monitor.counted();
    node.send({
      ...this.#aboutClip(over),
      ...('path' in clip ? { payload: clip.path, filename: clip.path } : { payload: clip.mp4 }),
    });
  }

  #clipFailed(over: Over, error: unknown): void {
    const failure = Object.assign(new Error(`no clip: ${asError(error).message}`), { code: codeOf(error) });
    this.#options.node.error(failure, this.#aboutClip(over));
  }

  #aboutClip(over: Over) {
    const { nvr } = this.#options;
    const { channel, camera, begin: time } = over;
    return {
      topic: topicOf(nvr.label, camera, 'clip'),
      event: over,
      everfocus: { operation: 'eventClip', nvr: nvr.label, channel, camera, time },
    };
  }
}
