import type { StreamSource } from '../live/frames.js';
import { parameterSets } from './packetizer.js';

export interface TrackFormat {
  readonly payloadType: number;
  /** Ticks of the RTP time a second. */
  readonly rate: number;
}

const video = { payloadType: 96, rate: 90_000 };
/** PCMU for everyone (RFC 3551). */
const audio = { payloadType: 0, rate: 8000 };

/** The tracks of every stream: video, audio. */
export const trackFormats: readonly TrackFormat[] = [video, audio];

/**
 * What DESCRIBE answers (RFC 4566, RFC 2326 appendix C).
 *
 * @param controls absolute address of each track
 */
export function sessionDescription(source: StreamSource, host: string, controls: readonly string[]) {
  const family = host.includes(':') ? 'IP6' : 'IP4';
  const lines = [
    'v=0',
    `o=- ${source.channel} 1 IN ${family} ${host}`,
    `s=Channel ${source.channel} ${source.stream}`,
    `c=IN ${family} ${family === 'IP6' ? '::' : '0.0.0.0'}`,
    't=0 0',
    'a=control:*',
    `m=video 0 RTP/AVP ${video.payloadType}`,
    `a=rtpmap:${video.payloadType} ${source.codec.toUpperCase()}/${video.rate}`,
    `a=fmtp:${video.payloadType} ${videoFormat(source)}`,
    `a=control:${controls[0]}`,
    `m=audio 0 RTP/AVP ${audio.payloadType}`,
    `a=rtpmap:${audio.payloadType} PCMU/${audio.rate}`,
    `a=control:${controls[1]}`,
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

/** RFC 6184 section 8.1, RFC 7798 section 7.1. */
function videoFormat({ codec, pictures: [keyframe = Buffer.alloc(0)] }: StreamSource): string {
  const sets = parameterSets(codec, keyframe);
  const base64 = (type: number) => sets.get(type)?.toString('base64') ?? '';
  if (codec === 'h265') {
    return `sprop-vps=${base64(32)}; sprop-sps=${base64(33)}; sprop-pps=${base64(34)}`;
  }
  const profile = sets.get(7)?.toString('hex', 1, 4) ?? '';
  return `packetization-mode=1; profile-level-id=${profile}; sprop-parameter-sets=${base64(7)},${base64(8)}`;
}
