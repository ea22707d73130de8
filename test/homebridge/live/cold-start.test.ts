import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { FeedFollower } from '../../../src/homebridge/live/feed-follower.js';
import { StandingStreams } from '../../../src/homebridge/live/standing-streams.js';
import { Children, type Ffmpeg, noFfmpeg } from '../../../src/shared/ffmpeg/index.js';
import { type Frame, ManualClock, type VideoCodec } from '../../../src/shared/index.js';
import { until } from '../../support/until.js';
import { ScriptedFeed } from '../recording/scripted-feed.js';
import { anyFfmpeg, openCamera } from './camera.js';
import { Phone } from './phone.js';
import { accessUnits, decodedMarks, steps } from './pictures.js';

const bareNvr = { unheard: new Set<(path: string) => void>() };
const pictures = (phone: Phone) => accessUnits(phone.video.packets);

/** Of what is shown, in this order, each run once. */
async function shown(phone: Phone): Promise<string[]> {
  const marks = await decodedMarks((await anyFfmpeg()).path, pictures(phone));
  const streams = marks.map((mark) => mark?.stream ?? 'nothing');
  return streams.filter((stream, index) => stream !== streams[index - 1]);
}

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

interface Scene {
  readonly main?: VideoCodec;
  readonly sub?: VideoCodec;
  /** ms */
  readonly lingers?: number;
  readonly ffmpeg?: Ffmpeg;
  readonly standing?: StandingStreams;
}

/** A phone that is about to watch a camera whose streams film as the test says; neither has shown a keyframe yet. */
async function cold(scene: Scene = {}) {
  const { main: mainCodec = 'h264', sub: codec = 'h264', lingers = 0, ffmpeg = noFfmpeg, standing } = scene;
  const [main, sub] = await Promise.all([
    ScriptedFeed.open(mainCodec, 'main'),
    ScriptedFeed.open(codec, 'sub', lingers),
  ]);
  for (const feed of [main, sub]) feed.sound = false;
  const camera = await openCamera({}, { ffmpeg, standing });
  camera.client.feed = (_channel, stream) => (stream === 'main' ? main : sub).feed;
  endings.push(() => camera[Symbol.asyncDispose]());
  const phone = await Phone.open(camera.streaming);
  endings.push(() => phone[Symbol.dispose]());
  // A moment after a keyframe, which nobody saw.
  main.play(0.5);
  const prepare = () => phone.prepare();
  const arrive = (count: number) => until(`${count} pictures`, () => pictures(phone).length >= count);
  return { main, sub, phone, prepare, arrive, camera };
}

async function showsSubAtOnce({ sub, phone, prepare, arrive }: Awaited<ReturnType<typeof cold>>): Promise<void> {
  sub.play(20.5);
  await prepare();
  await phone.start();
  // Nothing was filmed since START.
  await arrive(7);
  expect(await shown(phone)).toEqual(['sub']);
  await phone.stop();
}

describe('a live view whose main stream has no keyframe yet', () => {
  it('shows the sub stream at once where that is warm, and the main stream from its keyframe on', async () => {
    const { main, sub, phone, prepare, arrive } = await cold();
    const warm = sub.feed.subscribe({ frame: () => undefined });
    endings.push(() => warm.close());
    sub.play(0.5);
    await prepare();
    await phone.start();
    // Nothing was filmed since START.
    await arrive(8);
    expect(await shown(phone)).toEqual(['sub']);
    main.play(0.2);
    sub.play(0.2);
    await arrive(11);
    main.play(2);
    sub.play(2);
    await arrive(20);
    expect(await shown(phone)).toEqual(['sub', 'main']);
    expect(Math.min(...steps(pictures(phone).map(({ timestamp }) => timestamp)))).toBeGreaterThan(0);
    expect(new Set(phone.video.packets.map(({ ssrc }) => ssrc)).size).toBe(1);
  });

  it('starts from what is kept for recordings where the camera is armed', async () => {
    const { main, phone, prepare, arrive } = await cold();
    const armed = main.feed.hold(6000);
    endings.push(() => armed.close());
    // Three groups of pictures, and nine pictures of the next.
    main.play(6.1);
    await prepare();
    await phone.start();
    // Nothing was filmed since START.
    await arrive(9);
    expect(pictures(phone)).toHaveLength(9);
    const marks = await decodedMarks((await anyFfmpeg()).path, pictures(phone));
    expect(marks.map((mark) => `${mark?.stream} ${mark?.picture}`)).toEqual(
      Array.from({ length: 9 }, (_, index) => `main ${90 + index}`),
    );
  });

  it('starts from the sub stream at once after an event, which has opened it for a while', async () => {
    const scene = await cold({ lingers: 30_000 });
    scene.camera.streaming.expectViewer();
    await showsSubAtOnce(scene);
    scene.sub.play(40);
    expect(scene.sub.feed.warm).toBe(false);
  });

  it('starts from the sub stream at any time where the NVR has the camera on line', async () => {
    const clock = new ManualClock();
    const scene = await cold({ standing: new StandingStreams(bareNvr, clock) });
    scene.camera.streaming.stand(true, false);
    clock.advance(5000);
    await showsSubAtOnce(scene);
    scene.camera.streaming.stand(false, false);
    expect(scene.sub.feed.warm).toBe(false);
  });

  it('shows whichever stream has a keyframe first', async () => {
    const { main, sub, phone, prepare, arrive } = await cold();
    await prepare();
    await phone.start();
    main.play(1);
    expect(pictures(phone)).toEqual([]);
    sub.play(0.3);
    await arrive(5);
    expect(await shown(phone)).toEqual(['sub']);
    main.play(1);
    await arrive(10);
    expect(await shown(phone)).toEqual(['sub', 'main']);
  });

  it('leaves the sub stream alone where the main stream is there first', async () => {
    const { main, sub, phone, prepare, arrive } = await cold();
    await prepare();
    await phone.start();
    main.play(2);
    sub.play(2);
    main.play(1);
    await arrive(20);
    expect(await shown(phone)).toEqual(['main']);
    expect(sub.feed.warm).toBe(false);
  });

  it('waits for it where the sub stream cannot be shown', async () => {
    const { main, sub, phone, prepare, arrive, camera } = await cold({ sub: 'h265' });
    await prepare();
    await phone.start();
    sub.play(1);
    main.play(2);
    await arrive(5);
    expect(await shown(phone)).toEqual(['main']);
    expect(camera.streaming.live.sessions).toBe(1);
  });

  it('stays with the sub stream as long as the main stream gives nothing', async () => {
    const { main, sub, phone, prepare, arrive, camera } = await cold();
    await prepare();
    await phone.start();
    sub.play(3);
    main.cut();
    sub.play(3);
    await arrive(80);
    expect(await shown(phone)).toEqual(['sub']);
    expect(camera.streaming.live.sessions).toBe(1);
  });
});

