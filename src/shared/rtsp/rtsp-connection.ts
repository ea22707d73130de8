import { connect, type Socket } from 'node:net';
import { cleanText } from '../clean-text.js';
import { CONNECT_TIMEOUT } from '../link/transport.js';
import { type Clock, inSeconds, type Timer } from '../clock.js';
import {
  ClosedError,
  InvalidReplyError,
  LoginRejectedError,
  NvrError,
  NvrTimeoutError,
  NvrUnreachableError,
} from '../errors.js';
import { limits } from '../limits.js';
import { redact } from '../redact.js';
import { type Interleaved, MessageReader, type RtspReply } from './message-reader.js';
import type { Exceeds } from './session-description.js';
import { answerChallenge, readChallenge, type RtspChallenge, type RtspLogin } from './rtsp-digest.js';

/** ms for the answer to one request */
const ANSWER_TIMEOUT = 10_000;

export interface RtspRequest {
  readonly method: string;
  readonly uri: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Waiting {
  readonly resolve: (reply: RtspReply) => void;
  readonly reject: (error: NvrError) => void;
  readonly timer: Timer;
}

export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly login: RtspLogin;
  /** Is told what of the replies is passed over. */
  readonly exceeds: Exceeds;
}

/** One RTSP connection: requests and their replies, and the packets between them. */
export class RtspConnection {
  /** Why it ended; {@link ClosedError} where we closed it. Never rejects. */
  readonly ended: Promise<NvrError>;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #login: RtspLogin;
  readonly #waiting = new Map<number, Waiting>();
  readonly #tellEnd: (why: NvrError) => void;
  #why: NvrError | undefined;
  #sequence = 0;
  #challenge: RtspChallenge | undefined;
  #answers = 0;

  private constructor(
    socket: Socket,
    { clock, login, exceeds }: ConnectionOptions,
    packet: (packet: Interleaved) => void,
  ) {
    this.#socket = socket;
    this.#clock = clock;
    this.#login = login;
    const { promise, resolve } = Promise.withResolvers<NvrError>();
    this.ended = promise;
    this.#tellEnd = resolve;
    const reader = new MessageReader(exceeds);
    socket.on('data', (chunk: Buffer) => this.#take(reader, chunk, packet));
    socket.on('error', (error) => this.#end(new NvrUnreachableError(`RTSP: ${error.message}`)));
    socket.on('close', () => this.#end(new NvrUnreachableError('RTSP: the NVR closed the connection')));
  }

  /**
   * @param packet is handed RTP and RTCP as they come
   * @param signal ends the attempt with its reason
   * @throws {@link NvrUnreachableError}
   */
  static open(
    options: ConnectionOptions,
    packet: (packet: Interleaved) => void,
    signal: AbortSignal,
  ): Promise<RtspConnection> {
    const { host, port, clock } = options;
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port });
      const settle = () => {
        timer.cancel();
        signal.removeEventListener('abort', abort);
        socket.removeAllListeners();
      };
      const fail = (error: Error) => {
        settle();
        socket.on('error', () => undefined);
        socket.destroy();
        reject(error);
      };
      const abort = () => fail(signal.reason as Error);
      const unreachable = (why: string) => fail(new NvrUnreachableError(`no RTSP connection to port ${port}: ${why}`));
      const timer = clock.after(CONNECT_TIMEOUT, () => unreachable(`not within ${inSeconds(CONNECT_TIMEOUT)}`));
      socket.once('error', ({ message }) => unreachable(message));
      socket.once('connect', () => {
        settle();
        socket.setNoDelay();
        resolve(new RtspConnection(socket, options, packet));
      });
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort);
    });
  }

  /**
   * Sends a request and gives its reply, whatever its status but 401: a challenge is answered once.
   *
   * @throws {@link LoginRejectedError}, {@link NvrTimeoutError}, or why the connection ended
   */
  async ask(request: RtspRequest): Promise<RtspReply> {
    const first = await this.#send(request);
    if (first.status !== 401) return first;
    const challenge = readChallenge(first.headers.get('www-authenticate') ?? []);
    if (!challenge) throw new LoginRejectedError('RTSP: the NVR offers no login by digest');
    // The same nonce again: it is not the nonce that was wrong.
    if (challenge.nonce === this.#challenge?.nonce) throw this.#rejected();
    this.#challenge = challenge;
    this.#answers = 0;
    const second = await this.#send(request);
    if (second.status === 401) throw this.#rejected();
    return second;
  }

  /** Words of the NVR as a person may see them: without secrets, on one line. */
  wordsOf(text: string): string {
    return cleanText(redact(text, [this.#login.password]), limits.text.words);
  }

  /** Idempotent. */
  close(): void {
    this.#end(new ClosedError('the RTSP connection is closed'));
  }

  #rejected(): NvrError {
    return new LoginRejectedError(
      `RTSP: the NVR rejected user "${this.#login.username}"; check whether this user may watch remotely`,
    );
  }

  #send({ method, uri, headers = {}, body = '' }: RtspRequest): Promise<RtspReply> {
    return new Promise((resolve, reject) => {
      if (this.#why) return reject(this.#why);
      const sequence = ++this.#sequence;
      const timer = this.#clock.after(ANSWER_TIMEOUT, () =>
        // What comes later would be taken for the answer to something else by a device that does not count.
        this.#end(new NvrTimeoutError(`RTSP: no answer to ${method} within ${inSeconds(ANSWER_TIMEOUT)}`)),
      );
      this.#waiting.set(sequence, { resolve, reject, timer });
      const all = {
        CSeq: String(sequence),
        'User-Agent': 'homebridge-everfocus-nvr',
        ...(this.#challenge && {
          Authorization: answerChallenge(this.#challenge, this.#login, method, uri, ++this.#answers),
        }),
        ...headers,
        ...(body !== '' && { 'Content-Length': String(Buffer.byteLength(body)) }),
      };
      const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
      this.#socket.write(`${method} ${uri} RTSP/1.0\r\n${lines.join('')}\r\n${body}`);
    });
  }

  #take(reader: MessageReader, chunk: Buffer, packet: (packet: Interleaved) => void): void {
    try {
      for (const message of reader.read(chunk)) {
        if (this.#why) return;
        if ('channel' in message) packet(message);
        else this.#answered(message);
      }
      this.#giveWay();
    } catch (error) {
      this.#end(error instanceof NvrError ? error : new InvalidReplyError(`RTSP: ${String(error)}`));
    }
  }

  /** However fast packets come, others have their turn: Node reads up to 2 MB without one, which are 500,000 packets. */
  #giveWay(): void {
    this.#socket.pause();
    setImmediate(() => this.#socket.resume());
  }

  /** A reply without a number answers the oldest request. */
  #answered(answer: RtspReply): void {
    const reply = { ...answer, reason: this.wordsOf(answer.reason) };
    const [oldest] = this.#waiting.keys();
    const sequence = Number(reply.headers.get('cseq')?.[0] ?? oldest);
    const waiting = this.#waiting.get(sequence);
    this.#waiting.delete(sequence);
    waiting?.timer.cancel();
    waiting?.resolve(reply);
  }

  #end(why: NvrError): void {
    if (this.#why) return;
    this.#why = why;
    this.#socket.destroy();
    for (const { reject, timer } of this.#waiting.values()) {
      timer.cancel();
      reject(why);
    }
    this.#waiting.clear();
    this.#tellEnd(why);
  }
}
