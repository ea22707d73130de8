import { describe, expect, it } from '@jest/globals';
import { encoderArguments, inputArguments } from '../../../src/homebridge/live/transcode-arguments.js';
import { Transcoder } from '../../../src/homebridge/live/transcoder.js';
import {
  mayConvert,
  partFor,
  recordingEncoders,
  recordingPreset,
} from '../../../src/homebridge/recording/recording-encoders.js';
import { type Child, Children, FLV_TO_PIPE } from '../../../src/shared/ffmpeg/index.js';
import type { VideoCodec } from '../../../src/shared/index.js';
import { examine, trackRuns } from '../../support/mp4.js';
import { decodePictures } from '../../support/hap/pictures.js';
import { until } from '../../support/until.js';
import { anyFfmpeg } from '../live/camera.js';
import { armed, record } from './armed.js';
import { FPS, GROUP, ScriptedFeed } from './scripted-feed.js';

const MiB = 2 ** 20;

/** Children of a host of its own, and what they were started with. */
class WatchedChildren extends Children {
  readonly started: { readonly child: Child; readonly args: readonly string[] }[] = [];

  override start(...request: Parameters<Children['start']>): Child {
    const child = super.start(...request);
    this.started.push({ child, args: request[2] });
    return child;
  }
}

/** An armed camera that films in H.265, on a host of its own. @param sub codec of its other stream; `undefined`: none */
async function filming(sub: VideoCodec | undefined) {
  const main = await ScriptedFeed.open('h265');
  const side = await ScriptedFeed.open(sub ?? 'h264', 'sub');
  const children = new WatchedChildren();
  const ffmpeg = { ...(await anyFfmpeg()), children };
  const { recorder, logger, counters } = await armed(main, { sound: false, ffmpeg, clock: main.clock });
  recorder.look((stream) => (stream === 'main' ? main : side).feed);
  main.play(11);
  const encoders = recordingEncoders(children);
  /** Others are recorded, and the machine does not keep up with them. */
  const busy = () => {
    while (mayConvert(encoders.facts)) encoders.add({ behind: 6000 });
  };
  /** What both streams show from now on. */
  const film = (seconds: number) => {
    for (let played = 0; played < seconds; played += 0.1) {
      if (sub) side.play(0.1);
      main.play(0.1);
    }
  };
  return { main, side, recorder, logger, counters, children, encoders, busy, film, path: ffmpeg.path };
}

const filmed = async (recording: ReturnType<typeof record>) =>
  new Set((await decodePictures('mp4', recording.mp4())).marks.map((mark) => mark?.stream));

/** Pictures of each fragment. */
const pictures = (recording: ReturnType<typeof record>) =>
  recording.fragments().map((fragment) => trackRuns(fragment).find(({ track }) => track === 1)?.samples.length);

