import { expect, it } from '@jest/globals';
import { VIDEO_TIMESCALE } from '../../../src/shared/codec/index.js';
import { trackRuns } from '../../support/mp4.js';
import { until } from '../../support/until.js';
import { armed, record } from './armed.js';
import { FPS, ScriptedFeed } from './scripted-feed.js';

it.each([3_600_000, -3_600_000])('a recording takes no notice of a date that is set by %d ms', async (step) => {
  const scripted = await ScriptedFeed.open();
  const { recorder, logger } = await armed(scripted, { sound: false, clock: scripted.clock });
  let sign = 1;
  const film = (seconds: number) => {
    scripted.clock.stepWall(sign * step);
    sign = -sign;
    scripted.play(seconds);
  };
  film(11);
  recorder.expect();
  film(1.5);
  const recording = record(recorder);
  await until('fragments of what follows', () => {
    film(0.1);
    return recording.fragments().length >= 4;
  });
  recorder.updateRecordingActive(false);
  const end = scripted.seconds;
  await until('the end', () => {
    film(0.1);
    return recording.packets.at(-1)?.isLast;
  });
  const runs = recording.fragments().flatMap((fragment) => trackRuns(fragment));
  let time = 0;
  for (const run of runs) {
    expect(run.time).toBe(time);
    for (const { duration } of run.samples) time += duration;
  }
  // From 4 s before the event on, with its keyframe.
  expect(runs.flatMap(({ samples }) => samples)).toHaveLength(Math.ceil((end - 6) * FPS));
  expect(Math.abs(time / VIDEO_TIMESCALE - (end - 6))).toBeLessThan(0.1);
  expect(logger.lines.filter((line) => /fail|broken|away/.test(line))).toEqual([]);
});
