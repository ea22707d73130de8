import { Socket } from 'node:net';
import type { DataStreamConnection, DataStreamConnectionEvent, DataStreamServerEvent } from 'homebridge';
import { type LimitName, limits } from '../../shared/internal.js';
import { hapValue } from '../accessories/hap-values.js';
import type { HubLines, HubLinesOptions } from './hub-lines.js';
import { HubMessages, MessageTooLongError } from './hub-messages.js';

const OPENED = hapValue<DataStreamServerEvent.CONNECTION_OPENED>('connection-opened');
const MESSAGE = hapValue<DataStreamConnectionEvent.HANDLE_MESSAGE_GLOBALLY>('handle-message-globally');
const CLOSED = hapValue<DataStreamConnectionEvent.CLOSED>('closed');
/** Type of a message that wants an answer (HAP-NodeJS). */
const REQUEST = 2;
/** The highest number that HAP-NodeJS can write. */
const MAX_NUMBER = 2 ** 32 - 1;
/** ms over which messages are counted. */
const WINDOW = 10_000;
/** ms in which the other side may take what was sent before the end. */
const FAREWELL = 2000;
/** ms without a byte in either direction, while some wait to go out, after which nobody is there. */
const SILENCE = 30_000;

/** One connection. */
interface Hub {
  readonly socket: Socket;
  /** It has proved to be a paired home hub. */
  isKnown: boolean;
}

type Read = (bytes: Buffer) => void;

/**
 * Watches over the connections to one camera's data stream. HAP-NodeJS lets in anybody who finds the port, takes whatever
 * comes, leaves a connection open until the other side ends it, and what it cannot read ends the process: so messages are
 * counted and measured before it sees them, and who makes it fail loses the connection.
 */
export class HubConnections {
  readonly #options: HubLinesOptions;
  readonly #lines: HubLines;
  /** The oldest first. */
  readonly #hubs = new Set<Hub>();

  constructor(options: HubLinesOptions, lines: HubLines) {
    this.#options = options;
    this.#lines = lines;
  }

  /** @param management the controller's recording management, as HAP-NodeJS makes it */
  watch(management: unknown): void {
    const streams = partOf(management, 'dataStreamManagement');
    const listen = partOf(streams, 'onServerEvent');
    if (typeof listen !== 'function') {
      const { logger, name } = this.#options;
      if (management !== undefined) logger.debug(`${name}: recording: HAP-NodeJS does not show who connects to it`);
      return;
    }
    Reflect.apply(listen, streams, [OPENED, (connection: DataStreamConnection) => this.#admit(connection)]);
  }

  #admit(connection: DataStreamConnection): void {
    const socket = socketOf(connection);
    if (!socket) return;
    const hub = { socket, isKnown: false };
    this.#hubs.add(hub);
    socket.once('close', () => this.#hubs.delete(hub));
    // HAP-NodeJS ends its own side only, and the other may keep the connection for ever.
    socket.once('finish', () => {
      hub.isKnown = false;
      const farewell = this.#options.clock.after(FAREWELL, () => socket.destroy());
      socket.once('close', () => farewell.cancel());
    });
    socket.setTimeout(SILENCE);
    socket.on('timeout', () => {
      if (connection.isConsideredClosed() || socket.writableLength > 0) socket.destroy();
      else socket.setTimeout(SILENCE);
    });
    connection.prependListener(MESSAGE, mustBeAnswerable);
    closeQuietly(connection);
    this.#readFor(connection, hub);
    this.#makeRoom(hub);
  }

  /** Stands between the socket and HAP-NodeJS. */
  #readFor(connection: DataStreamConnection, hub: Hub): void {
    const { socket } = hub;
    const readers = socket.listeners('data') as Read[];
    socket.removeAllListeners('data');
    const messages = new HubMessages();
    let [began, count] = [-Infinity, 0];
    const isOften = () => {
      const now = this.#options.clock.now();
      if (now - began >= WINDOW) [began, count] = [now, 0];
      count += 1;
      return count > limits.hub.messages;
    };
    socket.on('data', (bytes: Buffer) => {
      try {
        for (const message of messages.take(bytes)) {
          if (connection.isConsideredClosed()) return;
          if (isOften()) return this.#leave(hub, 'hub.messages');
          for (const read of readers) read(message);
          // HAP-NodeJS notes there for whom it could open a message.
          hub.isKnown = !connection.isConsideredClosed() && partOf(connection, 'connection') !== undefined;
        }
      } catch (error) {
        if (error instanceof MessageTooLongError) return this.#leave(hub, 'hub.message');
        socket.destroy();
        const reason = error instanceof Error ? error.message : String(error);
        this.#lines.warn(
          `recording: what somebody sent as a home hub cannot be read, the connection is closed: ${reason}`,
        );
      }
    });
  }

  /** Strangers, of whom there may be many, must not keep the home hub out: who is not known goes first, then the oldest. */
  #makeRoom(newcomer: Hub): void {
    while (this.#hubs.size > limits.hub.connections) {
      const others = [...this.#hubs].filter((hub) => hub !== newcomer);
      const least = others.find(({ isKnown }) => !isKnown) ?? others[0];
      if (!least) return;
      this.#hubs.delete(least);
      this.#leave(least, 'hub.connections');
    }
  }

  #leave({ socket }: Hub, limit: LimitName): void {
    socket.destroy();
    const { limits: counters, name } = this.#options;
    counters.hit(limit, `${name}: recording`, "a connection that is said to be the home hub's is closed");
  }
}

/** Where the accessory is gone already, HAP-NodeJS closes its server once more, which is gone, too: that ends the process. */
function closeQuietly(connection: DataStreamConnection): void {
  const listeners = connection.listeners(CLOSED) as (() => void)[];
  connection.removeAllListeners(CLOSED);
  connection.once(CLOSED, () => {
    try {
      for (const listener of listeners) listener();
    } catch {
      // Nothing is left to be closed.
    }
  });
}

/** HAP-NodeJS answers with the numbers it was sent, and nobody catches it where those cannot be written. @throws TypeError */
function mustBeAnswerable(message: unknown): void {
  if (partOf(message, 'type') !== REQUEST) return;
  const stream = partOf(partOf(message, 'message'), 'streamId');
  if (!isNumber(partOf(message, 'id')) || !(stream === undefined || isNumber(stream))) {
    throw new TypeError('a request without a number');
  }
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_NUMBER;
}

/** HAP-NodeJS keeps it to itself. */
export function socketOf(connection: unknown): Socket | undefined {
  const socket = partOf(connection, 'socket');
  return socket instanceof Socket ? socket : undefined;
}

/** Of what HAP-NodeJS keeps to itself; `undefined` where another version has it elsewhere. */
export function partOf(whole: unknown, name: string): unknown {
  return typeof whole === 'object' && whole !== null ? Reflect.get(whole, name) : undefined;
}
