import { describe, expect, it } from '@jest/globals';
import * as hap from '@homebridge/hap-nodejs';
import type { CameraRecorder } from '../../../src/homebridge/recording/camera-recorder.js';
import { Children, noFfmpeg } from '../../../src/shared/ffmpeg/index.js';
import { ManualClock } from '../../../src/shared/index.js';
import { limits } from '../../../src/shared/internal.js';
import { decodeSound, examine, trackRuns } from '../../support/mp4.js';
import { until, within } from '../../support/until.js';
import { anyFfmpeg } from '../live/camera.js';
import { armed, CHOICE, type Configuration, record } from './armed.js';
import { FPS, GROUP, ScriptedFeed } from './scripted-feed.js';

/** Records from 6 s to 14 s of what the camera films, two fragments, then as the hub ends it. */
async function recordTwo(scripted: ScriptedFeed, recorder: CameraRecorder) {
  scripted.play(11);
  const recording = record(recorder);
  await until('the past', () => recording.packets.length >= 2);
  scripted.play(5);
  await until('what follows', () => recording.packets.length >= 3);
  recorder.closeRecordingStream(1, 0);
  await recording.taking;
  return recording;
}

const videoOf = (fragment: Buffer | undefined) =>
  trackRuns(fragment ?? Buffer.alloc(0)).find(({ track }) => track === 1);

