import { afterEach, describe, expect, it } from '@jest/globals';
import { CameraEncodings } from '../../../src/homebridge/live/camera-encodings.js';
import { HardwareEncoding } from '../../../src/homebridge/live/hardware-encoding.js';
import { inputArguments } from '../../../src/homebridge/live/transcode-arguments.js';
import { Transcoder } from '../../../src/homebridge/live/transcoder.js';
import { type Child, Children, type HardwareEncoder, PROVEN_AT_ONCE } from '../../../src/shared/ffmpeg/index.js';
import { type Clock, ManualClock, silentLogger, systemClock } from '../../../src/shared/index.js';
import { LimitCounters } from '../../../src/shared/internal.js';
import type { VideoFrame } from '../../../src/shared/codec/frame.js';
import { until } from '../../support/until.js';
import { ScriptedFeed } from '../recording/scripted-feed.js';
import { anyFfmpeg, openCamera, recordingLogger } from './camera.js';
import { Phone } from './phone.js';
import { accessUnits, decodedMarks } from './pictures.js';

/** Software in the place of hardware, which this machine need not have. */
const encoder: HardwareEncoder = {
  name: 'libx264',
  device: [],
  intake: 'format=yuv420p',
  profiles: { 66: 'baseline', 77: 'main', 100: 'high' },
  options: ['-preset', 'superfast', '-tune', 'zerolatency'],
};
const HOUR = 3_600_000;

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

class WatchedChildren extends Children {
  /** Those that encode video for viewers, and whether by what counts as hardware. */
  readonly encoders: { readonly child: Child; readonly hardware: boolean }[] = [];
  proofs = 0;
  /** What becomes of those by hardware: they end at once, or are not there. */
  fate: 'dead' | 'missing' | undefined;

  override start(...request: Parameters<Children['start']>): Child {
    const [purpose, path, args, ...rest] = request;
    // Only hardware is told the level so.
    const hardware = args[args.indexOf('-level:v') + 1] === '40';
    const child = super.start(purpose, hardware && this.fate === 'missing' ? `${path}-missing` : path, args, ...rest);
    if (purpose === 'probe') this.proofs += 1;
    else this.encoders.push({ child, hardware });
    if (this.fate === 'dead' && hardware) child.kill();
    return child;
  }
}

async function proven() {
  const children = new WatchedChildren();
  const ffmpeg = { ...(await anyFfmpeg()), children };
  const hardware = HardwareEncoding.of(children, () => [encoder]);
  const logger = recordingLogger();
  const clock = new ManualClock();
  await hardware.prove({ ffmpeg, clock, logger, signal: AbortSignal.any([]) });
  expect(logger.lines).toEqual([expect.stringMatching(/encoded by hardware from now on \(libx264\)/)]);
  return { children, ffmpeg, hardware, clock };
}

/** A camera that films in H.265 as the test says, on a machine whose hardware is proven. */
async function filming() {
  const { children, ffmpeg, hardware } = await proven();
  const main = await ScriptedFeed.open('h265', 'main');
  main.sound = false;
  let ahead = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + ahead };
  const camera = await openCamera({}, { ffmpeg, clock });
  camera.client.feed = () => main.feed;
  endings.push(() => camera[Symbol.asyncDispose]());
  const standing = main.feed.subscribe({ frame: () => undefined });
  endings.push(() => standing.close());
  main.play(0.5);
  const open = async () => {
    const phone = await Phone.open(camera.streaming);
    endings.push(() => phone[Symbol.dispose]());
    await phone.prepare();
    await phone.start();
    return phone;
  };
  const pictures = (phone: Phone) => accessUnits(phone.video.packets);
  const arrive = (phone: Phone, count: number) => until(`${count} pictures`, () => pictures(phone).length >= count);
  const film = async (phone: Phone, count: number) => {
    for (let picture = 0; picture < count; picture += 1) {
      const seen = pictures(phone).length;
      main.play(1 / 15);
      await until('the picture', () => pictures(phone).length > seen);
    }
  };
  /** Nothing comes for so long, s. */
  const stall = (seconds: number) => void (ahead += seconds * 1000);
  /** What the camera films in so long comes at its pace, s. */
  const pass = (seconds: number) => {
    for (let picture = 0; picture < seconds * 15; picture += 1) {
      main.play(1 / 15);
      stall(1 / 15);
    }
  };
  const marks = async (phone: Phone) => decodedMarks(ffmpeg.path, pictures(phone));
  // The log has each once, diagnose() shows them.
  const told = () => camera.client.limits.hits.filter(({ limit }) => limit === 'hardwareEncoder.failures');
  return { main, children, hardware, camera, open, arrive, film, stall, pass, marks, told };
}

