import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { HapHome } from '../support/hap/hap-home.js';
import { connectedLine, HomebridgeProcess } from '../support/hap/homebridge-process.js';
import { AlteredNvr } from '../support/altered-nvr.js';
import { badLinesOf, hostilities } from '../support/hostilities.js';
import { packedPackage } from '../support/packed-package.js';
import { until } from '../support/until.js';

const simulators: Simulator[] = [];
const fronts: AlteredNvr[] = [];
let good: Simulator;
let homebridge: HomebridgeProcess;
let home: HapHome;

async function simulated(): Promise<Simulator> {
  const number = String(simulators.length).padStart(2, '0');
  const simulator = await Simulator.start({ mac: `00:11:14:00:1f:${number}`, cameras: 1 });
  simulators.push(simulator);
  return simulator;
}

beforeAll(async () => {
  const plugins = await packedPackage();
  good = await simulated();
  for (const hostility of Object.values(hostilities)) {
    fronts.push(await AlteredNvr.start(await simulated(), hostility));
  }
  const login = { username: 'admin', password: 'admin123' };
  const nvrs = Object.keys(hostilities).map((name, index) => ({
    ...{ name, host: '127.0.0.1', port: fronts[index]?.port, ...login },
  }));
  const { host, port } = good;
  homebridge = await HomebridgeProcess.start({
    plugins,
    platform: { nvrs: [...nvrs, { name: 'Good', host, port, ...login }] },
  });
  home = await HapHome.pair(homebridge);
  const all = [...nvrs.map(({ name }) => name), 'Good'];
  await Promise.all(all.map((name) => homebridge.line(connectedLine(name), 0, 30_000)));
}, 180_000);

afterAll(async () => {
  await home?.close();
  await homebridge?.dispose();
  await Promise.all(fronts.map((front) => front[Symbol.asyncDispose]()));
  await Promise.all(simulators.map((simulator) => simulator.stop()));
});

/** What accessories are called and say of themselves, by `aid`. */
async function shown(): Promise<ReadonlyMap<number, readonly string[]>> {
  return new Map(
    (await home.accessories()).map(({ aid, services }) => [
      aid,
      services.flatMap(({ values }) => Object.values(values).filter((value) => typeof value === 'string')),
    ]),
  );
}

async function motionSensors(): Promise<string[]> {
  const services = (await home.accessories()).flatMap((accessory) => accessory.services);
  return services.filter(({ name }) => name === 'MotionSensor').map((sensor) => sensor.id('MotionDetected'));
}

const motion = { channel: 1, type: 'Motion', state: 'active' } as const;

it('NVRs that answer what hurts cost nobody an accessory, and one that is well nothing at all', async () => {
  const before = await shown();
  expect(before.size).toBe(1 + 2 * simulators.length);
  const sensors = await motionSensors();
  const watch = await home.watch(sensors);

  for (const front of fronts) front.alter();
  const left = () => Object.keys(hostilities).filter((_, index) => fronts[index]?.hasAltered !== true);
  await until(
    () => homebridge.wanted(`attacks of ${left().join(' and ')}`)(),
    () => left().length === 0,
    30_000,
  );
  good.throwEvent(motion);
  await until(homebridge.wanted('motion at the good one'), () => watch.changes.length > 0);
  const during = await shown();
  expect([...before.keys()].filter((aid) => !during.has(aid))).toEqual([]);
  expect(badLinesOf([...during.values()].flat(), 64)).toEqual([]);

  for (const front of fronts) front.alter(false);
  const deaf = () => fronts.filter(({ hooks }) => !hooks.has('/meta/eventHook')).length;
  await until(homebridge.wanted('all to be listened to again'), () => deaf() === 0, 30_000);
  for (const simulator of simulators) simulator.throwEvent(motion);
  const moved = () => new Set(watch.changes.map(({ id }) => id)).size;
  await until(homebridge.wanted('motion at all of them'), () => moved() === sensors.length, 30_000);
  await watch.close();
  const after = await shown();
  expect([...before.keys()].filter((aid) => !after.has(aid))).toEqual([]);
  expect(homebridge.troubles).toEqual([]);
  // Homebridge writes the plugin's name before each.
  expect(badLinesOf(homebridge.lines, 2000 + '[EverFocus] '.length)).toEqual([]);
});
