import { afterEach, describe, expect, it } from '@jest/globals';
import { liveEncoders, mayEncode, presetFor } from '../../../src/homebridge/live/live-encoders.js';
import { type Child, Children } from '../../../src/shared/ffmpeg/index.js';
import type { VideoCodec } from '../../../src/shared/index.js';
import { until } from '../../support/until.js';
import { ScriptedFeed } from '../recording/scripted-feed.js';
import { anyFfmpeg, openCamera, recordingLogger } from './camera.js';
import { Phone, type wish } from './phone.js';
import { accessUnits, decodedMarks, steps } from './pictures.js';

const pictures = (phone: Phone) => accessUnits(phone.video.packets);
const marks = async (phone: Phone) => decodedMarks((await anyFfmpeg()).path, pictures(phone));

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

class WatchedChildren extends Children {
  readonly started: Child[] = [];
  /** Those that are started from now on end at once. */
  dead = false;

  override start(...request: Parameters<Children['start']>): Child {
    const child = super.start(...request);
    this.started.push(child);
    if (this.dead) child.kill();
    return child;
  }
}

/** A camera that films in H.265 as the test says, a host of its own, and phones that ask for the same. */
async function filming({ sub: codec = 'h265' }: { sub?: VideoCodec } = {}) {
  const [main, sub] = await Promise.all([ScriptedFeed.open('h265', 'main'), ScriptedFeed.open(codec, 'sub')]);
  for (const feed of [main, sub]) feed.sound = false;
  const children = new WatchedChildren();
  const logger = recordingLogger();
  const camera = await openCamera({}, { ffmpeg: { ...(await anyFfmpeg()), children }, logger });
  camera.client.feed = (_channel, stream) => (stream === 'main' ? main : sub).feed;
  endings.push(() => camera[Symbol.asyncDispose]());
  const standing = main.feed.subscribe({ frame: () => undefined });
  endings.push(() => standing.close());
  main.play(0.5);
  const open = async (changes: Partial<typeof wish> = {}) => {
    const phone = await Phone.open(camera.streaming);
    endings.push(() => phone[Symbol.dispose]());
    await phone.prepare();
    await phone.start(changes);
    return phone;
  };
  const arrive = (phone: Phone, count: number) => until(`${count} pictures`, () => pictures(phone).length >= count);
  /** The camera films this much, picture by picture as fast as they are converted. */
  const film = async (phone: Phone, count: number) => {
    for (let picture = 0; picture < count; picture += 1) {
      const seen = pictures(phone).length;
      main.play(1 / 15);
      await until('the picture', () => pictures(phone).length > seen);
    }
  };
  /** Others keep the machine busy, and it does not keep up with them. */
  const busy = () => {
    const encoders = liveEncoders(children);
    while (mayEncode(encoders.facts)) encoders.add({ behind: 1000 });
  };
  return { main, sub, children, logger, camera, open, arrive, film, busy };
}

describe('viewers of one camera that is converted', () => {
  it('share one encoder where they ask for the same, and who comes late sees at once what it has made', async () => {
    const { children, open, arrive, film } = await filming();
    const first = await open();
    await arrive(first, 1);
    await film(first, 5);
    const late = await open();
    // Nothing was filmed since it began to watch.
    await arrive(late, 6);
    expect(children.running).toBe(1);
    expect(pictures(late)[0]?.keyframe).toBe(true);
    await film(late, 5);
    expect(children.running).toBe(1);
    expect((await marks(late)).map((mark) => mark?.picture)).toEqual((await marks(first)).map((mark) => mark?.picture));
    for (const phone of [first, late]) {
      const times = steps(pictures(phone).map(({ timestamp }) => timestamp));
      expect(Math.min(...times)).toBeGreaterThan(0);
      // Live ones keep the camera's pace: 15 a second, by timestamps of whole ms.
      for (const step of times.slice(-4)) expect(Math.abs(step - 6000)).toBeLessThanOrEqual(90);
    }
  });

  it('keep it for each other, whoever comes and goes, and the last one ends it', async () => {
    const { children, open, arrive, film } = await filming();
    const first = await open();
    await arrive(first, 1);
    const second = await open();
    await arrive(second, 1);
    await first.stop();
    await film(second, 3);
    const third = await open();
    await arrive(third, 4);
    second.vanish();
    await second.stop();
    await film(third, 3);
    expect(children.running).toBe(1);
    await third.stop();
    await until('no encoder is left', () => children.running === 0);
  });

  it('have one each where they ask for something else, also by RECONFIGURE, which leaves the other as it is', async () => {
    const { children, main, open, arrive, film } = await filming();
    const [first, second] = [await open(), await open()];
    await arrive(first, 1);
    await arrive(second, 1);
    expect(children.running).toBe(1);
    await second.reconfigure({ width: 960, height: 540 });
    await until('the other encoder', () => children.running === 2);
    await film(first, 3);
    // It comes back to what the other one has, and that is there at once.
    await second.reconfigure({});
    main.play(1 / 15);
    await until('one encoder', () => children.running === 1);
    await film(second, 3);
    const sizes = (phone: Phone) =>
      new Set(
        pictures(phone).flatMap(({ nalUnits }) =>
          nalUnits.filter((nal) => (nal.readUInt8(0) & 0x1f) === 7).map((nal) => nal.toString('hex')),
        ),
      ).size;
    expect(sizes(first)).toBe(1);
    expect(await marks(second)).not.toContain(undefined);
  });

  it('go over to a new encoder together once the NVR is back, on a machine that converts no more', async () => {
    const { main, children, open, arrive, film, busy, camera } = await filming();
    const phones = [await open(), await open()];
    for (const phone of phones) await arrive(phone, 1);
    busy();
    main.cut();
    main.play(3);
    for (const phone of phones) await arrive(phone, 6);
    await until('one encoder', () => children.running === 1);
    for (const phone of phones) await film(phone, 2);
    expect(camera.streaming.live.sessions).toBe(2);
    for (const phone of phones) expect(await marks(phone)).not.toContain(undefined);
  });

  it('go on with another encoder where theirs ends in mid-stream, together', async () => {
    const { children, open, arrive, film, camera } = await filming();
    const phones = [await open(), await open()];
    for (const phone of phones) await arrive(phone, 1);
    for (const child of children.started) child.kill();
    for (const phone of phones) await arrive(phone, 2);
    for (const phone of phones) await film(phone, 3);
    expect([children.running, children.started.length]).toEqual([1, 2]);
    expect(camera.streaming.live.sessions).toBe(2);
    for (const phone of phones) expect(await marks(phone)).not.toContain(undefined);
  });

  it('end with its reason where it shows nothing', async () => {
    const { children, open, arrive, camera, logger } = await filming();
    const phones = [await open(), await open()];
    for (const phone of phones) await arrive(phone, 1);
    // From now on it ends at once, as often as it is started.
    children.dead = true;
    for (const child of children.started) child.kill();
    await until('the end', () => camera.streaming.live.sessions === 0);
    expect(logger.lines.filter((line) => /live view ended: ffmpeg ended/.test(line))).toHaveLength(2);
    expect(liveEncoders(children).facts.running).toBe(0);
    expect(children.started.length).toBeLessThan(5);
  });
});

