import { describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { readConfiguration } from '../../src/homebridge/config.js';
import { tellByMqtt } from '../../src/homebridge/mqtt.js';
import { type Logger, MemoryStore, Nvr } from '../../src/shared/index.js';
import { until } from '../support/until.js';
import { Onlooker } from './rig.js';
import { TestBroker } from './test-broker.js';

const BASE = 'everfocus/home/SIM001114000E01';

interface More {
  readonly others?: readonly Simulator[];
  readonly store?: MemoryStore;
  readonly isIncomplete?: boolean;
}

/** An NVR as the plugin has it, and what the log says. */
async function plugin(
  simulator: Simulator,
  mqtt: object,
  { others = [], store = new MemoryStore(), isIncomplete = false }: More = {},
) {
  const accounts = [simulator, ...others].map(({ host, port }) => ({
    host,
    port,
    username: 'admin',
    password: 'admin123',
  }));
  const read = readConfiguration({ nvrs: accounts, mqtt });
  if (read.nvrs.length < accounts.length || !read.mqtt) throw new Error(JSON.stringify(read.problems));
  const nvrs = read.nvrs.map((configuration) => {
    const { host, port, username, password } = configuration;
    return { configuration, client: new Nvr({ host, port, username, password }) };
  });
  const [{ client }] = nvrs as [(typeof nvrs)[0]];
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const logger: Logger = { debug: say, info: say, warn: say, error: say };
  const end = new AbortController();
  const around = { logger, folder: '/nowhere', store, signal: end.signal, isIncomplete };
  const ended = tellByMqtt(read.mqtt, nvrs, around);
  const stop = () => (end.abort(), ended);
  return {
    client,
    lines,
    ended,
    end: stop,
    [Symbol.asyncDispose]: async () => void (await Promise.all([stop(), ...nvrs.map((nvr) => nvr.client.close())])),
  };
}

describe('MQTT with the clients that a host has', () => {
  it('opens none of its own, and leaves them open when it ends', async () => {
    await using simulator = await Simulator.start({ mac: '00:11:14:00:0e:01', cameras: 1 });
    await using broker = await TestBroker.start();
    await using onlooker = await Onlooker.at(broker.port);
    const url = `mqtt://127.0.0.1:${broker.port}`;
    await using plugged = await plugin(simulator, { url, username: 'me', password: 'broker-secret' });
    const { client, lines, end } = plugged;
    await onlooker.says(`${BASE}/ch/1/status`, 'online');
    expect(simulator.openSessions).toBe(1);
    expect(simulator.loginAttempts).toBe(1);
    await end();
    await onlooker.says('everfocus/home/status', 'stopped');
    await onlooker.says(`${BASE}/ch/1/status`, 'unknown');
    expect(simulator.openSessions).toBe(1);
    expect((await client.camera.cameraList()).length).toBe(1);
    expect(simulator.loginAttempts).toBe(1);
    expect(lines.join('\n')).not.toMatch(/broker-secret|admin123/);
  });

  it('advises nothing about an NVR without a name of its own that Homebridge has no setting for', async () => {
    const mac = '00:11:14:00:0e:01';
    await using first = await Simulator.start({ mac, cameras: 1 });
    await using second = await Simulator.start({ mac, cameras: 1 });
    await using plugged = await plugin(first, { url: 'mqtt://127.0.0.1:9' }, { others: [second] });
    const line = await until('a word about the other', () =>
      plugged.lines.find((one) => one.includes('another NVR is called SIM001114000E01')),
    );
    expect(line).toMatch(/, too: nothing is told of it; "everfocus bridge" can give it an "id"$/);
  });

  it('clears nothing of an NVR that is not there while an entry of the configuration cannot be used', async () => {
    await using first = await Simulator.start({ mac: '00:11:14:00:0e:01', cameras: 1 });
    await using second = await Simulator.start({ mac: '00:11:14:00:0e:02', cameras: 1 });
    await using broker = await TestBroker.start();
    await using onlooker = await Onlooker.at(broker.port);
    const [mqtt, store] = [{ url: `mqtt://127.0.0.1:${broker.port}` }, new MemoryStore()];
    const other = 'everfocus/home/SIM001114000E02';
    await using both = await plugin(first, mqtt, { others: [second], store });
    for (const base of [BASE, other]) await onlooker.says(`${base}/ch/1/status`, 'online');
    await both.end();
    onlooker.seen.length = 0;
    const cleared = () => onlooker.seen.filter(({ text }) => text === '').map(({ topic }) => topic);
    await using faulty = await plugin(first, mqtt, { store, isIncomplete: true });
    await onlooker.says(`${BASE}/ch/1/status`, 'online');
    await faulty.end();
    expect(cleared()).toEqual([]);
    await using mended = await plugin(first, mqtt, { store });
    await onlooker.says(`${other}/ch/1/status`, '');
    await mended.end();
    expect(cleared().filter((topic) => topic.startsWith(BASE))).toEqual([]);
  });

  it('waits for a broker that is away, and ends all the same', async () => {
    await using simulator = await Simulator.start({ mac: '00:11:14:00:0e:01', cameras: 1 });
    await using plugged = await plugin(simulator, { url: 'mqtt://127.0.0.1:9' });
    const { lines, end } = plugged;
    await until('it says so', () => lines.some((line) => /MQTT: the broker is away/.test(line)));
    await end();
    expect(lines.filter((line) => /has ended/.test(line))).toEqual([]);
  });

  it('says by the names of the settings what cannot be used, and ends', async () => {
    await using simulator = await Simulator.start({ cameras: 1 });
    const wrong = { url: 'mqtts://127.0.0.1:9', site: 'my house', ca: 'none.pem', password: 'broker-secret' };
    await using plugged = await plugin(simulator, wrong);
    await plugged.ended;
    expect(plugged.lines).toEqual([expect.stringMatching(/^Configuration: MQTT \(mqtt\.site\) does not fit/)]);
  });
});
