import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import type { BrokerConfig } from '../../src/mqtt/config/read.js';
import { MemoryStore, Nvr } from '../../src/shared/index.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';
import { bridgeConfig, commands, nvrConfig, Onlooker, startBridge, startNvr } from './rig.js';
import { TestBroker } from './test-broker.js';

/** What docs/mqtt.md tells to write into Mosquitto's `acl_file`. */
function documentedRights(): string {
  const page = readFileSync(new URL('../../docs/mqtt.md', import.meta.url), 'utf8');
  return /^```\n(user everfocus\n[^`]+)```$/m.exec(page)?.[1] ?? '';
}

const USERS = { everfocus: 'bridge-secret', homeassistant: 'home-secret' };

describe('A broker that asks who somebody is', () => {
  let nvr: Simulator;
  let base: string;
  let broker: TestBroker;
  beforeAll(async () => {
    ({ nvr, base } = await startNvr());
    broker = await TestBroker.start({ users: USERS, acl: documentedRights() });
  });
  afterAll(async () => {
    await nvr.stop();
    await broker[Symbol.asyncDispose]();
  });

  const config = (login: Partial<BrokerConfig>) => {
    const all = commands({ outputs: true, ptz: true, record: true, snapshot: true, call: new Set(['getPort']) });
    const written = bridgeConfig(broker.port, [nvrConfig(nvr, { commands: all, snapshots: { onEvent: false } })]);
    return { ...written, broker: { ...written.broker, ...login } };
  };

  it('is told by user and password, and every command comes, by the rights that docs/mqtt.md gives', async () => {
    const [written, store] = [config({ username: 'everfocus', password: USERS.everfocus }), new MemoryStore()];
    await using bridge = startBridge(written, store);
    const login = { username: 'homeassistant', password: USERS.homeassistant };
    await using home = await Onlooker.at(broker.port, '#', login);
    await home.says(`${base}/ch/1/motion`, 'OFF');
    await until('Home Assistant is told', () => home.last(`homeassistant/device/everfocus_SIM001114000001/config`));
    const results = () =>
      home.all(`${base}/result`).map((text) => JSON.parse(text) as { command: string; ok: boolean });
    for (const [command, text] of [
      ['do/5/set', 'ON'],
      ['ch/1/ptz/set', 'STOP'],
      ['ch/1/record/set', 'OFF'],
      ['ch/1/snapshot/set', ''],
      ['call', '{"operation": "getPort"}'],
    ] as const) {
      await home.publish(`${base}/${command}`, text);
      await until(`an outcome of ${command}`, () => results().find((one) => one.command === command)?.ok);
    }
    // Nobody else says how the NVR is.
    await home.publish(`${base}/ch/1/motion`, 'ON').catch(() => undefined);
    await home.publish(`${base}/do/5/set`, 'OFF');
    await home.says(`${base}/do/5`, 'OFF');
    expect(home.all(`${base}/ch/1/motion`)).not.toContain('ON');
    await bridge.stop();
    // Also the will and what is cleared are its to say.
    await home.says('everfocus/home/status', 'stopped');
    const without = startBridge({ ...written, homeAssistant: undefined }, store);
    await home.says('homeassistant/device/everfocus_SIM001114000001/config', '');
    await without.stop();
  });

  it.each([
    ['a wrong password', { username: 'everfocus', password: 'swordfish!' }],
    ['no login', {}],
  ])('is not told anything with %s, and the log says why without it', async (_, login) => {
    await using bridge = startBridge(config(login));
    const line = await until('a word about the broker', () =>
      bridge.lines.find((one) => one.includes('the broker is away')),
    );
    expect(line).toMatch(/not authori[sz]ed|bad user/i);
    await bridge.stop();
    expect(bridge.lines.join('\n')).not.toMatch(/connected to the broker|swordfish/);
  });
});

describe('A broker that knows MQTT 3.1.1 only', () => {
  it('is told all the same, and its commands are taken, but for those that it keeps', async () => {
    const { nvr, base } = await startNvr();
    await using broker = await TestBroker.start();
    await using onlooker = await Onlooker.at(broker.port, '#', { protocolVersion: 4 });
    await onlooker.publish(`${base}/do/6/set`, 'ON', true);
    const written = bridgeConfig(broker.port, [nvrConfig(nvr, { commands: commands({ outputs: true }) })]);
    await using bridge = startBridge({ ...written, broker: { ...written.broker, version: '3.1.1' } });
    await onlooker.says(`${base}/ch/1/motion`, 'OFF');
    // As Mosquitto names version 4 of the protocol, which is that of 3.1.1.
    await until('its login', () => /as everfocus-home \(p2,/.test(broker.log));
    await onlooker.publish(`${base}/do/5/set`, 'ON');
    await until('the output to be on', () => nvr.pin(5) === 1);
    await until('one is refused', () => onlooker.all(`${base}/result`).some((text) => text.includes('is retained')));
    expect(nvr.pin(6)).toBe(0);
    await bridge.stop();
    await nvr.stop();
  });
});

describe('Several NVRs of one bridge', () => {
  it('are each what they are, by one connection', async () => {
    await using broker = await TestBroker.start();
    const all = await Promise.all(['01', '02'].map((last) => startNvr({ mac: `00:11:14:00:0b:${last}` })));
    await using onlooker = await Onlooker.at(broker.port);
    await using bridge = startBridge(
      bridgeConfig(
        broker.port,
        all.map(({ nvr }) => nvrConfig(nvr)),
      ),
    );
    for (const { base } of all) await onlooker.says(`${base}/ch/1/motion`, 'OFF');
    const [one, other] = all as [(typeof all)[0], (typeof all)[0]];
    one.nvr.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    other.nvr.throwEvent({ channel: 2, type: 'Motion', state: 'active' });
    await onlooker.says(`${one.base}/ch/1/motion`, 'ON');
    await onlooker.says(`${other.base}/ch/2/motion`, 'ON');
    expect(
      [one, other].map(({ base }) => [1, 2].map((channel) => onlooker.last(`${base}/ch/${channel}/motion`))),
    ).toEqual([
      ['ON', 'OFF'],
      ['OFF', 'ON'],
    ]);
    await until('its login', () => broker.log.includes(' as everfocus-home '));
    expect(broker.log.match(/ as everfocus-/g)).toHaveLength(1);
    await bridge.stop();
    await Promise.all(all.map(({ nvr }) => nvr.stop()));
  });
});

describe('An NVR that is spoken to encrypted', () => {
  it('shows in its health which certificate is trusted, and until when it is valid', async () => {
    await using nvr = await Simulator.start({ cameras: 1, mac: '00:11:14:00:0b:03', httpsPort: await freePort() });
    await using broker = await TestBroker.start();
    await using onlooker = await Onlooker.at(broker.port);
    const secure = { port: nvr.httpsPort, https: true };
    await using bridge = startBridge(bridgeConfig(broker.port, [nvrConfig(nvr, secure)]));
    const health = 'everfocus/home/SIM001114000B03/health';
    const { certificate } = await until('health', () => {
      const told = onlooker.json(health);
      return told?.certificate && told;
    });
    expect(certificate.fingerprint).toBe(nvr.fingerprint);
    expect(Date.parse(certificate.validUntil)).toBeGreaterThan(Date.now());
    await bridge.stop();
  });
});

describe('The logins that health tells of', () => {
  it('are those that the NVR had, by its own clock, and how many of them failed where it says so', async () => {
    const { nvr, base } = await startNvr({ mac: '00:11:14:00:0c:01' });
    // Its last hour has not been yet where the bridge is.
    nvr.faults.clockJump(3600);
    const { host, port } = nvr;
    const login = { username: 'admin', password: 'admin123' };
    for (let turn = 0; turn < 3; turn += 1) {
      await using visitor = new Nvr({ host, port, ...login });
      const user = await visitor.account.getUser({ userID: 1 });
      // What accounts are changed to is in the log, too, and is no login.
      await visitor.account.setUser({ userID: 1, body: user });
      if (turn > 0) continue;
      const createTime = Date.now() + 3_600_000 - 60_000;
      const entry = { type: 'Account', description: 'Login failed', createTime, hasRecord: false } as const;
      await visitor.log.addLogs({ body: [entry, { ...entry, createTime: createTime - 90_000_000 }] });
    }
    await using broker = await TestBroker.start();
    await using onlooker = await Onlooker.at(broker.port);
    await using bridge = startBridge(bridgeConfig(broker.port, [nvrConfig(nvr)]));
    const health = await until('health', () => {
      const told = onlooker.json(`${base}/health`);
      return told?.logins && told;
    });
    expect([health.logins, nvr.failedLogins]).toEqual([{ entries: nvr.loginAttempts + 1, failed: 1 }, 0]);
    await bridge.stop();
    await nvr.stop();
  });
});
