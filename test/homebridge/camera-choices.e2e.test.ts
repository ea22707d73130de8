import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { Nvr } from '../../src/shared/index.js';
import { HapHome, type HomeAccessory } from '../support/hap/hap-home.js';
import { connectedLine, HomebridgeProcess } from '../support/hap/homebridge-process.js';
import { packedPackage } from '../support/packed-package.js';
import { until } from '../support/until.js';

let simulator: Simulator;
let nvr: Nvr;
let homebridge: HomebridgeProcess;
let home: HapHome;
let login: Readonly<Record<'host' | 'username' | 'password', string> & { port: number }>;
/** What Home knew before anything was chosen, by the cameras. */
let before: ReadonlyMap<string, HomeAccessory>;

beforeAll(async () => {
  const plugins = await packedPackage();
  simulator = await Simulator.start({ cameras: 3 });
  login = { host: simulator.host, port: simulator.port, username: 'admin', password: 'admin123' };
  nvr = new Nvr(login);
  homebridge = await HomebridgeProcess.start({ plugins, platform: { nvrs: [{ name: 'House', ...login }] } });
  home = await HapHome.pair(homebridge);
  await homebridge.line(connectedLine('House', 3));
  before = await cameras(3);
}, 180_000);

afterAll(async () => {
  await home?.close();
  await homebridge?.dispose();
  await nvr?.close();
  await simulator?.stop();
});

describe('what is chosen for each camera', () => {
  const [one, two, three] = ['Camera 1', 'Camera 2', 'Camera 3'] as const;

  it('is so after a restart; what it does not concern keeps its place in Home', async () => {
    await restart({
      faults: true,
      cameras: [
        { channel: 1, name: 'Front door', tamper: 'Shelter', manualRecord: 'switch' },
        { channel: 2, hidden: 'yes' },
        { channel: 3, sound: 'off', recording: 'off' },
      ],
    });
    const now = await cameras(2);
    expect([...now.keys()]).toEqual(['Front door', three]);
    const [door, third] = [...now.values()];
    expect(kinds(door)).toEqual(
      expect.arrayContaining(['CameraRecordingManagement', 'Microphone', 'Switch', 'ContactSensor']),
    );
    for (const gone of ['CameraRecordingManagement', 'CameraOperatingMode', 'Microphone', 'Switch']) {
      expect(kinds(third)).not.toContain(gone);
    }
    for (const [name, camera] of [
      [one, door],
      [three, third],
    ] as const) {
      for (const kind of ['MotionSensor', 'CameraRTPStreamManagement'] as const) {
        expect(idsOf(camera, kind)).toEqual(expect.arrayContaining(idsOf(before.get(name), kind)));
      }
    }
    expect(homebridge.lines.filter((line) => /camera 2 hidden/.test(line))).toHaveLength(1);
  });

  it('shows faults where automations find them, and has the NVR record by a switch', async () => {
    const door = (await cameras(2)).get('Front door');
    const house = await home.accessory('House');
    const contacts = (accessory: HomeAccessory | undefined, name: RegExp) => {
      const found = accessory?.services.filter(({ values }) => name.test(String(values.ConfiguredName))) ?? [];
      return found.map((service) => service.id('ContactSensorState'))[0] ?? '';
    };
    const [picture, tampering, disks] = [contacts(door, /picture/), contacts(door, /tamper/), contacts(house, /Disks/)];
    const watch = await home.watch([picture, tampering, disks]);
    simulator.throwEvent({ channel: 1, type: 'VideoLoss', state: 'active' });
    await watch.change(picture, 1);
    simulator.throwEvent({ channel: 1, type: 'VideoLoss', state: 'inactive' });
    await watch.change(picture, 0);
    simulator.throwEvent({ channel: 1, type: 'Shelter', state: 'active' });
    await watch.change(tampering, 1);
    simulator.throwException({ exception: 'DiskFull' });
    await watch.change(disks, 1);
    await watch.close();

    const record = door?.service('Switch').id('On') ?? '';
    const manual = async () => (await nvr.camera.cameraStatus({})).map(({ Manual }) => Manual);
    await until('the switch to be known', async () => (await home.get(record).catch(() => undefined)) === 0);
    await home.set(record, true);
    expect(await manual()).toEqual([true, false, false]);
    expect(await home.get(record)).toBe(1);
    await home.set(record, false);
    expect(await manual()).toEqual([false, false, false]);
  });

  it('is undone without a trace; the camera that was hidden is back', async () => {
    await restart({});
    const now = await cameras(3);
    expect([...now.keys()].sort()).toEqual([one, two, three]);
    for (const [name, camera] of now) expect(kinds(camera)).toEqual(kinds(before.get(name)));
    expect(now.get(two)?.service('AccessoryInformation').values.SerialNumber).toBe(
      before.get(two)?.service('AccessoryInformation').values.SerialNumber,
    );
    expect(homebridge.troubles).toEqual([]);
    expect(simulator.refused).toEqual([]);
  });
});

async function restart(settings: object): Promise<void> {
  const from = await homebridge.restart({ nvrs: [{ name: 'House', ...login, ...settings }] });
  await homebridge.line(connectedLine('House'), from);
}

/** The cameras by their names, once there are so many. */
async function cameras(count: number): Promise<ReadonlyMap<string, HomeAccessory>> {
  return until(`${count} cameras`, async () => {
    const all = (await home.accessories()).filter((accessory) =>
      kinds(accessory).includes('CameraRTPStreamManagement'),
    );
    const named = all.map((camera) => [String(camera.service('AccessoryInformation').values.Name), camera] as const);
    return all.length === count ? new Map(named) : undefined;
  });
}

function kinds(accessory: HomeAccessory | undefined): string[] {
  return [...new Set(accessory?.services.map(({ name }) => String(name)))].sort();
}

/** aid and iid of what the service says. */
function idsOf(accessory: HomeAccessory | undefined, kind: Parameters<HomeAccessory['service']>[0]): string[] {
  const service = accessory?.service(kind);
  return Object.keys(service?.values ?? {}).map((name) => `${name} ${service?.id(name as never)}`);
}
