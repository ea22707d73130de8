import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { Client, DecoratorHandler, type Dispatcher, Pool, type buildConnector, errors, request } from 'undici';
import {
  ClosedError,
  NvrError,
  NvrTimeoutError,
  NvrUnreachableError,
  RecoverableError,
  ReplyTooLargeError,
} from '../errors.js';
import { abortable, inSeconds } from '../clock.js';
import { type LimitName, limits, sizeOf } from '../limits.js';
import { type ClientSettings, authorityOf } from './options.js';
import { hasMagic, type WholeReply } from '../wire/reply.js';
import type { WireRequest } from '../wire/request.js';
import { headerFields, type HeaderFields, type Tap } from './tap.js';
import { connectTrusted } from './trust.js';

/** ms until a connection stands, its TLS handshake included. */
export const CONNECT_TIMEOUT = 5000;
/** ms */
const MINUTE = 60_000;
/** Kept connections to one NVR. */
const MAX_KEPT = 4;

/** A reply with what else the session needs of it. */
export interface TransportReply extends WholeReply {
  readonly setCookies: readonly string[];
  /** Where a stream was asked for and came: all of it, `body` included, which then holds the beginning only. */
  readonly stream?: Readable;
}

export interface SendOptions {
  /** The whole call, ms; where a stream comes: until its beginning, and then between its parts. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  /** Not on a kept connection, which the NVR might be closing just now. */
  readonly freshConnection?: boolean;
  /** First bytes (hexadecimal) of a reply that is to be streamed; any other reply is read as a whole. */
  readonly streamMagic?: string | undefined;
  /** Which limit a reply has that is read as a whole, by its status and its first bytes. */
  readonly roomFor: (status: number, head: Buffer) => LimitName;
}

/** The request left and its answer never came; whether the NVR acted on it is not known. */
export class AnswerLost extends Error {
  constructor(readonly reason: NvrError) {
    super(reason.message);
  }
}

/** Sends requests and reads replies; knows nothing of sessions or operations. */
export class Transport {
  readonly #settings: ClientSettings;
  #pool: Pool;
  readonly #closing = new AbortController();

  constructor(settings: ClientSettings) {
    this.#settings = settings;
    this.#pool = this.#openPool();
  }

