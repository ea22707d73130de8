import { createServer, type IncomingMessage, STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Clock, systemClock, type Timer } from '../../../../src/shared/clock.js';
import { readBody } from '../api/read-body.js';
import { Listener } from '../listener.js';
import { stillAt } from '../live/still.js';
import { Answers } from './answers.js';
import type { Body, Bundle, CapturedMessage, CapturedSocket, Exchange } from './bundle.js';
import { FrameFiller, keyframeTime, loadPictures, type Pictures } from './frame-filler.js';

export interface ReplayOptions {
  /** Default: `127.0.0.1`. */
  readonly host?: string;
  /** 0, the default: any that is free. */
  readonly port?: number;
  readonly clock?: Clock;
}

/** Header fields that Node makes, for bodies of our own. */
const OURS = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive']);
/** ms after which what a socket brought is brought again, at least. */
const SHORTEST = 200;

/** A recorder as a capture shows it: answers what it answered, and says on its sockets what it said, over and over. */
export class Replay implements AsyncDisposable {
  readonly host: string;
  readonly #bundle: Bundle;
  readonly #clock: Clock;
  readonly #pictures: Pictures;
  readonly #answers: Answers;
  readonly #listener: Listener;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: 65_536,
  });
  readonly #timers = new Map<WebSocket, Timer>();
  /** How often each path was opened. */
  readonly #opened = new Map<string, number>();
  /** `METHOD /path` of what the capture does not answer, the newest 100. */
  readonly unanswered: string[] = [];
  #port = 0;

  private constructor(bundle: Bundle, pictures: Pictures, { host = '127.0.0.1', clock = systemClock }: ReplayOptions) {
    this.host = host;
    this.#bundle = bundle;
    this.#clock = clock;
    this.#pictures = pictures;
    this.#answers = new Answers(bundle);
    const server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    server.on('upgrade', (request, connection, head) => this.#upgrade(request, connection, head));
    this.#listener = new Listener(server);
  }

  /** Serves a capture; resolves when it listens. */
  static async start(bundle: Bundle, options: ReplayOptions = {}): Promise<Replay> {
    const replay = new Replay(bundle, await loadPictures(), options);
    replay.#port = await replay.#listener.open(replay.host, options.port ?? 0);
    return replay;
  }

  get port(): number {
    return this.#port;
  }

  async stop(): Promise<void> {
    for (const [socket, timer] of this.#timers) {
      timer.cancel();
      socket.terminate();
    }
    await this.#listener.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '/' } = request;
    const body = (await readBody(request)).toString('utf8');
    const answer = this.#answers.to({ method, path: url, body });
    if (!answer) return this.#refuse(`${method} ${url}`, response);
    if ('failure' in answer) return void (answer.failure === 'NVR_TIMEOUT' || response.destroy());
    const bytes = this.#bytesOf(answer.reply);
    response.sendDate = false;
    response.writeHead(answer.status, answer.reason, [...fieldsOf(answer), 'content-length', String(bytes.length)]);
    response.end(bytes);
  }

  #refuse(what: string, response: ServerResponse): void {
    this.#note(what);
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ Result: 'Error', Description: 'not in this capture' }));
  }

  #note(what: string): void {
    if (this.unanswered.push(what.slice(0, 200)) > 100) this.unanswered.shift();
  }

  #bytesOf(body: Body): Buffer {
    if ('text' in body) return Buffer.from(body.text, body.latin1 ? 'latin1' : 'utf8');
    if (body.base64 !== undefined) return Buffer.from(body.base64, 'base64');
    if (body.magic.startsWith('ffd8')) return stillAt(1, 0, '1970-01-01 00:00:00.000');
    const bytes = Buffer.alloc(body.bytes);
    bytes.write(body.magic, 'hex');
    return bytes;
  }

  #upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    connection.on('error', () => connection.destroy());
    const { url = '/' } = request;
    const asked = whicheverTime(url);
    const known = this.#bundle.sockets.filter(({ path }) => whicheverTime(path) === asked);
    const opened = this.#opened.get(asked) ?? 0;
    const captured = known[Math.min(opened, known.length - 1)];
    if (captured) this.#opened.set(asked, opened + 1);
    else this.#note(`UPGRADE ${url}`);
    if (captured?.status !== 101) {
      const status = captured?.status ?? 404;
      connection.end(
        `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      );
      return;
    }
    this.#server.handleUpgrade(request, connection, head, (socket) => this.#play(socket, captured));
  }

  #play(socket: WebSocket, captured: CapturedSocket): void {
    const { messages, closed, at: begun } = captured;
    const filler = new FrameFiller(this.#pictures, this.#bundle.dialect.frames?.headerCounted === true);
    const { from, to, period, later } = roundOf(captured, this.#bundle.length);
    const opened = this.#clock.now();
    let index = 0;
    let round = 0;
    const next = () => {
      if (index >= to && !closed) {
        if (to === from) return;
        index = from;
        round += 1;
      }
      const message = messages[index];
      const due = message ?? closed;
      if (!due) return;
      const wait = due.at - begun + round * period - (this.#clock.now() - opened);
      this.#timers.set(
        socket,
        this.#clock.after(Math.max(0, wait), () => send(message)),
      );
    };
    const send = (message: CapturedMessage | undefined) => {
      if (!message) return socket.close(closed && isCode(closed.code) ? closed.code : undefined);
      // Who reads too slowly loses some.
      if (socket.bufferedAmount < 1024 * 1024) socket.send(message.text ?? filler.message(message, round * later));
      index += 1;
      next();
    };
    socket.on('close', () => {
      this.#timers.get(socket)?.cancel();
      this.#timers.delete(socket);
    });
    socket.on('error', () => socket.terminate());
    next();
  }
}

/** A playback starts when the client likes, and is of a session of its own. */
function whicheverTime(path: string): string {
  return path.startsWith('/playback/') ? path.replace(/([?&])(time|session)=[^&]*/g, '$1') : path;
}

/** Which messages of a socket are said again, from one on and up to another, and after how long. */
interface Round {
  readonly from: number;
  readonly to: number;
  /** ms */
  readonly period: number;
  /** ms by which timestamps of frames move with each. */
  readonly later: number;
}

/** A stream from its first keyframe up to its last, anything else as a whole, until the capture ended. */
function roundOf({ messages, at }: CapturedSocket, length: number): Round {
  const keyframes = messages.flatMap((message, index) => {
    const time = keyframeTime(message);
    return time === undefined ? [] : [{ index, time, at: message.at }];
  });
  const [first, last] = [keyframes[0], keyframes.at(-1)];
  if (first && last && first !== last) {
    const [period, later] = [Math.max(1, last.at - first.at), last.time - first.time];
    return { from: first.index, to: last.index, period, later };
  }
  const period = Math.max(SHORTEST, length - at, (messages.at(-1)?.at ?? 0) - at);
  return { from: 0, to: messages.length, period, later: period };
}

/** Codes that may be sent (RFC 6455, 7.4). */
function isCode(code: number): boolean {
  return code >= 1000 && code <= 4999 && ![1004, 1005, 1006].includes(code) && !(code > 1014 && code < 3000);
}

function fieldsOf({ headers }: Extract<Exchange, { readonly status: number }>): string[] {
  return headers.filter(([name]) => !OURS.has(name.toLowerCase())).flat();
}
