import { FRAME_HEADER_LENGTH, type Frame, encodeFrame } from '../../../../src/shared/codec/frame.js';
import type { FaultSettings } from './fault-table.js';

/** A frame type that the document does not name. */
const UNKNOWN_TYPE = 0x63;
/** bytes; twice what sdk-readings lets a frame have */
const OVERSIZE = 16 * 1024 * 1024;

/** A frame as this NVR writes it. */
export function wireFrame(frame: Frame, faults: FaultSettings): Buffer {
  return encodeFrame(frame, faults.bigEndianFrames ? 'big' : 'little', faults.headerCountedFrames);
}

export const malformedFrames = {
  badMagicFrame: (timestamp: number) => changed(timestamp, (bytes) => bytes.writeUInt32LE(0x12345678, 0)),
  truncatedFrame: (timestamp: number) => example(timestamp).subarray(0, FRAME_HEADER_LENGTH + 20),
  oversizedFrame: (timestamp: number) => changed(timestamp, (bytes) => bytes.writeUInt32LE(OVERSIZE, 4)),
  unknownFrame: (timestamp: number) => changed(timestamp, (bytes) => bytes.writeUInt16LE(UNKNOWN_TYPE, 8)),
};

export type MalformedFrame = keyof typeof malformedFrames;

function changed(timestamp: number, change: (bytes: Buffer) => void): Buffer {
  const bytes = example(timestamp);
  change(bytes);
  return bytes;
}

/** 20 ms of silence. */
function example(timestamp: number): Buffer {
  return encodeFrame({ kind: 'audio', codec: 'pcmu', timestamp, data: Buffer.alloc(160, 0xff) });
}
