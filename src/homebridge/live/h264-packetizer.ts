import type { NalUnit } from '../../shared/codec/index.js';
import { limits } from '../../shared/internal.js';
import { type PacketMemory, RtpPackets } from './rtp-packets.js';

const FU_A = 28;
/** Bytes in front of a fragment: FU indicator and FU header (RFC 6184 §5.8). */
const FRAGMENT_HEADER = 2;
/** The RTP marker already ends the access unit, and filler is only there to fill (H.264 table 7-1). */
const NOT_SENT = new Set([9 /* access unit delimiter */, 12 /* filler data */]);

/**
 * Packets of one H.264 access unit: single NAL units and FU-A fragments (RFC 6184, packetization mode 1). The last
 * packet gets the RTP marker. `undefined` for a picture of more packets than `limits.phone.packets`.
 * @param maxLength bytes of payload a packet has room for, at least 3
 */
export function packetizeH264(
  nals: Iterable<NalUnit>,
  maxLength: number,
  memory?: PacketMemory,
): RtpPackets | undefined {
  const units: Buffer[] = [];
  const lengths: number[] = [];
  for (const { type, data } of nals) {
    if (NOT_SENT.has(type)) continue;
    units.push(data);
    pushLengths(lengths, data.length, maxLength);
    if (lengths.length > limits.phone.packets) return undefined;
  }
  const packets = new RtpPackets(lengths, memory);
  let packet = 0;
  for (const unit of units) packet = write(packets, packet, unit, maxLength);
  return packets;
}

function pushLengths(lengths: number[], unitLength: number, maxLength: number): void {
  if (unitLength <= maxLength) {
    lengths.push(unitLength);
    return;
  }
  const room = maxLength - FRAGMENT_HEADER;
  for (let left = unitLength - 1; left > 0 && lengths.length <= limits.phone.packets; left -= room) {
    lengths.push(FRAGMENT_HEADER + Math.min(left, room));
  }
}

/** @returns the number of the packet after the unit's last */
function write(packets: RtpPackets, first: number, unit: Buffer, maxLength: number): number {
  const { bytes } = packets;
  if (unit.length <= maxLength) {
    unit.copy(bytes, packets.payloadAt(first));
    return first + 1;
  }
  const header = unit.readUInt8(0);
  const room = maxLength - FRAGMENT_HEADER;
  let packet = first;
  // The NAL unit's own header byte travels as part of the fragment headers.
  for (let from = 1; from < unit.length; from += room, packet += 1) {
    const at = packets.payloadAt(packet);
    const start = from === 1 ? 0x80 : 0;
    const end = from + room >= unit.length ? 0x40 : 0;
    bytes[at] = (header & 0xe0) | FU_A;
    bytes[at + 1] = start | end | (header & 0x1f);
    unit.copy(bytes, at + FRAGMENT_HEADER, from, from + room);
  }
  return packet;
}
