import type {
  AudioInfo,
  AudioStreamingCodecType,
  AudioStreamingSamplerate,
  CameraStreamingOptions,
  H264Level,
  H264Profile,
  PrepareStreamRequest,
  ReconfiguredVideoInfo,
  Resolution,
  SRTPCryptoSuites,
  VideoInfo,
} from 'homebridge';
import { hapValue } from '../accessories/hap-values.js';
import { type AudioCodec, type AudioSettings, offeredAudioCodec } from './audio-policy.js';
import type { VideoSettings } from './live-session.js';
import { bytes, integer, oneOf, RefusedRequest } from './refused-request.js';
import type { SrtpMaster } from './srtp.js';
import type { VideoWish } from './stream-policy.js';

const AES_CM_128_HMAC_SHA1_80 = hapValue<SRTPCryptoSuites.AES_CM_128_HMAC_SHA1_80>('0');
/** HAP's numbers of the one codec and the one packetization mode that there are (HAP R2, 9.100). */
const H264: number = 0;
const NON_INTERLEAVED: number = 0;
const PROFILES: H264Profile[] = [
  hapValue<H264Profile.BASELINE>('0'),
  hapValue<H264Profile.MAIN>('1'),
  hapValue<H264Profile.HIGH>('2'),
];
/** profile_idc of each of these. */
const PROFILE_IDC = [66, 77, 100] as const;
const LEVELS: H264Level[] = [
  hapValue<H264Level.LEVEL3_1>('0'),
  hapValue<H264Level.LEVEL3_2>('1'),
  hapValue<H264Level.LEVEL4_0>('2'),
];
const CODECS = {
  opus: hapValue<AudioStreamingCodecType.OPUS>('OPUS'),
  'aac-eld': hapValue<AudioStreamingCodecType.AAC_ELD>('AAC-eld'),
} as const;

const KHZ_16 = hapValue<AudioStreamingSamplerate.KHZ_16>('16');
const KHZ_24 = hapValue<AudioStreamingSamplerate.KHZ_24>('24');

const FPS = 30;
const RESOLUTIONS: Resolution[] = [
  [1920, 1080, FPS],
  [1280, 960, FPS],
  [1280, 720, FPS],
  [1024, 768, FPS],
  [640, 480, FPS],
  [640, 360, FPS],
  [480, 360, FPS],
  [480, 270, FPS],
  [320, 240, FPS],
  [320, 240, 15], // Apple Watch
  [320, 180, FPS],
];

/** Pixels of a side: HomeKit chooses from what is offered, and encoders need some. */
const SIDE = { min: 16, max: 4096 } as const;
/** Pictures per second. */
const RATE = { min: 1, max: 120 } as const;
/** kbit/s of video; HAP has 16 bits for it. */
const VIDEO_BITRATE = { min: 1, max: 65_535 } as const;
/** kbit/s of sound: what libopus takes for one channel. */
const AUDIO_BITRATE = { min: 6, max: 256 } as const;
/** Bytes of a packet. HomeKit says 1,378 (IPv4) or 1,228 (IPv6); below 256 the headers outweigh the picture. */
const MTU = { min: 256, max: 65_535 } as const;
/** Those that RFC 3551 leaves to agreement; 64 to 95 would be taken for RTCP (RFC 5761). */
const PAYLOAD_TYPE = { min: 96, max: 127 } as const;
const SYNCHRONISATION_SOURCE = { min: 0, max: 2 ** 32 - 1 } as const;
/** ms of sound in a packet: frames that the encoder makes (RFC 6716, RFC 3640). */
const PACKET_TIMES: Readonly<Record<AudioCodec, readonly number[]>> = {
  opus: [20, 40, 60],
  'aac-eld': [20, 30, 40, 60],
};
/** s between two RTCP packets that can be meant; 0 leaves it to us. */
const MAX_REPORT_INTERVAL = 60;

