import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectAsync, type MqttClient } from 'mqtt';
import type { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import { bridgeConfig, commands, nvrConfig, startBridge, startNvr, Wire } from './rig.js';
import { TestBroker } from './test-broker.js';

/** Rows of the table of topics in docs/mqtt.md, and what their messages carry by it. */
function documented() {
  const page = readFileSync(new URL('../../docs/mqtt.md', import.meta.url), 'utf8');
  const [table = ''] = /^\| Topic +\| Payload[^]*?\n\n/m.exec(page) ?? [];
  expect(page).toContain('All are QoS 1 (pictures 0) and retained unless it says so.');
  return [...table.matchAll(/^\| `(everfocus\/[^`]+)`(.*) \| (.*) \|$/gm)].map(
    ([, topic = '', others = '', payload]) => {
      const levels = topic.replace('/do/', others.includes('`di/') ? '/d[io]/' : '/do/').replace(/<\w+>/g, '[^/]+');
      const carries = `${payload?.includes('JPEG') ? 0 : 1} ${payload?.includes('not retained') ? 'passing' : 'retained'}`;
      return { topic, pattern: new RegExp(`^${levels}$`), carries };
    },
  );
}

describe('What is published at a broker', () => {
  let nvr: Simulator;
  let base: string;
  let broker: TestBroker;
  /** Gets each message as it was published: with its own QoS, and its own flag of retained ones. */
  let onlooker: MqttClient;
  const seen: { topic: string; carries: string; text: string }[] = [];
  beforeAll(async () => {
    ({ nvr, base } = await startNvr());
    broker = await TestBroker.start();
    onlooker = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { protocolVersion: 5 });
    onlooker.on('message', (topic, payload, { qos, retain }) =>
      seen.push({ topic, carries: `${qos} ${retain ? 'retained' : 'passing'}`, text: payload.toString('latin1') }),
    );
    await onlooker.subscribeAsync('#', { qos: 2, rap: true });
  });
  afterAll(async () => {
    await onlooker.endAsync(true);
    await nvr.stop();
    await broker[Symbol.asyncDispose]();
  });
  const says = (topic: string, text = '') =>
    until(`${topic} says ${text}`, () => seen.findLast((one) => one.topic === topic)?.text.startsWith(text));

  it('has the QoS, and is kept or not, as docs/mqtt.md tells of its topic', async () => {
    await using wire = new Wire(broker.port);
    const more = { commands: commands({ outputs: true }), snapshots: { onEvent: true } };
    await using bridge = startBridge(bridgeConfig(await wire.listen(), [nvrConfig(nvr, more)]));
    await says(`${base}/ch/1/motion`, 'OFF');
    for (const state of ['active', 'inactive'] as const) nvr.throwEvent({ channel: 1, type: 'Motion', state });
    await says(`${base}/ch/1/snapshot`, '\xff\xd8');
    await onlooker.publishAsync(`${base}/do/5/set`, 'ON', { qos: 1 });
    await says(`${base}/result`, '{');
    await says(`${base}/di/1`);
    await says(`${base}/health`, '{');
    await says('homeassistant/device/everfocus_SIM001114000001/config', '{');
    wire.cut();
    await says('everfocus/home/status', 'offline');
    wire.mend();
    await says('everfocus/home/status', 'online');
    await bridge.stop();
    await says('everfocus/home/status', 'stopped');

    const rows = documented();
    const told = new Map<string, Set<string>>();
    for (const { topic, carries } of seen.filter(
      (one) => one.topic.startsWith('everfocus/') && !/\/set$/.test(one.topic),
    )) {
      // A state is what is nothing else.
      const row = rows.find((one) => !one.topic.includes('<kind>') && one.pattern.test(topic));
      const { topic: name } = row ?? rows.find((one) => one.pattern.test(topic)) ?? { topic };
      told.set(name, (told.get(name) ?? new Set()).add(carries));
    }
    expect(Object.fromEntries([...told].map(([topic, all]) => [topic, [...all]]))).toEqual(
      Object.fromEntries(rows.map(({ topic, carries }) => [topic, [carries]])),
    );
    const announced = seen.filter(({ topic }) => topic.startsWith('homeassistant/'));
    expect(new Set(announced.map(({ carries }) => carries))).toEqual(new Set(['1 retained']));
  });
});
