import { afterEach, describe, expect, it } from '@jest/globals';
import { FeedFollower } from '../../../src/homebridge/live/feed-follower.js';
import { noFfmpeg } from '../../../src/shared/ffmpeg/index.js';
import type { Frame, VideoCodec } from '../../../src/shared/index.js';
import { until } from '../../support/until.js';
import { ScriptedFeed } from '../recording/scripted-feed.js';
import { anyFfmpeg, openCamera } from './camera.js';
import { Phone } from './phone.js';
import { accessUnits, decodedMarks, steps } from './pictures.js';

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

/** A phone that is about to watch a camera whose streams film as the test says; neither has shown a keyframe yet. */
async function cold({ sub: codec = 'h264', lingers = 0 }: { sub?: VideoCodec; lingers?: number } = {}) {
  const [main, sub] = await Promise.all([ScriptedFeed.open('h264', 'main'), ScriptedFeed.open(codec, 'sub', lingers)]);
  for (const feed of [main, sub]) feed.sound = false;
  const camera = await openCamera({}, { ffmpeg: noFfmpeg });
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
    const { sub, phone, prepare, arrive, camera } = await cold({ lingers: 30_000 });
    camera.streaming.expectViewer();
    sub.play(20.5);
    await prepare();
    await phone.start();
    // Nothing was filmed since START.
    await arrive(7);
    expect(await shown(phone)).toEqual(['sub']);
    await phone.stop();
    sub.play(40);
    expect(sub.feed.warm).toBe(false);
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
