import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { freePort } from '../support/free-port.js';
import { HapHome } from '../support/hap/hap-home.js';
import { connectedLine, HomebridgeProcess } from '../support/hap/homebridge-process.js';
import { decodePictures } from '../support/hap/pictures.js';
import { until } from '../support/until.js';
import { packedPackage } from '../support/packed-package.js';

let house: Simulator;
let garage: Simulator;
/** Rejects every password. */
let office: Simulator;
let homebridge: HomebridgeProcess;
let home: HapHome;
let platform: { nvrs: Record<string, unknown>[] };

beforeAll(async () => {
  const plugins = await packedPackage();
  house = await Simulator.start({ mac: '00:11:14:00:0b:01', cameras: 2 });
  garage = await Simulator.start({ mac: '00:11:14:00:0b:02', cameras: 1, username: 'viewer', password: 'pass"wörd' });
  office = await Simulator.start({ mac: '00:11:14:00:0b:03', cameras: 1 });
  platform = {
    nvrs: [
      { name: 'House', ...addressOf(house), username: 'admin', password: 'admin123' },
      { name: 'Forgotten', port: 'eighty' },
      { name: 'Office', ...addressOf(office), username: 'admin', password: 'wrong-secret' },
      { name: 'Away', host: '127.0.0.1', port: await freePort(), username: 'admin', password: 'admin123' },
      { name: 'Garage', ...addressOf(garage), username: 'viewer', password: 'pass"wörd', instant: false },
    ],
  };
  homebridge = await HomebridgeProcess.start({ plugins, platform });
  home = await HapHome.pair(homebridge);
  await Promise.all([homebridge.line(connectedLine('House')), homebridge.line(connectedLine('Garage'))]);
}, 180_000);

afterAll(async () => {
  await home?.close();
  await homebridge?.dispose();
  await Promise.all([house, garage, office].map((simulator) => simulator?.stop()));
});

describe('several NVRs', () => {
  it('show their cameras and outputs side by side', async () => {
    expect(await shown()).toEqual({ cameras: 3, nvrs: ['Garage', 'House'] });
  });

  it('have pictures ready for live views, but for the one where that is switched off', async () => {
    const live = ({ requests }: Simulator) => requests.filter(({ path }) => path.includes('/live/'));
    await until('the sub streams of one', () => live(house).length >= 2);
    const before = garage.requests.length;
    await until('two more readings of the other', () => garage.requests.length >= before + 2);
    expect(live(garage)).toEqual([]);
  });

  it('are not stopped by an entry that lacks what is needed: the log says what to write', async () => {
    await homebridge.line(
      /Configuration: NVR 2 "Forgotten", Address \(nvrs\[1\]\.host\) is missing: write the NVR's address/,
    );
    await homebridge.line(
      /Configuration: NVR 2 "Forgotten", Port \(nvrs\[1\]\.port\) must be a whole number from 1 to 65535/,
    );
  });

  it('are not stopped by one that is not there: the log says so once', async () => {
    await homebridge.line(/Away .*can't be reached/);
    expect(homebridge.lines.filter((line) => /Away .*can't be reached/.test(line))).toHaveLength(1);
  });

  it('with a wrong password, two logins at most are tried, and the log says what to do', async () => {
    const line = await homebridge.line(/Office .*rejected the user name or password/);
    expect(line).toMatch(/Correct "username" and "password" of this NVR in the plugin settings/);
    // Time enough for whoever would try again: two more readings of the other NVR's pins.
    const before = house.requests.length;
    await until('two more readings', () => house.requests.length >= before + 2);
    expect(office.loginAttempts).toBeLessThanOrEqual(2);
    expect(homebridge.lines.filter((other) => /Office .*rejected/.test(other))).toHaveLength(1);
    expect(homebridge.lines.filter((other) => /wrong-secret|pass"wörd/.test(other))).toEqual([]);
  });

  it('give each accessory its own NVR', async () => {
    const [accessory] = (await home.accessories()).filter(({ name }) => name === 'Garage');
    const output = accessory?.services.find(({ name }) => name === 'Switch');
    await home.set(output?.id('On') ?? '', true);
    expect([house.pin(5), garage.pin(5)]).toEqual([0, 1]);
  });
});

describe('after a restart of Homebridge', () => {
  it('while the NVRs are away, the accessories are there at once, with a picture and untouched', async () => {
    const before = await identities();
    await homebridge.terminate();
    await Promise.all([house.stop(), garage.stop()]);
    await homebridge.start();
    await homebridge.line(/House .*can't be reached/);
    expect(await identities()).toEqual(before);
    const [camera] = (await home.accessories()).filter(({ services }) => services.some(isMotionSensor));
    const sensor = camera?.service('MotionSensor');
    expect(await home.get(sensor?.id('StatusActive') ?? '')).toBe(0);
    expect(await home.get(sensor?.id('MotionDetected') ?? '')).toBe(0);
    const picture = await decodePictures('mjpeg', await home.snapshot(camera?.aid ?? 0, 640, 360));
    expect(picture.marks).toEqual([undefined]);
  });

  it('with an NVR at another address under another name, the accessories are the same', async () => {
    const before = await identities();
    await homebridge.terminate();
    house = await Simulator.start({ mac: '00:11:14:00:0b:01', cameras: 2 });
    const nvrs = [{ name: 'Villa', ...addressOf(house), username: 'admin', password: 'admin123' }];
    const from = homebridge.lines.length;
    await homebridge.start({ nvrs });
    await homebridge.line(connectedLine('Villa'), from);
    await homebridge.line(/Removing accessories/, from);
    const after = await identities();
    expect(after.filter(({ aid }) => !before.some((other) => other.aid === aid))).toEqual([]);
    expect(await shown()).toEqual({ cameras: 2, nvrs: ['Villa'] });
  });

  it('without any NVR in the configuration, nothing is left', async () => {
    await homebridge.terminate();
    await homebridge.start({ nvrs: [] });
    await homebridge.line(/No NVR is configured/);
    expect(await shown()).toEqual({ cameras: 0, nvrs: [] });
  });

  it('came without an unhandled error', () => {
    expect(homebridge.troubles).toEqual([]);
  });
});

function addressOf({ host, port }: Simulator) {
  return { host, port };
}

function isMotionSensor({ name }: { name: string | undefined }): boolean {
  return name === 'MotionSensor';
}

async function shown(): Promise<{ cameras: number; nvrs: string[] }> {
  const accessories = await home.accessories();
  return {
    cameras: accessories.filter(({ services }) => services.some(isMotionSensor)).length,
    nvrs: accessories
      .filter(({ services }) => services.some(({ name }) => name === 'Switch'))
      .map(({ name }) => name)
      .sort(),
  };
}

/** What HomeKit knows accessories by, and hangs automations on. */
async function identities() {
  const accessories = await home.accessories();
  return accessories.map(({ aid, services }) => ({ aid, serial: services[0]?.values.SerialNumber }));
}
