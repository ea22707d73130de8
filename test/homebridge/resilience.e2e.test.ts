import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { HapHome, type HomeAccessory } from '../support/hap/hap-home.js';
import { connectedLine, HomebridgeProcess } from '../support/hap/homebridge-process.js';
import { LiveView } from '../support/hap/live-view.js';
import { Received } from '../support/hap/received.js';
import { until } from '../support/until.js';
import { packedPackage } from '../support/packed-package.js';

const LAMP = 6;

let simulator: Simulator;
let homebridge: HomebridgeProcess;
let home: HapHome;

beforeAll(async () => {
  const plugins = await packedPackage();
  simulator = await Simulator.start({ mac: '00:11:14:00:0c:01' });
  const { host, port } = simulator;
  const outputs = [{ pin: LAMP, name: 'Lamp' }];
  const nvr = { name: 'House', host, port, username: 'admin', password: 'admin123', outputs };
  homebridge = await HomebridgeProcess.start({ plugins, platform: { nvrs: [nvr] } });
  home = await HapHome.pair(homebridge);
  await homebridge.line(connectedLine('House', 4));
}, 180_000);

afterAll(async () => {
  await home?.close();
  await homebridge?.dispose();
  await simulator?.stop();
});

describe('what no NVR should send', () => {
  it('is survived: broken frames and messages, unknown types, a storm of events', async () => {
    const from = homebridge.lines.length;
    const received = new Received();
    const view = await LiveView.prepare(home, await camera(1), received);
    await view.start();
    await until(homebridge.wanted('pictures'), () => received.units.length > 10);
    const { faults } = simulator;
    for (const fault of ['badMagicFrame', 'unknownFrame', 'truncatedFrame', 'oversizedFrame'] as const) faults[fault]();
    for (const fault of ['unknownEvent', 'badHookMessage', 'badHookMessage'] as const) faults[fault]();
    faults.eventStorm(500);
    const before = received.units.length;
    await until(homebridge.wanted('more pictures'), () => received.units.length > before + 45);
    await view.stop();
    await view.close();
    await motionIsShown(1);
    // Each hook says so once.
    const hooks = homebridge.lines
      .slice(from)
      .flatMap((line) => /(\S+): a message could not be understood/.exec(line)?.[1] ?? []);
    expect(hooks.length).toBeGreaterThan(0);
    expect(hooks).toEqual([...new Set(hooks)]);
  });

  it('is survived: HTML instead of JSON', async () => {
    const id = (await home.accessory('House')).service('Switch', 'Lamp').id('On');
    simulator.faults.htmlReplies = true;
    await expect(home.set(id, true)).rejects.toThrow('HAP status -70402');
    simulator.faults.htmlReplies = false;
    await until(homebridge.wanted('switched'), () =>
      home.set(id, true).then(
        () => true,
        () => false,
      ),
    );
    expect(simulator.pin(LAMP)).toBe(1);
    await home.set(id, false);
  });
});

describe('a restart of the NVR', () => {
  it('is survived by live view, motion and switches', async () => {
    const sensor = (await camera(1)).service('MotionSensor');
    const watch = await home.watch([sensor.id('MotionDetected'), sensor.id('StatusActive')]);
    const received = new Received();
    const view = await LiveView.prepare(home, await camera(1), received);
    await view.start();
    await until(homebridge.wanted('pictures'), () => received.units.length > 10);
    simulator.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    await watch.change(sensor.id('MotionDetected'), true);

    const from = homebridge.lines.length;
    await simulator.restart(1500);
    const before = received.units.length;

    await watch.change(sensor.id('StatusActive'), false);
    await watch.change(sensor.id('MotionDetected'), false);
    await homebridge.line(/House .*: connected again/, from, 60_000);
    await watch.change(sensor.id('StatusActive'), true);
    await until(homebridge.wanted('more pictures'), () => received.units.length > before + 15);
    await view.stop();
    await view.close();
    await watch.close();
    await motionIsShown(1);
    const lamp = (await home.accessory('House')).service('Switch', 'Lamp').id('On');
    await home.set(lamp, true);
    expect(simulator.pin(LAMP)).toBe(1);
  });
});

describe('a camera that is taken away and put back', () => {
  it('stays in Home with a fault until it is back, without a restart of Homebridge', async () => {
    const { port } = simulator;
    const before = (await home.accessories()).map(({ aid }) => aid);
    const fault = (await camera(4)).service('MotionSensor').id('StatusFault');
    const from = homebridge.lines.length;
    await simulator.stop();
    simulator = await Simulator.start({ mac: '00:11:14:00:0c:01', port, cameras: 3 });
    await homebridge.line(/camera 4 .*is not listed/, from, 60_000);
    expect((await home.accessories()).map(({ aid }) => aid)).toEqual(before);
    expect(await home.get(fault)).toBe(1);
    await simulator.stop();
    simulator = await Simulator.start({ mac: '00:11:14:00:0c:01', port, cameras: 4 });
    await homebridge.line(/camera 4 .*is listed by the NVR again/, from, 60_000);
    expect((await home.accessories()).map(({ aid }) => aid)).toEqual(before);
    // Its events are heard again by then.
    await until(homebridge.wanted('no fault'), async () => (await home.get(fault)) === 0);
    await motionIsShown(4);
  });
});

describe('SIGTERM', () => {
  it('ends Homebridge within 12 s and leaves no child process, in the middle of a live view', async () => {
    const received = new Received();
    const view = await LiveView.prepare(home, await camera(1), received);
    await view.start();
    await until(homebridge.wanted('pictures'), () => received.units.length > 10);
    const children = await until(homebridge.wanted('child processes'), async () => {
      const running = await homebridge.children();
      return running.length > 0 && running;
    });
    const duration = await homebridge.terminate();
    expect(duration).toBeLessThan(12_000);
    await view.close();
    await until('no child process', async () => !(await Promise.all(children.map(isRunning))).includes(true), 1000);
    await until('no socket at the NVR', () => simulator.openSockets === 0, 2000);
  });

  it('came after a life without an unhandled error and without a request that contradicts the SDK', () => {
    expect(homebridge.troubles).toEqual([]);
    expect(homebridge.lines.filter((line) => line.includes('admin123'))).toEqual([]);
    expect(simulator.refused).toEqual([]);
  });
});

function camera(channel: number): Promise<HomeAccessory> {
  return home.camera(channel);
}

async function motionIsShown(channel: number): Promise<void> {
  const id = (await camera(channel)).service('MotionSensor').id('MotionDetected');
  const watch = await home.watch([id]);
  simulator.throwEvent({ channel, type: 'Motion', state: 'active' });
  await watch.change(id, true).catch(async (error: unknown) => {
    throw new Error(homebridge.wanted(`motion, which is ${String(await home.get(id))}`)(), { cause: error });
  });
  simulator.throwEvent({ channel, type: 'Motion', state: 'inactive' });
  await watch.change(id, false);
  await watch.close();
}

/** One that has ended, and that nobody has collected yet, has no command line. */
async function isRunning({ pid }: { readonly pid: number }): Promise<boolean> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')) !== '';
}
