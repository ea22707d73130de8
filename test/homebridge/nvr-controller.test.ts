import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as hap from '@homebridge/hap-nodejs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { API } from 'homebridge';
import { PlatformAccessory } from '../../node_modules/homebridge/dist/platformAccessory.js';
import { type CameraConfiguration, type InputConfiguration, plainCamera } from '../../src/homebridge/config.js';
import { type NvrContext, readContext } from '../../src/homebridge/accessories/context.js';
import type { EverFocusAccessory } from '../../src/homebridge/accessories/registry.js';
import { NvrController, type NvrControllerOptions } from '../../src/homebridge/nvr/nvr-controller.js';
import { noFfmpeg } from '../../src/shared/ffmpeg/ffmpeg.js';
import { type Logger, ManualClock, MemoryStore, systemClock } from '../../src/shared/index.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';

const SYSTEM = 'GET /system/getSystemInfo';

/** What the NVR answers. Whatever is not here it refuses, as it does to a user without the right (SDK 10.6). */
const replies = new Map<string, unknown>([
  ['GET /admin/login', { realm: 'xnvr', qop: 'auth', nonce: 'n', opaque: '' }],
  ['POST /admin/login', { Result: 'OK', Description: 'userID=1' }],
  ['GET /admin/logout', { Result: 'OK' }],
  // Neither says its MAC: only the NVR tells them apart.
  ['GET /device/cameraList', [1, 2].map((ChannelID) => ({ ChannelID, Enable: true, DeviceName: `C${ChannelID}` }))],
]);
/** A camera that tells its MAC address. */
const listed = (ChannelID: number, id: number) => ({
  ...{ ChannelID, Enable: true, DeviceName: `C${id}`, MacAddress: `00:11:14:00:00:0${id}` },
});
const mayAsk = () => replies.set(SYSTEM, { model: 'ENR', serial: 'S1', software_version: '1.2.3' });
const mayNotAsk = () => replies.delete(SYSTEM);

const server = createServer((request, response) => {
  const reply = replies.get(`${request.method} ${request.url?.split('?')[0]}`) ?? {
    Result: 'Error',
    Description: 'no',
  };
  request.resume().on('end', () => response.end(JSON.stringify(reply)));
});
let port: number;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** What Homebridge notes of an accessory that it has taken. */
const bridged = { _associatedPlugin: 'homebridge-everfocus-nvr', _associatedPlatform: 'EverFocusNVR' };

/** Accessories that Homebridge keeps, in the order in which they were added. */
let kept: EverFocusAccessory[];
let room: number;
let lines: string[];
const open: NvrController[] = [];
beforeEach(() => {
  kept = [];
  room = 149;
});
afterEach(() => Promise.all(open.splice(0).map((controller) => controller.close())));

/** Starts Homebridge, as far as one NVR is concerned, and waits until that has been read. */
async function start(
  where: { host?: string; port: number; username: string; password: string } = { port, username: 'u', password: 'p' },
  inputs: readonly InputConfiguration[] = [],
  cameras: readonly (Partial<CameraConfiguration> & { readonly channel: number })[] = [],
  more: Partial<NvrControllerOptions> = {},
  faults = false,
): Promise<void> {
  await Promise.all(open.splice(0).map((controller) => controller.close()));
  lines = [];
  const say = (line: string) => void lines.push(line);
  const logger: Logger = { debug: () => undefined, info: say, warn: say, error: say };
  // As from its cache: objects of before have controllers of their own.
  const restored = kept.map((accessory) =>
    PlatformAccessory.deserialize(PlatformAccessory.serialize(accessory as never)),
  );
  kept = restored;
  const options = {
    configuration: {
      ...{ name: 'House', host: '127.0.0.1', ...where, https: false },
      ...{ recording: true, instant: false, faults, past: false, outputs: [], inputs },
      cameras: cameras.map((camera) => ({ ...plainCamera(camera.channel), ...camera })),
    },
    api: { hap, platformAccessory: PlatformAccessory } as unknown as API,
    // Sound is offered where it can be made.
    ffmpeg: { ...noFfmpeg, encoders: new Set(['libopus']) },
    ...{ pictures: undefined, logger, clock: systemClock, restored: kept, firstRead: () => [] },
    searchPlace: { interfaces: [] },
    store: { read: () => Promise.resolve(undefined), write: () => Promise.resolve() },
    registry: {
      has: (uuid: string) => kept.some(({ UUID }) => UUID === uuid),
      get room() {
        return Math.max(0, room - kept.length);
      },
      add: (accessories: readonly EverFocusAccessory[]) => {
        const taken = accessories.slice(0, room - kept.length);
        kept.push(...taken.map((accessory) => Object.assign(accessory, bridged)));
        return taken;
      },
      remove: (accessories: readonly EverFocusAccessory[]) =>
        void (kept = kept.filter((accessory) => !accessories.includes(accessory))),
      save: () => undefined,
    },
    ...more,
  };
  open.push(new NvrController(options));
  await until('the NVR has been read', () => lines.some((line) => line.startsWith('connected')));
}

