import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { annexB } from '../support/hap/h264-depacketizer.js';
import { HapHome, type HomeAccessory } from '../support/hap/hap-home.js';
import { connectedLine, HomebridgeProcess } from '../support/hap/homebridge-process.js';
import { LiveView, type LivePacket } from '../support/hap/live-view.js';
import { AUDIO_PAYLOAD_TYPE, VIDEO_PAYLOAD_TYPE } from '../support/hap/live-messages.js';
import { decodePictures, tile } from '../support/hap/pictures.js';
import { Received } from '../support/hap/received.js';
import { until } from '../support/until.js';
import { packedPackage } from '../support/packed-package.js';

/** Output that pulses, and one that stays. */
const [GATE, LAMP] = [5, 6];

let simulator: Simulator;
let homebridge: HomebridgeProcess;
let home: HapHome;

beforeAll(async () => {
  const plugins = await packedPackage();
  simulator = await Simulator.start({ mac: '00:11:14:00:0a:01' });
  const { host, port } = simulator;
  const outputs = [
    { pin: GATE, name: 'Gate', pulse: 1 },
    { pin: LAMP, name: 'Lamp' },
  ];
  const nvr = { name: 'House', host, port, username: 'admin', password: 'admin123', outputs };
  const inputs = [{ pin: 1, name: 'Back door' }];
  const cameras = [{ channel: 4, doorbell: 'input 3' }];
  homebridge = await HomebridgeProcess.start({ plugins, platform: { nvrs: [{ ...nvr, inputs, cameras }] } });
  home = await HapHome.pair(homebridge);
  await homebridge.line(connectedLine('House', 4));
}, 180_000);

afterAll(async () => {
  await home?.close();
  await homebridge?.dispose();
  await simulator?.stop();
});

describe('a camera in HomeKit', () => {
  it('is one accessory with its information, live view, sound and motion sensor', async () => {
    const cameras = (await home.accessories()).filter(({ services }) =>
      services.some(({ name }) => name === 'CameraRTPStreamManagement'),
    );
    expect(cameras).toHaveLength(4);
    for (const camera of cameras) {
      const { values } = camera.service('AccessoryInformation');
      expect(values).toMatchObject({ Manufacturer: expect.stringMatching(/./), Model: expect.stringMatching(/./) });
      expect(values.SerialNumber).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
      expect(values.FirmwareRevision).toMatch(/^\d+\.\d+\.\d+$/);
      expect(camera.service('MotionSensor').values.ConfiguredName).toBe(camera.name);
      camera.service('Microphone');
    }
    expect(new Set(cameras.map(({ name }) => name)).size).toBe(4);
  });

  it('is active while the NVR has it on line', async () => {
    const sensor = (await camera(2)).service('MotionSensor');
    await until('active', async () => (await home.get(sensor.id('StatusActive'))) && true);
    expect(await home.get(sensor.id('StatusFault'))).toBe(0);
  });

  it.each([
    [1, 1280, 720],
    [3, 640, 360],
    [4, 320, 180],
  ])('channel %i gives a snapshot of %ix%i of its own picture', async (channel, width, height) => {
    const { aid } = await camera(channel);
    expect(await tile(home, aid, width, height)).toMatchObject({ width, height, marks: [{ channel }] });
  });

  it('shows motion while the NVR reports it', async () => {
    const id = (await camera(3)).service('MotionSensor').id('MotionDetected');
    const watch = await home.watch([id]);
    simulator.throwEvent({ channel: 3, type: 'Motion', state: 'active' });
    await watch.change(id, true);
    simulator.throwEvent({ channel: 3, type: 'Motion', state: 'inactive' });
    await watch.change(id, false);
    await watch.close();
  });

  it('shows no motion for other events and other channels', async () => {
    const [first, second] = await Promise.all([1, 2].map(async (n) => (await camera(n)).service('MotionSensor')));
    const ids = [first, second].map((sensor) => sensor?.id('MotionDetected') ?? '');
    const watch = await home.watch(ids);
    simulator.throwEvent({ channel: 1, type: 'VideoLoss', state: 'active' });
    simulator.throwEvent({ channel: 1, type: 'VideoLoss', state: 'inactive' });
    simulator.throwEvent({ channel: 2, type: 'Motion', state: 'active' });
    await watch.change(ids[1] ?? '', true);
    simulator.throwEvent({ channel: 2, type: 'Motion', state: 'inactive' });
    await watch.change(ids[1] ?? '', false);
    expect(watch.changes.filter(({ id }) => id === ids[0])).toEqual([]);
    await watch.close();
  });
});

