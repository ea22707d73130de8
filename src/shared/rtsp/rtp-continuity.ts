import { nalType, type NalUnit } from '../codec/annex-b.js';
import type { VideoCodec } from '../codec/frame.js';
import { beginsPicture, isIntra } from '../codec/slices.js';
import { followsOn } from '../media/playback-course.js';
import type { PlaybackCommand } from '../sdk/playback.js';
import type { RtspTrack } from './session-description.js';

/** bytes */
const RTP_HEADER = 12;
/** RFC 6184 section 5.2: several NAL units in one packet, and a piece of one. */
const H264 = { aggregation: 24, fragment: 28 };
/** RFC 7798 section 4.4 */
const H265 = { aggregation: 48, fragment: 49 };
/** H.264 table 7-1: a sequence parameter set begins what can be decoded by itself. */
const SPS = 7;
/** H.265 table 7-1: pictures where decoding can start, and parameter sets. */
const IRAP = { first: 16, last: 23 };
const H265_SETS = { first: 32, last: 34 };

/** Notices packets of one track that are missing, by their numbers, and where pictures can be decoded again. */
export class RtpContinuity {
  readonly #codec: VideoCodec | undefined;
  #next: number | undefined;
  #intact = true;

  constructor({ encoding }: RtspTrack) {
    this.#codec = encoding === 'H264' ? 'h264' : encoding === 'H265' ? 'h265' : undefined;
  }

  /** Whether what this RTP packet needs came whole; sound needs nothing. Each packet is to be shown once, in order. */
  isDecodable(packet: Buffer): boolean {
    if (!this.#codec || packet.length < RTP_HEADER) return this.#intact;
    const number = packet.readUInt16BE(2);
    if (this.#next !== undefined && number !== this.#next) this.#intact = false;
    this.#next = (number + 1) % 2 ** 16;
    this.#intact ||= beginsKeyframe(this.#codec, payloadOf(packet));
    return this.#intact;
  }
}

/** What one stream shows, and which of its packets can be decoded. */
export class RtspCourse {
  readonly #tracks = new Map<RtspTrack, RtpContinuity>();
  #present: PlaybackCommand = { command: 'play' };
  #withheld = 0;

  /** RTP packets that need missing ones. */
  get withheld(): number {
    return this.#withheld;
  }

  /** Tells the NVR by `ask` to do something; its packets may come before its answer. */
  async change(command: PlaybackCommand, ask: () => Promise<void>): Promise<void> {
    const before = this.#present;
    this.#present = command;
    try {
      await ask();
    } catch (error) {
      this.#present = before;
      throw error;
    }
  }

  isDecodable(track: RtspTrack, packet: Buffer): boolean {
    let continuity = this.#tracks.get(track);
    if (!continuity) this.#tracks.set(track, (continuity = new RtpContinuity(track)));
    if (continuity.isDecodable(packet) || !followsOn(this.#present)) return true;
    this.#withheld += 1;
    return false;
  }
}

/** RFC 3550 section 5.1: behind the contributing sources and the extension. */
function payloadOf(packet: Buffer): Buffer {
  const first = packet.readUInt8(0);
  const sources = RTP_HEADER + (first & 0x0f) * 4;
  const extended = (first & 0x10) !== 0 && packet.length >= sources + 4;
  return packet.subarray(extended ? sources + 4 + packet.readUInt16BE(sources + 2) * 4 : sources);
}

function beginsKeyframe(codec: VideoCodec, payload: Buffer): boolean {
  const nal = codec === 'h264' ? firstH264(payload) : firstH265(payload);
  if (!nal) return false;
  const { type } = nal;
  if (codec === 'h264') {
    return type === SPS || (type >= 1 && type <= 5 && beginsPicture(codec, nal) && isIntra(codec, nal));
  }
  if (type >= H265_SETS.first && type <= H265_SETS.last) return true;
  return type >= IRAP.first && type <= IRAP.last && beginsPicture(codec, nal);
}

/** The NAL unit that begins in this payload; the header of a piece has the type at the same place as a whole one. */
function firstH264(payload: Buffer): NalUnit | undefined {
  const type = nalType('h264', payload[0] ?? 0);
  if (type === H264.fragment) return ((payload[1] ?? 0) & 0x80) === 0 ? undefined : nalOf('h264', payload.subarray(1));
  return nalOf('h264', type === H264.aggregation ? payload.subarray(3) : payload);
}

function firstH265(payload: Buffer): NalUnit | undefined {
  const type = nalType('h265', payload[0] ?? 0);
  if (type !== H265.fragment) return nalOf('h265', type === H265.aggregation ? payload.subarray(4) : payload);
  const header = payload[2] ?? 0;
  // One byte stands for the header of two.
  return (header & 0x80) === 0 ? undefined : { type: header & 0x3f, data: payload.subarray(1) };
}

function nalOf(codec: VideoCodec, data: Buffer): NalUnit | undefined {
  const [first] = data;
  return first === undefined ? undefined : { type: nalType(codec, first), data };
}