describe('an armed camera', () => {
  it('keeps its feed open, and lets go when it is disarmed, forgotten or closed', async () => {
    const scripted = await ScriptedFeed.open();
    const { recorder } = await armed(scripted);
    scripted.play(1);
    expect(scripted.feed.warm).toBe(true);
    recorder.updateRecordingActive(false);
    scripted.play(1);
    expect([recorder.armed, scripted.feed.warm]).toEqual([false, false]);
    recorder.updateRecordingActive(true);
    recorder.updateRecordingConfiguration(undefined);
    expect(recorder.armed).toBe(false);
    recorder.updateRecordingConfiguration(CHOICE as unknown as Configuration);
    expect(recorder.armed).toBe(true);
    recorder.look(undefined);
    expect(recorder.armed).toBe(false);
    recorder.look(() => scripted.feed);
    expect(recorder.armed).toBe(true);
    recorder.close();
    scripted.play(1);
    expect([recorder.armed, scripted.feed.warm]).toEqual([false, false]);
  });

  it('goes on with the feed that lingers where it is disarmed and armed over and over', async () => {
    const scripted = await ScriptedFeed.open('h264', 'main', 30_000);
    const { recorder } = await armed(scripted);
    scripted.play(1);
    const timers = scripted.clock.pending;
    for (let times = 0; times < 1000; times += 1) {
      recorder.updateRecordingActive(false);
      recorder.updateRecordingActive(true);
    }
    expect([scripted.opened, scripted.clock.pending]).toEqual([1, timers]);
    recorder.updateRecordingActive(false);
    scripted.play(29);
    expect(scripted.feed.warm).toBe(true);
    scripted.play(2);
    expect([scripted.feed.warm, scripted.opened]).toEqual([false, 1]);
  });

  it('sends what was before, copied, then what follows, until the hub ends it', async () => {
    const scripted = await ScriptedFeed.open();
    const { recorder, ffmpeg } = await armed(scripted);
    scripted.play(11);
    const recording = record(recorder);
    await until('the past', () => recording.packets.length >= 2);
    // 11 s are over, and 4 s before that nearest keyframe is at 6 s: the first fragment is all past.
    expect(videoOf(recording.fragments()[0])?.samples).toHaveLength(4 * FPS);
    scripted.play(8);
    await until('what follows', () => recording.packets.length >= 4);
    const count = recording.packets.length;
    recorder.closeRecordingStream(1, 0);
    await recording.taking;
    scripted.play(8);
    expect(recording.packets).toHaveLength(count);
    const { complaints, packets } = await examine(ffmpeg.path, recording.mp4());
    expect(complaints).toBe('');
    expect(packets.filter(({ stream }) => stream === 0)).toHaveLength(12 * FPS);
    expect(ffmpeg.children.running).toBe(0);
  });

  it.each([
    ['1.5 s, which a hub takes to ask', 1.5, 6],
    ['3 s, for another reason', 3, 10],
  ])('begins 4 s before an event, %s', async (_, passed, begin) => {
    const scripted = await ScriptedFeed.open();
    const { recorder } = await armed(scripted, { sound: false, clock: scripted.clock });
    scripted.play(11);
    recorder.expect();
    scripted.play(passed);
    const recording = record(recorder);
    recorder.updateRecordingActive(false);
    const pictures = Math.ceil((11 + passed - begin) * FPS);
    await until('the end', () => {
      scripted.play(0.1);
      return recording.packets.at(-1)?.isLast;
    });
    const sent = recording.fragments().map((fragment) => videoOf(fragment)?.samples.length ?? 0);
    expect(sent.reduce((sum, count) => sum + count, 0)).toBe(pictures);
  });

  it.each<readonly [string, boolean, (recorder: CameraRecorder) => unknown]>([
    ['is switched off', true, (recorder) => recorder.updateRecordingActive(false)],
    [
      'films something else',
      true,
      async (recorder) => {
        const other = await ScriptedFeed.open();
        recorder.look(() => other.feed);
      },
    ],
    ['has been heard to the end', false, (recorder) => recorder.acknowledgeStream()],
  ])('ends its recording where it %s', async (_, marked, happen) => {
    const scripted = await ScriptedFeed.open();
    const { recorder, ffmpeg } = await armed(scripted, { sound: false });
    scripted.play(11);
    const recording = record(recorder);
    await until('the past', () => recording.packets.length >= 2);
    await happen(recorder);
    await within(15_000, 'the recording', recording.taking);
    expect(recording.packets.at(-1)?.isLast).toBe(marked);
    expect(ffmpeg.children.running).toBe(0);
  });

  it('tells the hub that a recording is cancelled where it goes', async () => {
    const scripted = await ScriptedFeed.open();
    const { recorder, logger, ffmpeg } = await armed(scripted);
    scripted.play(11);
    const recording = record(recorder);
    await until('the past', () => recording.packets.length >= 2);
    recorder.close();
    recorder.close();
    await expect(within(15_000, 'the recording', recording.taking)).rejects.toMatchObject({ reason: 3 });
    expect(recording.packets.at(-1)?.isLast).toBe(false);
    expect(ffmpeg.children.running).toBe(0);
    expect(logger.lines.filter((line) => line.includes('recording failed'))).toEqual([]);
  });

  it('tells a hub nothing that has gone before the camera', async () => {
    const scripted = await ScriptedFeed.open();
    const { recorder } = await armed(scripted, { sound: false });
    scripted.play(11);
    const recording = record(recorder);
    await until('the past', () => recording.packets.length >= 2);
    recorder.close();
    recorder.closeRecordingStream(1, undefined);
    await within(15_000, 'the recording', recording.taking);
  });

  it.each([
    [0, undefined],
    [undefined, undefined],
    [3, undefined],
    [6, 'timeout'],
    [7, 'bad data'],
  ])('is told by its hub why a recording is closed: %s', async (reason, trouble) => {
    const { recorder, logger } = await armed(await ScriptedFeed.open());
    recorder.closeRecordingStream(1, reason);
    const lines = logger.lines.filter((line) => line.includes('broken off'));
    expect(lines).toEqual(
      trouble === undefined ? [] : [expect.stringMatching(new RegExp(`^\\S* ?Door: .*: ${trouble}$`))],
    );
  });

  it('has its sound in time with its pictures, within 40 ms', async () => {
    const scripted = await ScriptedFeed.open();
    // The recording begins at 6 s, so the beep is from its 2.5th to its 5th second.
    scripted.beep = [8.5, 11];
    const { recorder, ffmpeg } = await armed(scripted);
    const recording = await recordTwo(scripted, recorder);
    const samples = await decodeSound(ffmpeg.path, recording.mp4(), 16_000);
    const loud = [...samples.keys()].filter((index) => Math.abs(samples[index] ?? 0) > 3000);
    expect(Math.abs((loud[0] ?? 0) / 16 - 2500)).toBeLessThan(40);
    expect(Math.abs((loud.at(-1) ?? 0) / 16 - 5000)).toBeLessThan(40);
  });

  it.each([
    ['gives none', true, (scripted: ScriptedFeed) => (scripted.sound = false)],
    ['is muted in Home', true, () => undefined],
    ['must not be heard', true, () => undefined],
    ['cannot be encoded', false, () => undefined],
  ])('has a silent track where the camera %s', async (what, withFfmpeg, prepare) => {
    const scripted = await ScriptedFeed.open();
    prepare(scripted);
    const { recorder, microphone, logger } = await armed(scripted, {
      heard: !what.includes('must not'),
      ...(!withFfmpeg && { ffmpeg: noFfmpeg }),
    });
    if (what.includes('muted')) microphone.settings = { muted: true, volume: 100 };
    scripted.play(11);
    const recording = record(recorder);
    await until('the past', () => recording.packets.length >= 2);
    recorder.closeRecordingStream(1, 0);
    await recording.taking;
    const { path } = await anyFfmpeg();
    expect((await examine(path, recording.mp4())).complaints).toBe('');
    const samples = await decodeSound(path, recording.mp4(), 16_000);
    expect(samples.length / 16_000).toBeCloseTo(4, 0);
    expect(samples.every((sample) => Math.abs(sample) < 50)).toBe(true);
    if (!withFfmpeg) expect(logger.lines.join()).toContain('goes on without sound');
  });

  it('has no sound where HomeKit wants none', async () => {
    const scripted = await ScriptedFeed.open();
    const { recorder, ffmpeg } = await armed(scripted, { sound: false });
    scripted.play(11);
    const recording = record(recorder);
    await until('the past', () => recording.packets.length >= 2);
    expect(ffmpeg.children.running).toBe(0);
    recorder.closeRecordingStream(1, undefined);
    await recording.taking;
    expect((await examine(ffmpeg.path, recording.mp4())).streams).toHaveLength(1);
  });

  it('ends a recording by itself where the NVR is away: what has come is sent, and marked as the last', async () => {
    const scripted = await ScriptedFeed.open();
    const { recorder } = await armed(scripted);
    scripted.play(11);
    const recording = record(recorder);
    await until('the past', () => recording.packets.length >= 2);
    scripted.cut();
    await recording.taking;
    expect(recording.packets.map(({ isLast }) => isLast)).toEqual([false, false, true]);
    expect(videoOf(recording.fragments()[1])?.samples.length).toBe(1 * FPS);
    recorder.acknowledgeStream();
  });

  it('records anew afterwards, and after a recording that the hub has broken off', async () => {
    const scripted = await ScriptedFeed.open();
    const { recorder, logger } = await armed(scripted, { sound: false });
    scripted.play(1);
    for (const reason of [6, undefined, 0] as const) {
      scripted.play(10);
      const recording = record(recorder);
      await until('the past', () => recording.packets.length >= 2);
      recorder.closeRecordingStream(1, reason);
      await recording.taking;
      expect(videoOf(recording.fragments()[0])?.time).toBe(0);
    }
    expect(logger.lines.filter((line) => line.includes('broken off'))).toEqual([
      'Door: the home hub has broken off a recording: timeout',
    ]);
  });

  it('ends the recording where the pictures become others: the parameter sets are sent already', async () => {
    const scripted = await ScriptedFeed.open();
    const { recorder } = await armed(scripted, { sound: false });
    scripted.play(11);
    const recording = record(recorder);
    await until('the past', () => recording.packets.length >= 2);
    scripted.play(1);
    await scripted.show(1, 'sub');
    scripted.play(4);
    await recording.taking;
    expect(recording.packets.at(-1)?.isLast).toBe(true);
    const { path } = await anyFfmpeg();
    expect((await examine(path, recording.mp4())).complaints).toBe('');
  });

  it('turns H.265 into H.264 with keyframes at the interval that was chosen, the past included', async () => {
    const scripted = await ScriptedFeed.open('h265');
    const { recorder, ffmpeg } = await armed(scripted);
    const recording = await recordTwo(scripted, recorder);
    const { complaints, streams } = await examine(ffmpeg.path, recording.mp4());
    expect(complaints).toBe('');
    expect(streams[0]).toMatch(/h264.*1280x720/);
    for (const fragment of recording.fragments()) {
      const run = videoOf(fragment);
      expect(run?.samples[0]?.sync).toBe(true);
      expect(run?.samples).toHaveLength(4 * FPS);
      expect(run?.samples.reduce((sum, { duration }) => sum + duration, 0)).toBeCloseTo(4 * 90_000, -2);
    }
    await until('no process', () => ffmpeg.children.running === 0);
  });

  it('says so where no more processes may be started for an encoder', async () => {
    const scripted = await ScriptedFeed.open('h265');
    // No time passes, however long it takes to use them up.
    const children = new Children({ clock: new ManualClock() });
    const { recorder, logger, counters } = await armed(scripted, {
      sound: false,
      ffmpeg: { ...(await anyFfmpeg()), children },
    });
    const used = Array.from({ length: limits.videoChild.startsOfOne }, () =>
      children.start('video', '/nowhere', [], { name: 'Door' }),
    );
    await Promise.all(used.map(({ exited }) => exited));
    scripted.play(11);
    await expect(record(recorder).taking).rejects.toBeInstanceOf(hap.HDSProtocolError);
    expect(logger.lines).toContainEqual(
      expect.stringMatching(/^Door: recording failed: .*too many processes were started within a minute$/),
    );
    // Where `diagnose()` of that NVR finds it.
    expect(counters.hits).toMatchObject([{ limit: 'videoChild.startsOfOne', count: 1 }]);
  });

  it('turns groups of pictures that are too long into fragments that are not', async () => {
    const scripted = await ScriptedFeed.open();
    scripted.keyframes = 5 * GROUP;
    const { recorder } = await armed(scripted, { sound: false });
    scripted.play(9);
    const recording = record(recorder);
    await until('the past', () => recording.packets.length >= 3);
    recorder.closeRecordingStream(1, 0);
    await recording.taking;
    expect(recording.fragments().map((fragment) => videoOf(fragment)?.samples.length)).toEqual([4 * FPS, 4 * FPS]);
  });

  it('records the sub stream where the main stream is H.265 and nothing here can encode', async () => {
    const [main, side] = [await ScriptedFeed.open('h265'), await ScriptedFeed.open()];
    const { recorder, logger } = await armed(main, { ffmpeg: noFfmpeg });
    recorder.look((stream) => (stream === 'main' ? main.feed : side.feed));
    main.play(1);
    await until('the other feed', () => side.opened === 1);
    main.play(1);
    expect(main.feed.warm).toBe(false);
    side.play(11);
    const recording = record(recorder);
    await until('the past', () => recording.packets.length >= 2);
    recorder.closeRecordingStream(1, 0);
    await recording.taking;
    const { path } = await anyFfmpeg();
    expect((await examine(path, recording.mp4())).complaints).toBe('');
    expect(logger.lines.filter((line) => line.includes('failed'))).toEqual([]);
  });

  it('refuses where nothing can come, without a trace in the console', async () => {
    const scripted = await ScriptedFeed.open();
    const { recorder } = await armed(scripted);
    recorder.look(undefined);
    await expect(record(recorder).taking).rejects.toBeInstanceOf(hap.HDSProtocolError);
  });
});
