import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { opusTone } from '../support/audio/opus.js';
import { toneIn } from '../support/audio/tone.js';
import { annexB } from '../support/hap/h264-depacketizer.js';
import { HapHome, type HomeAccessory, type HomeService } from '../support/hap/hap-home.js';
import type { CharacteristicName } from '../support/hap/hap-types.js';
import { connectedLine, HomebridgeProcess } from '../support/hap/homebridge-process.js';
import { LiveView } from '../support/hap/live-view.js';
import { oldestHomebridge } from '../support/hap/oldest-homebridge.js';
import { decodePictures, tile } from '../support/hap/pictures.js';
import { Received } from '../support/hap/received.js';
import { RecordingHub, type RecordingStream, selectedConfiguration } from '../support/hap/recording-hub.js';
import { examine } from '../support/mp4.js';
import { packedPackage } from '../support/packed-package.js';
import { until } from '../support/until.js';
import { anyFfmpeg } from './live/camera.js';

/** What the newest Homebridge is asked one by one, in short, of the oldest one on the oldest Node.js. */
let simulator: Simulator;
let installation: Awaited<ReturnType<typeof oldestHomebridge>>;
let homebridge: HomebridgeProcess;
let home: HapHome;
const hubs: RecordingHub[] = [];

beforeAll(async () => {
  const plugins = await packedPackage();
  installation = await oldestHomebridge();
  simulator = await Simulator.start({ mac: '00:11:14:00:0e:18', cameras: 2 });
  const { host, port } = simulator;
  const inputs = [{ pin: 1, name: 'Back door' }];
  const cameras = [
    { channel: 1, name: 'Front door', doorbell: 'input 3', talk: 'on', manualRecord: 'switch' },
    { channel: 2, sound: 'off' },
  ];
  const nvr = { name: 'House', host, port, username: 'admin', password: 'admin123', inputs, cameras, past: true };
  homebridge = await HomebridgeProcess.start({ plugins, platform: { nvrs: [nvr] }, installation });
  home = await HapHome.pair(homebridge);
  await homebridge.line(connectedLine('House', 2));
}, 300_000);

afterAll(async () => {
  for (const hub of hubs) await hub.close();
  await home?.close();
  await homebridge?.dispose();
  await simulator?.stop();
});

const door = () => home.accessory('Front door');

async function openHub(camera: HomeAccessory): Promise<RecordingHub> {
  const hub = await RecordingHub.open(home, camera);
  hubs.push(hub);
  return hub;
}

/** All that Home knows by numbers of its own: accessories, their services and characteristics. */
async function identities() {
  return (await home.accessories()).map(({ aid, name, services }) => [
    aid,
    name,
    services.map((service) => [service.name, names(service.values).map((name) => [name, service.id(name)])]),
  ]);
}

/** In an order of their own: that of a list means nothing. */
function names(values: HomeService['values']): CharacteristicName[] {
  return (Object.keys(values) as CharacteristicName[]).sort();
}

