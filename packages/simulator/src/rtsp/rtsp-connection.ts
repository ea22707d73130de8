import type { Socket } from 'node:net';
import type { LoggedRequest, RequestLog } from '../api/request-log.js';
import { Refusal } from '../nvr/refusal.js';
import { REALM } from '../nvr/sessions.js';
import type { SocketContext } from '../sockets/socket-handler.js';
import { readAddress } from './address.js';
import { DigestCheck } from './digest-check.js';
import { RequestReader, type RtspRequest } from './request-reader.js';
import { type RtspReply, RtspMethods } from './rtsp-methods.js';
import { RtspRefusal, writeReply } from './rtsp-refusal.js';

/** One client: its requests are answered one after the other. */
export class RtspConnection {
  readonly #socket: Socket;
  readonly #context: SocketContext;
  readonly #log: RequestLog;
  readonly #digest = new DigestCheck(REALM);
  readonly #methods: RtspMethods;

  constructor(socket: Socket, context: SocketContext, log: RequestLog) {
    this.#socket = socket;
    this.#context = context;
    this.#log = log;
    this.#methods = new RtspMethods(socket, context);
  }

  get hasSession(): boolean {
    return this.#methods.session !== undefined;
  }

  /** Answers until the client leaves or is cut; its session ends with it. Never rejects. */
  async serve(): Promise<void> {
    const reader = new RequestReader();
    try {
      // What makes no sense is answered before the connection ends.
      for await (const chunk of this.#socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        for (const message of reader.read(chunk)) {
          this.#methods.session?.alive();
          if ('method' in message) await this.#answer(message);
        }
      }
    } catch (error) {
      // What is no RTSP gets one answer; where the socket broke, nobody hears it.
      if (error instanceof RtspRefusal) {
        this.#log.refuse(this.#entry('?', '', ''), error.message);
        this.#write(writeReply(error.status, {}));
      }
    } finally {
      this.#methods.endSession();
      this.#socket.destroySoon();
    }
  }

  async #answer(request: RtspRequest): Promise<void> {
    const url = URL.parse(request.uri);
    const path = url?.pathname ?? request.uri;
    const logged = this.#entry(request.method, path, request.body.toString('utf8'), url?.search);
    this.#log.received(logged);
    const { status, headers, body, after } = await this.#perform(request).catch((error: unknown): RtspReply => {
      if (!(error instanceof Refusal)) throw error;
      this.#log.refuse(logged, error.message);
      return { status: error instanceof RtspRefusal ? error.status : 451 };
    });
    const cseq = request.headers.get('cseq');
    const { session } = this.#methods;
    const general = { ...(cseq !== undefined && { CSeq: cseq }), ...(session && { Session: session.header }) };
    this.#write(writeReply(status, { ...general, ...headers }, body));
    after?.();
  }

  async #perform(request: RtspRequest): Promise<RtspReply> {
    const { method, uri, version, headers } = request;
    if (version !== 'RTSP/1.0') throw new RtspRefusal(505, version);
    if (!/^\d{1,9}$/.test(headers.get('cseq') ?? '')) throw new RtspRefusal(400, 'CSeq is missing');
    if (headers.has('require')) throw new RtspRefusal(551, `Require: ${headers.get('require')}`);
    // Players ask that before they log in, and of * too.
    if (method === 'OPTIONS') return this.#methods.options();
    const address = readAddress(uri);
    if (!this.#admits(request)) return { status: 401, headers: { 'WWW-Authenticate': this.#digest.challenge } };
    return this.#methods.perform(request, address);
  }

  #admits({ headers, method }: RtspRequest): boolean {
    const { nvr, faults } = this.#context;
    const answer = headers.get('authorization');
    if (answer === undefined || faults.rejectLogin) return false;
    return this.#digest.accepts(answer, method, (username) => nvr.sessions.secretOf(username));
  }

  #write(reply: Buffer): void {
    if (this.#socket.writable) this.#socket.write(reply);
  }

  #entry(method: string, path: string, body: string, query = ''): LoggedRequest {
    return { time: this.#context.clock.wall(), method, path, query, body, upgrade: false };
  }
}