describe('a machine that converts as many streams as it can', () => {
  it('refuses a further view with one clear line, and nothing else is lost', async () => {
    const { sub, open, arrive, film, busy, camera, logger } = await filming();
    const first = await open();
    await arrive(first, 1);
    busy();
    const ended: string[] = [];
    camera.streaming.controller = { forceStopStreamingSession: (id) => void ended.push(id) };
    const other = await open({ width: 960, height: 540 });
    sub.play(1);
    await until('the end', () => ended.includes(other.sessionID));
    expect(other.video.packets).toEqual([]);
    expect(logger.lines.filter((line) => line.includes('live view ended'))).toEqual([
      'Camera 1: live view ended: this machine converts as many streams as it can at a time, and the camera sends H.265: ' +
        'set its sub stream to H.264',
    ]);
    // What diagnose() tells.
    expect(camera.client.limits.hits).toContainEqual(expect.objectContaining({ limit: 'liveEncoder.perCore' }));
    // Who asks for what is converted already costs nothing.
    const same = await open();
    await arrive(same, 1);
    await film(first, 3);
    expect(camera.streaming.live.sessions).toBe(2);
  });

  it('shows the sub stream where that needs no converting', async () => {
    const { sub, open, arrive, busy } = await filming({ sub: 'h264' });
    busy();
    const phone = await open();
    sub.play(1);
    await arrive(phone, 5);
    expect(new Set((await marks(phone)).map((mark) => mark?.stream))).toEqual(new Set(['sub']));
  });

  it('converts a view otherwise that was converted before', async () => {
    const { children, open, arrive, film, busy } = await filming();
    const phone = await open();
    await arrive(phone, 1);
    busy();
    await phone.reconfigure({ width: 960, height: 540 });
    await arrive(phone, 2);
    await until('one encoder', () => children.running === 1);
    await film(phone, 3);
    expect(await marks(phone)).not.toContain(undefined);
  });

  it.each([
    ['nothing runs', { cores: 1, running: 0, behind: 0 }, true, 'superfast'],
    ['one runs on one core', { cores: 1, running: 1, behind: 0 }, true, 'ultrafast'],
    ['two run on one core', { cores: 1, running: 2, behind: 0 }, false, 'ultrafast'],
    ['four cores have one each, however far behind', { cores: 4, running: 3, behind: 900 }, true, 'ultrafast'],
    ['four cores keep up with four', { cores: 4, running: 4, behind: 60 }, true, 'ultrafast'],
    ['four cores do not', { cores: 4, running: 4, behind: 900 }, false, 'ultrafast'],
    ['four cores have two each', { cores: 4, running: 8, behind: 0 }, false, 'ultrafast'],
    ['half of the cores are busy', { cores: 4, running: 2, behind: 0 }, true, 'ultrafast'],
    ['less than half of them', { cores: 4, running: 1, behind: 0 }, true, 'superfast'],
  ])('%s', (_, facts, one, preset) => {
    expect([mayEncode(facts), presetFor(facts)]).toEqual([one, preset]);
  });
});