const serials = () => kept.map(({ context }) => readContext(context)?.nvr.serial);
const shown = (type: typeof hap.Characteristic.Model) =>
  kept
    .find(({ displayName }) => displayName === 'House')
    ?.getService(hap.Service.AccessoryInformation)
    ?.getCharacteristic(type).value;

describe('cameras with a loudspeaker', () => {
  const camera = (name: string) => kept.find(({ displayName }) => displayName === name);
  const speaker = (name: string) => camera(name)?.getService(hap.Service.Speaker);
  const { Mute, Volume } = hap.Characteristic;

  it('have a speaker in Home, as it was left, also over restarts; the setting costs no accessory and no service', async () => {
    await start(undefined, [], [{ channel: 1, talk: true }]);
    expect(speaker('C2')).toBeUndefined();
    await speaker('C1')
      ?.getCharacteristic(Mute)
      .handleSetRequest(true, {} as never);
    await speaker('C1')
      ?.getCharacteristic(Volume)
      .handleSetRequest(40, {} as never);
    const uuids = kept.map(({ UUID }) => UUID);
    for (const talk of [[1], [2], [1, 2]]) {
      await start(
        undefined,
        [],
        talk.map((channel) => ({ channel, talk: true })),
      );
      expect(kept.map(({ UUID }) => UUID)).toEqual(uuids);
      for (const channel of [1, 2]) {
        expect(speaker(`C${channel}`) !== undefined).toBe(talk.includes(channel));
        expect(camera(`C${channel}`)?.getService(hap.Service.CameraRecordingManagement)).toBeDefined();
      }
    }
    expect(speaker('C1')?.getCharacteristic(Mute).value).toBe(true);
    expect(speaker('C1')?.getCharacteristic(Volume).value).toBe(40);
    expect(speaker('C2')?.getCharacteristic(Volume).value).toBe(100);
  });
});

