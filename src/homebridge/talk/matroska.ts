import type { AudioCodec } from '../live/audio-policy.js';

/** EBML ids (RFC 8794, RFC 9559). */
const Id = {
  ebml: '1a45dfa3',
  ebmlMaxIdLength: '42f2',
  ebmlMaxSizeLength: '42f3',
  docType: '4282',
  docTypeVersion: '4287',
  docTypeReadVersion: '4285',
  segment: '18538067',
  info: '1549a966',
  timestampScale: '2ad7b1',
  tracks: '1654ae6b',
  track: 'ae',
  trackNumber: 'd7',
  trackUid: '73c5',
  trackType: '83',
  codecId: '86',
  codecPrivate: '63a2',
  audio: 'e1',
  samplingFrequency: 'b5',
  channels: '9f',
  cluster: '1f43b675',
  timestamp: 'e7',
  simpleBlock: 'a3',
} as const;

const SOUND = 2;
const NANOSECONDS_OF_A_MS = 1_000_000;
/** Track 1, at the cluster's time, a keyframe. */
const BLOCK_HEADER = Buffer.from([0x81, 0, 0, 0x80]);
const UNKNOWN_SIZE = Buffer.from('01ffffffffffffff', 'hex');

/**
 * Beginning of a Matroska stream of one sound track (RFC 9559), the container that hands both codecs to ffmpeg through a
 * pipe packet by packet: measured, a packet comes out decoded 0.3 ms after it went in.
 *
 * @param sampleRate Hz
 */
export function matroskaHead(codec: AudioCodec, sampleRate: number): Buffer {
  const [name, description] =
    codec === 'opus' ? ['A_OPUS', opusHead(sampleRate)] : ['A_AAC', eldConfiguration(sampleRate)];
  const audio = element(Id.audio, element(Id.samplingFrequency, float(sampleRate)), element(Id.channels, number(1)));
  const track = element(
    Id.track,
    element(Id.trackNumber, number(1)),
    element(Id.trackUid, number(1)),
    element(Id.trackType, number(SOUND)),
    element(Id.codecId, Buffer.from(name)),
    element(Id.codecPrivate, description),
    audio,
  );
  const head = element(
    Id.ebml,
    element(Id.ebmlMaxIdLength, number(4)),
    element(Id.ebmlMaxSizeLength, number(8)),
    element(Id.docType, Buffer.from('matroska')),
    element(Id.docTypeVersion, number(4)),
    element(Id.docTypeReadVersion, number(2)),
  );
  const info = element(Id.info, element(Id.timestampScale, number(NANOSECONDS_OF_A_MS)));
  return Buffer.concat([head, Buffer.from(Id.segment, 'hex'), UNKNOWN_SIZE, info, element(Id.tracks, track)]);
}

/** One packet of sound, in a cluster of its own. @param time ms from the beginning, 32 bits */
export function matroskaPacket(time: number, packet: Buffer): Buffer {
  return element(Id.cluster, element(Id.timestamp, number(time)), element(Id.simpleBlock, BLOCK_HEADER, packet));
}

/** RFC 7845 §5.1: one channel, nothing to skip, no gain. */
function opusHead(sampleRate: number): Buffer {
  const head = Buffer.alloc(19);
  head.write('OpusHead');
  head.writeUInt8(1, 8);
  head.writeUInt8(1, 9);
  head.writeUInt32LE(sampleRate, 12);
  return head;
}

/**
 * AudioSpecificConfig of AAC-ELD as HomeKit sends it (ISO 14496-3 §1.6.2.1): object type 39, the rate, one channel,
 * frames of 512 samples, SBR. Not in any document of Apple's; this is what every other camera of this kind decodes with.
 */
function eldConfiguration(sampleRate: number): Buffer {
  const index = { 24_000: 6, 16_000: 8, 8000: 11 }[sampleRate] ?? 8;
  return Buffer.from([0xf8, 0xe0 | (index << 1), 0x21, 0x2c, 0x00, 0xbc, 0x00]);
}

function element(id: string, ...parts: readonly Buffer[]): Buffer {
  const data = Buffer.concat(parts);
  const size = Buffer.alloc(4);
  // The highest bits say that the size takes four bytes.
  size.writeUInt32BE(0x10000000 + data.length);
  return Buffer.concat([Buffer.from(id, 'hex'), size, data]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(value);
  return bytes;
}
