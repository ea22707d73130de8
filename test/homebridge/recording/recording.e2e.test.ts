import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../../packages/simulator/src/index.js';
import { HapHome } from '../../support/hap/hap-home.js';
import { connectedLine, HomebridgeProcess } from '../../support/hap/homebridge-process.js';
import { decodePictures } from '../../support/hap/pictures.js';
import {
  eventTriggers,
  RecordingHub,
  type RecordingStream,
  selectedConfiguration,
} from '../../support/hap/recording-hub.js';
import { isWellFormed, videoOf } from '../../support/hap/well-formed.js';
import { decodeSound } from '../../support/mp4.js';
import { packedPackage } from '../../support/packed-package.js';
import { until } from '../../support/until.js';
import { anyFfmpeg } from '../live/camera.js';

let simulator: Simulator;
let homebridge: HomebridgeProcess;
let home: HapHome;
const hubs: RecordingHub[] = [];

beforeAll(async () => {
  const plugins = await packedPackage();
  simulator = await Simulator.start({ mac: '00:11:14:00:0d:01' });
  const { host, port } = simulator;
  const nvr = {
    name: 'House',
    host,
    port,
    username: 'admin',
    password: 'admin123',
    cameras: [{ channel: 4, sound: 'off', doorbell: 'input 3' }],
  };
  homebridge = await HomebridgeProcess.start({ plugins, platform: { nvrs: [nvr] } });
  home = await HapHome.pair(homebridge);
  await homebridge.line(connectedLine('House', 4));
}, 180_000);

afterAll(async () => {
  for (const hub of hubs) await hub.close();
  await home?.close();
  await homebridge?.dispose();
  await simulator?.stop();
});

async function openHub(channel: number): Promise<RecordingHub> {
  const hub = await RecordingHub.open(home, await home.camera(channel));
  hubs.push(hub);
  return hub;
}

