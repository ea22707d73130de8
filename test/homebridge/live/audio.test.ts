import { describe, expect, it } from '@jest/globals';
import { audioArguments, encoderClockRate, offeredAudioCodec } from '../../../src/homebridge/live/audio-policy.js';
import { audioStep } from '../../../src/homebridge/live/audio-timeline.js';

describe('samples', () => {
  // The samples so far end at 1000 ms; 320 samples (40 ms) come next.
  it.each([
    ['that follow are appended', 1000, { kind: 'append', silence: 0, drop: 0 }],
    ['a little late are appended', 1050, { kind: 'append', silence: 0, drop: 0 }],
    ['a little early are appended', 960, { kind: 'append', silence: 0, drop: 0 }],
    ['after a gap come after silence', 1100, { kind: 'append', silence: 800, drop: 0 }],
    ['that overlap are shortened', 930, { kind: 'append', silence: 0, drop: 320 }],
    ['known already are dropped', 500, { kind: 'append', silence: 0, drop: 320 }],
    ['after a long pause start anew', 5000, { kind: 'restart' }],
    ['far in the past start anew', -5000, { kind: 'restart' }],
  ])('%s', (_, mediaTime, expected) => {
    expect(audioStep(1000, mediaTime, 320)).toEqual(expected);
  });
});

describe('codec', () => {
  it.each([
    ['AAC-ELD where it can be made', ['libfdk_aac', 'libopus'], 'aac-eld'],
    ['else Opus', ['libopus', 'aac'], 'opus'],
    ['else none', ['aac'], undefined],
  ])('%s', (_, encoders, expected) => {
    expect(offeredAudioCodec(new Set(encoders))).toBe(expected);
  });

  it('counts Opus at 48 kHz inside ffmpeg and AAC at its own rate', () => {
    expect(encoderClockRate({ codec: 'opus', sampleRate: 24_000 })).toBe(48_000);
    expect(encoderClockRate({ codec: 'aac-eld', sampleRate: 16_000 })).toBe(16_000);
  });

  it('keeps global headers to AAC, one access unit a packet, and RTCP to our own port', () => {
    const settings = { codec: 'aac-eld', sampleRate: 16_000, bitrate: 24, packetTime: 30, payloadType: 110 } as const;
    const args = audioArguments(settings, 5000);
    expect(args.join(' ')).toContain('-c:a libfdk_aac -ar 16000 -ac 1 -b:a 24k -profile:a aac_eld');
    expect(args).not.toContain('-flags');
    expect(args.join(' ')).toContain('-muxdelay 0');
    expect(args.at(-1)).toBe('rtp://127.0.0.1:5000?rtcpport=5000');
  });
});
