import { carriedOut } from '../api/request-log.js';
import type { Socket } from 'node:net';
import type { SocketContext } from '../sockets/socket-handler.js';
import { type Address, trackAddress } from './address.js';
import { openOutlet } from './outlet.js';
import { presentationAt } from './presentation.js';
import type { RtspRequest } from './request-reader.js';
import { RtspRefusal, type RtspStatus } from './rtsp-refusal.js';
import { RtspSession } from './rtsp-session.js';
import { sessionDescription, trackFormats } from './sdp.js';
import { readTransport } from './transport.js';

export interface RtspReply {
  readonly status: RtspStatus;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What begins once the reply is sent: players drop what comes before. */
  readonly after?: () => void;
}

type Method = (request: RtspRequest, address: Address) => RtspReply | Promise<RtspReply>;

const ok: RtspReply = { status: 200 };
/** From the beginning, or from now: a stream of this NVR has no other place to start (SDK 3.4 has its own seek). */
const WHOLE_RANGE = /^npt=(now|0+(\.0*)?|0+:00:00(\.0*)?)-$/;

/** What one connection may ask for (RFC 2326 section 10), and its session: one at most. */
export class RtspMethods {
  readonly #socket: Socket;
  readonly #context: SocketContext;
  readonly #methods: Readonly<Record<string, Method>> = {
    DESCRIBE: (request, address) => this.#describe(request, address),
    SETUP: (request, address) => this.#setUp(request, address),
    PLAY: (request) => this.#play(request),
    PAUSE: (request) => this.#pause(request),
    TEARDOWN: (request) => this.#tearDown(request),
    GET_PARAMETER: (request) => this.#getParameter(request),
    SET_PARAMETER: (request) => this.#setParameter(request),
  };
  #session: RtspSession | undefined;

  constructor(socket: Socket, context: SocketContext) {
    this.#socket = socket;
    this.#context = context;
  }

  get session(): RtspSession | undefined {
    return this.#session;
  }

  options(): RtspReply {
    return { status: 200, headers: { Public: ['OPTIONS', ...Object.keys(this.#methods)].join(', ') } };
  }

  /** @throws {@link Refusal} */
  async perform(request: RtspRequest, address: Address): Promise<RtspReply> {
    const method = Object.hasOwn(this.#methods, request.method) ? this.#methods[request.method] : undefined;
    if (!method) throw new RtspRefusal(501, `${request.method}: this server does not do that`);
    return method(request, address);
  }

  /** With the connection. */
  endSession(): void {
    this.#session?.close();
    this.#session = undefined;
  }

  #describe({ uri }: RtspRequest, { path, search }: Address): RtspReply {
    const { source } = presentationAt(path, search, this.#context);
    const controls = trackFormats.map((_, index) => trackAddress(uri, index));
    return {
      status: 200,
      headers: { 'Content-Type': 'application/sdp', 'Content-Base': uri },
      body: sessionDescription(source, this.#socket.localAddress ?? '', controls),
    };
  }

  async #setUp({ headers, uri }: RtspRequest, { path, search, track }: Address): Promise<RtspReply> {
    if (track === undefined) throw new RtspRefusal(459, 'SETUP of all tracks at once');
    const format = trackFormats[track];
    if (!format) throw new RtspRefusal(404, `trackID=${track}: no such track`);
    if (headers.has('session')) this.#sessionOf(headers);
    const address = path + search;
    if (this.#session && this.#session.address !== address) throw new RtspRefusal(459, 'a session of another stream');
    if (this.#session?.hasTrack(track)) throw new RtspRefusal(455, `trackID=${track} is set up already`);
    if (this.#session?.playing) throw new RtspRefusal(455, 'SETUP while it plays');
    const presentation = presentationAt(path, search, this.#context);
    const wanted = readTransport(headers.get('transport') ?? '', this.#session?.freeChannel ?? 0);
    const outlet = await openOutlet(wanted, this.#socket, () => this.#session?.alive());
    try {
      this.#session ??= new RtspSession(address, presentation, this.#context.clock, () => this.#socket.destroy());
    } catch (error) {
      outlet.close();
      throw error;
    }
    this.#session.addTrack(track, format, uri, outlet);
    return { status: 200, headers: { Transport: outlet.header } };
  }

  #play(request: RtspRequest): RtspReply {
    const session = this.#sessionOf(request.headers);
    const range = request.headers.get('range');
    if (range !== undefined && !WHOLE_RANGE.test(range)) throw new RtspRefusal(457, `Range: ${range}`);
    const headers = { 'RTP-Info': session.rtpInfo, Range: session.range };
    carriedOut.publish('rtsp.address');
    return { status: 200, headers, after: () => session.play() };
  }

  #pause({ headers }: RtspRequest): RtspReply {
    this.#sessionOf(headers).pause();
    return ok;
  }

  #tearDown({ headers }: RtspRequest): RtspReply {
    this.#sessionOf(headers).close();
    this.#session = undefined;
    return ok;
  }

  /** Without a body it is a sign of life. */
  #getParameter({ headers, body }: RtspRequest): RtspReply {
    if (headers.has('session')) this.#sessionOf(headers);
    if (body.length > 0) throw new RtspRefusal(451, 'GET_PARAMETER: there is nothing to get');
    return ok;
  }

  /** A command to a playback (SDK 3.4). */
  #setParameter({ headers, body }: RtspRequest): RtspReply {
    this.#sessionOf(headers).control(body.toString('utf8'));
    carriedOut.publish('rtsp.open');
    return ok;
  }

  #sessionOf(headers: RtspRequest['headers']): RtspSession {
    const id = headers.get('session')?.split(';')[0]?.trim();
    if (id === undefined || id !== this.#session?.id) throw new RtspRefusal(454, `Session: ${id ?? 'none'}`);
    return this.#session;
  }
}
