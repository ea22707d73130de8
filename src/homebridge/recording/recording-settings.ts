import type {
  AudioBitrate,
  AudioRecordingCodecType,
  AudioRecordingSamplerate,
  CameraRecordingConfiguration,
  CameraRecordingOptions,
  EventTriggerOption,
  H264Level,
  H264Profile,
  MediaContainerType,
  Resolution,
} from 'homebridge';
import { hapValue } from '../accessories/hap-values.js';

/** ms before an event that a recording begins: what HomeKit asks for at least. */
const PREBUFFER = 4000;
/** ms of a fragment, as HomeKit's own cameras have it. */
const FRAGMENT = 4000;
const SHAPES = [
  [1920, 1080],
  [1280, 960],
  [1280, 720],
  [640, 480],
  [640, 360],
] as const;
/** Pictures per second: HomeKit wants 15, and 24 or 30. */
const RATES = [15, 24, 30] as const;
/** profile_idc by HAP's number. */
const PROFILES = [66, 77, 100] as const;
/** Hz by HAP's number. */
const SAMPLE_RATES = [8000, 16_000, 24_000, 32_000, 44_100, 48_000] as const;

/**
 * What HomeKit may choose from. It must depend neither on what this machine can do for the moment nor on the camera's
 * settings: HAP-NodeJS forgets the user's choice when it changes.
 */
export function recordingOptions(): CameraRecordingOptions {
  return {
    prebufferLength: PREBUFFER,
    // HAP-NodeJS adds the doorbell to a camera that is one. Hubs ask for motion only, whatever else there is.
    overrideEventTriggerOptions: [hapValue<EventTriggerOption.MOTION>('1'), hapValue<EventTriggerOption.DOORBELL>('2')],
    mediaContainerConfiguration: {
      type: hapValue<MediaContainerType.FRAGMENTED_MP4>('0'),
      fragmentLength: FRAGMENT,
    },
    video: {
      type: hapValue<CameraRecordingOptions['video']['type']>('0'),
      parameters: {
        profiles: [
          hapValue<H264Profile.BASELINE>('0'),
          hapValue<H264Profile.MAIN>('1'),
          hapValue<H264Profile.HIGH>('2'),
        ],
        levels: [
          hapValue<H264Level.LEVEL3_1>('0'),
          hapValue<H264Level.LEVEL3_2>('1'),
          hapValue<H264Level.LEVEL4_0>('2'),
        ],
      },
      resolutions: SHAPES.flatMap(([width, height]) => RATES.map((fps): Resolution => [width, height, fps])),
    },
    audio: {
      codecs: {
        type: hapValue<AudioRecordingCodecType.AAC_LC>('0'),
        audioChannels: 1,
        bitrateMode: hapValue<AudioBitrate.VARIABLE>('0'),
        samplerate: [
          hapValue<AudioRecordingSamplerate.KHZ_16>('1'),
          hapValue<AudioRecordingSamplerate.KHZ_24>('2'),
          hapValue<AudioRecordingSamplerate.KHZ_32>('3'),
        ],
      },
    },
  };
}

/** What HomeKit has chosen. */
export interface RecordingSettings {
  /** ms */
  readonly prebuffer: number;
  /** ms that a fragment lasts at most. */
  readonly fragment: number;
  readonly width: number;
  readonly height: number;
  /** Pictures per second. */
  readonly fps: number;
  /** kbit/s of video that is encoded for it. */
  readonly bitrate: number;
  /** profile_idc of such video. */
  readonly profile: number;
  /** ms between keyframes of such video. */
  readonly keyframeInterval: number;
  /** Hz */
  readonly sampleRate: number;
  /** kbit/s of sound. */
  readonly soundBitrate: number;
}

/** Taken as chosen, within what can be: whatever a hub writes, it costs no more than is meant to. */
export function recordingSettings(configuration: CameraRecordingConfiguration): RecordingSettings {
  const { prebufferLength, mediaContainerConfiguration, videoCodec, audioCodec } = configuration;
  const { parameters, resolution } = videoCodec;
  const fragment = within(mediaContainerConfiguration.fragmentLength, 1000, 10_000);
  return {
    prebuffer: within(prebufferLength, 0, 10_000),
    fragment,
    width: within(resolution[0], 16, 4096),
    height: within(resolution[1], 16, 4096),
    fps: within(resolution[2], 1, 60),
    bitrate: within(parameters.bitRate, 100, 20_000),
    profile: PROFILES[parameters.profile] ?? 77,
    keyframeInterval: within(parameters.iFrameInterval, 500, fragment),
    sampleRate: SAMPLE_RATES[audioCodec.samplerate] ?? 16_000,
    soundBitrate: within(audioCodec.bitrate, 16, 96),
  };
}

function within(value: number, least: number, most: number): number {
  return Number.isFinite(value) ? Math.round(Math.max(least, Math.min(most, value))) : least;
}
