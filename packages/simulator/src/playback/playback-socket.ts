import type { WebSocket } from 'ws';
import type { Frame } from '../../../../src/shared/codec/frame.js';
import type { FaultSettings } from '../faults/fault-table.js';
import { wireFrame } from '../faults/frame-faults.js';
import type { Screen } from './player.js';

/** bytes that may wait for a slow reader. */
const MAX_WAITING = 1024 * 1024;

/** Shows a playback on its WebSocket, as the faults have it. */
export class PlaybackSocket implements Screen {
  readonly #socket: Pick<WebSocket, 'bufferedAmount' | 'send'>;
  readonly #faults: FaultSettings;
  /** With the fault `joinedFrames`: the first of two. */
  #held: Buffer | undefined;

  constructor(socket: Pick<WebSocket, 'bufferedAmount' | 'send'>, faults: FaultSettings) {
    this.#socket = socket;
    this.#faults = faults;
  }

  get full(): boolean {
    return this.#socket.bufferedAmount > MAX_WAITING;
  }

  show(frame: Frame): void {
    const { silentLive, halfOpenSockets, joinedFrames, splitFrames } = this.#faults;
    if (silentLive || halfOpenSockets) return;
    const bytes = wireFrame(frame, this.#faults);
    if (joinedFrames && !this.#held) {
      this.#held = bytes;
      return;
    }
    const whole = this.#held ? Buffer.concat([this.#held, bytes]) : bytes;
    this.#held = undefined;
    const middle = splitFrames ? Math.floor(whole.length / 2) : whole.length;
    this.#socket.send(whole.subarray(0, middle));
    if (splitFrames) this.#socket.send(whole.subarray(middle));
  }
}