  /**
   * Sends everything to another address from now on, once a peer has shown the trusted certificate there. What is under
   * way is lost.
   *
   * @throws {@link NvrUnreachableError} | {@link UntrustedCertificateError} | {@link StoreError}, or the signal's reason
   */
  async moveTo(host: string, signal?: AbortSignal): Promise<void> {
    const ended = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
    ended.throwIfAborted();
    const proof = await connectTrusted({ ...this.#settings, host, timeout: CONNECT_TIMEOUT, signal: ended });
    proof.on('error', () => undefined).destroy();
    ended.throwIfAborted();
    const before = this.#pool;
    this.#settings.host = host;
    this.#pool = this.#openPool();
    void before.destroy();
  }

  get #origin(): string {
    return `${this.#settings.https ? 'https' : 'http'}://${authorityOf(this.#settings)}`;
  }

  #openPool(): Pool {
    return new Pool(this.#origin, { ...this.#clientOptions(), connections: MAX_KEPT });
  }

  /**
   * @throws {@link NvrUnreachableError} | {@link NvrTimeoutError} | {@link UntrustedCertificateError} where the request
   *   was never sent, {@link AnswerLost} where it may have been, {@link ReplyTooLargeError}, or the signal's reason
   */
  async send(wire: WireRequest, options: SendOptions): Promise<TransportReply> {
    if (!options.freshConnection) return this.#exchange(this.#pool, wire, options);
    const client = new Client(this.#origin, this.#clientOptions());
    try {
      return await this.#exchange(client, wire, options);
    } finally {
      // Waits for the reply to be read, which a stream is later; an abandoned one ends with its signal.
      void client.close().catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new ClosedError('the client is closed'));
    await this.#pool.destroy();
  }

  #clientOptions() {
    return {
      connect: this.#settings.https ? this.#trustedConnector() : { timeout: CONNECT_TIMEOUT },
      pipelining: 1,
      maxHeaderSize: limits.reply.headers,
    };
  }

  #trustedConnector(): buildConnector.connector {
    const { host } = this.#settings;
    return (_options, callback) => {
      connectTrusted({ ...this.#settings, host, timeout: CONNECT_TIMEOUT, signal: this.#closing.signal }).then(
        (socket) => callback(null, socket),
        (error: unknown) => callback(error as Error, null),
      );
    };
  }

  async #exchange(dispatcher: Dispatcher, wire: WireRequest, options: SendOptions): Promise<TransportReply> {
    const { timeout, signal } = options;
    const timeUp = new AbortController();
    const timer = this.#settings.clock.after(timeout, () => timeUp.abort());
    const signals = [signal, timeUp.signal, this.#closing.signal].filter((one) => one !== undefined);
    const ended = AbortSignal.any(signals);
    let sent = false;
    const begun = () => (sent = true);
    const watch = this.#settings.tap && this.#watch(wire, this.#settings.tap);
    try {
      // undici hears of an abort only once it has a connection for the request.
      const noticed = noticing(dispatcher, begun, watch?.head);
      const reply = await abortable(this.#request(noticed, wire, ended, options), ended);
      watch?.replied(reply);
      return reply;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      const cause = timeUp.signal.aborted ? this.#late(timeout) : this.#broken(error);
      watch?.failed(cause);
      throw sent && cause instanceof RecoverableError ? new AnswerLost(cause) : cause;
    } finally {
      timer.cancel();
    }
  }

  /** What shows one exchange to the tap. */
  #watch(request: WireRequest, tap: Tap) {
    const { clock } = this.#settings;
    const begun = clock.now();
    let head: Head = { reason: '', headers: [] };
    const times = () => ({ at: clock.now(), ms: clock.now() - begun, request });
    return {
      head: (came: Head) => (head = came),
      replied: ({ status, body }: TransportReply) => tap({ is: 'reply', ...times(), status, ...head, body }),
      failed: ({ code }: NvrError) => tap({ is: 'failure', ...times(), code }),
    };
  }

  async #request(
    dispatcher: Dispatcher,
    wire: WireRequest,
    signal: AbortSignal,
    { timeout, streamMagic, roomFor }: SendOptions,
  ): Promise<TransportReply> {
    const reply = await request(this.#origin + wire.path, {
      dispatcher,
      method: wire.method,
      // Without it any coding would do (RFC 9110, 12.5.3), and none is undone here.
      headers: { 'accept-encoding': 'identity', ...wire.headers },
      body: wire.body ?? null,
      signal,
      headersTimeout: 0,
      bodyTimeout: streamMagic === undefined ? 0 : timeout,
    });
    const setCookies = [reply.headers['set-cookie'] ?? []].flat();
    const { body, stream } = await readBody(reply, streamMagic, roomFor);
    const reasonOf = (error: unknown): Error => {
      if (signal.aborted) return signal.reason as Error;
      return error instanceof errors.BodyTimeoutError ? this.#late(timeout) : this.#broken(error);
    };
    return { status: reply.statusCode, setCookies, body, ...(stream && { stream: this.#watched(stream, reasonOf) }) };
  }

  /** The same bytes, with another error where they break off, or only drip. */
  #watched(body: Readable, reasonOf: (error: unknown) => Error): Readable {
    const stream = new PassThrough();
    // Whoever is handed it listens himself. One that was given up as it came is nobody's, and its end must not be the host's.
    stream.on('error', () => undefined);
    const { clock, limits: counters } = this.#settings;
    let came = 0;
    // What nobody takes cannot come.
    let full = false;
    const look = () => {
      if (came < limits.reply.trickle && !full && !stream.writableNeedDrain) {
        counters.hit('reply.trickle', 'a download', 'it drips and is given up');
        const words = `${authorityOf(this.#settings)} sent less than ${limits.reply.trickle} bytes in a minute`;
        stream.destroy(new NvrTimeoutError(words));
        return;
      }
      came = 0;
      full = stream.writableNeedDrain;
      timer = clock.after(MINUTE, look);
    };
    let timer = clock.after(MINUTE, look);
    body.on('error', (error) => stream.destroy(reasonOf(error)));
    body.once('end', () => timer.cancel());
    stream.once('close', () => {
      timer.cancel();
      body.destroy();
    });
    body.pipe(stream);
    body.on('data', (bytes: Buffer) => {
      came += bytes.length;
      full ||= stream.writableNeedDrain;
    });
    return stream;
  }

  #late(timeout: number): NvrError {
    return new NvrTimeoutError(`${authorityOf(this.#settings)} did not answer in ${inSeconds(timeout)}`);
  }