describe('what the user chooses for a camera', () => {
  const uuids = () => kept.map(({ UUID }) => UUID).sort();
  const camera = (channel: number) =>
    kept.find(({ context }) => {
      const known = readContext(context);
      return known?.kind === 'camera' && known.channel === channel;
    });
  const services = (channel: number) =>
    camera(channel)?.services.map(({ displayName, UUID, subtype }) => [UUID, subtype, displayName]);
  const has = (channel: number, type: typeof hap.Service.Microphone) => camera(channel)?.getService(type) !== undefined;
  const motionName = (channel: number) =>
    camera(channel)?.getService(hap.Service.MotionSensor)?.getCharacteristic(hap.Characteristic.ConfiguredName);
  const cameras = replies.get('GET /device/cameraList');
  afterEach(() => void replies.set('GET /device/cameraList', cameras));

  it('is a name, which one that was given in Home wins over', async () => {
    await start(undefined, [], [{ channel: 1, name: 'Front door' }]);
    expect([1, 2].map((channel) => camera(channel)?.displayName)).toEqual(['Front door', 'C2']);
    expect(motionName(1)?.value).toBe('Front door');
    await motionName(2)?.handleSetRequest('Garden', {} as never);
    await start(undefined, [], [{ channel: 2, name: 'Terrace' }]);
    expect([1, 2].map((channel) => camera(channel)?.displayName)).toEqual(['C1', 'Terrace']);
    expect([1, 2].map((channel) => motionName(channel)?.value)).toEqual(['C1', 'Garden']);
  });

  it('is no sound: no microphone, and no loudspeaker', async () => {
    await start();
    const before = { all: uuids(), services: services(2) };
    expect(has(1, hap.Service.Microphone)).toBe(true);
    await start(undefined, [], [{ channel: 1, sound: false }]);
    expect(has(1, hap.Service.Microphone)).toBe(false);
    expect(has(1, hap.Service.CameraRecordingManagement)).toBe(true);
    expect({ all: uuids(), services: services(2) }).toEqual(before);
    await start();
    expect(has(1, hap.Service.Microphone)).toBe(true);
  });

  it('is no recording: its services go, and nothing else', async () => {
    await start();
    const before = { all: uuids(), services: services(2) };
    const recording = [
      hap.Service.CameraRecordingManagement,
      hap.Service.CameraOperatingMode,
      hap.Service.DataStreamTransportManagement,
    ];
    const others = () => services(1)?.filter(([uuid]) => !recording.some(({ UUID }) => UUID === uuid));
    const kept = others();
    await start(undefined, [], [{ channel: 1, recording: false }]);
    for (const service of recording) expect(has(1, service)).toBe(false);
    expect(others()).toEqual(kept);
    expect({ all: uuids(), services: services(2) }).toEqual(before);
  });

  it('is that it is hidden: it leaves Home with a word of that, and is the same accessory when it is shown again', async () => {
    replies.set('GET /device/cameraList', [listed(1, 1), listed(2, 2)]);
    await start();
    const before = uuids();
    await motionName(1)?.handleSetRequest('Gate', {} as never);
    const hidden = [{ channel: 1, hidden: true }];
    await start(undefined, [], hidden);
    expect(camera(1)).toBeUndefined();
    expect(lines.filter((line) => line.startsWith('camera 1 hidden'))).toHaveLength(1);
    await start(undefined, [], hidden);
    expect(kept).toHaveLength(2);
    expect(lines.filter((line) => line.includes('hidden'))).toEqual([]);
    // It goes with its camera.
    replies.set('GET /device/cameraList', [listed(2, 2), listed(3, 1)]);
    await start(undefined, [], [{ channel: 3, hidden: true }]);
    expect(kept).toHaveLength(2);
    await start();
    expect(uuids()).toEqual(before);
    expect(camera(3)?.displayName).toBe('C1');
    expect(motionName(3)?.value).toBe('Gate');
  });

  it('is not that a camera leaves Home that has been moved to the channel of a hidden one', async () => {
    replies.set('GET /device/cameraList', [listed(1, 1), listed(2, 2)]);
    await start(undefined, [], [{ channel: 1, hidden: true }]);
    const [second] = uuids().filter((uuid) => camera(2)?.UUID === uuid);
    replies.set('GET /device/cameraList', [listed(1, 2), listed(2, 1)]);
    const hidden = [{ channel: 1, hidden: true }];
    await start(undefined, [], hidden);
    expect(camera(1)?.UUID).toBe(second);
    expect(camera(2)?.displayName).toBe('C1');
    expect(lines.filter((line) => line.startsWith('camera 1 (C2) stays in Home'))).toHaveLength(1);
    await start(undefined, [], hidden);
    expect(camera(1)?.UUID).toBe(second);
    expect(lines.filter((line) => line.includes('stays in Home'))).toEqual([]);
    await start();
    await start(undefined, [], hidden);
    expect(camera(1)).toBeUndefined();
  });
});