describe('four cold cameras at once', () => {
  it('each show a picture with their own first keyframe, of whichever stream that is', async () => {
    // Pictures of the main and of the sub stream from START up to the next keyframe, and that.
    const phases = [
      [23, 12],
      [5, 26],
      [29, 2],
      [14, 14],
    ] as const;
    const since = (pictures: number) => 2 - (pictures - 0.5) / 15;
    const cameras = await Promise.all(
      phases.map(async ([main, sub]) => {
        const scene = await cold();
        // It has filmed half a second of its main stream.
        scene.main.play(since(main) + 1.5);
        scene.sub.play(since(sub));
        return scene;
      }),
    );
    await Promise.all(
      cameras.map(async ({ prepare, phone }) => {
        await prepare();
        await phone.start();
      }),
    );
    const first: number[] = [];
    for (let picture = 1; picture <= 30; picture += 1) {
      for (const [index, { main, sub, phone, arrive }] of cameras.entries()) {
        for (const feed of [main, sub]) feed.play(1 / 15);
        if (first[index] !== undefined) continue;
        if (main.feed.warm || sub.feed.warm) {
          await arrive(1);
          first[index] = picture;
        } else expect(phone.video.packets).toEqual([]);
      }
    }
    expect(first).toEqual(phases.map((phase) => Math.min(...phase)));
  });
});

