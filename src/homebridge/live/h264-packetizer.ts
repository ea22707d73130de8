import { nalType, nalUnits } from '../../shared/codec/index.js';

const FU_A = 28;
/** The RTP marker already ends the access unit, and filler is only there to fill (H.264 table 7-1). */
const NOT_SENT = new Set([9 /* access unit delimiter */, 12 /* filler data */]);

/**
 * RTP payloads of one H.264 access unit: single NAL unit packets and FU-A fragments (RFC 6184, packetization mode 1).
 * The last payload gets the RTP marker.
 * @param maxLength bytes of payload a packet has room for, at least 3
 */
export function packetizeH264(accessUnit: Buffer, maxLength: number): Buffer[] {
  return [...nalUnits('h264', accessUnit)]
    .filter(({ type }) => !NOT_SENT.has(type))
    .flatMap(({ data }) => (data.length <= maxLength ? [data] : fragment(data, maxLength)));
}

function fragment(unit: Buffer, maxLength: number): Buffer[] {
  const first = unit.readUInt8(0);
  const indicator = (first & 0xe0) | FU_A;
  const type = nalType('h264', first);
  const room = maxLength - 2;
  const fragments: Buffer[] = [];
  for (let at = 1; at < unit.length; at += room) {
    const start = at === 1 ? 0x80 : 0;
    const end = at + room >= unit.length ? 0x40 : 0;
    fragments.push(Buffer.concat([Buffer.from([indicator, start | end | type]), unit.subarray(at, at + room)]));
  }
  return fragments;
}