const kinds = (children: WatchedChildren) => children.encoders.map(({ hardware }) => hardware);

describe('hardware that is proven', () => {
  it('encodes what is watched, for all who ask for the same', async () => {
    const { children, open, arrive, film, marks, told } = await filming();
    const phones = [await open(), await open()];
    for (const phone of phones) await arrive(phone, 1);
    for (const phone of phones) await film(phone, 5);
    expect(kinds(children)).toEqual([true]);
    for (const phone of phones) expect(await marks(phone)).not.toContain(undefined);
    expect(told()).toEqual([]);
  });

  it('gives way to software where it ends in mid-stream: every view goes on, and one line tells', async () => {
    const { children, hardware, open, arrive, film, marks, told, camera } = await filming();
    const phones = [await open(), await open()];
    for (const phone of phones) await arrive(phone, 1);
    children.encoders[0]?.child.kill();
    for (const phone of phones) await arrive(phone, 2);
    for (const phone of phones) await film(phone, 3);
    expect(kinds(children)).toEqual([true, false]);
    expect(camera.streaming.live.sessions).toBe(2);
    for (const phone of phones) expect(await marks(phone)).not.toContain(undefined);
    const first = expect.stringMatching(/^Camera 1: live view: software encodes for an hour, libx264: ffmpeg ended/);
    expect(told()).toEqual([{ limit: 'hardwareEncoder.failures', count: 1, first }]);
    expect(hardware.take()).toBeUndefined();
  });

  it('gives way where it takes pictures and gives none', async () => {
    const { children, open, arrive, film, pass, told, camera } = await filming();
    const phone = await open();
    await arrive(phone, 1);
    const pid = children.encoders[0]?.child.pid ?? NaN;
    process.kill(pid, 'SIGSTOP');
    pass(2.8);
    expect(kinds(children)).toEqual([true]);
    pass(0.6);
    await until('the other encoder', () => children.encoders.length === 2);
    const seen = phone.video.packets.length;
    await until('pictures', () => phone.video.packets.length > seen);
    await film(phone, 3);
    expect(kinds(children)).toEqual([true, false]);
    expect(told().map(({ first }) => first)).toEqual([expect.stringContaining('it gives no pictures')]);
    expect(camera.streaming.live.sessions).toBe(1);
  });

  it('gives way where it shows nothing from the beginning', async () => {
    const { children, hardware, open, arrive, film, camera } = await filming();
    children.fate = 'dead';
    const phone = await open();
    await arrive(phone, 1);
    await film(phone, 3);
    expect(kinds(children)).toEqual([true, false]);
    expect(camera.streaming.live.sessions).toBe(1);
    // This camera's pictures may be the reason: others go on with it.
    expect(hardware.take()).toBe(encoder);
  });

  it('is not given up for what comes at once after the network was away', async () => {
    const { main, children, open, arrive, film, stall, told } = await filming();
    const phone = await open();
    await arrive(phone, 1);
    const pid = children.encoders[0]?.child.pid ?? NaN;
    process.kill(pid, 'SIGSTOP');
    stall(4);
    main.play(4);
    process.kill(pid, 'SIGCONT');
    await arrive(phone, 60);
    await film(phone, 3);
    expect(kinds(children)).toEqual([true]);
    expect(told()).toEqual([]);
  });

  it('has time to load its driver and to decode what is kept before it shows something', async () => {
    const feed = await ScriptedFeed.open();
    const children = new WatchedChildren();
    const ffmpeg = { ...(await anyFfmpeg()), children };
    const ends: string[] = [];
    const transcoder = new Transcoder({
      ...{ ffmpeg, owner: { name: 'silent' }, codec: 'h264', fps: 15, inside: 300 },
      patience: { clock: feed.clock, ms: 3000 },
      // It takes pictures and gives none.
      arguments: [...inputArguments('h264', 15), '-f', 'null', '-'],
      onPicture: () => undefined,
      onFailure: (_reason, by) => ends.push(by),
    });
    const standing = feed.feed.subscribe({
      frame: (frame) => void (frame.kind === 'video' && transcoder.write(frame, 0)),
    });
    feed.play(4.9);
    const isFed = children.encoders[0]?.child.stdin?.writable;
    feed.play(0.4);
    await until('its end', () => ends.length > 0);
    expect([isFed, ends]).toEqual([true, ['encoder']]);
    standing.close();
  });

  it('is not blamed where no process could be started', async () => {
    const { children, hardware, camera, open, told } = await filming();
    children.fate = 'missing';
    await open();
    await until('its end', () => camera.streaming.live.sessions === 0);
    expect(told()).toEqual([]);
    expect(hardware.take()).toBe(encoder);
  });

  it('takes no more streams than it was proven with', async () => {
    const { hardware } = await proven();
    const taken = Array.from({ length: PROVEN_AT_ONCE + 1 }, () => hardware.take());
    expect(taken).toEqual([...Array.from({ length: PROVEN_AT_ONCE }, () => encoder), undefined]);
    hardware.giveBack();
    expect(hardware.take()).toBe(encoder);
  });

  it('is proven anew an hour after it has failed, not before', async () => {
    const { hardware, clock } = await proven();
    expect(hardware.isUnknown(clock.now())).toBe(false);
    hardware.failed(clock.now());
    clock.advance(HOUR - 1);
    expect([hardware.isUnknown(clock.now()), hardware.take()]).toEqual([false, undefined]);
    clock.advance(1);
    expect(hardware.isUnknown(clock.now())).toBe(true);
  });
});