/** What HomeKit may choose from. @param talk whether Home shows a button to talk, which needs sound */
export function streamingOptions(audio: AudioCodec | undefined, talk: boolean): CameraStreamingOptions {
  return {
    supportedCryptoSuites: [AES_CM_128_HMAC_SHA1_80],
    video: { codec: { profiles: [...PROFILES], levels: [...LEVELS] }, resolutions: RESOLUTIONS },
    ...(audio && {
      audio: {
        codecs: [{ type: CODECS[audio], samplerate: audio === 'opus' ? [KHZ_16, KHZ_24] : [KHZ_16] }],
        twoWayAudio: talk,
      },
    }),
  };
}

/** Where a track goes, and what protects it. */
export interface TrackWish {
  readonly port: number;
  readonly master: SrtpMaster;
}

/** @throws {@link RefusedRequest} */
export function trackWish(media: 'video' | 'audio', source: PrepareStreamRequest['video']): TrackWish {
  oneOf(`${media} crypto suite`, source.srtpCryptoSuite, [AES_CM_128_HMAC_SHA1_80]);
  return {
    port: integer(`${media} port`, source.port, 1, 65_535),
    master: {
      key: bytes(`${media} key`, source.srtp_key, 16),
      salt: bytes(`${media} salt`, source.srtp_salt, 14),
    },
  };
}

/** @throws {@link RefusedRequest} */
export function videoWish(info: ReconfiguredVideoInfo): VideoWish {
  return {
    width: integer('width', info.width, SIDE.min, SIDE.max),
    height: integer('height', info.height, SIDE.min, SIDE.max),
    fps: integer('pictures per second', info.fps, RATE.min, RATE.max),
    bitrate: integer('video bitrate', info.max_bit_rate, VIDEO_BITRATE.min, VIDEO_BITRATE.max),
  };
}

/** @throws {@link RefusedRequest} */
export function videoSettings(info: VideoInfo): VideoSettings {
  oneOf<number>('video codec', info.codec, [H264]);
  oneOf<number>('packetization mode', info.packetizationMode, [NON_INTERLEAVED]);
  oneOf('level', info.level, LEVELS);
  integer('video SSRC', info.ssrc, SYNCHRONISATION_SOURCE.min, SYNCHRONISATION_SOURCE.max);
  return {
    ...videoWish(info),
    profile: PROFILE_IDC[PROFILES.indexOf(oneOf('profile', info.profile, PROFILES))] ?? PROFILE_IDC[0],
    payloadType: integer('video payload type', info.pt, PAYLOAD_TYPE.min, PAYLOAD_TYPE.max),
    mtu: integer('MTU', info.mtu, MTU.min, MTU.max),
    reportInterval: reportInterval('video', info.rtcp_interval),
  };
}

/**
 * `undefined`: no sound, because HomeKit chose a codec that these encoders do not make.
 * @throws {@link RefusedRequest}
 */
export function audioSettings(info: AudioInfo, encoders: ReadonlySet<string>): AudioSettings | undefined {
  const codec = offeredAudioCodec(encoders);
  if (!codec || info.codec !== CODECS[codec]) return undefined;
  integer('audio SSRC', info.ssrc, SYNCHRONISATION_SOURCE.min, SYNCHRONISATION_SOURCE.max);
  reportInterval('audio', info.rtcp_interval);
  return {
    codec,
    sampleRate: 1000 * oneOf<number>('sample rate', info.sample_rate, [8, 16, 24]),
    bitrate: integer('audio bitrate', info.max_bit_rate, AUDIO_BITRATE.min, AUDIO_BITRATE.max),
    packetTime: oneOf('packet time', info.packet_time, PACKET_TIMES[codec]),
    payloadType: integer('audio payload type', info.pt, PAYLOAD_TYPE.min, PAYLOAD_TYPE.max),
  };
}

function reportInterval(media: 'video' | 'audio', seconds: number): number {
  if (seconds >= 0 && seconds <= MAX_REPORT_INTERVAL) return seconds;
  throw new RefusedRequest(`${media} RTCP interval`, `must be 0 to ${MAX_REPORT_INTERVAL} s, not ${String(seconds)}`);
}
