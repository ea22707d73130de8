import { limits } from '../limits.js';

/**
 * Frame header of live, playback and talk sockets (SDK 3.1): packed, 32 bytes.
 *
 * | offset | size | field |
 * | --- | --- | --- |
 * | 0 | 4 | magic 0x89639615 |
 * | 4 | 4 | payload length, bytes |
 * | 8 | 2 | frame type |
 * | 10 | 2 | video width, pixels |
 * | 12 | 2 | video height, pixels |
 * | 14 | 4 | Unix time, s |
 * | 18 | 2 | Unix time, ms part (0–999) |
 * | 20 | 12 | reserved |
 *
 * The byte order is not stated: the magic tells it.
 */
export const FRAME_HEADER_LENGTH = 32;
export const FRAME_MAGIC = 0x89639615;

export const FrameType = {
  h264Key: 6,
  h264Delta: 7,
  h265Key: 8,
  h265Delta: 9,
  g711: 0x10,
} as const;

export type VideoCodec = 'h264' | 'h265';
export type ByteOrder = 'little' | 'big';

/** What frames have in common. */
export interface FrameBase {
  /** NVR time, ms since 1970-01-01 UTC. */
  readonly timestamp: number;
  /** Annex B access unit (video) or G.711 µ-law samples, 8 kHz mono (audio). */
  readonly data: Buffer;
}

export interface VideoFrame extends FrameBase {
  readonly kind: 'video';
  readonly codec: VideoCodec;
  /** Whether decoding can start here. */
  readonly keyframe: boolean;
  /** Pixels, as the NVR tells; 0 where it tells none that makes sense. */
  readonly width: number;
  /** Pixels, likewise. */
  readonly height: number;
}

export interface AudioFrame extends FrameBase {
  readonly kind: 'audio';
  readonly codec: 'pcmu';
}

export type Frame = VideoFrame | AudioFrame;

export interface FrameHeader {
  readonly dataLength: number;
  readonly type: number;
  readonly width: number;
  readonly height: number;
  /** ms since 1970-01-01 UTC. */
  readonly timestamp: number;
}

/** The byte order whose magic stands at `offset`, or `undefined` where no frame starts there. Needs 4 bytes. */
export function byteOrderAt(bytes: Buffer, offset: number): ByteOrder | undefined {
  if (bytes.readUInt32LE(offset) === FRAME_MAGIC) return 'little';
  if (bytes.readUInt32BE(offset) === FRAME_MAGIC) return 'big';
  return undefined;
}

/** Reads the header at `offset`, its magic taken for granted. Needs {@link FRAME_HEADER_LENGTH} bytes. */
export function readFrameHeader(bytes: Buffer, offset: number, order: ByteOrder): FrameHeader {
  const u16 = (at: number) => (order === 'little' ? bytes.readUInt16LE(offset + at) : bytes.readUInt16BE(offset + at));
  const u32 = (at: number) => (order === 'little' ? bytes.readUInt32LE(offset + at) : bytes.readUInt32BE(offset + at));
  return {
    dataLength: u32(4),
    type: u16(8),
    width: u16(10),
    height: u16(12),
    timestamp: u32(14) * 1000 + u16(18),
  };
}

/** The frame that a header announces, or `undefined` for a frame type that the document does not name. */
export function frameOf(header: FrameHeader, data: Buffer): Frame | undefined {
  const { type, timestamp } = header;
  const [width, height] = [sideOf(header.width), sideOf(header.height)];
  switch (type) {
    case FrameType.h264Key:
    case FrameType.h264Delta:
      return { kind: 'video', codec: 'h264', keyframe: type === FrameType.h264Key, width, height, timestamp, data };
    case FrameType.h265Key:
    case FrameType.h265Delta:
      return { kind: 'video', codec: 'h265', keyframe: type === FrameType.h265Key, width, height, timestamp, data };
    case FrameType.g711:
      return { kind: 'audio', codec: 'pcmu', timestamp, data };
    default:
      return undefined;
  }
}

function sideOf(pixels: number): number {
  return pixels <= limits.frame.side ? pixels : 0;
}

/** Header and payload as they travel. `headerCounted` is the dialect in which `datalen` includes the header. */
export function encodeFrame(frame: Frame, order: ByteOrder = 'little', headerCounted = false): Buffer {
  const bytes = Buffer.alloc(FRAME_HEADER_LENGTH + frame.data.length);
  const u16 = (value: number, at: number) =>
    order === 'little' ? bytes.writeUInt16LE(value, at) : bytes.writeUInt16BE(value, at);
  const u32 = (value: number, at: number) =>
    order === 'little' ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at);
  u32(FRAME_MAGIC, 0);
  u32(frame.data.length + (headerCounted ? FRAME_HEADER_LENGTH : 0), 4);
  u16(wireType(frame), 8);
  if (frame.kind === 'video') {
    u16(frame.width, 10);
    u16(frame.height, 12);
  }
  u32(Math.floor(frame.timestamp / 1000), 14);
  u16(Math.floor(frame.timestamp % 1000), 18);
  frame.data.copy(bytes, FRAME_HEADER_LENGTH);
  return bytes;
}

function wireType(frame: Frame): number {
  if (frame.kind === 'audio') return FrameType.g711;
  if (frame.codec === 'h264') return frame.keyframe ? FrameType.h264Key : FrameType.h264Delta;
  return frame.keyframe ? FrameType.h265Key : FrameType.h265Delta;
}
