import { existsSync } from 'node:fs';

/** An encoder of H.264 that a machine may have beside its processor, and how ffmpeg is told to use it. */
export interface HardwareEncoder {
  /** ffmpeg's name of it. */
  readonly name: string;
  /** A file that is there wherever it can work, so that no process is started elsewhere. */
  readonly needs?: string;
  /** Options of the whole process. */
  readonly device: readonly string[];
  /** Filters behind all others: pictures as it takes them. */
  readonly intake: string;
  /** What it calls these profiles, by profile_idc. */
  readonly profiles: Readonly<Record<66 | 77 | 100, string>>;
  /** Each picture at once, none reordered, at a constant rate. */
  readonly options: readonly string[];
}

/** What one stream is encoded to. */
export interface HardwareSettings {
  /** profile_idc: 66, 77 or 100. */
  readonly profile: number;
  /** kbit/s */
  readonly bitrate: number;
}

const NAMED = { 66: 'baseline', 77: 'main', 100: 'high' } as const;
const CONSTRAINED = { ...NAMED, 66: 'constrained_baseline' } as const;
const NUMBERED = { 66: '66', 77: '77', 100: '100' } as const;
const PLAIN = { device: [], intake: 'format=nv12' } as const;

/** Macs. It has no software of its own to fall back on unless that is asked for. */
const videotoolbox: HardwareEncoder = {
  ...PLAIN,
  name: 'h264_videotoolbox',
  profiles: NAMED,
  options: ['-realtime', '1'],
};
/** `fast` is a preset of every generation: one pass. */
const nvenc: HardwareEncoder = {
  ...PLAIN,
  name: 'h264_nvenc',
  profiles: NAMED,
  options: ['-preset', 'fast', '-rc', 'cbr', '-zerolatency', '1', '-delay', '0'],
};
const RENDER_NODE = '/dev/dri/renderD128';

/** It works at four pictures at a time unless it is told not to. */
const quickSync: HardwareEncoder = {
  ...PLAIN,
  name: 'h264_qsv',
  ...(process.platform === 'linux' && { needs: RENDER_NODE }),
  profiles: NAMED,
  options: ['-preset', 'veryfast', '-async_depth', '1', '-look_ahead', '0'],
};
/** Intel and AMD on Linux. Its baseline has no error resilience, which is what decoders take. */
const vaapi: HardwareEncoder = {
  name: 'h264_vaapi',
  needs: RENDER_NODE,
  device: ['-vaapi_device', RENDER_NODE],
  intake: 'format=nv12,hwupload',
  profiles: CONSTRAINED,
  options: [],
};
/** Raspberry Pi up to 4. Its parameter sets stand in the pictures only, where FLV wants them in front. */
const v4l2: HardwareEncoder = {
  name: 'h264_v4l2m2m',
  needs: '/dev/video11',
  device: [],
  intake: 'format=yuv420p',
  profiles: NUMBERED,
  options: ['-bsf:v', 'extract_extradata'],
};
/** AMD on Windows. */
const amf: HardwareEncoder = {
  ...PLAIN,
  name: 'h264_amf',
  profiles: CONSTRAINED,
  options: ['-usage', 'ultralowlatency', '-quality', 'speed', '-rc', 'cbr'],
};

const OF_PLATFORM: Partial<Record<NodeJS.Platform, readonly HardwareEncoder[]>> = {
  darwin: [videotoolbox],
  linux: [nvenc, quickSync, vaapi, v4l2],
  win32: [nvenc, quickSync, amf],
};

/** Those that this ffmpeg was built with and this machine may have; whether they work, only a proof shows. Best first. */
export function hardwareEncoders(
  encoders: ReadonlySet<string>,
  platform: NodeJS.Platform = process.platform,
  exists: (path: string) => boolean = existsSync,
): readonly HardwareEncoder[] {
  const known = OF_PLATFORM[platform] ?? [];
  return known.filter(({ name, needs }) => encoders.has(name) && (needs === undefined || exists(needs)));
}

/** H.264 of level 4.0 at most, picture by picture; the interval of keyframes is the caller's. */
export function hardwareArguments(
  { name, profiles, options }: HardwareEncoder,
  { profile, bitrate }: HardwareSettings,
): string[] {
  const named = profile === 66 || profile === 100 ? profiles[profile] : profiles[77];
  return [
    ...['-c:v', name, ...options, '-bf', '0', '-profile:v', named, '-level:v', '40'],
    ...['-b:v', `${bitrate}k`, '-maxrate', `${bitrate}k`, '-bufsize', `${bitrate}k`],
  ];
}
