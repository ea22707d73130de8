import { execFileSync } from 'node:child_process';

export interface Voice {
  /** Hz of the tone. */
  readonly hertz: number;
  readonly seconds: number;
  /** ms in a packet: 20, 40 or 60. */
  readonly packetTime?: number;
  /** 0 to 1. */
  readonly amplitude?: number;
}

const made = new Map<string, readonly Buffer[]>();

/** Opus packets of a tone as a phone makes them: one channel, 24 kHz, 24 kbit/s. @param ffmpeg path */
export function opusTone(
  ffmpeg: string,
  { hertz, seconds, packetTime = 20, amplitude = 0.5 }: Voice,
): readonly Buffer[] {
  const key = [ffmpeg, hertz, seconds, packetTime, amplitude].join(' ');
  const packets = made.get(key) ?? encode(ffmpeg, `${amplitude}*sin(2*PI*${hertz}*t)`, seconds, packetTime);
  made.set(key, packets);
  return packets;
}

function encode(ffmpeg: string, expression: string, seconds: number, packetTime: number): readonly Buffer[] {
  const source = ['-f', 'lavfi', '-i', `aevalsrc=${expression}:s=24000:d=${seconds}`];
  const codec = ['-c:a', 'libopus', '-ar', '24000', '-ac', '1', '-b:a', '24k', '-application', 'lowdelay'];
  const args = ['-v', 'error', ...source, ...codec, '-frame_duration', `${packetTime}`, '-f', 'ogg', 'pipe:1'];
  const packets = packetsOfOgg(execFileSync(ffmpeg, args, { maxBuffer: 16 * 1024 * 1024 }));
  // Two heads come first (RFC 7845 §3).
  return packets.slice(2);
}

/** RFC 3533 §6: pages of segments; one of less than 255 bytes ends a packet. */
export function packetsOfOgg(ogg: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  let parts: Buffer[] = [];
  for (let at = 0; at < ogg.length;) {
    const segments = ogg.subarray(at + 27, at + 27 + ogg.readUInt8(at + 26));
    at += 27 + segments.length;
    for (const length of segments) {
      parts.push(ogg.subarray(at, at + length));
      at += length;
      if (length === 255) continue;
      packets.push(Buffer.concat(parts));
      parts = [];
    }
  }
  return packets;
}
