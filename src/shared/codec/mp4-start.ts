import { aacConfiguration } from './aac.js';
import { isParameterSet, type NalUnit } from './annex-b.js';
import type { VideoCodec } from './frame.js';
import { box, fullBox, text, u16, u32, zeros } from './mp4-box.js';
import { type SequenceParameters, sequenceParameters, SPS, withoutEmulation } from './picture-size.js';

/** Ticks of a second of video. */
export const VIDEO_TIMESCALE = 90_000;
export const VIDEO_TRACK = 1;
export const AUDIO_TRACK = 2;
/** Of the movie as a whole, which has no times of its own. */
const MOVIE_TIMESCALE = 1000;
/** Identity (ISO/IEC 14496-12, 8.2.2). */
const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
/** "und", packed (ISO/IEC 14496-12, 8.4.2). */
const NO_LANGUAGE = u16(0x55c4);
/** profile_idc of H.264 whose configuration names the sample format (ISO/IEC 14496-15, 5.3.3.1.2). */
const WITH_FORMAT = [100, 110, 122, 144];
/** Parameter sets that the configuration of H.264 can count. */
const MOST_SETS = 31;

export interface Mp4Video {
  readonly codec: VideoCodec;
  /** All that hold; NAL units of other types are passed over. */
  readonly parameterSets: readonly NalUnit[];
}

/** AAC-LC of one channel. Its ticks are its samples. */
export interface Mp4Audio {
  /** Hz */
  readonly sampleRate: number;
  /** bit/s, for information */
  readonly bitrate: number;
}

/**
 * The beginning of a fragmented MP4 (ISO/IEC 14496-12, 8.8): which tracks there are and how they are decoded. Video is
 * track 1 (`avc1`, `hvc1`: parameter sets stand here and nowhere else), sound track 2 (`mp4a`).
 *
 * @throws RangeError where a parameter set is missing or cannot be read
 */
export function mp4Start(video: Mp4Video, audio?: Mp4Audio): Buffer {
  return Buffer.concat([
    box('ftyp', text('iso5'), u32(512), text('iso5iso6mp41')),
    box(
      'moov',
      fullBox(
        ...(['mvhd', 0, 0] as const),
        u32(0, 0, MOVIE_TIMESCALE, 0, 0x10000),
        u16(0x100, 0),
        zeros(8),
        MATRIX,
        zeros(24),
        u32(AUDIO_TRACK + 1),
      ),
      videoTrack(video),
      ...(audio ? [audioTrack(audio)] : []),
      box('mvex', trackDefaults(VIDEO_TRACK), ...(audio ? [trackDefaults(AUDIO_TRACK)] : [])),
    ),
  ]);
}

/** Nothing by default: each fragment says it all. */
function trackDefaults(id: number): Buffer {
  return fullBox('trex', 0, 0, u32(id, 1, 0, 0, 0));
}

function videoTrack({ codec, parameterSets }: Mp4Video): Buffer {
  const sets = parameterSets.filter(({ type }) => isParameterSet(codec, type));
  const sps = sets.find(({ type }) => type === SPS[codec]);
  const parameters = sps && sequenceParameters(codec, sps.data);
  if (!sps || !parameters) throw new RangeError('there is no sequence parameter set that can be read');
  const { width, height } = parameters.shown;
  const configuration =
    codec === 'h264'
      ? box('avcC', avcConfiguration(sets, parameters))
      : box('hvcC', hevcConfiguration(sps.data, sets, parameters));
  const entry = box(
    codec === 'h264' ? 'avc1' : 'hvc1',
    ...[zeros(6), u16(1), zeros(16), u16(width, height)],
    // 72 dpi, one picture a sample, no name, 24 bits (ISO/IEC 14496-12, 12.1.3).
    ...[u32(0x480000, 0x480000, 0), u16(1), zeros(32), u16(0x18, 0xffff)],
    configuration,
  );
  return box(
    'trak',
    trackHeader(VIDEO_TRACK, 0, width, height),
    box(
      'mdia',
      mediaHeader(VIDEO_TIMESCALE),
      handler('vide', 'Video'),
      box('minf', fullBox('vmhd', 0, 1, zeros(8)), dataInformation(), sampleTable(entry)),
    ),
  );
}

