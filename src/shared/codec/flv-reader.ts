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
}

/**
 * Takes H.264 pictures out of FLV as ffmpeg writes it to a pipe. FLV because each picture comes with its length (an
 * elementary stream shows the end of one only when the next begins) and its time, from every ffmpeg since 4.
 */
export class FlvReader {
  #pending: Buffer = Buffer.alloc(0);
  #inTags = false;
  #parameterSets: Buffer = Buffer.alloc(0);

  push(bytes: Buffer): FlvPicture[] {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    if (!this.#inTags) {
      if (this.#pending.length < FILE_HEADER_LENGTH) return [];
      this.#pending = this.#pending.subarray(FILE_HEADER_LENGTH);
      this.#inTags = true;
    }
    const pictures: FlvPicture[] = [];
    while (this.#pending.length >= TAG_HEADER_LENGTH) {
      const end = TAG_HEADER_LENGTH + this.#pending.readUIntBE(1, 3);
      if (this.#pending.length < end + BACK_POINTER_LENGTH) break;
      const picture = this.#readTag(this.#pending.subarray(0, end));
      if (picture) pictures.push(picture);
      this.#pending = this.#pending.subarray(end + BACK_POINTER_LENGTH);
    }
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
    const units = annexB(body);
    return { time, keyframe, data: keyframe ? Buffer.concat([this.#parameterSets, units]) : units };
  }
}

/** Parameter sets of an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1), as Annex B. */
function parameterSets(record: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 5;
  for (const countMask of [0x1f, 0xff]) {
    const count = record.readUInt8(at) & countMask;
    at += 1;
    for (let index = 0; index < count; index += 1) {
      const length = record.readUInt16BE(at);
      parts.push(START_CODE, record.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return Buffer.concat(parts);
}

/** NAL units led by 4 bytes of length, as Annex B. */
function annexB(units: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at + 4 <= units.length;) {
    const length = units.readUInt32BE(at);
    parts.push(START_CODE, units.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return Buffer.concat(parts);
}
