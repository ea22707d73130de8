import { isParameterSet, type NalUnit } from './annex-b.js';
import { AAC_FRAME } from './aac.js';
import type { VideoCodec } from './frame.js';
import { box, fullBox, u32, u64 } from './mp4-box.js';
import { AUDIO_TRACK, VIDEO_TRACK } from './mp4-start.js';

/** Sample flags (ISO/IEC 14496-12, 8.8.3.1): needs no other; needs others and is no place to start. */
const SAMPLE = { keyframe: 0x02000000, other: 0x01010000 } as const;
/** Track fragment header: offsets count from this fragment; durations and flags that follow are defaults. */
const TFHD = { baseIsMoof: 0x020000, duration: 0x08, flags: 0x20 } as const;
/** Track run: what is told, of all and of each sample. */
const TRUN = { offset: 0x01, duration: 0x100, size: 0x200, flags: 0x400 } as const;
/** Access unit delimiters and filler data, which a container makes superfluous. */
const SUPERFLUOUS: Readonly<Record<VideoCodec, readonly number[]>> = { h264: [9, 12], h265: [35, 38] };
const LENGTH_FIELD = 4;

export interface Mp4Picture {
  /** NAL units of the access unit; parameter sets are left out. */
  readonly nals: Iterable<NalUnit>;
  /** Ticks of 1/90000 s until the next picture. */
  readonly duration: number;
  readonly keyframe: boolean;
}

export interface Mp4Fragment {
  /** From 1, one more each time. */
  readonly sequence: number;
  readonly codec: VideoCodec;
  readonly video: {
    /** Decode time of the first picture, ticks of 1/90000 s. */
    readonly time: number;
    /** In the order of decoding, which is taken for that of showing. */
    readonly pictures: readonly Mp4Picture[];
  };
  readonly audio?:
    | {
        /** Of the first frame, samples. */
        readonly time: number;
        /** AAC frames. */
        readonly frames: readonly Buffer[];
      }
    | undefined;
}

/** One fragment (ISO/IEC 14496-12, 8.8.4): `moof`, which says where each sample is, and `mdat`, which holds them. */
export function mp4Fragment({ sequence, codec, video, audio }: Mp4Fragment): Buffer {
  const pictures = video.pictures.map(({ nals, duration, keyframe }) => {
    const units = [...nals].filter(({ type }) => !isParameterSet(codec, type) && !SUPERFLUOUS[codec].includes(type));
    const size = units.reduce((sum, { data }) => sum + LENGTH_FIELD + data.length, 0);
    return { units, size, duration, flags: keyframe ? SAMPLE.keyframe : SAMPLE.other };
  });
  const frames = audio?.frames ?? [];
  const videoBytes = pictures.reduce((sum, { size }) => sum + size, 0);
  const bytes = frames.reduce((sum, frame) => sum + frame.length, videoBytes);

  const moof = (length: number) => {
    const begin = length + 8;
    return box(
      'moof',
      fullBox('mfhd', 0, 0, u32(sequence)),
      videoRun(video.time, begin, pictures),
      ...(audio && frames.length > 0 ? [audioRun(audio.time, begin + videoBytes, frames)] : []),
    );
  };
  // Its length does not depend on the offsets in it.
  const head = moof(moof(0).length);
  const fragment = Buffer.allocUnsafe(head.length + 8 + bytes);
  let at = head.copy(fragment);
  at = fragment.writeUInt32BE(8 + bytes, at);
  at += fragment.write('mdat', at, 'latin1');
  for (const { units } of pictures) {
    for (const { data } of units) {
      at = fragment.writeUInt32BE(data.length, at);
      at += data.copy(fragment, at);
    }
  }
  for (const frame of frames) at += frame.copy(fragment, at);
  return fragment;
}

interface Sample {
  readonly duration: number;
  readonly size: number;
  readonly flags: number;
}

function videoRun(time: number, offset: number, samples: readonly Sample[]): Buffer {
  const told = TRUN.offset | TRUN.duration | TRUN.size | TRUN.flags;
  return box(
    'traf',
    fullBox('tfhd', 0, TFHD.baseIsMoof, u32(VIDEO_TRACK)),
    fullBox('tfdt', 1, 0, u64(time)),
    fullBox(
      ...(['trun', 0, told] as const),
      u32(samples.length, offset, ...samples.flatMap(({ duration, size, flags }) => [duration, size, flags])),
    ),
  );
}

function audioRun(time: number, offset: number, frames: readonly Buffer[]): Buffer {
  const defaults = TFHD.baseIsMoof | TFHD.duration | TFHD.flags;
  return box(
    'traf',
    fullBox('tfhd', 0, defaults, u32(AUDIO_TRACK, AAC_FRAME, SAMPLE.keyframe)),
    fullBox('tfdt', 1, 0, u64(time)),
    fullBox('trun', 0, TRUN.offset | TRUN.size, u32(frames.length, offset, ...frames.map(({ length }) => length))),
  );
}