describe('an NVR of more pins than an accessory of HomeKit can have', () => {
  afterEach(() => void replies.delete('GET /dio/GetGPIOInfo'));

  it('has its cameras in Home all the same, and as many pins as there is room for', async () => {
    const many = (from: number) => Array.from({ length: 120 }, (_, index) => from + index);
    replies.set('GET /dio/GetGPIOInfo', [{ ch: 0, alarmIn: many(1000), alarmOut: many(1) }]);
    await start();
    expect(kept.map(({ displayName }) => displayName).sort()).toEqual(['C1', 'C2', 'House']);
    const house = () => kept.find(({ displayName }) => displayName === 'House');
    expect(house()?.services.length).toBeGreaterThan(85);
    expect(lines.filter((line) => /Home shows 90/.test(line))).toHaveLength(1);
    const before = house()?.services.length;
    await start();
    expect(house()?.services.length).toBe(before);
  });
});

describe('an NVR whose user may not ask what it is', () => {
  it('shows its cameras, and they stay the same when he may', async () => {
    mayNotAsk();
    await start();
    expect(kept.map(({ displayName }) => displayName).sort()).toEqual(['C1', 'C2', 'House']);
    expect(serials()).toEqual([undefined, undefined, undefined]);
    expect(lines.filter((line) => /does not tell its serial number/.test(line))).toHaveLength(1);
    const before = kept.map(({ UUID }) => UUID);
    mayAsk();
    await start();
    expect(kept.map(({ UUID }) => UUID)).toEqual(before);
    expect(serials()).toEqual(['S1', 'S1', 'S1']);
  });

  it('keeps what is known of it from before', async () => {
    mayAsk();
    await start();
    const before = kept.map(({ UUID }) => UUID);
    mayNotAsk();
    await start();
    expect(kept.map(({ UUID }) => UUID)).toEqual(before);
    expect(serials()).toEqual(['S1', 'S1', 'S1']);
    expect(shown(hap.Characteristic.SerialNumber)).toBe('S1');
    expect(shown(hap.Characteristic.Model)).toBe('ENR');
  });
});

describe('the accessory of the NVR', () => {
  it('shows first of all whether the NVR is connected, and when something is wrong with a disk', async () => {
    const { ContactSensorState, StatusActive, StatusFault } = hap.Characteristic;
    const connected = [ContactSensorState.CONTACT_DETECTED, true, StatusFault.NO_FAULT];
    const away = [ContactSensorState.CONTACT_NOT_DETECTED, false, StatusFault.GENERAL_FAULT];
    const sensor = () => kept.find(({ displayName }) => displayName === 'House')?.getService(hap.Service.ContactSensor);
    const shows = () =>
      [ContactSensorState, StatusActive, StatusFault].map((type) => sensor()?.getCharacteristic(type).value);
    const show = (expected: readonly unknown[]) =>
      until(expected.join(), () => JSON.stringify(shows()) === JSON.stringify(expected));

    const disks = () =>
      kept
        .find(({ displayName }) => displayName === 'House')
        ?.getServiceById(hap.Service.ContactSensor, 'disks')
        ?.getCharacteristic(ContactSensorState).value;

    const simulator = await Simulator.start({ cameras: 1 });
    const login = { port: simulator.port, username: 'admin', password: 'admin123' };
    try {
      await start(login, [], [], {}, true);
      await until('healthy disks', () => disks() === ContactSensorState.CONTACT_DETECTED);
      await until('all hooks', () => simulator.openSockets === 3);
      simulator.throwException({ exception: 'DiskFull' });
      await until('a full disk', () => disks() === ContactSensorState.CONTACT_NOT_DETECTED);
      await start(login);
      await show(connected);
      expect(sensor()?.isPrimaryService).toBe(true);
      await until('all hooks', () => simulator.openSockets === 3);
      simulator.throwException({ exception: 'DiskError', target: '/dev/sda' });
      await show([ContactSensorState.CONTACT_DETECTED, true, StatusFault.GENERAL_FAULT]);
      expect(disks()).toBeUndefined();
    } finally {
      await simulator.stop();
    }
    await show(away);
  });
});

