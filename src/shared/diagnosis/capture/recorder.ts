import { type LimitName, limits } from '../../limits.js';
import type { HeaderFields, Sight, Tap } from '../../link/tap.js';

type Of<Is extends Sight['is']> = Extract<Sight, { readonly is: Is }>;

/** One WebSocket as it was seen. */
export interface SeenSocket {
  readonly path: string;
  readonly at: number;
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderFields;
  readonly messages: Pick<Of<'message'>, 'at' | 'data' | 'binary'>[];
  closed?: { readonly at: number; readonly code: number };
}

/** Whether what comes there is pictures and sound, live or recorded. */
export function hasFrames(path: string): boolean {
  return /^\/(live|playback)\//.test(path);
}

/** Notes what the tap shows, up to the limits of a capture. */
export class Recorder {
  readonly exchanges: ((Of<'reply'> & { readonly cut?: number }) | Of<'failure'>)[] = [];
  readonly sockets: SeenSocket[] = [];
  readonly #exceeds: (limit: LimitName) => void;
  /** The newest socket of each path; none where it is listened to no longer. */
  readonly #open = new Map<string, SeenSocket>();
  #bytes = 0;
  #ended = false;

  /** @param exceeds is told which limit keeps something out, each time */
  constructor(exceeds: (limit: LimitName) => void) {
    this.#exceeds = exceeds;
  }

  readonly tap: Tap = (sight) => {
    if (this.#ended) return;
    switch (sight.is) {
      case 'reply':
      case 'failure':
        return this.#exchange(sight);
      case 'upgrade': {
        const { path, at, status, reason, headers } = sight;
        if (this.sockets.length >= limits.capture.exchanges) return this.#exceeds('capture.exchanges');
        const socket: SeenSocket = { path, at, status, reason, headers, messages: [] };
        this.sockets.push(socket);
        this.#open.set(path, socket);
        return;
      }
      case 'message':
        return this.#message(sight);
      case 'closed': {
        const socket = this.#open.get(sight.path);
        if (socket) socket.closed = { at: sight.at, code: sight.code };
        this.#open.delete(sight.path);
      }
    }
  };

  /** What comes on paths that begin so is not noted from now on: neither messages nor that it closes. */
  leave(beginning = ''): void {
    for (const path of this.#open.keys()) if (path.startsWith(beginning)) this.#open.delete(path);
  }

  /** Nothing more is noted. */
  end(): void {
    this.#ended = true;
  }

  #exchange(sight: Of<'reply'> | Of<'failure'>): void {
    if (this.exchanges.length >= limits.capture.exchanges) return this.#exceeds('capture.exchanges');
    const size = sight.is === 'reply' ? Math.min(sight.body.length, limits.capture.body) : 0;
    if (!this.#hasRoom(size)) return;
    if (sight.is === 'reply' && size < sight.body.length) {
      this.#exceeds('capture.body');
      // Of a copy, or all of it would stay in memory.
      const body = Buffer.from(sight.body.subarray(0, size));
      this.exchanges.push({ ...sight, body, cut: sight.body.length - size });
    } else this.exchanges.push(sight);
  }

  #message({ path, at, data, binary }: Of<'message'>): void {
    const socket = this.#open.get(path);
    if (!socket) return;
    const isMedia = hasFrames(path);
    const limit: LimitName = isMedia ? 'capture.frames' : 'capture.messages';
    if (socket.messages.length >= limits.capture[isMedia ? 'frames' : 'messages']) return this.#exceeds(limit);
    if (!this.#hasRoom(data.length)) return;
    socket.messages.push({ at, data, binary });
  }

  #hasRoom(bytes: number): boolean {
    if (this.#bytes + bytes > limits.capture.bytes) {
      this.#exceeds('capture.bytes');
      return false;
    }
    this.#bytes += bytes;
    return true;
  }
}
