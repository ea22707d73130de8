import { FRAME_HEADER_LENGTH, FrameType, readFrameHeader, byteOrderAt } from '../../../../src/shared/codec/frame.js';
import { limits } from '../../../../src/shared/limits.js';
import { KEYFRAME_INTERVAL, loadLoop } from '../live/loop.js';
import { MEDIA } from '../options.js';
import type { CapturedMessage } from './bundle.js';

/** Pictures by codec that stand for those of the capture. */
export interface Pictures {
  readonly h264: readonly Buffer[];
  readonly h265: readonly Buffer[];
}

export async function loadPictures(): Promise<Pictures> {
  const [h264, h265] = await Promise.all([loadLoop(MEDIA, 'h264', 1, 'sub'), loadLoop(MEDIA, 'h265', 1, 'sub')]);
  return { h264, h265 };
}

/** Bytes of a header that a capture tells. */
const TOLD = 20;

/** The timestamp of the keyframe in a message, if there is one, ms since 1970 UTC. */
export function keyframeTime({ parts = [] }: CapturedMessage): number | undefined {
  for (const part of parts) {
    const header = typeof part === 'string' ? headerOf(part) : undefined;
    if (header && isKey(header.type)) return header.timestamp;
  }
  return undefined;
}

function headerOf(hex: string) {
  const header = Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(FRAME_HEADER_LENGTH)]);
  const order = hex.length === 2 * TOLD ? byteOrderAt(header, 0) : undefined;
  return order && { ...readFrameHeader(header, 0, order), order };
}

function isKey(type: number): boolean {
  return type === FrameType.h264Key || type === FrameType.h265Key;
}

/** Makes messages in frames of what a capture tells of them: its headers, and pictures of our own behind them. */
export class FrameFiller {
  readonly #pictures: Pictures;
  /** Whether `datalen` includes the header. */
  readonly #headerCounted: boolean;
  #number = 0;
  /** What is left of the payload of the frame under way. */
  #payload: Buffer = Buffer.alloc(0);

  constructor(pictures: Pictures, headerCounted: boolean) {
    this.#pictures = pictures;
    this.#headerCounted = headerCounted;
  }

  /** @param later ms by which the timestamps of frames are moved, since it is repeated */
  message({ parts = [], base64 = [] }: CapturedMessage, later: number): Buffer {
    let shown = 0;
    let room: number = limits.socket.frames;
    return Buffer.concat(
      parts.map((part) => {
        const bytes =
          typeof part === 'string' ? this.#header(part, later) : this.#fill(Math.min(part, room), base64[shown++]);
        room = Math.max(0, room - bytes.length);
        return bytes;
      }),
    );
  }

  #header(hex: string, later: number): Buffer {
    const told = Buffer.from(hex, 'hex');
    if (told.length < TOLD) return told;
    const header = Buffer.concat([told, Buffer.alloc(FRAME_HEADER_LENGTH - TOLD)]);
    const read = headerOf(hex);
    if (!read) return header;
    const { type, dataLength, timestamp, order } = read;
    const time = timestamp + later;
    const [seconds, rest] = [Math.floor(time / 1000) % 2 ** 32, Math.floor(time % 1000)];
    if (order === 'little') {
      header.writeUInt32LE(seconds, 14);
      header.writeUInt16LE(rest, 18);
    } else {
      header.writeUInt32BE(seconds, 14);
      header.writeUInt16BE(rest, 18);
    }
    this.#begin(type, dataLength - (this.#headerCounted ? FRAME_HEADER_LENGTH : 0));
    return header;
  }

  #begin(type: number, length: number): void {
    const size = Math.max(0, Math.min(length, limits.frame.bytes));
    const loop =
      type === FrameType.h264Key || type === FrameType.h264Delta
        ? this.#pictures.h264
        : type === FrameType.h265Key || type === FrameType.h265Delta
          ? this.#pictures.h265
          : undefined;
    if (!loop) {
      // Silence in G.711.
      this.#payload = Buffer.alloc(size, 0xff);
      return;
    }
    this.#number = isKey(type) ? 0 : 1 + (this.#number % (KEYFRAME_INTERVAL - 1));
    // Zeros may follow a picture (ITU-T H.264, B.1.1: trailing_zero_8bits).
    this.#payload = Buffer.alloc(size);
    loop[this.#number]?.copy(this.#payload);
  }

  #fill(length: number, base64: string | undefined): Buffer {
    if (base64 !== undefined) return Buffer.from(base64, 'base64');
    const bytes = Buffer.alloc(length);
    this.#payload.copy(bytes);
    this.#payload = this.#payload.subarray(Math.min(length, this.#payload.length));
    return bytes;
  }
}
