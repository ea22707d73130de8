import { limits } from '../limits.js';
import { ByteQueue } from './byte-queue.js';

/** Signature, version, flags, header length and the first back pointer. */
const FILE_HEADER_LENGTH = 13;
const TAG_HEADER_LENGTH = 11;
const BACK_POINTER_LENGTH = 4;
const VIDEO_TAG = 9;
/** Frame type and codec, packet type, composition time. */
const VIDEO_HEADER_LENGTH = 5;
const PacketType = { decoderConfiguration: 0, pictures: 1 } as const;
const START_CODE = Buffer.from([0, 0, 0, 1]);

export interface FlvPicture {
  /** ms */
  readonly time: number;
  /** H.264 access unit, Annex B; a keyframe with its parameter sets. */
  readonly data: Buffer;
  readonly keyframe: boolean;
  /** Whether these are all its NAL units; `false` where there are more than the limit. */
  readonly whole: boolean;
}

/**
 * Takes H.264 pictures out of FLV as ffmpeg writes it to a pipe. FLV because each picture comes with its length (an
 * elementary stream shows the end of one only when the next begins) and its time, from every ffmpeg since 4.
 */
export class FlvReader {
  readonly #waiting = new ByteQueue();
  /** Bytes that must be there before another look is worth it. */
  #needed = FILE_HEADER_LENGTH;
  #inTags = false;
  #parameterSets: Buffer = Buffer.alloc(0);

  /** Whatever is in them, it throws nothing and keeps no more than one tag (16 MiB). */
  push(bytes: Buffer): FlvPicture[] {
    this.#waiting.put(bytes);
    const all = this.#waiting.bytes;
    if (all.length < this.#needed) return [];
    let at = this.#inTags ? 0 : FILE_HEADER_LENGTH;
    this.#inTags = true;
    const pictures: FlvPicture[] = [];
    for (;;) {
      const tag = all.subarray(at);
      const length = tag.length < TAG_HEADER_LENGTH ? TAG_HEADER_LENGTH : TAG_HEADER_LENGTH + tag.readUIntBE(1, 3);
      this.#needed = length + BACK_POINTER_LENGTH;
      if (tag.length < this.#needed) break;
      const picture = this.#readTag(tag.subarray(0, length));
      if (picture) pictures.push(picture);
      at += this.#needed;
    }
    if (at > 0) this.#waiting.keep(all.subarray(at));
    return pictures;
  }

  #readTag(tag: Buffer): FlvPicture | undefined {
    if (tag.readUInt8(0) !== VIDEO_TAG || tag.length < TAG_HEADER_LENGTH + VIDEO_HEADER_LENGTH) return undefined;
    const time = tag.readUIntBE(4, 3) + tag.readUInt8(7) * 2 ** 24;
    const keyframe = tag.readUInt8(TAG_HEADER_LENGTH) >> 4 === 1;
    const packetType = tag.readUInt8(TAG_HEADER_LENGTH + 1);
    const body = tag.subarray(TAG_HEADER_LENGTH + VIDEO_HEADER_LENGTH);
    if (packetType === PacketType.decoderConfiguration) this.#parameterSets = parameterSets(body);
    if (packetType !== PacketType.pictures) return undefined;
    const { units, whole } = annexB(body);
    return { time, keyframe, whole, data: keyframe ? Buffer.concat([this.#parameterSets, units]) : units };
  }
}

/** Parameter sets of an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1), as Annex B; as far as they go. */
function parameterSets(record: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 5;
  for (const countMask of [0x1f, 0xff]) {
    const count = (record[at] ?? 0) & countMask;
    at += 1;
    for (let index = 0; index < count && at + 2 <= record.length; index += 1) {
      const length = record.readUInt16BE(at);
      parts.push(START_CODE, record.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return Buffer.concat(parts);
}

/** NAL units led by 4 bytes of length, as Annex B; as many as a picture may have. */
function annexB(units: Buffer): { readonly units: Buffer; readonly whole: boolean } {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + 4 <= units.length && parts.length < 2 * limits.picture.nals) {
    const length = units.readUInt32BE(at);
    parts.push(START_CODE, units.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return { units: Buffer.concat(parts), whole: at + 4 > units.length };
}