describe('recordings on a machine that converts as many as it can', () => {
  it.each<readonly [string, VideoCodec, number]>([
    ['as it is where it is H.264', 'h264', 0],
    ['converted, which is little, where it is H.265 as well', 'h265', 1],
  ])('are made of the sub stream, %s', async (_case, codec, processes) => {
    const { recorder, children, counters, busy, film, path, encoders } = await filming(codec);
    busy();
    const { running } = encoders.facts;
    const recording = record(recorder);
    film(7);
    await until('a fragment', () => recording.packets.length >= 2);
    expect(children.started).toHaveLength(processes);
    // A quarter of the pixels of a main stream, so that the next camera's is converted as soon as a main stream ends.
    expect(encoders.facts.running).toBe(running + processes / 4);
    recorder.closeRecordingStream(1, 0);
    await recording.taking;
    expect((await examine(path, recording.mp4())).complaints).toBe('');
    expect(await filmed(recording)).toEqual(new Set(['sub']));
    // Of 4 s, though no past told how many pictures there are in a second.
    expect(pictures(recording)[0]).toBe(4 * FPS);
    // Where the log and diagnose() of that NVR find it.
    expect(counters.hits).toMatchObject([{ limit: 'recordingEncoder.perCore', count: 1 }]);
    expect(encoders.facts.running).toBe(running);
  });

  it('are made of the main stream after all where the sub stream shows nothing, with what is kept of before', async () => {
    const { recorder, children, encoders, busy, film, path } = await filming(undefined);
    busy();
    const { running } = encoders.facts;
    const recording = record(recorder);
    film(2.9);
    expect(children.started).toEqual([]);
    film(0.2);
    expect(children.started).toHaveLength(1);
    expect(encoders.facts.running).toBe(running + 1);
    await until('a fragment', () => recording.packets.length >= 2);
    recorder.closeRecordingStream(1, 0);
    await recording.taking;
    const { marks } = await decodePictures('mp4', recording.mp4());
    expect(new Set(marks.map((mark) => mark?.stream))).toEqual(new Set(['main']));
    // It begins before it was asked for, at 11 s.
    expect(marks[0]?.picture ?? NaN).toBeGreaterThanOrEqual(6 * FPS);
    expect(marks[0]?.picture ?? NaN).toBeLessThanOrEqual(9 * FPS);
    expect((await examine(path, recording.mp4())).complaints).toBe('');
    expect(encoders.facts.running).toBe(running);
  });

  const nothing = () => undefined;
  it.each<[string, number, (side: ScriptedFeed) => void, (side: ScriptedFeed) => void]>([
    ['is refused', 1, nothing, (side) => side.cut()],
    ['is closed already', 0, (side) => side.feed.close(), nothing],
  ])(
    'are made of the main stream after all, at once, where the sub stream %s',
    async (_case, opened, before, after) => {
      const { main, side, recorder, children, busy } = await filming(undefined);
      busy();
      const begin = main.seconds;
      before(side);
      const recording = record(recorder);
      expect(side.opened).toBe(opened);
      after(side);
      await until('an encoder', () => children.started.length > 0);
      expect(main.seconds).toBe(begin);
      recorder.closeRecordingStream(1, 0);
      await recording.taking;
    },
  );

  it('end while they wait for the sub stream, and leave nothing behind', async () => {
    const { main, recorder, children, busy } = await filming(undefined);
    busy();
    const recording = record(recorder);
    recorder.closeRecordingStream(1, 0);
    await recording.taking;
    const { pending } = main.clock;
    main.play(5);
    expect([children.started.length, recording.packets.length]).toEqual([0, 0]);
    expect(main.clock.pending).toBeLessThanOrEqual(pending);
  });

  it('have cheaper presets the more of them there are', async () => {
    const { recorder, children, encoders } = await filming('h264');
    for (let count = 0; count < encoders.facts.cores; count += 1) encoders.add({ behind: 0 });
    const recording = record(recorder);
    await until('a fragment', () => recording.packets.length >= 2);
    expect(children.started.map(({ args }) => args[args.indexOf('-preset') + 1])).toEqual(['ultrafast']);
    recorder.closeRecordingStream(1, 0);
    await recording.taking;
  });

  it.each([
    ['nothing runs', { cores: 1, running: 0, behind: 0 }, true, 'veryfast'],
    ['one runs on one core', { cores: 1, running: 1, behind: 6000 }, true, 'ultrafast'],
    ['two run on one core', { cores: 1, running: 2, behind: 0 }, false, 'ultrafast'],
    ['one runs on four cores', { cores: 4, running: 1, behind: 6000 }, true, 'veryfast'],
    ['half of the cores are busy', { cores: 4, running: 2, behind: 6000 }, true, 'superfast'],
    ['four cores have caught up with four', { cores: 4, running: 4, behind: 200 }, true, 'ultrafast'],
    ['four cores have not', { cores: 4, running: 4, behind: 4000 }, false, 'ultrafast'],
    ['four cores have two each', { cores: 4, running: 8, behind: 0 }, false, 'ultrafast'],
  ])('%s', (_case, facts, one, preset) => {
    expect([mayConvert(facts), recordingPreset(facts)]).toEqual([one, preset]);
  });
});

