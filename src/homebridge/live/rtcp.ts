const PacketType = { senderReport: 200, sourceDescription: 202, payloadFeedback: 206 } as const;
/** Formats of payload-specific feedback (RFC 4585 §6.3.1, RFC 5104 §4.3.1). */
const FeedbackFormat = { pictureLoss: 1, fullIntraRequest: 4 } as const;
/** Seconds from 1900 (NTP) to 1970 (Unix). */
const NTP_EPOCH = 2_208_988_800;

export interface SenderReport {
  readonly ssrc: number;
  /** Wall clock, ms since 1970-01-01 UTC. */
  readonly time: number;
  /** The RTP timestamp of that moment. */
  readonly timestamp: number;
  readonly packets: number;
  /** Payload bytes. */
  readonly octets: number;
  /** The name that audio and video of one sender share: receivers synchronise by it. */
  readonly cname: string;
}

/** Sender report with the source description that must go with it (RFC 3550 §6.4.1, §6.5). */
export function writeSenderReport(report: SenderReport): Buffer {
  const sender = Buffer.alloc(28);
  writeHeader(sender, 0, PacketType.senderReport);
  sender.writeUInt32BE(report.ssrc, 4);
  sender.writeUInt32BE((Math.floor(report.time / 1000) + NTP_EPOCH) % 2 ** 32, 8);
  sender.writeUInt32BE(Math.floor(((report.time % 1000) / 1000) * 2 ** 32), 12);
  sender.writeUInt32BE(report.timestamp, 16);
  sender.writeUInt32BE(report.packets % 2 ** 32, 20);
  sender.writeUInt32BE(report.octets % 2 ** 32, 24);

  const name = Buffer.from(report.cname);
  // An item list ends with at least one zero byte and is padded to 32 bits.
  const description = Buffer.alloc(8 + Math.ceil((name.length + 3) / 4) * 4);
  writeHeader(description, 1, PacketType.sourceDescription);
  description.writeUInt32BE(report.ssrc, 4);
  description.writeUInt8(1, 8);
  description.writeUInt8(name.length, 9);
  name.copy(description, 10);
  return Buffer.concat([sender, description]);
}

function writeHeader(packet: Buffer, count: number, type: number): void {
  packet.writeUInt8(0x80 | count, 0);
  packet.writeUInt8(type, 1);
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
}

/** Whether this compound packet asks for a keyframe: PLI or FIR. */
export function asksForKeyframe(compound: Buffer): boolean {
  for (let at = 0; at + 4 <= compound.length;) {
    const format = compound.readUInt8(at) & 0x1f;
    const type = compound.readUInt8(at + 1);
    const wanted = format === FeedbackFormat.pictureLoss || format === FeedbackFormat.fullIntraRequest;
    if (type === PacketType.payloadFeedback && wanted) return true;
    at += (compound.readUInt16BE(at + 2) + 1) * 4;
  }
  return false;
}