it('an NVR that is lost is looked for by what it was known by, and its accessories stay as they are', async () => {
  const now = await Simulator.start({ discoveryPort: 0, cameras: 1 });
  const before = await Simulator.start({ host: '127.0.0.2', port: now.port, cameras: 1 });
  const clock = new ManualClock();
  const lo = { name: 'lo', address: '127.0.0.1', netmask: '255.0.0.0', mac: '02:00:00:00:00:01' };
  const searchPlace = { interfaces: [lo], port: 0 };
  const store = new MemoryStore();
  const where = { host: '127.0.0.2', port: before.port, username: 'admin', password: 'admin123' };
  await start(where, [], [], { clock, store, searchPlace });
  const uuids = kept.map(({ UUID }) => UUID);
  await until('what it is known by', () => store.read(`network ${where.host}:${where.port}`));
  await before.stop();
  try {
    searchPlace.port = now.discoveryPort ?? 0;
    await until('that it is told', () => {
      clock.advance(200);
      return lines.some((line) => /one with its MAC address answers at 127\.0\.0\.1\b/.test(line));
    });
    expect(kept.map(({ UUID }) => UUID)).toEqual(uuids);
  } finally {
    await Promise.all(open.splice(0).map((controller) => controller.close()));
    await now.stop();
  }
});

it('the accessory of the NVR has its place before those cameras for which a bridge has no room', async () => {
  mayAsk();
  room = 2;
  await start();
  expect(kept.map(({ displayName }) => displayName)).toEqual(['House', 'C1']);
  expect(lines).toContainEqual(expect.stringMatching(/^1 cameras are not in Home/));
});

describe('alarm inputs', () => {
  it('are contact sensors of the NVR, as the user describes it, but for those that are hidden', async () => {
    const { ContactSensorState, StatusActive } = hap.Characteristic;
    const { CONTACT_DETECTED: CLOSED, CONTACT_NOT_DETECTED: OPEN } = ContactSensorState;
    const house = () => kept.find(({ displayName }) => displayName === 'House');
    const contact = (pin: number) => house()?.getServiceById(hap.Service.ContactSensor, `input-${pin}`);
    const state = (pin: number) => contact(pin)?.getCharacteristic(ContactSensorState).value;
    const active = (pin: number) => contact(pin)?.getCharacteristic(StatusActive).value;
    const names = () =>
      readContext(house()?.context)?.kind === 'nvr' && (house()?.context as NvrContext).inputs.map(({ name }) => name);
    const login = (simulator: Simulator) => ({ port: simulator.port, username: 'admin', password: 'admin123' });
    const simulator = await Simulator.start({ cameras: 1 });
    try {
      await start(login(simulator), [
        { pin: 1, name: 'Back door', contact: 'open' },
        { pin: 2, contact: 'closed' },
        { pin: 9, contact: 'open' },
      ]);
      await until('the values', () => active(1) === true && active(4) === true);
      expect([1, 2, 3, 4].map(state)).toEqual([CLOSED, OPEN, CLOSED, CLOSED]);
      expect(names()).toEqual(['Back door', 'Input 2', 'Input 3', 'Input 4']);
      expect(lines.filter((line) => line.includes('no alarm input 9, it has 1, 2, 3, 4'))).toHaveLength(1);
      for (const pin of [1, 2]) simulator.setPin(pin, 1);
      await until('the changes', () => state(1) === OPEN && state(2) === CLOSED);

      await start(login(simulator), [{ pin: 3, contact: 'none' }]);
      await until('the values', () => active(4) === true);
      expect([1, 2, 3, 4].map((pin) => contact(pin) !== undefined)).toEqual([true, true, false, true]);
      expect(names()).toEqual(['Input 1', 'Input 2', 'Input 4']);
    } finally {
      await simulator.stop();
    }
    await until('what is not known any more', () => active(1) === false);
    expect(state(1)).toBe(OPEN);
  });
});
