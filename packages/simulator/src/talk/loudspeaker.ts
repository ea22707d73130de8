import type { Clock } from '../../../../src/shared/clock.js';
import { byteOrderAt, FRAME_HEADER_LENGTH, FrameType, readFrameHeader } from '../../../../src/shared/codec/frame.js';
import { Refusal } from '../nvr/refusal.js';
import type { TalkRecord } from './talk-record.js';

/** ms of sound that may wait to be heard: a client must send in real time. */
const MAX_AHEAD = 1000;
/** bytes: 1 s of sound in one frame is more than a device would hold. */
const MAX_DATA = 8000;
const BYTES_PER_MS = 8;

/** Takes the frames of one talk (SDK 3.2) and is strict about them. */
export class Loudspeaker {
  readonly #record: TalkRecord;
  readonly #clock: Clock;
  /** When all that was received will have been heard, ms. */
  #end = 0;

  constructor(record: TalkRecord, clock: Clock) {
    this.#record = record;
    this.#clock = clock;
  }

  /** @throws {@link Refusal} */
  take(message: Buffer): void {
    const order = message.length < FRAME_HEADER_LENGTH ? undefined : byteOrderAt(message, 0);
    if (!order) throw new Refusal('the message does not begin with a frame header');
    const { dataLength, type, timestamp } = readFrameHeader(message, 0, order);
    const data = message.subarray(FRAME_HEADER_LENGTH);
    if (type !== FrameType.g711) throw new Refusal(`frameType ${type}: talk is G.711 (0x10)`);
    if (dataLength !== data.length) throw new Refusal(`datalen ${dataLength}, but ${data.length} bytes follow`);
    if (data.length === 0 || data.length > MAX_DATA) throw new Refusal(`${data.length} bytes of sound in one frame`);
    const now = this.#clock.wall();
    const end = Math.max(this.#end, now) + data.length / BYTES_PER_MS;
    if (end - now > MAX_AHEAD) throw new Refusal('sound comes faster than it can be heard');
    this.#end = end;
    this.#record.add({ at: now, timestamp, data });
  }
}
