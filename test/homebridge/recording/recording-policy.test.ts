import { describe, expect, it } from '@jest/globals';
import type { CameraRecordingConfiguration } from 'homebridge';
import { recordingArguments } from '../../../src/homebridge/recording/recording-arguments.js';
import { longestInterval, recordingPlan } from '../../../src/homebridge/recording/recording-policy.js';
import { recordingSettings } from '../../../src/homebridge/recording/recording-settings.js';

const sps = (profile: number, level: number) => Buffer.from([0, 0, 0, 1, 0x67, profile, 0, level, 0xff]);
const WIDE = { width: 1920, height: 1080, fragment: 4000 };
const fullHd = { width: 1920, height: 1080, keyframeInterval: 2000 };
const h264 = { codec: 'h264', data: sps(100, 40) } as const;
const h265 = { codec: 'h265', data: Buffer.alloc(8) } as const;

describe('what becomes of a camera in a recording', () => {
  it.each([
    ['as it is', { ...fullHd, keyframe: h264 }, true, 'copy'],
    ['another size', { ...fullHd, width: 640, height: 360, keyframe: h264 }, true, 'copy'],
    ['of unknown size', { ...fullHd, width: 0, height: 0, keyframe: h264 }, true, 'copy'],
    ['a keyframe just late', { ...fullHd, keyframeInterval: 4067, keyframe: h264 }, true, 'copy'],
    ['keyframes every 10 s', { ...fullHd, keyframeInterval: 10_000, keyframe: h264 }, true, 'transcode'],
    ['keyframes every 10 s, no encoder', { ...fullHd, keyframeInterval: 10_000, keyframe: h264 }, false, 'copy'],
    ['upright', { ...fullHd, width: 1080, height: 1920, keyframe: h264 }, true, 'transcode'],
    ['upright, no encoder', { ...fullHd, width: 1080, height: 1920, keyframe: h264 }, false, 'copy'],
    ['level 5.1', { ...fullHd, keyframe: { codec: 'h264', data: sps(100, 51) } as const }, true, 'transcode'],
    ['H.265', { ...fullHd, keyframe: h265 }, true, 'transcode'],
    ['H.265, no encoder', { ...fullHd, keyframe: h265 }, false, 'unshowable'],
  ])('%s', (_case, source, canTranscode, plan) => {
    expect(recordingPlan(source, WIDE, canTranscode)).toBe(plan);
  });

  it('sees the interval of keyframes in the past, the group that still goes on included', () => {
    const at = (...times: readonly (readonly [number, boolean])[]) =>
      longestInterval(times.map(([timestamp, keyframe]) => ({ timestamp, keyframe })));
    expect(at()).toBeUndefined();
    expect(at([0, true], [100, false], [2000, true], [2100, false])).toBe(2000);
    expect(at([0, true], [2000, true], [9000, false])).toBe(7000);
  });
});

describe('what HomeKit has chosen', () => {
  const chosen = (changes: { fragmentLength?: number; bitRate?: number; samplerate?: number } = {}) =>
    recordingSettings({
      prebufferLength: 4000,
      eventTriggerTypes: [1],
      mediaContainerConfiguration: { type: 0, fragmentLength: changes.fragmentLength ?? 4000 },
      videoCodec: {
        type: 0,
        parameters: { profile: 2, level: 2, bitRate: changes.bitRate ?? 2000, iFrameInterval: 4000 },
        resolution: [1920, 1080, 30],
      },
      audioCodec: { type: 0, audioChannels: 1, bitrateMode: 0, bitrate: 32, samplerate: changes.samplerate ?? 3 },
    } as unknown as CameraRecordingConfiguration);

  it('is what is done', () => {
    expect(chosen()).toEqual({
      ...{ prebuffer: 4000, fragment: 4000, width: 1920, height: 1080, fps: 30 },
      ...{ bitrate: 2000, profile: 100, keyframeInterval: 4000, sampleRate: 32_000, soundBitrate: 32 },
    });
  });

  it('costs no more than is meant to, whatever a hub writes', () => {
    expect(chosen({ bitRate: -5 })).toMatchObject({ bitrate: 100 });
    expect(chosen({ bitRate: NaN })).toMatchObject({ bitrate: 100 });
    expect(chosen({ bitRate: 1e9, fragmentLength: 0 })).toMatchObject({
      bitrate: 20_000,
      fragment: 1000,
      keyframeInterval: 1000,
    });
    expect(chosen({ samplerate: 77 })).toMatchObject({ sampleRate: 16_000 });
  });

  it('is encoded with its keyframes where fragments begin, and upright pictures stand in a wide one', () => {
    const wide = recordingArguments({ codec: 'h265', fps: 25, upright: false }, chosen());
    expect(wide).toEqual(expect.arrayContaining(['-g', '100', '-keyint_min', '100', '-f', 'hevc']));
    expect(wide.join(' ')).not.toContain('pad=');
    expect(recordingArguments({ codec: 'h264', fps: 25, upright: true }, chosen()).join(' ')).toContain(
      'pad=1920:1080:',
    );
  });
});
