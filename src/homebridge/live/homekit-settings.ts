import type { AudioInfo, CameraStreamingOptions, ReconfiguredVideoInfo, Resolution, VideoInfo } from 'homebridge';
import { type AudioCodec, type AudioSettings, offeredAudioCodec } from './audio-policy.js';
import type { VideoSettings } from './live-session.js';
import type { VideoWish } from './stream-policy.js';

// Values of HAP's enums, which exist in its typings only (const enums).
const AES_CM_128_HMAC_SHA1_80 = 0;
const PROFILES = { baseline: 0, main: 1, high: 2 } as const;
const LEVELS = { '3.1': 0, '3.2': 1, '4.0': 2 } as const;
/** profile_idc by HAP's number of the profile. */
const PROFILE_IDC = [66, 77, 100] as const;
/** HAP's names of the codecs. */
const CODEC_NAMES = { opus: 'OPUS', 'aac-eld': 'AAC-eld' } as const;

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

/** What HomeKit may choose from. */
export function streamingOptions(audio: AudioCodec | undefined): CameraStreamingOptions {
  const { baseline, main, high } = PROFILES;
  return {
    supportedCryptoSuites: [AES_CM_128_HMAC_SHA1_80],
    video: {
      codec: { profiles: [baseline, main, high], levels: [LEVELS['3.1'], LEVELS['3.2'], LEVELS['4.0']] },
      resolutions: RESOLUTIONS,
    },
    ...(audio && {
      audio: { codecs: [{ type: CODEC_NAMES[audio], samplerate: audio === 'opus' ? [16, 24] : [16] }] },
    }),
  };
}

export function videoWish(info: ReconfiguredVideoInfo): VideoWish {
  return { width: info.width, height: info.height, fps: info.fps, bitrate: info.max_bit_rate };
}

export function videoSettings(info: VideoInfo): VideoSettings {
  return {
    ...videoWish(info),
    payloadType: info.pt,
    mtu: info.mtu,
    profile: PROFILE_IDC[info.profile],
    reportInterval: info.rtcp_interval,
  };
}

/** `undefined`: no sound, because HomeKit chose a codec that these encoders do not make. */
export function audioSettings(info: AudioInfo, encoders: ReadonlySet<string>): AudioSettings | undefined {
  const codec = offeredAudioCodec(encoders);
  if (!codec || info.codec !== CODEC_NAMES[codec]) return undefined;
  return {
    codec,
    sampleRate: info.sample_rate * 1000,
    bitrate: info.max_bit_rate,
    packetTime: info.packet_time,
    payloadType: info.pt,
  };
}
