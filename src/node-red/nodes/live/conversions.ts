import type { Frame, LiveFeed, VideoFrame } from '../../../shared/index.js';
import { limits } from '../../../shared/internal.js';
import { AdtsReader, FlvReader } from '../../../shared/codec/index.js';
import type { ChildOwner, Ffmpeg } from '../../../shared/ffmpeg/index.js';
import { Conversion } from './conversion.js';
import { SOUND_BITRATE, SOUND_RATE } from './sound.js';

/** Pixels; a browser's tile needs no more, and a small machine can encode no more. */
const WIDEST = 1280;
/** Pictures a second of MJPEG, which has no other way to be small. */
const MJPEG_FPS = 5;

/** An elementary stream on stdin; its pictures count from when they come, since it has no times of its own. */
function input(codec: Frame['codec']): string[] {
  return [
    ...['-max_pixels', `${limits.snapshot.pixels}`, '-flags', 'low_delay', '-probesize', '32', '-analyzeduration', '0'],
    ...['-use_wallclock_as_timestamps', '1', '-f', codec === 'h265' ? 'hevc' : 'h264', '-i', 'pipe:0', '-an'],
  ];
}

/** H.264 for browsers that show no H.265. */
export function asH264(feed: LiveFeed, ffmpeg: Ffmpeg, owner: ChildOwner): Conversion<VideoFrame> {
  return new Conversion<VideoFrame>({
    ...{ feed, ffmpeg, owner },
    argumentsFor: (codec) => [
      ...[...input(codec), '-vf', `scale='min(iw,${WIDEST})':-2`, '-c:v', 'libx264', '-preset', 'veryfast'],
      ...['-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-bf', '0', '-profile:v', 'main', '-g', '30'],
      ...['-b:v', '2000k', '-maxrate', '2000k', '-bufsize', '2000k'],
      ...['-flvflags', 'no_duration_filesize', '-flush_packets', '1', '-f', 'flv', 'pipe:1'],
    ],
    reader: () => {
      const reader = new FlvReader();
      return (bytes) =>
        reader.push(bytes).map(({ time, data, keyframe }) => ({
          ...({ kind: 'video', codec: 'h264', width: 0, height: 0 } as const),
          ...{ keyframe, timestamp: time, data },
        }));
    },
    keep: (kept, frame) => {
      if (frame.keyframe) return [frame];
      return kept.length > 0 && kept.length < limits.feed.frames ? [...kept, frame] : [];
    },
  });
}

/** JPEGs, one after the other. */
export function asJpegs(feed: LiveFeed, ffmpeg: Ffmpeg, owner: ChildOwner): Conversion<Buffer> {
  return new Conversion<Buffer>({
    ...{ feed, ffmpeg, owner },
    argumentsFor: (codec) => [
      ...[...input(codec), '-vf', `fps=${MJPEG_FPS},scale='min(iw,${WIDEST})':-2,format=yuvj420p`],
      ...['-c:v', 'mjpeg', '-q:v', '5', '-flush_packets', '1', '-f', 'mpjpeg', 'pipe:1'],
    ],
    reader: jpegReader,
    keep: (_, jpeg) => [jpeg],
  });
}

/** The camera's sound as frames of AAC. A camera that has none costs nothing. ffmpeg's own encoder: every build has it. */
export function asAac(feed: LiveFeed, ffmpeg: Ffmpeg, owner: ChildOwner): Conversion<Buffer> {
  return new Conversion<Buffer>({
    ...{ feed, ffmpeg, owner, kind: 'audio' },
    argumentsFor: () => [
      ...['-probesize', '32', '-analyzeduration', '0', '-f', 'mulaw', '-ar', '8000', '-ac', '1', '-i', 'pipe:0', '-vn'],
      ...['-c:a', 'aac', '-profile:a', 'aac_low', '-ar', `${SOUND_RATE}`, '-ac', '1', '-b:a', `${SOUND_BITRATE}`],
      ...['-flush_packets', '1', '-f', 'adts', 'pipe:1'],
    ],
    reader: () => {
      const reader = new AdtsReader();
      return (bytes) => reader.push(bytes);
    },
    keep: () => [],
  });
}

const HEAD_END = Buffer.from('\r\n\r\n');
/** Bytes of the head of one picture. */
const LONGEST_HEAD = 1024;

/** Takes the pictures out of what ffmpeg writes: each with a head that tells its length. @throws where there is none */
export function jpegReader(): (bytes: Buffer) => Buffer[] {
  let waiting: Buffer = Buffer.alloc(0);
  return (bytes) => {
    waiting = Buffer.concat([waiting, bytes]);
    const jpegs: Buffer[] = [];
    for (;;) {
      const end = waiting.subarray(0, LONGEST_HEAD).indexOf(HEAD_END);
      if (end < 0) {
        if (waiting.length >= LONGEST_HEAD) throw new Error('there is no picture where one should be');
        return jpegs;
      }
      const length = Number(/content-length: *(\d+)/i.exec(waiting.toString('latin1', 0, end))?.[1]);
      if (!(length > 0 && length <= limits.snapshot.jpeg)) throw new Error('a picture has no length that makes sense');
      const begin = end + HEAD_END.length;
      if (waiting.length < begin + length) return jpegs;
      jpegs.push(Buffer.from(waiting.subarray(begin, begin + length)));
      waiting = waiting.subarray(begin + length);
    }
  };
}
