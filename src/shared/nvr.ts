import { ClosedError, InvalidParameterError, UnknownOperationError } from './errors.js';
import type { EventStates } from './state/event-states.js';
import { NvrState } from './state/nvr-state.js';
import { Hook, type HookOptions } from './push/hook.js';
import { type MessageSender, openSender } from './push/message-sender.js';
import {
  type ChannelStatus,
  type NvrEvent,
  type NvrMetadata,
  readEvents,
  readMetadata,
  readStatusMessage,
} from './push/messages.js';
import {
  noticeKey,
  noticeName,
  type NvrException,
  type NvrMessage,
  readExceptions,
  readNotices,
} from './push/notices.js';
import type { LimitCounters } from './limit-counters.js';
import { limits } from './limits.js';
import { Recovery } from './link/recovery.js';
import type { SocketEnvironment } from './link/reconnecting-socket.js';
import { LiveFeed } from './media/live-feed.js';
import { Playback, type PlaybackOptions } from './media/playback.js';
import { PlaybackControl } from './media/playback-control.js';
import type { StreamName } from './sdk/stream-name.js';
import type { Talk } from './media/talk.js';
import { Talks, type TalkTarget } from './media/talks.js';
import { cameraStatus, cameraStatusHook } from './sdk/cameras.js';
import { addEventSocket, addMetaSocket, eventHook, metaHook } from './sdk/events.js';
import type { Domain, Operation, ReplyOf, Socket } from './sdk/declaration.js';
import { findOperation, type OperationId, type OperationReply, operations } from './sdk/index.js';
import { Rtsp } from './rtsp/rtsp.js';
import { getPort } from './sdk/network.js';
import { exceptionListen, messageListen } from './sdk/notices.js';
import { type CallArguments, Caller, type CallOptions } from './link/caller.js';
import { operationCall } from './wire/call.js';
import { carryOut } from './link/carry-out.js';
import type { Dialect } from './link/dialect.js';
import {
  authorityOf,
  bareHost,
  type ClientSettings,
  completeOptions,
  isHost,
  type NvrClientOptions,
} from './link/options.js';
import { Refusals } from './link/refusals.js';
import { ClosingTasks } from './link/closing-tasks.js';
import { rawCall, type RawRequest } from './wire/raw-request.js';
import { socketPath } from './wire/request.js';
import { Session } from './link/session.js';
import { Snapshots } from './tasks/snapshot.js';
import { Upgrades } from './link/upgrades.js';
import { Transport } from './link/transport.js';

/** cameraStatus comes every second (SDK 2.8): this long without it (ms), and it is stale. */
const STATUS_SILENCE = 5000;

/** Every operation as a method, grouped by domain: `nvr.ptz.gotoPreset({…})`. */
export type Facade = {
  readonly [D in (typeof operations)[OperationId]['domain']]: {
    readonly [Id in OperationId as (typeof operations)[Id]['domain'] extends D ? Id : never]: (
      ...args: CallArguments<(typeof operations)[Id]>
    ) => Promise<OperationReply<Id>>;
  };
};

// The methods come from the declarations: see the constructor.
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging, @typescript-eslint/no-empty-object-type
export interface Nvr extends Facade {}

