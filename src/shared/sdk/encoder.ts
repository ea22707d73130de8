import type { Static } from 'typebox';
import { Type, defineOperation, open, result, status } from './declaration.js';
import { ChannelID, maybe, plain, StreamID, text } from './fields.js';

/** Which stream of which camera. */
const stream = { ch: ChannelID, mainsub: StreamID };

// Numbers are text here: the settings go between NVR and camera as ONVIF has them.
const resolution = Type.Object(
  {
    Width: maybe(plain('Width', 'Width in pixels.', ['1920'])),
    Height: maybe(plain('Height', 'Height in pixels.', ['1080'])),
  },
  { ...open, title: 'Resolution', description: 'Size of the picture.' },
);

function range(title: string, description: string) {
  return Type.Object(
    { Min: maybe(plain('Minimum', 'Smallest value.', ['1'])), Max: maybe(plain('Maximum', 'Largest value.', ['30'])) },
    { ...open, title, description },
  );
}

/** The same in reply (2.21) and request (2.22). */
const configuration = Type.Object(
  {
    $: maybe(
      Type.Object(
        { token: maybe(text('Token', 'Token of the video encoder.', ['VideoEncoderToken_1'])) },
        { ...open, title: 'Encoder', description: 'Which encoder.' },
      ),
    ),
    Name: maybe(text('Name', 'Name of the video encoder.', ['VideoEncoder_1'])),
    UseCount: maybe(plain('Users', 'How many use it now.', ['1'])),
    Encoding: maybe(plain('Codec', 'Video codec.', ['H264', 'H265'])),
    Resolution: maybe(resolution),
    Quality: maybe(plain('Quality', 'Quality of the picture.', ['5'])),
    RateControl: maybe(
      Type.Object(
        {
          FrameRateLimit: maybe(plain('Frame rate', 'Pictures in a second.', ['30'])),
          EncodingInterval: maybe(plain('Encoding interval', 'One of so many pictures is encoded.', ['1'])),
          BitrateLimit: maybe(plain('Bit rate', 'Bit rate, in kbit/s.', ['2048'])),
        },
        { ...open, title: 'Rate control', description: 'Limits of the stream.' },
      ),
    ),
    H264: maybe(
      Type.Object(
        {
          GovLength: maybe(plain('Keyframe interval', 'Pictures from one keyframe to the next.', ['60'])),
          H264Profile: maybe(plain('Profile', 'H.264 profile.', ['Baseline', 'Main', 'High'])),
        },
        { ...open, title: 'H.264', description: 'Settings of H.264.' },
      ),
    ),
    Multicast: maybe(
      Type.Object(
        {
          Address: maybe(
            Type.Object(
              {
                Type: maybe(plain('Type', 'Kind of address.', ['IPv4'])),
                IPv4Address: maybe(text('IPv4 address', 'Multicast address.', ['0.0.0.0'])),
              },
              { ...open, title: 'Address', description: 'Where the packets are sent.' },
            ),
          ),
          Port: maybe(plain('Port', 'UDP port.', ['8860'])),
          TTL: maybe(plain('TTL', 'Hops that a packet may make.', ['128'])),
          AutoStart: maybe(
            Type.Enum(['true', 'false'], { title: 'Start by itself', description: 'Whether it is always sent.' }),
          ),
        },
        { ...open, title: 'Multicast', description: 'Multicast settings.' },
      ),
    ),
    SessionTimeout: maybe(plain('Session timeout', 'ISO 8601 duration.', ['PT00H01M00S'])),
    AudioEnabled: maybe(Type.Boolean({ title: 'Audio', description: 'Whether audio is enabled.' })),
    AudioSupport: maybe(Type.Boolean({ title: 'Audio supported', description: 'Whether the camera has audio.' })),
  },
  { ...open, title: 'Configuration', description: 'Settings of the video encoder.' },
);

const options = Type.Object(
  {
    QualityRange: maybe(range('Quality', 'Qualities that the camera supports.')),
    codecs: maybe(
      Type.Array(
        Type.Object(
          {
            name: plain('Codec', 'Video codec.', ['H264']),
            params: maybe(
              Type.Object(
                {
                  ResolutionsAvailable: maybe(
                    Type.Array(resolution, { title: 'Resolutions', description: 'Resolutions that are supported.' }),
                  ),
                  GovLengthRange: maybe(range('Keyframe interval', 'Keyframe intervals that are supported.')),
                  FrameRateRange: maybe(range('Frame rate', 'Frame rates that are supported.')),
                  EncodingIntervalRange: maybe(range('Encoding interval', 'Encoding intervals that are supported.')),
                  H264ProfilesSupported: maybe(
                    Type.Array(Type.String({ harmless: true }), {
                      title: 'Profiles',
                      description: 'H.264 profiles that are supported.',
                    }),
                  ),
                  BitrateRange: maybe(range('Bit rate', 'Bit rates that are supported, in kbit/s.')),
                },
                { ...open, title: 'Limits', description: 'What the codec can be set to.' },
              ),
            ),
          },
          open,
        ),
        { title: 'Codecs', description: 'Codecs that the camera supports, and what each can do.' },
      ),
    ),
  },
  { ...open, title: 'Options', description: 'What the camera supports.' },
);

export const getVideoEncoderConfigurations = defineOperation({
  id: 'getVideoEncoderConfigurations',
  section: '2.21',
  title: 'Get encoder settings',
  description: 'Reads the video encoder settings of the given streams, and what they can be set to.',
  domain: 'encoder',
  method: 'POST',
  path: '/device/GetVideoEncoderConfigurations',
  body: Type.Array(Type.Object(stream), {
    minItems: 1,
    title: 'Streams',
    description: 'The streams to ask for.',
    examples: [[{ ch: 1, mainsub: 0 }]],
  }),
  reply: result(Type.Array(Type.Object({ ...stream, Configuration: configuration, Options: maybe(options) }, open))),
  effect: 'read',
});

const streamSettings = Type.Object({ ...stream, Configuration: configuration });

export const setVideoEncoderConfiguration = defineOperation({
  id: 'setVideoEncoderConfiguration',
  section: '2.22',
  title: 'Set encoder settings',
  description:
    'Sets the video encoders of the given streams: read them first, and hand over the whole configuration of each.',
  domain: 'encoder',
  method: 'POST',
  path: '/device/SetVideoEncoderConfiguration',
  body: Type.Array(streamSettings, {
    minItems: 1,
    title: 'Streams',
    description: 'The settings of each stream.',
  }),
  reply: status,
  readBack: () => ({
    by: getVideoEncoderConfigurations,
    asks: ({ body }: { readonly body: readonly Static<typeof streamSettings>[] }) => [
      {
        params: { body: body.map(({ ch, mainsub }) => ({ ch, mainsub })) },
        // How many use it now is nothing that one sets.
        holds: body.map(({ Configuration: { UseCount: _users, ...Configuration }, ...which }) => ({
          ...which,
          Configuration,
        })),
      },
    ],
  }),
  settings: () => ({
    change: 'Changes the video encoder of a stream; what is left out stays.',
    by: getVideoEncoderConfigurations,
    repeats: ['ch', 'mainsub'],
    words: 'video encoder, codec, resolution, bitrate, frame rate, quality, stream',
  }),
  effect: 'write',
});

export const encoderOperations = { getVideoEncoderConfigurations, setVideoEncoderConfiguration } as const;
