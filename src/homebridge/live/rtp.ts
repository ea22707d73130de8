/** Bytes of an RTP header without contributing sources or extension (RFC 3550 §5.1). */
export const RTP_HEADER_LENGTH = 12;

export interface RtpHeader {
  readonly marker: boolean;
  /** [0…127] */
  readonly payloadType: number;
  /** 16 bits */
  readonly sequence: number;
  /** 32 bits, in ticks of the payload's clock */
  readonly timestamp: number;
  /** 32 bits */
  readonly ssrc: number;
}

export function writeRtpHeader(bytes: Buffer, at: number, header: RtpHeader): void {
  bytes.writeUInt8(0x80, at);
  bytes.writeUInt8((header.marker ? 0x80 : 0) | header.payloadType, at + 1);
  bytes.writeUInt16BE(header.sequence, at + 2);
  bytes.writeUInt32BE(header.timestamp, at + 4);
  bytes.writeUInt32BE(header.ssrc, at + 8);
}

/** RTCP shares the port with RTP: packet types 192–223 are RTCP (RFC 5761 §4). */
export function isRtcp(packet: Buffer): boolean {
  const type = packet[1];
  return packet.length >= 8 && type !== undefined && type >= 192 && type <= 223;
}

/** Header and payload of a plain RTP packet, or `undefined` for anything else. */
export function readRtp(packet: Buffer): { header: RtpHeader; payload: Buffer } | undefined {
  if (packet.length < RTP_HEADER_LENGTH || packet.readUInt8(0) >> 6 !== 2 || isRtcp(packet)) return undefined;
  const flags = packet.readUInt8(0);
  const type = packet.readUInt8(1);
  const payloadAt = RTP_HEADER_LENGTH + 4 * (flags & 0x0f);
  const hasExtensionOrPadding = (flags & 0x30) !== 0;
  if (hasExtensionOrPadding || payloadAt > packet.length) return undefined;
  const header = {
    marker: type >= 0x80,
    payloadType: type & 0x7f,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
  };
  return { header, payload: packet.subarray(payloadAt) };
}
