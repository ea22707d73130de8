import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { bridgeConfig, nvrConfig, Onlooker, retainedAt, startBridge, startNvr, Wire } from './rig.js';
import { TestBroker } from './test-broker.js';

/** What docs/mqtt.md tells to write into the edge broker's configuration. */
function documentedTopics(): string[] {
  const page = readFileSync(new URL('../../docs/mqtt.md', import.meta.url), 'utf8');
  return [...page.matchAll(/^topic (\S+) out 1$/gm)].map(([, topic = '']) => topic);
}

describe('A broker at the site, bridged to one at the centre as docs/mqtt.md says', () => {
  it('hands on states and events, and keeps pictures and discovery at the site', async () => {
    await using centre = await TestBroker.start();
    await using edge = await TestBroker.start({ bridge: { port: centre.port, topics: documentedTopics() } });
    await using near = await Onlooker.at(edge.port);
    await using far = await Onlooker.at(centre.port);
    const { nvr, base } = await startNvr();
    const bridge = startBridge(bridgeConfig(edge.port, [nvrConfig(nvr, { snapshots: { onEvent: true } })]));
    await far.says(`${base}/ch/2/motion`, 'OFF');
    await far.says(`${base}/ch/2/status`, 'online');
    nvr.throwEvent({ channel: 2, type: 'Motion', state: 'active' });
    await until('the event', () => far.json(`${base}/ch/2/event`)?.state === 'active');
    await far.says(`${base}/ch/2/motion`, 'ON');
    await until('a picture at the site', () => near.last(`${base}/ch/2/snapshot`));
    nvr.throwEvent({ channel: 2, type: 'Motion', state: 'inactive' });
    await far.says(`${base}/ch/2/motion`, 'OFF');
    await until('health', () => far.json(`${base}/health`));
    const topics = [...far.seen.map(({ topic }) => topic), ...(await retainedAt(centre.port)).keys()];
    expect(topics.filter((topic) => topic.endsWith('/snapshot') || topic.startsWith('homeassistant/'))).toEqual([]);
    expect(near.seen.some(({ topic }) => topic.startsWith('homeassistant/device/'))).toBe(true);
    expect((await retainedAt(centre.port)).get('everfocus/home/status')).toBe('online');
    await bridge.stop();
    await far.says('everfocus/home/status', 'stopped');
    await nvr.stop();
  });

  it('queues for the centre while that is gone, and hands on in order what happened meanwhile', async () => {
    await using centre = await TestBroker.start();
    await using wire = new Wire(centre.port);
    const bridged = { port: await wire.listen(), topics: documentedTopics() };
    await using edge = await TestBroker.start({ bridge: bridged, extra: ['cleansession false'] });
    await using near = await Onlooker.at(edge.port);
    await using far = await Onlooker.at(centre.port);
    const { nvr, base } = await startNvr();
    await using bridge = startBridge(bridgeConfig(edge.port, [nvrConfig(nvr)]));
    await far.says(`${base}/ch/1/motion`, 'OFF');
    wire.cut();
    await centre.kill();
    await until('the onlooker to have noticed', () => !far.client.connected);
    const total = 50;
    for (let number = 0; number < total; number += 1) {
      nvr.throwEvent({ channel: 1, type: 'Motion', state: number % 2 === 0 ? 'active' : 'inactive' });
    }
    nvr.throwEvent({ channel: 2, type: 'Motion', state: 'active' });
    await until('they are at the site', () => near.all(`${base}/ch/1/event`).length === total);
    await near.says(`${base}/ch/2/motion`, 'ON');
    await centre.start();
    await until('the onlooker is back', async () => {
      const mark = `mark/${Math.random()}`;
      await far.publish(mark, 'here');
      return until('the mark', () => far.last(mark), 500).catch(() => false);
    });
    expect(far.all(`${base}/ch/1/event`)).toEqual([]);
    wire.mend();
    await until('they are at the centre', () => new Set(far.all(`${base}/ch/1/event`)).size === total);
    const seqs = [...new Set(far.all(`${base}/ch/1/event`))].map((text) => (JSON.parse(text) as { seq: number }).seq);
    expect(seqs).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    await far.says(`${base}/ch/2/motion`, 'ON');
    await bridge.stop();
    await nvr.stop();
  });
});