it.each([
  [{ width: 640, height: 360 }, 0.25],
  [{ width: 1280, height: 720 }, 1],
  [{ width: 3840, height: 2160 }, 1],
  [{ width: 16, height: 16 }, 0.1],
  // Nobody has said how large they are.
  [{ width: 0, height: 0 }, 1],
])('an encoder of pictures of %j counts as %d', (size, part) => {
  expect(partFor(size)).toBe(part);
});

describe('pictures that are converted', () => {
  it.each([
    ['nothing', { width: 0, height: 0 }],
    ['that they lie', { width: 1280, height: 720 }],
  ])('stand in a wide picture where they are upright, also where their frame headers say %s', async (_case, header) => {
    const main = await ScriptedFeed.open();
    const { recorder, ffmpeg } = await armed(main, { sound: false });
    await main.film(upright);
    main.header = header;
    main.play(11);
    const recording = record(recorder);
    await until('the past', () => recording.packets.length >= 2);
    recorder.closeRecordingStream(1, 0);
    await recording.taking;
    const { complaints, streams } = await examine(ffmpeg.path, recording.mp4());
    expect(complaints).toBe('');
    expect(streams).toEqual([expect.stringMatching(/h264.*1280x720/)]);
  });

  it('are not, where they lie, whatever their frame headers say', async () => {
    const main = await ScriptedFeed.open();
    const { recorder, ffmpeg } = await armed(main, { sound: false });
    main.header = { width: 720, height: 1280 };
    main.play(11);
    const recording = record(recorder);
    await until('the past', () => recording.packets.length >= 2);
    expect(ffmpeg.children.running).toBe(0);
    recorder.closeRecordingStream(1, 0);
    await recording.taking;
  });

  it('begin with keyframes at the right time also where nothing is kept of the past', async () => {
    const main = await ScriptedFeed.open('h265');
    const { recorder } = await armed(main, { sound: false });
    const recording = record(recorder);
    main.play(9);
    await until('two fragments', () => recording.packets.length >= 3);
    recorder.closeRecordingStream(1, 0);
    await recording.taking;
    expect(pictures(recording)).toEqual([4 * FPS, 4 * FPS]);
  });

  it('may be large: all of the past is given to the encoder in one go', async () => {
    const main = await ScriptedFeed.open();
    main.keyframes = 5 * GROUP;
    main.filler = 6 * MiB;
    const { recorder, logger } = await armed(main, { sound: false });
    main.play(9);
    const recording = record(recorder);
    await until('the past', () => recording.packets.length >= 3);
    recorder.closeRecordingStream(1, 0);
    await recording.taking;
    expect(logger.lines.filter((line) => line.includes('failed'))).toEqual([]);
  });
});

/** The same, turned by a quarter. */
async function upright(group: readonly Buffer[]): Promise<readonly Buffer[]> {
  const turned: Buffer[] = [];
  const transcoder = new Transcoder({
    ...{ ffmpeg: await anyFfmpeg(), owner: { name: 'turned' }, codec: 'h264', fps: FPS, inside: GROUP },
    arguments: [
      ...['-flags', 'low_delay', '-threads', '1', ...inputArguments('h264', FPS), '-vf', 'transpose=1'],
      ...encoderArguments({ profile: 77, bitrate: 1000, preset: 'ultrafast' }),
      ...['-g', `${GROUP}`, '-keyint_min', `${GROUP}`, '-sc_threshold', '0', ...FLV_TO_PIPE],
    ],
    onPicture: ({ nals }) => {
      turned.push(Buffer.concat([...nals].flatMap(({ data }) => [Buffer.from([0, 0, 0, 1]), data])));
    },
    onFailure: (reason) => {
      throw new Error(reason);
    },
  });
  for (const [index, data] of group.slice(0, GROUP).entries()) {
    const keyframe = index === 0;
    const frame = { kind: 'video', codec: 'h264', keyframe, width: 1280, height: 720, timestamp: 0, data } as const;
    transcoder.write(frame, 0);
  }
  await until('all of them', () => turned.length >= GROUP);
  await transcoder.close();
  return turned;
}
