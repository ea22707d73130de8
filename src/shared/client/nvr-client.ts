import { ClosedError, InvalidParameterError, UnknownOperationError } from '../errors.js';
import { EventSender } from '../hooks/event-sender.js';
import { EventStates } from '../hooks/event-states.js';
import { Hook } from '../hooks/hook.js';
import { type ChannelStatus, type NvrEvent, readEvents, readStatuses, readStatusMessage } from '../hooks/messages.js';
import { Recovery } from '../hooks/recovery.js';
import type { SocketEnvironment } from '../hooks/reconnecting-socket.js';
import { LiveFeed, type StreamName } from '../media/live-feed.js';
import { cameraStatusHook } from '../sdk/cameras.js';
import { addEventSocket, eventHook } from '../sdk/events.js';
import { findOperation, type OperationId, type OperationParams, type OperationReply } from '../sdk/index.js';
import { abortable } from './abortable.js';
import { Caller, type CallOptions, operationCall } from './caller.js';
import { authorityOf, type ClientSettings, completeOptions, type NvrClientOptions } from './options.js';
import { DoubtfulSockets } from './doubtful-sockets.js';
import { rawCall, type RawRequest } from './raw-request.js';
import { buildRequest, socketPath } from './request.js';
import { Session } from './session.js';
import { takeSnapshot } from './snapshot.js';
import { connectSocket, type OpenSocket } from './socket-connector.js';
import { Transport } from './transport.js';

/** ms that a running deletion may hold up the end of the client. */
const CLOSE_LIMIT = 1000;
/** cameraStatus comes every second (SDK 2.8): this long without it (ms), and it is stale. */
const STATUS_SILENCE = 5000;

type ParamsArgument<Id extends OperationId> =
  object extends OperationParams<Id>
    ? [params?: OperationParams<Id>, options?: CallOptions]
    : [params: OperationParams<Id>, options?: CallOptions];

/**
 * One NVR: its calls, hooks and live feeds, shared by all who use them. Nothing is opened before it is needed;
 * {@link NvrClient.close} closes everything.
 */
export class NvrClient implements AsyncDisposable {
  /** `host:port`, for messages. */
  readonly address: string;
  /** What the modules of the NVR report (SDK 4.2). */
  readonly events: Hook<NvrEvent>;
  /** The status of every channel, once a second (SDK 2.8). */
  readonly cameraStatus: Hook<readonly ChannelStatus[]>;
  /** Which events are active, as far as it is known. */
  readonly eventStates: EventStates;

  readonly #settings: ClientSettings;
  readonly #transport: Transport;
  readonly #session: Session;
  readonly #caller: Caller;
  readonly #environment: SocketEnvironment;
  readonly #doubtful = new DoubtfulSockets();
  /** Files of ours on the NVR's disk that are being deleted. */
  readonly #tidying = new Set<Promise<void>>();
  readonly #feeds = new Map<string, LiveFeed>();
  readonly #closers = new AbortController();
  #closing: Promise<void> | undefined;

  /** @throws {@link InvalidParameterError} */
  constructor(options: NvrClientOptions) {
    const settings = completeOptions(options);
    const { clock, logger } = settings;
    this.#settings = settings;
    this.address = authorityOf(settings);
    this.#transport = new Transport(settings);
    this.#session = new Session(this.#transport, settings);
    this.#caller = new Caller(this.#transport, this.#session, settings);
    this.#environment = {
      clock,
      logger,
      random: Math.random,
      recovery: new Recovery(),
      connect: async (path, handlers, signal) => {
        if (this.#doubtful.take(path)) await this.#checkSession();
        try {
          await connectSocket(settings, this.#session, path, this.#doubtful.watch(path, handlers), signal);
        } catch (error) {
          this.#doubtful.add(path);
          throw error;
        }
      },
      probe: async () => void (await this.call('getPort')),
    };
    this.events = new Hook(this.#environment, socketPath(eventHook), readEvents);
    this.cameraStatus = new Hook(this.#environment, socketPath(cameraStatusHook), readStatusMessage, STATUS_SILENCE);
    this.eventStates = new EventStates(
      this.events,
      async () => readStatuses(await this.call('cameraStatus')),
      this.#environment,
    );
  }

  /**
   * Carries out one operation of the SDK.
   *
   * @throws {@link NvrError} with a stable `code`; `INVALID_PARAMETER` before anything is sent; or the signal's reason
   */
  call<Id extends OperationId>(id: Id, ...[params, options]: ParamsArgument<Id>): Promise<OperationReply<Id>> {
    return this.callByName(id, params, options) as Promise<OperationReply<Id>>;
  }

  /** Like {@link call}, for an operation that is named by data. @throws also `UNKNOWN_OPERATION` */
  async callByName(
    id: string,
    params: Readonly<Record<string, unknown>> = {},
    options: CallOptions = {},
  ): Promise<unknown> {
    const operation = findOperation(id);
    if (!operation) throw new UnknownOperationError(`there is no operation "${id}"`);
    return this.#caller.carryOut(operationCall(operation, buildRequest(operation, params)), options);
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
    return takeSnapshot(this, channel, options, (path) => this.#tidy(path));
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

  /** A socket of its own to throw events over (SDK 4.1), the caller's to close; {@link call} `addEvent` throws one. */
  async openEventSender(): Promise<EventSender> {
    const { promise, resolve, reject } = Promise.withResolvers<EventSender>();
    const opened = (socket: OpenSocket) => resolve(new EventSender(socket, this.#closers.signal));
    const handlers = { opened, message: () => undefined };
    this.#environment.connect(socketPath(addEventSocket), handlers, this.#closers.signal).catch(reject);
    return promise;
  }

  /** Ends calls, hooks and feeds, and logs out (2 s at most). */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A read finds out whether the session still holds, and brings another where it does not. */
  async #checkSession(): Promise<void> {
    try {
      await this.call('cameraStatus');
    } catch {
      // Whatever is wrong shows when the socket connects.
    }
  }

  /** Nobody waits for it: a picture that is here must not be held up by the deletion of its file. */
  #tidy(snapshotPath: string): void {
    const done = this.call('deleteSnapshot', { snapshotPath }).then(
      () => undefined,
      (error: unknown) => this.#settings.logger.warn(`a snapshot stays on the NVR (${snapshotPath}): ${String(error)}`),
    );
    this.#tidying.add(done);
    void done.finally(() => this.#tidying.delete(done));
  }

  async #close(): Promise<void> {
    this.eventStates.close();
    this.events.close();
    this.cameraStatus.close();
    for (const feed of this.#feeds.values()) feed.close();
    await abortable(Promise.all(this.#tidying), AbortSignal.timeout(CLOSE_LIMIT)).catch(() => undefined);
    this.#closers.abort(new ClosedError('the client is closed'));
    this.#caller.close();
    await this.#session.close();
    await this.#transport.close();
  }
}