/**
 * One NVR: its calls, hooks and live feeds, shared by all who use them. Nothing is opened before it is needed;
 * {@link Nvr.close} closes everything.
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export class Nvr implements AsyncDisposable {
  /** What the modules of the NVR report (SDK 4.2). */
  readonly events: Hook<NvrEvent>;
  /** Metadata that the modules of the NVR throw (SDK 4.4). */
  readonly metadata: Hook<NvrMetadata>;
  /** What goes wrong at the NVR itself (SDK 10.13). */
  readonly exceptions: Hook<NvrException>;
  /** Changes of settings (SDK 10.14). */
  readonly messages: Hook<NvrMessage>;
  /** The status of every channel, once a second (SDK 2.8). */
  readonly cameraStatus: Hook<readonly ChannelStatus[]>;
  /** Streams by RTSP (SDK 3.1, 3.3, 3.4). */
  readonly rtsp: Rtsp;
  /** Limits that the NVR has run into; whoever enforces one for it tells it here. */
  readonly limits: LimitCounters;
  /** What the NVR is now: connection, cameras, active events, pins, disks; asked for only while somebody watches. */
  readonly state: NvrState;
  /** Which events are active, as far as it is known: a view of {@link state}. */
  readonly eventStates: EventStates;

  /** Told of each socket that the NVR did not open, or ended at once; its path. @internal */
  readonly unheard = new Set<(path: string) => void>();
  readonly #settings: ClientSettings;
  readonly #transport: Transport;
  readonly #session: Session;
  readonly #caller: Caller;
  readonly #environment: SocketEnvironment;
  readonly #closingTasks: ClosingTasks;
  readonly #snapshots: Snapshots;
  readonly #feeds = new Map<string, LiveFeed>();
  readonly #playbackControl: PlaybackControl;
  readonly #talks: Talks;
  /** Operations whose answers lacked something. */
  readonly #incomplete = new Set<string>();
  readonly #closers = new AbortController();
  #closing: Promise<void> | undefined;

  /** @throws {@link InvalidParameterError} */
  constructor(options: NvrClientOptions) {
    const settings = completeOptions(options);
    const { clock, logger } = settings;
    this.#settings = settings;
    this.limits = settings.limits;
    this.#closingTasks = new ClosingTasks(clock);
    this.#snapshots = new Snapshots(this, { clock, logger, closing: this.#closingTasks });
    this.#transport = new Transport(settings);
    const recovery = new Recovery();
    this.#session = new Session(this.#transport, settings, () => recovery.heard());
    const refusals = new Refusals(this.#session, clock);
    this.#caller = new Caller(this.#transport, this.#session, settings, refusals, recovery);
    const upgrades = new Upgrades(settings, this.#session, refusals, () => this.#checkSession());
    this.#environment = {
      clock,
      logger,
      limits: settings.limits,
      random: Math.random,
      recovery,
      connect: (path, handlers, signal) => upgrades.open(path, handlers, signal),
      unheard: (path) => {
        for (const listener of this.unheard) listener(path);
      },
      probe: async () => void (await this.call(getPort, {}, { priority: 'poll' })),
    };
    Object.assign(this, this.#methods());
    this.#playbackControl = new PlaybackControl(this, settings.dialect, clock, logger);
    this.#talks = new Talks(this.#environment, this.#closers.signal);
    this.events = this.#hook(eventHook, readEvents, {
      keyOf: ({ channel, type }) => `${channel} ${type}`,
      typeOf: ({ type }) => type,
    });
    this.metadata = this.#hook(metaHook, readMetadata, {
      keyOf: ({ channel, type }) => `${channel} ${type}`,
      typeOf: ({ type }) => type,
      exceeds: ({ data }) => (data.length > limits.hook.data ? 'hook.data' : undefined),
    });
    this.exceptions = this.#hook(exceptionListen, readExceptions, {
      keyOf: ({ exception, target }) => `${exception} ${target}`,
      typeOf: ({ exception }) => exception,
    });
    this.messages = this.#hook(messageListen, readNotices, {
      keyOf: noticeKey,
      typeOf: noticeName,
      confidential: true,
    });
    this.cameraStatus = this.#hook(cameraStatusHook, readStatusMessage, { silenceLimit: STATUS_SILENCE });
    this.rtsp = new Rtsp(settings, async (options) => (await this.call(getPort, {}, options)).rtsp_port);
    this.state = new NvrState(this, this.#environment);
    this.eventStates = this.state.events;
  }

  /** `host:port` where it is asked, for messages. */
  get address(): string {
    return authorityOf(this.#settings);
  }

  /** Which reading of the document's open points the NVR uses, as far as it turned out. */
  get dialect(): Dialect {
    return this.#settings.dialect.known;
  }

  /**
   * Carries out one operation of the SDK. Where the answer to a setting is lost, the NVR is asked what it has set, as
   * long again at most.
   *
   * @throws {@link NvrError} with a stable `code`; `INVALID_PARAMETER` before anything is sent; or the signal's reason
   */
  call<O extends Operation>(operation: O, ...[params, options]: CallArguments<O>): Promise<ReplyOf<O>> {
    return this.#carryOut(operation, params, options) as Promise<ReplyOf<O>>;
  }

  /** Like {@link call}, for an operation that is named by data. @throws also `UNKNOWN_OPERATION` */
  async callByName(
    id: string,
    params: Readonly<Record<string, unknown>> = {},
    options: CallOptions = {},
  ): Promise<unknown> {
    const operation = findOperation(id);
    if (!operation) throw new UnknownOperationError(`there is no operation "${id}"`);
    return this.#carryOut(operation, params, options);
  }

  async #carryOut(
    operation: Operation,
    params: Readonly<Record<string, unknown>> = {},
    options: CallOptions = {},
  ): Promise<unknown> {
    const work = carryOut(operation, params, {
      ask: (what, part) => this.#caller.carryOut(operationCall(what, part), options),
      wall: () => this.#settings.clock.wall(),
      warn: (problem) => this.#warnOnce(operation.id, problem),
      exceeds: (limit, what) => this.limits.hit(limit, operation.id, what),
    });
    return this.state.during(operation, params, work);
  }

  /**
   * A request by path. JSON comes back parsed, pictures as bytes, anything else as text; a refusal is an error.
   * It is repeated only where the NVR refused it for want of a session.
   */
  async request(raw: RawRequest, options: CallOptions = {}): Promise<unknown> {
    return this.#caller.carryOut(rawCall(raw), options);
  }

  /** A fresh JPEG of a channel by the NVR's own means (SDK 3.6, 3.9, 3.8), leaving no file on its disk. */
  async takeSnapshot(channel: number, options: CallOptions = {}): Promise<Buffer> {
    return this.#snapshots.take(channel, options);
  }

  /** The shared live feed of a channel (from 1) and stream; it opens with its first subscriber. */
  feed(channel: number, stream: StreamName): LiveFeed {
    if (this.#closing) throw new ClosedError('the client is closed');
    if (!Number.isInteger(channel) || channel < 1) {
      throw new InvalidParameterError('channel', 'must be an integer from 1');
    }
    const id = `${channel} ${stream}`;
    let feed = this.#feeds.get(id);
    if (!feed) {
      feed = new LiveFeed(channel, stream, this.#environment, this.#settings.feedLingerMs);
      this.#feeds.set(id, feed);
    }
    return feed;
  }

  /** Recorded video and audio from a time on (SDK 3.3), the caller's to close. @throws `INVALID_PARAMETER`, `CLOSED` */
  playback(options: PlaybackOptions): Playback {
    return new Playback(options, this.#environment, this.#playbackControl, this.#closers.signal);
  }

  /**
   * Opens the way to a camera's loudspeaker, or with `nvr` to that of the NVR itself (SDK 3.2), the caller's to close.
   *
   * @param signal ends the talk
   * @throws `BUSY` while this client talks there already; `INVALID_PARAMETER`, `CLOSED`, errors of the connection
   */
  talk(target: TalkTarget, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<Talk> {
    return this.#talks.open(target, signal);
  }

  /** A socket of its own to throw events over (SDK 4.1), the caller's to close; {@link call} `addEvent` throws one. */
  openEventSender(): Promise<MessageSender<NvrEvent>> {
    return openSender(this.#environment, this.#closers.signal, addEventSocket, ({ channel, type, state }) => ({
      ChannelID: channel,
      Type: type,
      State: state,
    }));
  }

  /** Likewise for metadata (SDK 4.3). */
  openMetadataSender(): Promise<MessageSender<NvrMetadata>> {
    return openSender(this.#environment, this.#closers.signal, addMetaSocket, ({ channel, type, data }) => ({
      ChannelID: channel,
      Type: type,
      Data: data,
    }));
  }

  /**
   * Trusts a certificate in place of the one that the store holds: calls work again at once, hooks and feeds within a
   * second. Only for a person to decide, who has compared the fingerprint with what the NVR itself displays.
   *
   * @param fingerprint SHA-256, `AA:BB:…`, such as {@link UntrustedCertificateError} tells
   * @throws {@link InvalidParameterError} also where the options name a fingerprint or no store, {@link StoreError}
   */
  async trustCertificate(fingerprint: string): Promise<void> {
    await this.#settings.trust.trust(fingerprint);
    this.#environment.recovery.heard();
  }

  /**
   * SHA-256 of the one certificate that is trusted, `AA:BB:…`: configured, or kept in the store; `undefined` where none was
   * seen yet, or any that a known authority signed is trusted.
   *
   * @throws {@link StoreError}
   */
  trustedCertificate(): Promise<string | undefined> {
    return this.#settings.trust.trusted();
  }

  /**
   * Goes on at another address of the same NVR, which proves there by its trusted certificate that it is the same: calls,
   * hooks and feeds follow. What is remembered of it stays under the address of the options.
   *
   * @throws {@link InvalidParameterError} also where no one certificate is trusted, since nothing would prove it;
   *   {@link UntrustedCertificateError}, {@link NvrUnreachableError}, {@link StoreError}, or the signal's reason: then it
   *   is asked where it was
   */
  async moveTo(host: string, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const { https, trust } = this.#settings;
    if (!isHost(host)) throw new InvalidParameterError('host', 'must be an IP address or a host name, without port');
    if (!https || (await trust.trusted()) === undefined) {
      throw new InvalidParameterError('host', 'can be changed only where one certificate is trusted');
    }
    await this.#transport.moveTo(bareHost(host), signal);
    this.#environment.recovery.heard();
  }

  /**
   * Something to do before the client closes, such as stopping a camera: calls still work then, for 1 s at most.
   *
   * @returns what takes it back
   * @throws {@link ClosedError}
   */
  beforeClose(task: () => Promise<unknown>): () => void {
    if (this.#closing) throw new ClosedError('the client is closed');
    return this.#closingTasks.add(task);
  }

  /** Ends calls, hooks and feeds, and logs out (2 s at most). */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** An NVR that leaves out data once will do so again and again. */
  #warnOnce(id: string, problem: string): void {
    if (this.#incomplete.has(id)) return;
    this.#incomplete.add(id);
    this.#settings.logger.warn(`${id}: ${problem}`);
  }

  #hook<Message>(
    socket: Socket,
    read: (document: unknown) => readonly Message[],
    options: HookOptions<Message>,
  ): Hook<Message> {
    return new Hook(this.#environment, socketPath(socket), read, options);
  }

  /** A read finds out whether the session still holds, and brings another where it does not. */
  async #checkSession(): Promise<void> {
    try {
      await this.call(cameraStatus);
    } catch {
      // Whatever is wrong shows when the socket connects.
    }
  }

  async #close(): Promise<void> {
    this.state.close();
    for (const hook of [this.events, this.metadata, this.exceptions, this.messages, this.cameraStatus]) hook.close();
    for (const feed of this.#feeds.values()) feed.close();
    await Promise.all([this.rtsp.close(), this.#closingTasks.finish()]);
    this.#closers.abort(new ClosedError('the client is closed'));
    this.#caller.close();
    await this.#session.close();
    await this.#transport.close();
  }

  #methods(): object {
    const groups: Partial<Record<Domain, Record<string, unknown>>> = {};
    for (const operation of Object.values<Operation>(operations)) {
      (groups[operation.domain] ??= {})[operation.id] = (
        params?: Readonly<Record<string, unknown>>,
        options?: CallOptions,
      ) => this.#carryOut(operation, params, options);
    }
    return groups;
  }
}

/** The former name of {@link Nvr}. */
export const NvrClient = Nvr;
export type NvrClient = Nvr;