describe('live view', () => {
  it('is pictures of the channel with sound beside them, until STOP', async () => {
    const received = new Received();
    const view = await LiveView.prepare(home, await camera(2), received);
    await view.start();
    // 75 pictures at 15 per second are 5 s; sound may begin later, where its encoder is slow to start.
    await until('5 s of pictures', () => received.units.length >= 75);
    const sound = () => received.packets.filter(({ media }) => media === 'audio');
    await until('3 s of sound, 20 ms each', () => sound().length > 150);
    const audio = sound();
    expect(await liveChildren()).not.toEqual([]);
    await view.stop();
    const stopped = performance.now();
    await until('no child process', async () => (await liveChildren()).length === 0, 1000);

    const pictures = await decodePictures('h264', annexB(received.units));
    expect(received.units[0]?.keyframe).toBe(true);
    expect(received.depacketizer.lost).toBe(0);
    // It may begin with small ones, which were at hand.
    const newest = received.units.slice(received.units.findLastIndex(({ keyframe }) => keyframe));
    expect(await decodePictures('h264', annexB(newest))).toMatchObject({ width: 1280, height: 720 });
    expect(pictures.marks).toHaveLength(received.units.length);
    expect(new Set(pictures.marks.map((mark) => mark?.channel))).toEqual(new Set([2]));
    expect(received.packets.every(({ media, payloadType }) => payloadType === payloadTypeOf(media))).toBe(true);
    // Some networks carry no larger ones, whatever the phone asks for.
    expect(Math.max(...received.packets.map(({ size }) => size))).toBeLessThanOrEqual(1200);
    expect(received.forgeries).toEqual([]);
    const steps = audio.slice(1).map((packet, index) => (packet.timestamp - (audio[index]?.timestamp ?? 0)) >>> 0);
    const frame = (view.audioSampleRate ?? 0) * 20;
    expect(steps.filter((step) => step % frame !== 0)).toEqual([]);

    const count = received.packets.length;
    await until('a second without packets', () => performance.now() - stopped > 1500);
    expect(received.packets.length).toBe(count);
    await view.close();
  });

  it('gives the phone smaller pictures when it asks for them in mid-view, and larger ones again', async () => {
    const received = new Received();
    const view = await LiveView.prepare(home, await camera(2), received);
    await view.start();
    const shows = (width: number, height: number) =>
      until(`pictures of ${width}x${height}`, async () => {
        const begin = received.units.findLastIndex(({ keyframe }) => keyframe);
        if (begin === -1) return false;
        const pictures = await decodePictures('h264', annexB(received.units.slice(begin)));
        return pictures.width === width && pictures.height === height && pictures.marks.at(-1)?.channel === 2;
      });
    await shows(1280, 720);
    await view.reconfigure({ width: 640, height: 360 });
    await shows(640, 360);
    await view.reconfigure({});
    await shows(1280, 720);
    await view.stop();
    await view.close();
    expect(received.depacketizer.lost).toBe(0);
    expect(received.forgeries).toEqual([]);
  });

  it('ends when the phone is gone without STOP', async () => {
    const received = new Received();
    const view = await LiveView.prepare(home, await camera(1), received);
    await view.start();
    await until('pictures', () => received.units.length > 10);
    const status = (await camera(1)).services.find(({ name }) => name === 'CameraRTPStreamManagement');
    await view.close();
    await until('no child process', async () => (await liveChildren()).length === 0);
    await until('stream available', async () => {
      const value = Buffer.from(String(await home.get(status?.id('StreamingStatus') ?? '')), 'base64');
      return value.at(2) === 0;
    });
  });
});

