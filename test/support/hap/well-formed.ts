import { expect } from '@jest/globals';
import { findFfmpeg } from '../../../src/shared/ffmpeg/index.js';
import { silentLogger } from '../../../src/shared/index.js';
import { examine, trackRuns } from '../mp4.js';
import type { RecordingStream } from './recording-hub.js';

/**
 * Asserts that ffmpeg finds nothing wrong with it, times go on without a gap, and each fragment begins with a keyframe.
 *
 * @param sound whether it has sound
 */
export async function isWellFormed(stream: RecordingStream, sound: boolean): Promise<void> {
  const { path } = await findFfmpeg({ logger: silentLogger });
  expect(stream.packets[0]?.type).toBe('mediaInitialization');
  const { complaints, streams } = await examine(path, stream.mp4);
  expect(complaints).toBe('');
  const tracks = [/h264.*1280x720/, ...(sound ? [/aac \(LC\).*16000 Hz, mono/] : [])];
  expect(streams).toEqual(tracks.map((track) => expect.stringMatching(track)));
  const ends = { video: 0, audio: 0 };
  for (const { data, isLast } of stream.fragments) {
    const { time, samples } = videoOf(data);
    expect(time).toBe(ends.video);
    expect(samples[0]?.sync).toBe(true);
    ends.video = time + samples.reduce((sum, { duration }) => sum + duration, 0);
    // Where a machine that is too busy loses pictures, the one before stands for them, and its group is as long as it is.
    const hasLost = samples.some(({ duration }) => duration > 90_000);
    if (!hasLost) expect(ends.video - time).toBeLessThanOrEqual(4 * 90_000 + 90);
    else expect(samples.filter(({ sync }) => sync)).toHaveLength(1);
    if (!isLast)
      expect((await examine(path, Buffer.concat([stream.packets[0]?.data ?? data, data]))).complaints).toBe('');
    if (!sound) continue;
    const heard = trackRuns(data).find(({ track }) => track === 2);
    expect(heard?.time).toBe(ends.audio);
    ends.audio += 1024 * (heard?.samples.length ?? 0);
    // Sound and pictures of a fragment end together, as close as frames of sound allow.
    expect(Math.abs(ends.audio / 16_000 - ends.video / 90_000)).toBeLessThan(0.04);
  }
}

/** The pictures of a fragment. @throws where it has none */
export function videoOf(fragment: Buffer | undefined) {
  const run = trackRuns(fragment ?? Buffer.alloc(0)).find(({ track }) => track === 1);
  if (!run) throw new Error('a fragment without pictures');
  return run;
}
