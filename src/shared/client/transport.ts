import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { Client, type Dispatcher, Pool, type buildConnector, request } from 'undici';
import { NvrError, NvrTimeoutError, NvrUnreachableError, ReplyTooLargeError } from '../errors.js';
import { type ClientSettings, authorityOf } from './options.js';
import { hasMagic, type WholeReply } from './reply.js';
import type { WireRequest } from './request.js';
import { connectTrusted } from './trust.js';

/** ms; also the limit for the handshake of a WebSocket. */
export const CONNECT_TIMEOUT = 5000;
/** Requests in flight at one NVR. */
const MAX_IN_FLIGHT = 4;
/** Bytes; the largest reply that is held in memory. */
const MAX_REPLY = 32 * 1024 * 1024;

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
  readonly #pool: Pool;
  readonly #origin: string;

  constructor(settings: ClientSettings) {
    this.#settings = settings;
    this.#origin = `${settings.https ? 'https' : 'http'}://${authorityOf(settings)}`;
    this.#pool = new Pool(this.#origin, { ...this.#clientOptions(), connections: MAX_IN_FLIGHT });
  }

  /**
   * @throws {@link NvrUnreachableError} | {@link UntrustedCertificateError} where the request was never sent,
   *   {@link AnswerLost} where it may have been, {@link ReplyTooLargeError}, or the signal's reason
   */
  async send(wire: WireRequest, options: SendOptions): Promise<TransportReply> {
    if (!options.freshConnection) return this.#exchange(this.#pool, wire, options);
    const client = new Client(this.#origin, this.#clientOptions());
    try {
      return await this.#exchange(client, wire, options);
    } finally {
      await client.destroy();
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  #clientOptions() {
    return {
      connect: this.#settings.https ? this.#trustedConnector() : { timeout: CONNECT_TIMEOUT },
      pipelining: 1,
    };
  }

  #trustedConnector(): buildConnector.connector {
    const { host, port, fingerprint } = this.#settings;
    return (_options, callback) => {
      connectTrusted({ host, port, fingerprint, timeout: CONNECT_TIMEOUT }).then(
        (socket) => callback(null, socket),
        (error: unknown) => callback(error as Error, null),
      );
    };
  }

  async #exchange(dispatcher: Dispatcher, wire: WireRequest, options: SendOptions): Promise<TransportReply> {
    const { timeout, signal, streamMagic } = options;
    const timeUp = new AbortController();
    const timer = setTimeout(() => timeUp.abort(), timeout);
    try {
      const reply = await request(this.#origin + wire.path, {
        dispatcher,
        method: wire.method,
        headers: wire.headers ?? {},
        body: wire.body ?? null,
        signal: signal ? AbortSignal.any([signal, timeUp.signal]) : timeUp.signal,
        headersTimeout: 0,
        bodyTimeout: streamMagic === undefined ? 0 : timeout,
      });
      const setCookies = [reply.headers['set-cookie'] ?? []].flat();
      return { status: reply.statusCode, setCookies, ...(await readBody(reply.body, streamMagic)) };
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw this.#translate(error, timeUp.signal.aborted, timeout);
    } finally {
      clearTimeout(timer);
    }
  }

  #translate(error: unknown, timedOut: boolean, timeout: number): Error {
    const where = authorityOf(this.#settings);
    if (error instanceof NvrError) return error;
    if (timedOut) return new AnswerLost(new NvrTimeoutError(`${where} did not answer within ${timeout} ms`));
    const { code = '', message } = error as NodeJS.ErrnoException;
    const reason = new NvrUnreachableError(`${where}: ${message || code}`);
    return neverSent.has(code) ? reason : new AnswerLost(reason);
  }
}

const neverSent = new Set([
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
]);

async function readBody(
  body: Readable,
  streamMagic: string | undefined,
): Promise<Pick<TransportReply, 'body' | 'stream'>> {
  if (streamMagic !== undefined) {
    const head = await peek(body, streamMagic.length / 2);
    if (body.readableEnded) return { body: head };
    if (hasMagic(head, streamMagic)) return { body: head, stream: body };
  }
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_REPLY) throw new ReplyTooLargeError(`the reply exceeds ${MAX_REPLY} bytes`);
    chunks.push(chunk);
  }
  return { body: Buffer.concat(chunks) };
}

/** At least the first `length` bytes, which stay in the stream unless they are all that came. */
async function peek(body: Readable, length: number): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < length) {
    const chunk = body.read() as Buffer | null;
    if (chunk) head = Buffer.concat([head, chunk]);
    else if (body.readableEnded) return head;
    else await Promise.race([once(body, 'readable'), once(body, 'end')]);
  }
  body.unshift(head);
  return head;
}