  #broken(error: unknown): NvrError {
    if (error instanceof NvrError) return error;
    if (error instanceof errors.HeadersOverflowError) return tooLarge('reply.headers');
    const { code = '', message } = error as NodeJS.ErrnoException;
    // undici's own, where a status means nothing to it.
    if (code === 'ERR_ASSERTION') return this.#broken(new Error('the reply does not match the HTTP/1.1 protocol'));
    return new NvrUnreachableError(`${authorityOf(this.#settings)}: ${(message || code).trim()}`);
  }
}

/** How a reply begins, beyond its status. */
interface Head {
  readonly reason: string;
  readonly headers: HeaderFields;
}

/**
 * The dispatcher, telling when a request is written to a connection: until then the NVR has seen nothing of it.
 *
 * @param head is told how the reply begins
 */
function noticing(dispatcher: Dispatcher, begun: () => void, head?: (head: Head) => void): Dispatcher {
  return dispatcher.compose((dispatch) => (options, handler) => {
    const watched: Dispatcher.DispatchHandler = new DecoratorHandler(handler);
    const start = watched.onRequestStart?.bind(watched);
    watched.onRequestStart = (controller, context) => {
      begun();
      start?.(controller, context);
    };
    if (head) {
      const respond = watched.onResponseStart?.bind(watched);
      watched.onResponseStart = (controller, status, headers, reason = '') => {
        // As they came; the others are in lower case, and those of one name joined.
        const { rawHeaders = [] } = controller as { readonly rawHeaders?: readonly Buffer[] };
        head({ reason, headers: headerFields(rawHeaders) });
        respond?.(controller, status, headers, reason);
      };
    }
    return dispatch(options, watched);
  });
}

/** Bytes by which a reply is told from another. */
const HEAD = 4;

async function readBody(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  streamMagic: string | undefined,
  roomFor: SendOptions['roomFor'],
): Promise<Pick<TransportReply, 'body' | 'stream'>> {
  const head = await peek(body, HEAD);
  if (body.readableEnded) return { body: head };
  if (streamMagic !== undefined && hasMagic(head, streamMagic)) return { body: head, stream: body };
  const limit = roomFor(statusCode, head);
  // Of what is an error by its status, the beginning will do.
  const inPart = statusCode >= 300;
  if (!inPart && Number(headers['content-length']) > sizeOf(limit)) {
    body.destroy();
    throw tooLarge(limit);
  }
  return { body: await readWhole(body, limit, inPart) };
}

/**
 * All of a reply. It is copied piece by piece, since a small one would keep the buffer in memory that it came in.
 *
 * @param inPart what exceeds the limit is left out
 * @throws {@link ReplyTooLargeError}
 */
async function readWhole(body: Readable, limit: LimitName, inPart: boolean): Promise<Buffer> {
  const size = sizeOf(limit);
  let whole: Buffer = Buffer.alloc(0);
  let length = 0;
  let pieces = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    const needed = length + piece.length;
    if (needed > size) {
      if (inPart) break;
      throw tooLarge(limit);
    }
    if (++pieces > limits.reply.pieces) throw tooLarge('reply.pieces');
    if (needed > whole.length) whole = grown(whole.subarray(0, length), Math.min(size, Math.max(2 * needed, 4096)));
    length += piece.copy(whole, length);
  }
  return whole.subarray(0, length);
}

function grown(bytes: Buffer, length: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(length);
  bytes.copy(larger);
  return larger;
}

function tooLarge(limit: LimitName): ReplyTooLargeError {
  const what = limit === 'reply.pieces' ? 'pieces' : limit === 'reply.headers' ? 'bytes of header fields' : 'bytes';
  return new ReplyTooLargeError(`the reply has more than ${sizeOf(limit)} ${what}`, limit);
}

/** At least the first `length` bytes, which stay in the stream unless they are all that came. */
export async function peek(body: Readable, length: number): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < length) {
    const chunk = body.read() as Buffer | null;
    if (chunk) head = Buffer.concat([head, chunk]);
    else if (body.readableEnded) return head;
    else if (body.destroyed) throw body.errored ?? new NvrUnreachableError('the reply broke off');
    else await news(body);
  }
  body.unshift(head);
  return head;
}

/** More of it, or its end. */
async function news(body: Readable): Promise<void> {
  const heard = new AbortController();
  const { signal } = heard;
  const events = ['readable', 'end', 'close'].map((event) => once(body, event, { signal }));
  // Those that did not come are listened for no longer.
  await Promise.race(events).finally(() => heard.abort());
}