describe('on the oldest Homebridge and the oldest Node.js', () => {
  it('runs on those that the package names', async () => {
    const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(manifest.engines.homebridge).toMatch(/^\^1\.8\.5 /);
    expect(homebridge.lines.find((line) => line.includes('is running on port'))).toContain('v1.8.5');
    expect(manifest.engines.node).toMatch(/^\^22\.9\.0 /);
    const { stdout } = await promisify(execFile)(installation.node, ['--version']);
    expect(stdout.trim()).toBe('v22.9.0');
  });

  it('shows snapshots of both cameras, of the sizes that were asked for', async () => {
    for (const channel of [1, 2]) {
      const { aid } = await home.camera(channel);
      expect(await tile(home, aid, 640, 360)).toMatchObject({ width: 640, height: 360, marks: [{ channel }] });
    }
  });

  it('shows the camera live, with sound, and lets the phone talk', async () => {
    const received = new Received();
    const view = await LiveView.prepare(home, await door(), received);
    await view.start();
    await until('pictures', () => received.units.length > 30);
    const { path } = await anyFfmpeg();
    await view.say(opusTone(path, { hertz: 440, seconds: 1 }));
    await until('the tone at the loudspeaker', () => toneIn(440, simulator.talk(1).audio).length >= 0.9 * 8000);
    const last = () => {
      const { units } = received;
      return decodePictures('h264', annexB(units.slice(units.findLastIndex(({ keyframe }) => keyframe))));
    };
    await until('large pictures', async () => (await last()).width === 1280);
    expect(new Set((await last()).marks.map((mark) => mark?.channel))).toEqual(new Set([1]));
    await view.reconfigure({ width: 640, height: 360 });
    await until('smaller pictures', async () => (await last()).width === 640);
    await until('a second of sound', () => received.packets.filter(({ media }) => media === 'audio').length > 50);
    await view.stop();
    await view.close();
    expect(received.forgeries).toEqual([]);
  });

  it('rings, opens the contact of an input, shows motion, and switches', async () => {
    const camera = await door();
    const press = camera.service('Doorbell').id('ProgrammableSwitchEvent');
    const contact = (await home.accessory('House')).service('ContactSensor', 'Back door').id('ContactSensorState');
    const motion = camera.service('MotionSensor').id('MotionDetected');
    const watch = await home.watch([press, contact, motion]);
    for (const pin of [1, 3]) simulator.setPin(pin, 1);
    simulator.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    await watch.change(press, 0);
    await watch.change(contact, 1);
    await watch.change(motion, true);
    for (const pin of [1, 3]) simulator.setPin(pin, 0);
    await watch.change(contact, 0);
    await watch.close();
    const output = (await home.accessory('House')).service('Switch', 'Output 5').id('On');
    await home.set(output, true);
    expect(simulator.pin(5)).toBe(1);
    await home.set(output, false);
  });

  it('records what was before the motion, keeps all over a restart in the middle of it, and records again', async () => {
    await RecordingHub.arm(home, await door());
    const armed = performance.now();
    await records(armed, true);
    const children = (await homebridge.children()).map(({ pid }) => `/proc/${pid}/cmdline`);
    expect(children.length).toBeGreaterThan(0);
    const before = await identities();
    const from = homebridge.lines.length;
    // The limit of Homebridge's verification; Homebridge 1 takes 5 s for it with nothing to end.
    expect(await homebridge.terminate()).toBeLessThan(12_000);
    const left = () => Promise.all(children.map((each) => readFile(each, 'utf8').catch(() => '')));
    await until('no process', async () => (await left()).join('') === '', 1000);
    await homebridge.start();
    await homebridge.line(connectedLine('House', 2), from);
    const restarted = performance.now();
    expect(await identities()).toEqual(before);
    expect((await door()).service('CameraRecordingManagement').values).toMatchObject({
      ...{ Active: 1, SelectedCameraRecordingConfiguration: selectedConfiguration() },
    });
    (await records(restarted, false)).close();
  });

  it('plays the past', async () => {
    const received = new Received();
    const view = await LiveView.prepare(home, await home.accessory('House past'), received);
    await view.start();
    await until('pictures', () => received.units.length > 5);
    await view.stop();
    await view.close();
    expect(simulator.requests.some(({ path, upgrade }) => upgrade && /^\/playback\/1\/0$/.test(path))).toBe(true);
  });

  it('is nothing that anybody complains about', () => {
    expect(homebridge.troubles).toEqual([]);
    expect(homebridge.lines.filter((line) => /HDS|recording failed|: talk /.test(line))).toEqual([]);
    expect(simulator.refused).toEqual([]);
  });
});

/** One recording with sound that every ffmpeg can read, and goes on. @param since performance.now() from which the past was kept */
async function records(since: number, past: boolean): Promise<RecordingStream> {
  const camera = await door();
  const hub = await openHub(camera);
  if (past) await until('a past', () => performance.now() - since > 6500);
  const begin = performance.now();
  const stream = await hub.record();
  await until('a fragment', () => stream.fragments.length > 0);
  // Of 4 s, and there at once: it was filmed before.
  if (past) expect((stream.fragments[0]?.arrival ?? NaN) - begin).toBeLessThan(3500);
  const { complaints, streams } = await examine((await anyFfmpeg()).path, stream.mp4);
  expect(complaints).toBe('');
  expect(streams).toEqual([/h264.*1280x720/, /aac \(LC\).*16000 Hz/].map((track) => expect.stringMatching(track)));
  return stream;
}