describe('HomeKit Secure Video', () => {
  let streams: RecordingStream[];

  it('records several cameras from before the motion until the hub has enough, with sound or without', async () => {
    const [second, third] = [await home.camera(2), await home.camera(3)];
    await RecordingHub.arm(home, second);
    await RecordingHub.arm(home, third, { sound: false });
    await opensFeeds(0);
    // One that is not armed has its small one open, for who may look.
    await until('the sub stream of camera 4', () => simulator.requests.some(({ path }) => path.endsWith('/live/4/1')));
    const armed = performance.now();
    const [one, other] = [await openHub(2), await openHub(3)];
    const motion = [second, third].map((camera) => camera.service('MotionSensor').id('MotionDetected'));
    const watch = await home.watch(motion);
    // As much of the past as HomeKit asks for, and a keyframe before it.
    await until('a past', () => performance.now() - armed > 6500);
    const trigger = Date.now();
    for (const channel of [2, 3]) simulator.motion(channel);
    for (const id of motion) await watch.change(id, true);
    await watch.close();
    streams = [await one.record(), await other.record()];
    for (const stream of streams) await until('two fragments', () => stream.fragments.length >= 2);
    streams[1]?.close();

    for (const [index, stream] of streams.entries()) {
      await isWellFormed(stream, index === 0);
      const { marks } = await decodePictures('mp4', stream.mp4);
      expect(new Set(marks.map((mark) => mark?.channel))).toEqual(new Set([index + 2]));
      // Pictures tell the time: those of the first fragment are from before the motion, by HomeKit's 4 s at least.
      const lead = ((trigger / 1000) % 10) - (marks[0]?.picture ?? NaN) / 15;
      expect((lead + 10) % 10).toBeGreaterThanOrEqual(4 - 0.1);
      const count = videoOf(stream.fragments[0]?.data).samples.length;
      const pictures = Array.from({ length: count }, (_, at) => ((marks[0]?.picture ?? 0) + at) % 150);
      expect(marks.slice(0, count).map((mark) => mark?.picture)).toEqual(pictures);
    }
    await until('one encoder of sound, and none for pictures', async () => (await encoders()).length === 1);
  });

  it('ends a recording properly where the NVR goes away', async () => {
    const [stream] = streams;
    const from = simulator.requests.length;
    await simulator.restart(100);
    await until('the last fragment', () => stream?.packets.at(-1)?.isLast);
    stream?.acknowledge();
    await until('no process', async () => (await encoders()).length === 0);
    if (stream) await isWellFormed(stream, true);
    expect(stream?.broken).toBeUndefined();
    await opensFeeds(from);
  });

  it('keeps the choice of the user over a restart of Homebridge in the middle of a recording, and records again', async () => {
    const cut = await (await openHub(2)).record();
    await until('a fragment', () => cut.fragments.length >= 1);
    const [encoder] = await encoders();
    expect(encoder?.command).toContain('aac');
    // The limit of Homebridge's verification.
    expect(await homebridge.terminate()).toBeLessThan(12_000);
    const left = () => readFile(`/proc/${encoder?.pid}/cmdline`, 'utf8').catch(() => '');
    await until('no process', async () => (await left()) === '', 1000);
    await until('nothing open', () => simulator.openSockets === 0);
    // What the hub has got can be kept.
    await isWellFormed(cut, true);
    const [from, asked] = [homebridge.lines.length, simulator.requests.length];
    await homebridge.start();
    await homebridge.line(connectedLine('House', 4), from);
    await opensFeeds(asked);
    const camera = await home.camera(2);
    const management = camera.service('CameraRecordingManagement');
    expect(management.values).toMatchObject({ Active: 1, RecordingAudioActive: 1 });
    expect(management.values.SelectedCameraRecordingConfiguration).toBe(selectedConfiguration());
    const stream = await (await openHub(2)).record();
    await until('the start', () => stream.packets.length >= 2);
    // Switched off in Home: what has come is sent, and that was it.
    await home.set(management.id('Active'), 0);
    await until('the last fragment', () => stream.packets.at(-1)?.isLast);
    stream.acknowledge();
    await isWellFormed(stream, true);
    await expect((await openHub(2)).record()).rejects.toThrow('refused');
  });

  it('offers to be begun by a ring, and records what is asked for then, silent for a camera that nobody may hear, whatever Home asks for', async () => {
    const camera = await home.camera(4);
    // Motion, and rings.
    for (const each of [camera, await home.camera(2)]) {
      const { values } = each.service('CameraRecordingManagement');
      expect(eventTriggers(values.SupportedCameraRecordingConfiguration)).toBe(0b11);
    }
    await RecordingHub.arm(home, camera);
    const press = camera.service('Doorbell').id('ProgrammableSwitchEvent');
    const watch = await home.watch([press]);
    simulator.setPin(3, 1);
    await watch.change(press, 0);
    await watch.close();
    const stream = await (await openHub(4)).record();
    await until('a fragment', () => stream.fragments.length >= 1);
    stream.close();
    await isWellFormed(stream, true);
    const { path } = await anyFfmpeg();
    const samples = await decodeSound(path, stream.mp4, 16_000);
    expect(samples.length).toBeGreaterThan(16_000);
    expect(samples.findIndex((sample) => Math.abs(sample) > 50)).toBe(-1);
  });

  it('is nothing that anybody complains about', () => {
    expect(homebridge.troubles).toEqual([]);
    expect(homebridge.lines.filter((line) => /HDS|recording failed|broken off/.test(line))).toEqual([]);
    expect(simulator.refused).toEqual([]);
  });
});

describe('somebody who speaks as a home hub', () => {
  it('does not end Homebridge, whether it is paired or only finds the port', async () => {
    const from = homebridge.lines.length;
    const good = await openHub(4);
    const stranger = connect(good.socket.remotePort ?? 0, '127.0.0.1');
    stranger.end(Buffer.concat([Buffer.from([1, 0, 0, 10]), Buffer.alloc(26)]));
    await once(stranger, 'close');
    for (const payload of [Buffer.alloc(0), Buffer.from([1, 4, 4])]) {
      const hub = await openHub(4);
      hub.socket.write(hub.frame(payload));
      await once(hub.socket, 'close');
    }
    const stream = await good.record();
    await until('a fragment', () => stream.fragments.length >= 1);
    stream.close();
    expect(homebridge.lines.slice(from).filter((line) => line.includes('cannot be read'))).toHaveLength(3);
  });
});

/** The main streams of the armed cameras are asked for, and no other. @param from number of the first request that counts */
async function opensFeeds(from: number): Promise<void> {
  const asked = () => simulator.requests.slice(from).flatMap(({ path }) => /\/live\/\d+\/0/.exec(path)?.[0] ?? []);
  await until('a feed for each armed camera', () => asked().length >= 2);
  expect(new Set(asked())).toEqual(new Set(['/live/2/0', '/live/3/0']));
}

/** Child processes, but for the one that stands by for snapshots. */
async function encoders() {
  return (await homebridge.children()).filter(({ command }) => !command.includes('image2pipe'));
}
