import type { Frame, VideoCodec } from '../../../../src/shared/codec/frame.js';
import { startCodes } from '../live/loop.js';

/** bytes of payload; with all headers it stays below Ethernet's 1,500. */
const MAX_PAYLOAD = 1400;
const FU_A = 28;
const FU = 49;

/** The RTP payloads of one frame, in order; video's last one carries the marker. */
export function payloadsOf(frame: Frame): Buffer[] {
  if (frame.kind === 'audio') return [frame.data];
  const fragment = frame.codec === 'h264' ? fragmentH264 : fragmentH265;
  return nalUnits(frame.data).flatMap((unit) => (unit.length <= MAX_PAYLOAD ? [unit] : fragment(unit)));
}

/** NAL units of an Annex B access unit, without their start codes. */
export function nalUnits(accessUnit: Buffer): Buffer[] {
  const codes = startCodes(accessUnit);
  return codes.map(({ header }, index) => accessUnit.subarray(header, codes[index + 1]?.begin));
}

/** SPS, PPS and (H.265) VPS of a keyframe, by type. */
export function parameterSets(codec: VideoCodec, keyframe: Buffer): ReadonlyMap<number, Buffer> {
  const typeOf = (first = 0) => (codec === 'h264' ? first & 0x1f : (first >> 1) & 0x3f);
  return new Map(nalUnits(keyframe).map((unit) => [typeOf(unit[0]), unit]));
}

/** FU-A (RFC 6184 section 5.8): the header byte is split into an indicator and a header for each part. */
function fragmentH264(unit: Buffer): Buffer[] {
  const header = unit.readUInt8(0);
  return parts(unit.subarray(1), MAX_PAYLOAD - 2, (edge, part) =>
    Buffer.concat([Buffer.from([(header & 0xe0) | FU_A, edge | (header & 0x1f)]), part]),
  );
}

/** Fragmentation units (RFC 7798 section 4.4.3): the two header bytes get the type 49, their own stands behind them. */
function fragmentH265(unit: Buffer): Buffer[] {
  const [first, second] = [unit.readUInt8(0), unit.readUInt8(1)];
  return parts(unit.subarray(2), MAX_PAYLOAD - 3, (edge, part) =>
    Buffer.concat([Buffer.from([(first & 0x81) | (FU << 1), second, edge | ((first >> 1) & 0x3f)]), part]),
  );
}

/** @param wrap `edge`: start bit in the first part, end bit in the last one */
function parts(bytes: Buffer, room: number, wrap: (edge: number, part: Buffer) => Buffer): Buffer[] {
  const count = Math.ceil(bytes.length / room);
  return Array.from({ length: count }, (_, index) => {
    const edge = (index === 0 ? 0x80 : 0) | (index === count - 1 ? 0x40 : 0);
    return wrap(edge, bytes.subarray(index * room, (index + 1) * room));
  });
}
