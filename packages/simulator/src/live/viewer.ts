import type { WebSocket } from 'ws';

/** bytes that may wait for a slow viewer before it loses frames; some seconds of video */
const MAX_WAITING = 1024 * 1024;

export type ViewerSocket = Pick<WebSocket, 'bufferedAmount' | 'send'>;

/** One or more frames as one message; `keyframe`: one of them is. */
export interface LiveMessage {
  readonly data: Buffer;
  readonly keyframe: boolean;
}

/** One socket of a live stream. Who reads too slowly loses everything up to a keyframe, instead of filling the memory. */
export class Viewer {
  readonly #socket: ViewerSocket;
  #behind = false;

  constructor(socket: ViewerSocket) {
    this.#socket = socket;
  }

  /** @param split in two messages (fault `splitFrames`) */
  send({ data, keyframe }: LiveMessage, split: boolean): void {
    const full = this.#socket.bufferedAmount > MAX_WAITING;
    this.#behind = full || (this.#behind && !keyframe);
    if (this.#behind) return;
    const middle = split ? Math.floor(data.length / 2) : data.length;
    this.#socket.send(data.subarray(0, middle));
    if (split) this.#socket.send(data.subarray(middle));
  }
}