describe('a live view whose main stream must be converted', () => {
  /** Encoders begin once they are let. @param then what they are by then */
  async function held(then = 'exec "$FFMPEG" "$@"') {
    const folder = await mkdtemp(join(tmpdir(), 'held-'));
    endings.push(() => rm(folder, { recursive: true }));
    const real = await anyFfmpeg();
    const [path, gate] = [join(folder, 'ffmpeg'), join(folder, 'gate')];
    const script = ['#!/bin/sh', `FFMPEG='${real.path}'`, `while [ ! -e '${gate}' ]; do sleep 0.02; done`, then];
    await writeFile(path, script.join('\n'), { mode: 0o700 });
    const children = new Children();
    return { ffmpeg: { ...real, path, children }, children, letGo: () => writeFile(gate, '') };
  }

  /** Armed: its main stream is open, and a group of pictures is kept. */
  const arm = ({ main }: { main: ScriptedFeed }) => {
    const armed = main.feed.hold(6000);
    endings.push(() => armed.close());
    main.play(2.5);
  };

  const warm = ({ sub }: { sub: ScriptedFeed }) => {
    const opened = sub.feed.subscribe({ frame: () => undefined });
    sub.play(2.5);
    return opened;
  };

  it('shows the warm sub stream at once, and goes on with it up to the first converted picture', async () => {
    const { ffmpeg, letGo } = await held();
    const scene = await cold({ main: 'h265', ffmpeg });
    const { main, sub, phone, prepare, arrive } = scene;
    arm(scene);
    const opened = warm(scene);
    await prepare();
    await phone.start();
    opened.close();
    // Nothing was filmed since START, and no encoder runs.
    await arrive(8);
    main.play(0.4);
    sub.play(0.4);
    await arrive(14);
    expect(await shown(phone)).toEqual(['sub']);
    const before = pictures(phone).length;
    await letGo();
    await arrive(before + 1);
    expect(sub.feed.warm).toBe(false);
    main.play(0.4);
    sub.play(0.4);
    await arrive(before + 12);
    expect(await shown(phone)).toEqual(['sub', 'main']);
    expect(Math.min(...steps(pictures(phone).map(({ timestamp }) => timestamp)))).toBeGreaterThan(0);
    expect(new Set(phone.video.packets.map(({ ssrc }) => ssrc)).size).toBe(1);
  });

  it('keeps the pace of the sub stream meanwhile, though the clocks of the two streams are a second apart', async () => {
    const { ffmpeg } = await held();
    const scene = await cold({ main: 'h265', ffmpeg });
    const { main, sub, phone, prepare, arrive } = scene;
    main.ahead = 1010;
    arm(scene);
    const opened = warm(scene);
    await prepare();
    await phone.start();
    opened.close();
    await arrive(8);
    const before = pictures(phone).length;
    for (let picture = 0; picture <= 15; picture += 1) {
      main.play(1 / 15);
      sub.play(1 / 15);
    }
    await arrive(before + 16);
    const times = pictures(phone).map(({ timestamp }) => timestamp);
    expect(steps(times.slice(-16)).reduce((sum, step) => sum + step, 0)).toBe(90_000);
  });

  it('shows the sub stream where that has a keyframe before the first converted picture', async () => {
    const { ffmpeg, letGo } = await held();
    const scene = await cold({ main: 'h265', ffmpeg });
    const { main, sub, phone, prepare, arrive } = scene;
    await prepare();
    await phone.start();
    main.play(2);
    sub.play(1);
    await arrive(15);
    await letGo();
    await arrive(16);
    main.play(1);
    await arrive(30);
    expect(await shown(phone)).toEqual(['sub', 'main']);
  });

  it('needs no sub stream where others watch it converted already', async () => {
    const scene = await cold({ main: 'h265', ffmpeg: await anyFfmpeg() });
    const { sub, phone, prepare, arrive, camera } = scene;
    arm(scene);
    await prepare();
    await phone.start();
    await arrive(1);
    const opened = warm(scene);
    endings.push(() => opened.close());
    const other = await Phone.open(camera.streaming);
    endings.push(() => other[Symbol.dispose]());
    await other.prepare();
    await other.start();
    sub.play(1);
    await until('a picture', () => pictures(other).length >= 1);
    expect(await shown(other)).toEqual(['main']);
  });

  it('stays with the sub stream where its encoder comes to nothing', async () => {
    const { ffmpeg, letGo, children } = await held('exit 1');
    const scene = await cold({ main: 'h265', ffmpeg });
    const { main, sub, phone, prepare, arrive, camera } = scene;
    arm(scene);
    const opened = warm(scene);
    await prepare();
    await phone.start();
    opened.close();
    await arrive(8);
    await letGo();
    await until('no encoder', () => children.running === 0);
    main.play(0.4);
    sub.play(3);
    await arrive(50);
    expect(await shown(phone)).toEqual(['sub']);
    expect(camera.streaming.live.sessions).toBe(1);
  });

  it.each([
    ['is opened after an event', 'h265', 1],
    ['is not, where the main stream shows at once', 'h264', 0],
  ] as const)('of an armed camera: the sub stream %s', async (_, codec, opened) => {
    const scene = await cold({ main: codec, lingers: 30_000, ffmpeg: await anyFfmpeg() });
    arm(scene);
    scene.camera.streaming.expectViewer();
    expect(scene.sub.opened).toBe(opened);
  });
});

describe('a feed that stands in', () => {
  it('is not heard, and goes once the feed that is wanted has a keyframe', async () => {
    const [main, sub] = await Promise.all([ScriptedFeed.open('h264', 'main'), ScriptedFeed.open('h264', 'sub')]);
    const [starts, heard]: [string[], string[]] = [[], []];
    const seen: Frame[] = [];
    main.play(0.5);
    const follower = new FeedFollower({
      start: (_pictures, stream, standsIn) => starts.push(`${stream}${standsIn ? ' for now' : ''}`),
      picture: (frame) => seen.push(frame),
      sound: (_frame, stream) => heard.push(stream),
      interrupted: () => undefined,
    });
    follower.follow(main.feed, sub.feed);
    expect(follower.stream).toBe('main');
    sub.play(1);
    expect([starts, heard]).toEqual([['sub for now'], []]);
    main.play(2);
    expect(starts).toEqual(['sub for now', 'main']);
    expect(new Set(heard)).toEqual(new Set(['main']));
    const count = seen.length;
    sub.play(1);
    expect(seen).toHaveLength(count);
    follower.close();
    expect([main.feed.warm, sub.feed.warm]).toEqual([false, false]);
  });
});