describe("the NVR's alarm outputs", () => {
  it('are switches, named as configured', async () => {
    const { services } = await home.accessory('House');
    const switches = services.filter(({ name }) => name === 'Switch').map(({ values }) => values.ConfiguredName);
    expect(switches).toEqual(expect.arrayContaining(['Gate', 'Lamp', 'Output 7']));
  });

  it('are set from HomeKit', async () => {
    const id = (await home.accessory('House')).service('Switch', 'Lamp').id('On');
    await home.set(id, true);
    expect(simulator.pin(LAMP)).toBe(1);
    await home.set(id, false);
    expect(simulator.pin(LAMP)).toBe(0);
  });

  it('show in HomeKit what was set elsewhere', async () => {
    const id = (await home.accessory('House')).service('Switch', 'Lamp').id('On');
    const watch = await home.watch([id]);
    simulator.setPin(LAMP, 1);
    await watch.change(id, true);
    expect(await home.get(id)).toBe(1);
    simulator.setPin(LAMP, 0);
    await watch.change(id, false);
    await watch.close();
  });

  it('go off by themselves where a pulse is configured', async () => {
    const id = (await home.accessory('House')).service('Switch', 'Gate').id('On');
    const watch = await home.watch([id]);
    await home.set(id, true);
    expect(simulator.pin(GATE)).toBe(1);
    await until('off at the NVR', () => simulator.pin(GATE) === 0);
    await watch.change(id, false);
    await watch.close();
  });

  it('give an error where the NVR refuses, and stay as they are', async () => {
    const id = (await home.accessory('House')).service('Switch', 'Lamp').id('On');
    simulator.faults.errorReplies = true;
    await expect(home.set(id, true)).rejects.toThrow('HAP status -70402');
    simulator.faults.errorReplies = false;
    await until('what the NVR says', () =>
      home.get(id).then(
        (on) => on === simulator.pin(LAMP),
        () => false,
      ),
    );
  });
});

describe("the NVR's alarm inputs", () => {
  it('are contact sensors, named as configured, open while they are on', async () => {
    const contact = (await home.accessory('House')).service('ContactSensor', 'Back door').id('ContactSensorState');
    const watch = await home.watch([contact]);
    expect(await home.get(contact)).toBe(0);
    simulator.setPin(1, 1);
    await watch.change(contact, 1);
    simulator.setPin(1, 0);
    await watch.change(contact, 0);
    await watch.close();
  });

  it('ring at the camera that is a doorbell, and at no other', async () => {
    const bells = (await home.accessories()).filter(({ services }) => services.some(({ name }) => name === 'Doorbell'));
    expect(bells.map(({ name }) => name)).toEqual([(await camera(4)).name]);
    const press = (await camera(4)).service('Doorbell').id('ProgrammableSwitchEvent');
    expect(await home.get(press)).toBeNull();
    const watch = await home.watch([press]);
    simulator.setPin(3, 1);
    await watch.change(press, 0);
    simulator.setPin(3, 0);
    await watch.close();
  });

  it('of cameras are contact sensors of those cameras', async () => {
    const input = (of: HomeAccessory) => of.services.find(({ name }) => name === 'ContactSensor');
    const [one, two, three] = await Promise.all([1, 2, 3].map((channel) => camera(channel)));
    // As in the document's example (SDK 10.19): the third has none.
    expect([one, two, three].map((of) => of && input(of)?.values.ConfiguredName)).toEqual([
      'Camera 1 input',
      'Camera 2 input',
      undefined,
    ]);
    const contacts = [one, two].map((of) => of?.service('ContactSensor').id('ContactSensorState') ?? '');
    const watch = await home.watch(contacts);
    simulator.throwEvent({ channel: 2, type: 'InputAlarm', state: 'active' });
    await watch.change(contacts[1] ?? '', 1);
    simulator.throwEvent({ channel: 2, type: 'InputAlarm', state: 'inactive' });
    await watch.change(contacts[1] ?? '', 0);
    expect(watch.changes.filter(({ id }) => id === contacts[0])).toEqual([]);
    await watch.close();
  });
});

describe('all of this', () => {
  it('is asked of the NVR in the words of the SDK, and without an error', () => {
    expect(homebridge.troubles).toEqual([]);
    expect(simulator.refused).toEqual([]);
  });
});

function camera(channel: number): Promise<HomeAccessory> {
  return home.camera(channel);
}

/** Child processes of live views; a snapshot renderer stands by for the next snapshot. */
async function liveChildren() {
  const children = await homebridge.children();
  return children.filter(({ command }) => !command.includes('image2pipe'));
}

function payloadTypeOf(media: LivePacket['media']): number {
  return media === 'video' ? VIDEO_PAYLOAD_TYPE : AUDIO_PAYLOAD_TYPE;
}
