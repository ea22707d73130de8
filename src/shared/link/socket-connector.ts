import type { EventEmitter } from 'node:events';
import { connect } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { type Clock, inSeconds } from '../clock.js';
import { type LimitName, limits } from '../limits.js';
import { NvrUnreachableError, type NvrError, SessionLostError } from '../errors.js';
import { type ClientSettings, authorityOf } from './options.js';
import { MessagePortions } from './message-portions.js';
import { headerFields, type Tap } from './tap.js';
import { CONNECT_TIMEOUT } from './transport.js';
import { connectTrusted } from './trust.js';

/** An open WebSocket. Declared here because the package's users have no types of `ws`. */
export interface OpenSocket extends EventEmitter {
  ping(): void;
  send(data: string | Buffer, done: (error?: Error) => void): void;
  /** Reads no more, so that the peer has to wait. */
  pause(): void;
  resume(): void;
  terminate(): void;
}

/** Resolves when the data have been handed to the network. @throws {@link NvrUnreachableError} */
export function sendOver(socket: OpenSocket, data: string | Buffer, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(data, (error) => {
      if (error) reject(new NvrUnreachableError(`${name}: nothing was sent: ${error.message}`));
      else resolve();
    });
  });
}

/** Given before the socket opens, so that no message is missed. */
export interface SocketHandlers {
  /** The socket is open; comes before every message. */
  opened(socket: OpenSocket): void;
  message(data: Buffer, binary: boolean): void;
  /** Bytes; a larger message ends the connection. Default: {@link limits.socket.frames}. */
  readonly maxMessage?: number;
}

/**
 * Opens a WebSocket.
 *
 * @param headers those that carry the session
 * @param signal ends the attempt with its reason, a {@link NvrError}
 * @throws {@link SessionLostError} where the upgrade is refused as for want of a session, {@link NvrError}
 */
export async function openSocket(
  settings: ClientSettings,
  headers: Readonly<Record<string, string>>,
  path: string,
  handlers: SocketHandlers,
  signal: AbortSignal,
): Promise<void> {
  const where = authorityOf(settings);
  const secure = settings.https ? await connectTrusted({ ...settings, timeout: CONNECT_TIMEOUT, signal }) : undefined;
  if (signal.aborted) {
    secure?.destroy();
    throw signal.reason;
  }
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${secure ? 'wss' : 'ws'}://${where}${path}`, {
      headers,
      maxPayload: handlers.maxMessage ?? limits.socket.frames,
      maxFragments: limits.socket.fragments,
      maxBufferedChunks: limits.socket.pieces,
      perMessageDeflate: false,
      // Answered below: a peer that pings without end and reads nothing would fill the memory with pongs.
      autoPong: false,
      createConnection: () => new MessagePortions(secure ?? connect({ host: settings.host, port: settings.port })),
    });
    // As a whole: ws's own limit starts anew with each byte that drips.
    const hit = (limit: LimitName, what: string) => settings.limits.hit(limit, settings.hide(bare(path)), what);
    const late = () => {
      hit('socket.handshake', 'it is not opened in time');
      fail(
        new NvrUnreachableError(
          `${where}${settings.hide(path)}: no answer within ${inSeconds(limits.socket.handshake)}`,
        ),
      );
    };
    const timer = settings.clock.after(limits.socket.handshake, late);
    const fail = (error: NvrError) => {
      timer.cancel();
      signal.removeEventListener('abort', abort);
      socket.removeAllListeners();
      // A socket that is ended before it opened reports that as an error; we know.
      socket.on('error', () => undefined);
      socket.terminate();
      secure?.destroy();
      reject(error);
    };
    const abort = () => fail(signal.reason as NvrError);
    signal.addEventListener('abort', abort);
    if (settings.tap) show(socket, path, settings.tap, settings.clock);
    socket.on('message', (data, binary) => handlers.message(toBuffer(data), binary));
    socket.once('open', () => {
      timer.cancel();
      socket.removeAllListeners('error');
      answerPings(socket, () => hit('socket.waiting', 'its pings are not answered, since it does not read'));
      const broken = brokenLimit(handlers.maxMessage);
      socket.on('error', (error) => {
        const limit = broken(error);
        if (limit) hit(limit, 'the connection is given up');
      });
      signal.removeEventListener('abort', abort);
      socket.removeAllListeners('unexpected-response');
      handlers.opened(socket);
      resolve();
    });
    socket.once('error', (error) => fail(new NvrUnreachableError(`${where}${settings.hide(path)}: ${error.message}`)));
    socket.once('unexpected-response', (_request, response) => {
      response.destroy();
      fail(refusedUpgrade(settings.hide(path), response.statusCode ?? 0));
    });
  });
}

/** Shows what comes of a socket before anybody else hears of it. */
function show(socket: WebSocket, path: string, tap: Tap, clock: Clock): void {
  const answered = ({ statusCode = 0, statusMessage = '', rawHeaders }: IncomingMessage) =>
    tap({ ...seen('upgrade'), status: statusCode, reason: statusMessage, headers: headerFields(rawHeaders) });
  const seen = <const Is extends string>(is: Is) => ({ is, at: clock.now(), path });
  socket.once('upgrade', answered);
  socket.once('unexpected-response', (_request, response) => answered(response));
  socket.on('message', (data, binary) => tap({ ...seen('message'), data: toBuffer(data), binary }));
  socket.once('close', (code) => tap({ ...seen('closed'), code }));
}

function refusedUpgrade(path: string, status: number): NvrError {
  return status === 401 || status === 403 || (status >= 300 && status < 400)
    ? new SessionLostError(`HTTP status ${status}`)
    : new NvrUnreachableError(`${path}: the NVR does not open this socket now (HTTP ${status})`);
}

/** Which limit an error of the WebSocket library tells of. @param maxMessage see {@link SocketHandlers} */
function brokenLimit(maxMessage: number | undefined): (error: Error) => LimitName | undefined {
  return (error) => {
    switch ('code' in error && error.code) {
      case 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH':
        return maxMessage === undefined ? 'socket.frames' : 'socket.endless';
      case 'WS_ERR_TOO_MANY_BUFFERED_PARTS':
        return /fragments/i.test(error.message) ? 'socket.fragments' : 'socket.pieces';
      default:
        return undefined;
    }
  };
}

/** A query may hold a secret. */
function bare(path: string): string {
  return path.split('?', 1).join();
}

/** Only the newest of those that came together, as RFC 6455 (5.5.3) allows, and none to a peer that does not read. */
function answerPings(socket: WebSocket, exceeds: () => void): void {
  let newest: Buffer | undefined;
  socket.on('ping', (data) => {
    if (newest === undefined) setImmediate(answer);
    newest = data;
  });
  const answer = () => {
    if (socket.bufferedAmount >= limits.socket.waiting) exceeds();
    else if (socket.readyState === WebSocket.OPEN) socket.pong(newest, true, () => undefined);
    newest = undefined;
  };
}

/** A buffer of its own where a small message would keep a large one in memory, in which it was received. */
function toBuffer(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  if (!Buffer.isBuffer(data)) return Buffer.from(data);
  if (2 * data.length >= data.buffer.byteLength) return data;
  const copy = Buffer.allocUnsafeSlow(data.length);
  data.copy(copy);
  return copy;
}
