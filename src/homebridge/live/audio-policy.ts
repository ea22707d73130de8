export type AudioCodec = 'opus' | 'aac-eld';

const ENCODERS = { opus: 'libopus', 'aac-eld': 'libfdk_aac' } as const;

/** 0 to 10. What more finds in telephone sound, nobody hears, and it is a third of the process's work. */
const OPUS_COMPLEXITY = 5;

/** ms of an Opus frame at its longest, where it is made for conversation (RFC 6716 §2.1.4). */
const OPUS_FRAME = 20;
/**
 * Packets of one frame that come from ffmpeg as one, to be taken apart here: each datagram costs both processes more than
 * the sound in it.
 */
const OPUS_TOGETHER = 4;

/** Bytes of ffmpeg's packets: they never leave the machine, and four of Opus are larger than a network's. */
const MAX_PACKET = 8192;

export interface AudioSettings {
  readonly codec: AudioCodec;
  /** Hz */
  readonly sampleRate: number;
  /** kbit/s */
  readonly bitrate: number;
  /** ms of sound in a packet, exactly as START says. */
  readonly packetTime: number;
  readonly payloadType: number;
}

/** The best codec that this ffmpeg makes; `undefined` means no sound. */
export function offeredAudioCodec(encoders: ReadonlySet<string>): AudioCodec | undefined {
  return (['aac-eld', 'opus'] as const).find((codec) => encoders.has(ENCODERS[codec]));
}

/** Packets for the phone that are in one of ffmpeg's: frames of Opus, each of which is one. */
export function packetsTogether({ codec, packetTime }: Pick<AudioSettings, 'codec' | 'packetTime'>): number {
  return codec === 'opus' && packetTime === OPUS_FRAME ? OPUS_TOGETHER : 1;
}

/** ffmpeg arguments: µ-law on stdin, plain RTP to a port of ours on loopback. */
export function audioArguments(settings: AudioSettings, port: number): string[] {
  const { codec, sampleRate, bitrate, packetTime } = settings;
  const encoder =
    codec === 'opus'
      ? [
          '-compression_level',
          `${OPUS_COMPLEXITY}`,
          '-application',
          'lowdelay',
          '-frame_duration',
          `${packetTime * packetsTogether(settings)}`,
          '-vbr',
          'on',
        ]
      : ['-profile:a', 'aac_eld', '-flags:a', '+global_header'];
  return [
    ...['-threads', '1', '-filter_threads', '1', '-probesize', '32', '-analyzeduration', '0'],
    ...['-f', 'mulaw', '-ar', '8000', '-ac', '1', '-i', 'pipe:0', '-vn', '-threads', '1'],
    ...['-c:a', ENCODERS[codec], '-ar', `${sampleRate}`, '-ac', '1', '-b:a', `${bitrate}k`, ...encoder],
    // Without this ffmpeg collects AAC for 0.7 s; with it each packet holds one access unit (RFC 3640), as HomeKit wants.
    ...['-muxdelay', '0', '-flush_packets', '1', '-f', 'rtp'],
    // RTCP goes to the same port, where it is passed over, not to a neighbour that belongs to somebody else.
    `rtp://127.0.0.1:${port}?rtcpport=${port}${codec === 'opus' ? `&pkt_size=${MAX_PACKET}` : ''}`,
  ];
}

/** Hz of ffmpeg's RTP clock: always 48 kHz for Opus (RFC 7587), where HomeKit counts at the negotiated rate. */
export function encoderClockRate(settings: Pick<AudioSettings, 'codec' | 'sampleRate'>): number {
  return settings.codec === 'opus' ? 48_000 : settings.sampleRate;
}
