import type { VideoCodec } from '../../../../src/shared/codec/frame.js';
import type { OperationReply } from '../../../../src/shared/sdk/index.js';
import { Refusal } from './refusal.js';

type Stream = OperationReply<'getVideoEncoderConfigurations'>[number];
export type EncoderConfiguration = Stream['Configuration'];
type EncoderOptions = NonNullable<Stream['Options']>;
type Size = { readonly Width: string; readonly Height: string };

/** As in the document (2.21). */
const mainSizes = sizes('1280x720 1280x960 1920x1080 2048x1520 2304x1296 2592x1520 2592x1944');
const subSizes = sizes('640x360 1280x720');
const rates = { main: '2048', sub: '512' } as const;

/** Encoder settings of a camera's two streams: remembered, and checked against its options; its pictures stay the same. */
export class Encoders {
  readonly #streams: readonly [Encoder, Encoder];

  constructor(codec: VideoCodec, subCodec: VideoCodec) {
    this.#streams = [new Encoder(codec, 'main'), new Encoder(subCodec, 'sub')];
  }

  /** @param mainsub 0: main stream, 1: sub stream */
  of(mainsub: number): Encoder {
    return this.#streams[mainsub === 0 ? 0 : 1];
  }
}

/** Settings of one stream. */
export class Encoder {
  readonly #options: EncoderOptions;
  #configuration: EncoderConfiguration;

  constructor(codec: VideoCodec, stream: 'main' | 'sub') {
    const [name, profiles] =
      codec === 'h264' ? (['H264', ['Baseline', 'Main', 'High']] as const) : (['H265', ['Main']] as const);
    const available = stream === 'main' ? mainSizes : subSizes;
    const number = stream === 'main' ? 1 : 2;
    this.#options = {
      QualityRange: { Min: '0', Max: '5' },
      codecs: [
        {
          name,
          params: {
            ResolutionsAvailable: available,
            GovLengthRange: { Min: '0', Max: '100' },
            FrameRateRange: { Min: '1', Max: '30' },
            EncodingIntervalRange: { Min: '1', Max: '1' },
            [`${name}ProfilesSupported`]: [...profiles],
            BitrateRange: { Min: '256', Max: '8192' },
          },
        },
      ],
    };
    this.#configuration = {
      $: { token: `VideoEncoderToken_${number}` },
      Name: `VideoEncoder_${number}`,
      UseCount: '1',
      Encoding: name,
      Resolution: { ...available[0] },
      Quality: '5',
      RateControl: { FrameRateLimit: '15', EncodingInterval: '1', BitrateLimit: rates[stream] },
      [name]: { GovLength: '30', [`${name}Profile`]: 'Main' },
      Multicast: { Address: { Type: 'IPv4', IPv4Address: '0.0.0.0' }, Port: '8860', TTL: '128', AutoStart: 'false' },
      SessionTimeout: 'PT00H01M00S',
      AudioEnabled: true,
      AudioSupport: true,
    };
  }

  get options(): EncoderOptions {
    return structuredClone(this.#options);
  }

  get configuration(): EncoderConfiguration {
    return structuredClone(this.#configuration);
  }

  /** @throws {@link Refusal} where it is not whole, or the options do not list it */
  check(wanted: EncoderConfiguration): void {
    const { $, Encoding, Resolution, Quality, RateControl } = wanted;
    if (!$ || !Encoding || !Resolution || !Quality || !RateControl) throw new Refusal('Configuration: not all of it');
    if ($.token !== this.#configuration.$?.token) throw new Refusal(`token=${$.token}: no such encoder`);
    const codec = this.#options.codecs?.find(({ name }) => name === Encoding);
    if (!codec?.params) throw new Refusal(`Encoding=${Encoding}: not supported`);
    const { ResolutionsAvailable = [], ...ranges } = codec.params;
    const size = ({ Width, Height }: Partial<Size>) => `${Width}x${Height}`;
    if (!ResolutionsAvailable.some((one) => size(one) === size(Resolution))) {
      throw new Refusal(`Resolution=${size(Resolution)}: not supported`);
    }
    checkRange('Quality', Quality, this.#options.QualityRange);
    checkRange('FrameRateLimit', RateControl.FrameRateLimit, ranges.FrameRateRange);
    checkRange('EncodingInterval', RateControl.EncodingInterval, ranges.EncodingIntervalRange);
    checkRange('BitrateLimit', RateControl.BitrateLimit, ranges.BitrateRange);
    if (!wanted.H264) return;
    checkRange('GovLength', wanted.H264.GovLength, ranges.GovLengthRange);
    const { H264Profile = '' } = wanted.H264;
    if (!ranges.H264ProfilesSupported?.includes(H264Profile)) {
      throw new Refusal(`H264Profile=${H264Profile}: not supported`);
    }
  }

  /** What was {@link check}ed. */
  set(wanted: EncoderConfiguration): void {
    this.#configuration = { ...this.#configuration, ...structuredClone(wanted) };
  }
}

function checkRange(name: string, value = '', { Min = '', Max = '' } = {}): void {
  const number = value.trim() === '' ? NaN : Number(value);
  if (!(number >= Number(Min) && number <= Number(Max))) {
    throw new Refusal(`${name}=${value}: must be from ${Min} to ${Max}`);
  }
}

/** `640x360 1280x720` → as ONVIF has them */
function sizes(text: string): Size[] {
  return text.split(' ').map((size) => {
    const [Width = '', Height = ''] = size.split('x');
    return { Width, Height };
  });
}