describe('a proof', () => {
  /** One stream to convert, without any phone. */
  async function converting(candidates: readonly HardwareEncoder[]) {
    const children = new WatchedChildren();
    const ffmpeg = { ...(await anyFfmpeg()), children };
    const hardware = HardwareEncoding.of(children, () => candidates);
    const clock = new ManualClock();
    const logger = recordingLogger();
    const camera = (name: string) => {
      const encodings = new CameraEncodings({
        feed: () => ({}),
        ffmpeg,
        clock,
        logger,
        limits: new LimitCounters(silentLogger),
        name,
      });
      endings.push(() => encodings.close());
      return encodings;
    };
    const [encodings, other] = [camera('Door'), camera('Yard')];
    const feed = await ScriptedFeed.open('h265');
    const pictures: VideoFrame[] = [];
    feed.feed.subscribe({ frame: (frame) => void (frame.kind === 'video' && pictures.push(frame)) });
    feed.play(0.2);
    const settings = { width: 320, height: 180, fps: 15, bitrate: 200, profile: 77 };
    const join = (camera = encodings) =>
      camera.join('main', { pictures, mediaTime: 0 }, settings, {
        picture: () => undefined,
        failed: () => undefined,
        outdated: () => undefined,
      });
    return { children, hardware, clock, encodings, other, logger, join };
  }

  it('waits until the host converts nothing, and has not for a while; a host is proven once', async () => {
    const { children, hardware, clock, join, encodings } = await converting([encoder]);
    const share = join();
    clock.advance(HOUR);
    expect(children.proofs).toBe(0);
    await share?.close();
    clock.advance(9999);
    const again = join();
    clock.advance(HOUR);
    await again?.close();
    expect(children.proofs).toBe(0);
    clock.advance(10_000);
    expect(children.proofs).toBe(1);
    await until('hardware', () => hardware.take() !== undefined);
    const { proofs } = children;
    hardware.giveBack();
    await join()?.close();
    clock.advance(HOUR);
    await encodings.close();
    expect(children.proofs).toBe(proofs);
  });

  it('is not made beside what another camera converts, nor before that has rested', async () => {
    const { children, hardware, clock, join, other } = await converting([encoder]);
    await join()?.close();
    clock.advance(9000);
    await join(other)?.close();
    clock.advance(9999);
    expect(children.proofs).toBe(0);
    clock.advance(1);
    expect(children.proofs).toBe(1);
    const share = join(other);
    await until('the end of the proof', () => children.running === 1);
    expect(hardware.isUnknown(clock.now())).toBe(true);
    await share?.close();
    clock.advance(10_000);
    await until('hardware', () => hardware.take() !== undefined);
  });

  it('that nothing passes leaves the work to software, and is not repeated', async () => {
    const { children, hardware, clock, join, logger } = await converting([{ ...encoder, name: 'h264_nowhere' }]);
    await join()?.close();
    clock.advance(10_000);
    await until('the line', () => logger.lines.some((line) => /h264_nowhere is not used: ffmpeg ended/.test(line)));
    expect(hardware.take()).toBeUndefined();
    await join()?.close();
    clock.advance(HOUR);
    expect([children.proofs, children.running]).toEqual([1, 0]);
    expect(kinds(children)).toEqual([false, false]);
  });

  it('is given up when its camera goes, and made by another one', async () => {
    const { children, hardware, clock, join, encodings } = await converting([encoder]);
    await join()?.close();
    clock.advance(10_000);
    expect(children.proofs).toBe(1);
    await encodings.close();
    expect(children.running).toBe(0);
    expect(hardware.isUnknown(clock.now())).toBe(true);
  });
});
