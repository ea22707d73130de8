import { readFile } from 'node:fs/promises';
import type { VideoCodec } from '../../../../src/shared/codec/frame.js';

export const PICTURES_PER_SECOND = 15;
export const KEYFRAME_INTERVAL = 30;
/** Of a loop. */
export const PICTURES = 150;

export type StreamName = 'main' | 'sub';

/** Pixels of each stream. */
export const streamSizes = {
  main: { width: 1280, height: 720 },
  sub: { width: 640, height: 360 },
} as const;

/** 10 s of video: 150 access units; number n belongs to (Unix time modulo 10 s) = n / 15 s. */
export async function loadLoop(
  folder: URL,
  codec: VideoCodec,
  channel: number,
  stream: StreamName,
): Promise<readonly Buffer[]> {
  const name = `${channel}-${stream}.${codec}`;
  const pictures = splitPictures(await readFile(new URL(name, folder)), codec);
  if (pictures.length !== PICTURES) throw new Error(`${name}: ${pictures.length} pictures instead of ${PICTURES}`);
  return pictures;
}

/** Access units of an Annex B stream with one video NAL unit per picture, which is the last one of its access unit. */
export function splitPictures(stream: Buffer, codec: VideoCodec): Buffer[] {
  const starts = startCodes(stream);
  const pictures: Buffer[] = [];
  let begin = 0;
  starts.forEach(({ header }, index) => {
    if (!isVideo(stream[header] ?? 0, codec)) return;
    const end = starts[index + 1]?.begin ?? stream.length;
    pictures.push(stream.subarray(begin, end));
    begin = end;
  });
  return pictures;
}

export function startCodes(stream: Buffer): { begin: number; header: number }[] {
  const found = [];
  for (let at = stream.indexOf('000001', 0, 'hex'); at !== -1; at = stream.indexOf('000001', at + 3, 'hex')) {
    found.push({ begin: stream[at - 1] === 0 ? at - 1 : at, header: at + 3 });
  }
  return found;
}

/** NAL unit types of coded slices: 1 and 5 (H.264), below 32 (H.265). */
function isVideo(header: number, codec: VideoCodec): boolean {
  if (codec === 'h265') return ((header >> 1) & 0x3f) < 32;
  const type = header & 0x1f;
  return type === 1 || type === 5;
}
