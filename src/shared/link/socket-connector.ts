import type { EventEmitter } from 'node:events';
import { WebSocket } from 'ws';
import { NvrUnreachableError, type NvrError, SessionLostError } from '../errors.js';
import { type ClientSettings, authorityOf } from './options.js';
import { CONNECT_TIMEOUT } from './transport.js';
import { connectTrusted } from './trust.js';

/** Bytes; a larger WebSocket message ends the connection. Twice the largest frame, so that joined frames pass. */
const MAX_MESSAGE = 16 * 1024 * 1024;

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
      handshakeTimeout: CONNECT_TIMEOUT,
      maxPayload: MAX_MESSAGE,
      perMessageDeflate: false,
      ...(secure && { createConnection: () => secure }),
    });
    const fail = (error: NvrError) => {
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
    socket.on('message', (data, binary) => handlers.message(toBuffer(data), binary));
    socket.once('open', () => {
      signal.removeEventListener('abort', abort);
      socket.removeAllListeners('error');
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

function refusedUpgrade(path: string, status: number): NvrError {
  return status === 401 || status === 403 || (status >= 300 && status < 400)
    ? new SessionLostError(`HTTP status ${status}`)
    : new NvrUnreachableError(`${path}: the NVR does not open this socket now (HTTP ${status})`);
}

function toBuffer(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
