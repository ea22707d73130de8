import type { Sample } from './sample.js';

const configuration = {
  $: { token: 'VideoEncoderToken_1' },
  Name: 'VideoEncoder_1',
  UseCount: '1',
  Encoding: 'H264',
  Resolution: { Width: '1920', Height: '1080' },
  Quality: '5',
  RateControl: { FrameRateLimit: '30', EncodingInterval: '1', BitrateLimit: '4096' },
  H264: { GovLength: '60', H264Profile: 'Main' },
  Multicast: { Address: { Type: 'IPv4', IPv4Address: '0.0.0.0' }, Port: '8860', TTL: '128', AutoStart: 'false' },
  AudioEnabled: true,
  SessionTimeout: 'PT00H01M00S',
};

const resolutions = ['1280x720', '1280x960', '1920x1080', '2048x1520', '2304x1296', '2592x1520', '2592x1944'];

const encoder = {
  ch: 1,
  mainsub: 0,
  Configuration: {
    ...configuration,
    RateControl: { ...configuration.RateControl, BitrateLimit: '2048' },
    AudioEnabled: false,
    AudioSupport: true,
  },
  Options: {
    QualityRange: { Min: '0', Max: '5' },
    codecs: [
      {
        name: 'H264',
        params: {
          ResolutionsAvailable: resolutions.map((size) => ({ Width: size.split('x')[0], Height: size.split('x')[1] })),
          GovLengthRange: { Min: '0', Max: '100' },
          FrameRateRange: { Min: '1', Max: '30' },
          EncodingIntervalRange: { Min: '1', Max: '1' },
          H264ProfilesSupported: ['Baseline', 'Main', 'High'],
          BitrateRange: { Min: '256', Max: '8192' },
        },
      },
    ],
  },
};

const streams = [1, 2, 3, 4].map((ch) => ({ ch, mainsub: 0 }));
const settings = [{ ch: 1, mainsub: 0, Configuration: configuration }];

export const encoderSamples: readonly Sample[] = [
  {
    operation: 'getVideoEncoderConfigurations',
    params: { body: streams },
    body: streams,
    reply: { Result: [encoder], Description: '' },
    decoded: [encoder],
  },
  {
    operation: 'setVideoEncoderConfiguration',
    params: { body: settings },
    body: settings,
    reply: { Result: 'OK', Description: '' },
  },
];