function audioTrack({ sampleRate, bitrate }: Mp4Audio): Buffer {
  const configuration = aacConfiguration(sampleRate);
  // Object type 0x40 (ISO/IEC 14496-3), audio stream; largest and average bitrate (ISO/IEC 14496-1, 7.2.6).
  const decoder = descriptor(
    4,
    Buffer.from([0x40, 0x15, 0, 0, 0]),
    u32(bitrate, bitrate),
    descriptor(5, configuration),
  );
  const elementary = descriptor(3, u16(AUDIO_TRACK), zeros(1), decoder, descriptor(6, Buffer.from([2])));
  const entry = box(
    'mp4a',
    ...[zeros(6), u16(1), zeros(8), u16(1, 16), zeros(4)],
    // 16.16: rates beyond 65,535 Hz do not fit, and are not needed.
    u32(sampleRate * 0x10000),
    fullBox('esds', 0, 0, elementary),
  );
  return box(
    'trak',
    trackHeader(AUDIO_TRACK, 0x100, 0, 0),
    box(
      'mdia',
      mediaHeader(sampleRate),
      handler('soun', 'Sound'),
      box('minf', fullBox('smhd', 0, 0, zeros(4)), dataInformation(), sampleTable(entry)),
    ),
  );
}

/** Enabled, in the movie. */
function trackHeader(id: number, volume: number, width: number, height: number): Buffer {
  const size = u32(width * 0x10000, height * 0x10000);
  return fullBox('tkhd', 0, 3, u32(0, 0, id, 0, 0), zeros(8), u16(0, 0, volume, 0), MATRIX, size);
}

function mediaHeader(timescale: number): Buffer {
  return fullBox('mdhd', 0, 0, u32(0, 0, timescale, 0), NO_LANGUAGE, zeros(2));
}

function handler(type: 'vide' | 'soun', name: string): Buffer {
  return fullBox('hdlr', 0, 0, zeros(4), text(type), zeros(12), text(`${name}\0`));
}

/** The samples are in this file. */
function dataInformation(): Buffer {
  return box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1)));
}

/** No samples here: they come with the fragments. */
function sampleTable(entry: Buffer): Buffer {
  return box(
    'stbl',
    fullBox('stsd', 0, 0, u32(1), entry),
    fullBox('stts', 0, 0, u32(0)),
    fullBox('stsc', 0, 0, u32(0)),
    fullBox('stsz', 0, 0, u32(0, 0)),
    fullBox('stco', 0, 0, u32(0)),
  );
}

/** ISO/IEC 14496-1, 8.3.3; all are shorter than 128 bytes. */
function descriptor(tag: number, ...parts: readonly Buffer[]): Buffer {
  const contents = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, contents.length]), contents]);
}

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1.2); NAL units are led by 4 bytes of length. */
function avcConfiguration(all: readonly NalUnit[], format: SequenceParameters): Buffer {
  const [sps, pps] = [7, 8].map((type) => all.filter((set) => set.type === type).slice(0, MOST_SETS)) as [
    NalUnit[],
    NalUnit[],
  ];
  const [profile = 0, compatibility = 0, level = 0] = sps[0]?.data.subarray(1, 4) ?? [];
  return Buffer.concat([
    Buffer.from([1, profile, compatibility, level, 0xff, 0xe0 | sps.length]),
    ...sps.map(counted),
    Buffer.from([pps.length]),
    ...pps.map(counted),
    ...(WITH_FORMAT.includes(profile)
      ? [Buffer.from([0xfc | format.chroma, 0xf8 | (format.lumaDepth - 8), 0xf8 | (format.chromaDepth - 8), 0])]
      : []),
  ]);
}

/** HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1.2). */
function hevcConfiguration(sps: Buffer, sets: readonly NalUnit[], format: SequenceParameters): Buffer {
  const bytes = Buffer.from(withoutEmulation(sps));
  // sps_max_sub_layers_minus1 and sps_temporal_id_nesting_flag stand before the 12 bytes of profile, tier and level.
  const layers = bytes[2] ?? 0;
  const groups = [32, 33, 34].map((type) => sets.filter((set) => set.type === type));
  return Buffer.concat([
    Buffer.from([1]),
    bytes.subarray(3, 15),
    // No segmentation, parallelism unknown.
    Buffer.from([0xf0, 0, 0xfc, 0xfc | format.chroma]),
    Buffer.from([0xf8 | (format.lumaDepth - 8), 0xf8 | (format.chromaDepth - 8), 0, 0]),
    Buffer.from([((((layers >> 1) & 7) + 1) << 3) | ((layers & 1) << 2) | 3, groups.length]),
    ...groups.flatMap((group, index) => [
      // All of that type are here.
      Buffer.from([0x80 | (32 + index)]),
      u16(group.length),
      ...group.map(counted),
    ]),
  ]);
}

function counted({ data }: NalUnit): Buffer {
  if (data.length > 0xffff) throw new RangeError('a parameter set is too large');
  return Buffer.concat([u16(data.length), data]);
}
