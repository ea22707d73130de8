import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { HapHome } from '../support/hap/hap-home.js';
import { connectedLine, HomebridgeProcess } from '../support/hap/homebridge-process.js';
import { packedPackage } from '../support/packed-package.js';
import { until } from '../support/until.js';
import { certificate, Onlooker } from './rig.js';
import { TestBroker } from './test-broker.js';

const MAC = '00:11:14:00:0d:01';
const BASE = 'everfocus/house/SIM001114000D01';
const PASSWORD = 'broker-secret';
let simulator: Simulator;
let broker: TestBroker;
let onlooker: Onlooker;
let homebridge: HomebridgeProcess;
let home: HapHome;
let nvrs: readonly Record<string, unknown>[];

beforeAll(async () => {
  simulator = await Simulator.start({ mac: MAC, cameras: 2 });
  broker = await TestBroker.start();
  onlooker = await Onlooker.at(broker.port);
  const { host, port } = simulator;
  nvrs = [{ name: 'House', host, port, username: 'admin', password: 'admin123' }];
  homebridge = await HomebridgeProcess.start({ plugins: await packedPackage(), platform: { nvrs } });
  home = await HapHome.pair(homebridge);
  await homebridge.line(connectedLine('House'));
}, 180_000);

afterAll(async () => {
  await home?.close();
  await homebridge?.dispose();
  await onlooker?.[Symbol.asyncDispose]();
  await broker?.[Symbol.asyncDispose]();
  await simulator?.stop();
});

const connection = () => onlooker.json(`${BASE}/status`)?.connection as string | undefined;

describe('MQTT as an option of the platform', () => {
  it('is off: nothing is told', async () => {
    expect(onlooker.seen).toEqual([]);
    await homebridge.terminate();
  });

  it('tells a broker of the NVRs, by the one connection that HomeKit has', async () => {
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const mqtt = { url, username: 'bridge', password: PASSWORD, site: 'house', outputs: 'on' };
    const [from, logins] = [homebridge.lines.length, simulator.loginAttempts];
    await homebridge.start({ nvrs, mqtt });
    await homebridge.line(connectedLine('House'), from);
    await onlooker.says(`${BASE}/ch/2/status`, 'online');
    await onlooker.says('everfocus/house/status', 'online');
    expect(simulator.openSessions).toBe(1);
    expect(simulator.loginAttempts).toBe(logins + 1);
    simulator.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    await onlooker.says(`${BASE}/ch/1/motion`, 'ON');
    await onlooker.publish(`${BASE}/do/5/set`, 'ON');
    await until('the output to be on', () => simulator.pin(5) === 1);
    expect(JSON.stringify(onlooker.seen.map(({ topic, text }) => topic + text))).not.toContain(PASSWORD);
    expect(homebridge.lines.join('\n')).not.toMatch(/broker-secret|admin123/);
  });

  it('costs nothing of HomeKit while the broker is away, and tells what is as soon as it is back', async () => {
    const from = homebridge.lines.length;
    await broker.kill();
    await homebridge.line(/MQTT: the broker is away/, from);
    const id = (await home.camera(1)).service('MotionSensor').id('MotionDetected');
    const watch = await home.watch([id]);
    simulator.throwEvent({ channel: 1, type: 'Motion', state: 'inactive' });
    await watch.change(id, false);
    simulator.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    await watch.change(id, true);
    simulator.throwEvent({ channel: 1, type: 'Motion', state: 'inactive' });
    await watch.change(id, false);
    await watch.close();
    const back = onlooker.seen.length;
    await broker.start();
    const events = () =>
      onlooker.seen
        .slice(back)
        .filter(({ topic }) => topic === `${BASE}/ch/1/event`)
        .map(({ text }) => (JSON.parse(text) as { state: string }).state);
    await until('it tells what happened meanwhile', () => events().length === 3, 45_000);
    expect(events()).toEqual(['inactive', 'active', 'inactive']);
    await onlooker.says(`${BASE}/ch/1/motion`, 'OFF');
  });

  it('ends with Homebridge, and says so', async () => {
    await homebridge.terminate();
    await onlooker.says('everfocus/house/status', 'stopped');
    await until('the NVR is in doubt', () => connection() === 'unknown');
    expect(simulator.openSessions).toBe(0);
  });

  it('speaks TLS to a broker whose certificate is the one in the file that is named, and to no other', async () => {
    const [own, other] = [certificate('localhost'), certificate('localhost')];
    await using secure = await TestBroker.start({ tls: { cert: own.cert, key: own.key } });
    const url = `mqtts://localhost:${secure.port}`;
    for (const [trusted, told] of [
      [other, /MQTT: .*(self-signed certificate|unable to verify)/],
      [own, /MQTT: connected to the broker/],
    ] as const) {
      await writeFile(join(homebridge.storage, 'broker.pem'), trusted.cert);
      const from = homebridge.lines.length;
      await homebridge.start({
        nvrs,
        mqtt: { url, username: 'bridge', password: PASSWORD, site: 'house', ca: 'broker.pem' },
      });
      await homebridge.line(told, from);
      await homebridge.terminate();
      expect(homebridge.lines.slice(from).join('\n')).not.toContain(PASSWORD);
    }
  });

  it('says what is wrong with it, and HomeKit goes on', async () => {
    const from = homebridge.lines.length;
    await homebridge.start({
      nvrs,
      mqtt: { url: `mqtts://127.0.0.1:${broker.port}`, site: 'my house', ca: 'none.pem' },
    });
    await homebridge.line(/Configuration: MQTT \(mqtt\.site\) does not fit/, from);
    await homebridge.line(connectedLine('House'), from);
    expect((await home.accessories()).length).toBeGreaterThan(2);
  });
});
