import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Simulator } from '../../packages/simulator/src/index.js';
import { Leftovers } from '../../src/mqtt/leftovers.js';
import type { Announced } from '../../src/mqtt/nvr/memory.js';
import { SiteTopics } from '../../src/mqtt/topics.js';
import { FileStore, ManualClock, MemoryStore, silentLogger } from '../../src/shared/index.js';
import { limits } from '../../src/shared/internal.js';
import { until } from '../support/until.js';
import {
  bridgeConfig,
  commands,
  nvrConfig,
  Onlooker,
  retainedAt,
  type RunningBridge,
  startBridge,
  startNvr,
  told,
} from './rig.js';
import { TestBroker } from './test-broker.js';

const MACS = ['00:11:14:00:0c:01', '00:11:14:00:0c:02'] as const;
const [ID, OTHER] = ['SIM001114000C01', 'SIM001114000C02'] as const;

describe('What an earlier run told and this one does not', () => {
  let broker: TestBroker;
  let nvr: Simulator;
  let onlooker: Onlooker;
  let folder: string;
  let site: string;
  let count = 0;
  const open: RunningBridge[] = [];

  beforeAll(async () => {
    broker = await TestBroker.start();
    ({ nvr } = await startNvr({ mac: MACS[0] }));
  });
  afterAll(async () => {
    await nvr.stop();
    await broker[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    site = `left${++count}`;
    folder = mkdtempSync(join(tmpdir(), 'everfocus-left-'));
    onlooker = await Onlooker.at(broker.port);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((bridge) => bridge.stop()));
    await onlooker[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const discovery = (id: string, prefix = `disco-${site}`) => `${prefix}/device/everfocus_${id}`;
  const config = (nvrs: Parameters<typeof bridgeConfig>[1], more: Parameters<typeof bridgeConfig>[2] = {}) =>
    bridgeConfig(broker.port, nvrs, { site, homeAssistant: `disco-${site}`, ...more });
  const start = (written: ReturnType<typeof config>) => {
    const bridge = startBridge(written, new FileStore(folder));
    open.push(bridge);
    return bridge;
  };
  /** Until all of it is told, one run. */
  const run = async (written: ReturnType<typeof config>, ids: readonly string[] = [ID]) => {
    const bridge = start(written);
    for (const id of ids) {
      await onlooker.says(`everfocus/${site}/${id}/ch/2/motion`, 'OFF');
      await onlooker.says(`everfocus/${site}/${id}/do/5`, 'OFF');
      if (written.homeAssistant) await until('Home Assistant', () => onlooker.last(`${discovery(id)}_ch2/config`));
    }
    await bridge.stop();
    onlooker.seen.length = 0;
  };
  const kept = async () => [...(await retainedAt(broker.port)).keys()].filter((topic) => topic.includes(site));

  it('is cleared where its NVR is not configured any more, but for what another bridge has announced since', async () => {
    const { nvr: second } = await startNvr({ mac: MACS[1] });
    await run(config([nvrConfig(nvr), nvrConfig(second)]), [ID, OTHER]);
    await second.stop();
    const theirs = `${discovery(OTHER)}_ch2/config`;
    const document = JSON.stringify({ availability: [{ topic: 'everfocus/elsewhere/status' }], components: {} });
    await onlooker.publish(theirs, document, true);
    start(config([nvrConfig(nvr)]));
    await onlooker.says(`everfocus/${site}/${ID}/ch/2/motion`, 'OFF');
    await until('the NVR is forgotten', async () => {
      const topics = (await kept()).filter((topic) => topic.includes(OTHER));
      return topics.length === 1 && topics[0] === theirs;
    });
    expect(await kept()).toEqual(expect.arrayContaining([`${discovery(ID)}/config`, `${discovery(ID)}_ch2/config`]));
    expect((await retainedAt(broker.port)).get(theirs)).toBe(document);
    // Never, not even for a moment.
    expect(onlooker.seen.filter(({ topic, text }) => topic.includes(ID) && text === '')).toEqual([]);
  });

  it('is in doubt, and then goes on, where its NVR has another address', async () => {
    const { nvr: first } = await startNvr({ mac: MACS[1] });
    await run(config([nvrConfig(first)]), [OTHER]);
    await first.stop();
    const motion = `everfocus/${site}/${OTHER}/ch/1/motion`;
    // As a bridge that was killed leaves it.
    await onlooker.publish(motion, 'ON', true);
    onlooker.seen.length = 0;
    const { nvr: moved } = await startNvr({ mac: MACS[1] });
    const bridge = start(config([nvrConfig(moved)]));
    await onlooker.says(motion, 'OFF');
    expect(onlooker.all(motion)[0]).toBe('unknown');
    expect(onlooker.seen.filter(({ text }) => text === '')).toEqual([]);
    await bridge.stop();
    // The old address is nobody's in the next run either.
    onlooker.seen.length = 0;
    await run(config([nvrConfig(moved)]), [OTHER]);
    expect(onlooker.seen.filter(({ text }) => text === '')).toEqual([]);
    await moved.stop();
  });

  it('stays where two NVRs have swapped their addresses', async () => {
    const { nvr: first } = await startNvr({ mac: MACS[0] });
    const { nvr: second } = await startNvr({ mac: MACS[1] });
    await run(config([nvrConfig(first), nvrConfig(second)]), [ID, OTHER]);
    const ports = [first.port, second.port] as const;
    await Promise.all([first.stop(), second.stop()]);
    await using one = (await startNvr({ mac: MACS[1], port: ports[0] })).nvr;
    const bridge = start(config([nvrConfig(one), nvrConfig(second)]));
    await until('the first is asked', () =>
      bridge.lines.some((line) => line.includes(`another NVR is called ${OTHER}`)),
    );
    await using other = (await startNvr({ mac: MACS[0], port: ports[1] })).nvr;
    expect(other.port).toBe(ports[1]);
    for (const id of [ID, OTHER]) await onlooker.says(`everfocus/${site}/${id}/ch/2/motion`, 'OFF');
    expect(bridge.lines.filter((line) => line.includes('is cleared'))).toEqual([]);
    expect(onlooker.seen.filter(({ text }) => text === '')).toEqual([]);
    await bridge.stop();
  });

  it('stays until its NVR is asked where that has the address of one that was taken out', async () => {
    const { nvr: first } = await startNvr({ mac: MACS[0] });
    const { nvr: second } = await startNvr({ mac: MACS[1] });
    await run(config([nvrConfig(first), nvrConfig(second)]), [ID, OTHER]);
    await Promise.all([first.stop(), second.stop()]);
    const { nvr: moved } = await startNvr({ mac: MACS[0], port: second.port });
    const bridge = start(config([nvrConfig(moved)]));
    await until('the other is forgotten', async () => !(await kept()).some((topic) => topic.includes(OTHER)));
    await onlooker.says(`everfocus/${site}/${ID}/ch/2/motion`, 'OFF');
    expect(onlooker.seen.filter(({ topic, text }) => topic.includes(ID) && text === '')).toEqual([]);
    expect(bridge.lines.filter((line) => line.includes('is cleared'))).toEqual([expect.stringContaining(OTHER)]);
    await bridge.stop();
    await moved.stop();
  });

  it('is cleared of Home Assistant where that is told nothing any more, or elsewhere', async () => {
    await run(config([nvrConfig(nvr)]));
    await run(config([nvrConfig(nvr)], { homeAssistant: undefined }));
    await until('nothing is announced', async () => !(await kept()).some((topic) => topic.startsWith('disco-')));
    expect(await kept()).toContain(`everfocus/${site}/${ID}/ch/2/motion`);
    await run(config([nvrConfig(nvr)]));
    start(config([nvrConfig(nvr)], { homeAssistant: `other-${site}` }));
    const there = [`${discovery(ID, `other-${site}`)}/config`, 1, 2].map((one) =>
      typeof one === 'number' ? `${discovery(ID, `other-${site}`)}_ch${one}/config` : one,
    );
    await until('it is announced there only', async () => {
      const topics = (await kept()).filter((topic) => topic.includes('/device/'));
      return topics.toSorted().join() === there.toSorted().join();
    });
  });

  it('is no picture any more where none are wanted', async () => {
    const bridge = start(config([nvrConfig(nvr, { snapshots: { onEvent: true } })]));
    await onlooker.says(`everfocus/${site}/${ID}/ch/2/motion`, 'OFF');
    nvr.throwEvent({ channel: 2, type: 'Motion', state: 'once' });
    const picture = `everfocus/${site}/${ID}/ch/2/snapshot`;
    await until('a picture', () => onlooker.last(picture));
    await bridge.stop();
    expect(await kept()).toContain(picture);
    start(config([nvrConfig(nvr)]));
    await onlooker.says(picture, '');
    expect(await kept()).not.toContain(picture);
    const shown = () => onlooker.json(`${discovery(ID)}_ch2/config`)?.components.snapshot;
    await until('Home Assistant is told', () => shown()?.image_topic === undefined && shown());
    expect(shown()).toEqual({ platform: 'image' });
  });

  it('is said once more by its platform alone where it was part of a device', async () => {
    await run(config([nvrConfig(nvr, { commands: commands({ outputs: true }) })]));
    start(config([nvrConfig(nvr)]));
    const output = () => onlooker.json(`${discovery(ID)}/config`)?.components.do_5;
    await until('an output that is only shown', output);
    const { do_5, do_5_switch } = onlooker.json(`${discovery(ID)}/config`).components;
    expect(do_5).toMatchObject({ platform: 'binary_sensor', name: 'Output 5' });
    expect(do_5_switch).toEqual({ platform: 'switch' });
  });

  it('is cleared as soon as the broker is there, also by a later run than the one that knows', async () => {
    const { nvr: second } = await startNvr({ mac: MACS[1] });
    await run(config([nvrConfig(nvr), nvrConfig(second)]), [ID, OTHER]);
    await second.stop();
    const away = { host: '127.0.0.1', port: 9, tls: false, clientId: 'away', version: '5' } as const;
    const waiting = start(config([nvrConfig(nvr)], { broker: away }));
    await until('the broker is away', () => waiting.lines.some((line) => line.includes('the broker is away')));
    await waiting.stop();
    expect((await kept()).some((topic) => topic.includes(OTHER))).toBe(true);
    start(config([nvrConfig(nvr)]));
    await until('the NVR is forgotten', async () => !(await kept()).some((topic) => topic.includes(OTHER)));
  });
});

describe('The list of what is left', () => {
  const site = new SiteTopics('everfocus', 'home');
  const announced = (id: string): Announced => ({
    ...{ id, channels: new Map([[1, new Set(['motion'])]]), outputs: [], inputs: [], pictures: false },
    discovery: { prefix: 'homeassistant', components: new Map() },
  });
  const list = (taken: readonly string[] = [], store = new MemoryStore()) => {
    const { outbox, said } = told('everfocus/home/');
    const subscribed = new Set<string>();
    const clock = new ManualClock();
    const leftovers = new Leftovers({
      ...{ site, outbox, store, clock, logger: silentLogger, isTaken: (id) => taken.includes(id) },
      subscribe: (filters) => filters.forEach((filter) => subscribed.add(filter)),
      unsubscribe: (filters) => filters.forEach((filter) => subscribed.delete(filter)),
    });
    return { leftovers, said, subscribed, clock, store };
  };

  const cleared = (said: readonly [string, string][]) =>
    said.flatMap(([topic, payload]) => (topic.endsWith('motion') && payload === '' ? [topic] : []));
  const LIST = 'announced at everfocus/home';

  it('is of a bounded length: what finds no room stays with the broker', () => {
    const { leftovers, said } = list();
    for (let number = 0; number <= limits.bridge.left; number += 1) leftovers.leave(announced(`n${number}`));
    expect(cleared(said)).toEqual([]);
    expect(said.filter(([topic]) => topic === 'n0/status')).toHaveLength(1);
    leftovers.settle(new Set());
    expect(cleared(said)).toHaveLength(limits.bridge.left);
    expect(cleared(said)).not.toContain(`n${limits.bridge.left}/ch/1/motion`);
  });

  it('loses none of a thousand that are taken out at once, and clears none before the others are asked', async () => {
    const store = new MemoryStore();
    const places = Array.from({ length: 1000 }, (_, number) => `everfocus/home nvr${number}`);
    for (const [number, place] of places.entries())
      await store.write(`announced ${place}`, { id: `n${number}`, channels: { 1: ['motion'] } });
    await store.write(LIST, { nvrs: places });
    const { leftovers, said } = list([], store);
    await leftovers.recall([]);
    await leftovers.finish();
    expect(cleared(said)).toEqual([]);
    const { leftovers: next, said: later } = list([], store);
    await next.recall([]);
    next.settle(new Set());
    await next.finish();
    expect(cleared(later)).toHaveLength(1000);
    expect(await store.read(LIST)).toEqual({ nvrs: [], clear: [] });
    expect(await store.read(`announced ${places[0]}`)).toBeNull();
  });

  it('keeps the record of what was cleared until the list is written', async () => {
    class Full extends MemoryStore {
      override async write(key: string, value: unknown): Promise<void> {
        if (key === LIST) throw new Error('no room');
        await super.write(key, value);
      }
    }
    const store = new Full();
    const { leftovers } = list([], store);
    leftovers.leave(announced('a'));
    leftovers.settle(new Set());
    await leftovers.finish();
    expect(await store.read('announced everfocus/home left a')).toMatchObject({ id: 'a' });
  });

  it('knows what was left in an earlier run, and forgets it where somebody has it', async () => {
    const { leftovers, store } = list();
    leftovers.leave(announced('a'));
    await leftovers.finish();
    const { leftovers: next, said } = list([], store);
    await next.recall([]);
    expect(next.inherit('a')).toMatchObject([{ id: 'a' }]);
    next.settle(new Set());
    await next.finish();
    expect(cleared(said)).toEqual([]);
    expect(await store.read(LIST)).toEqual({ nvrs: [], clear: [] });
  });

  it('takes in no NVR that is there, and keeps those that are waited for', () => {
    const { leftovers, said } = list(['here']);
    leftovers.leave(announced('here'));
    expect(said).toEqual([]);
    leftovers.leave(announced('awaited'));
    leftovers.settle(new Set(['awaited']));
    expect(said.filter(([, payload]) => payload === '')).toEqual([]);
    expect(leftovers.inherit('awaited')).toMatchObject([{ id: 'awaited' }]);
  });

  it('gives up to look for documents that the broker does not show', () => {
    const { leftovers, subscribed, clock } = list();
    leftovers.connected(true);
    leftovers.withdraw(announced('a'));
    expect([...subscribed]).toEqual([
      'homeassistant/device/everfocus_a_ch1/config',
      'homeassistant/device/everfocus_a/config',
    ]);
    clock.advance(10_000);
    expect([...subscribed]).toEqual([]);
  });

  it.each([
    ['no object', 'a'],
    ['what is no list', { nvrs: 'a', left: 1, clear: {} }],
    ['topics that are none of ours', { nvrs: [7], left: [null, 3, { id: 'a/#' }], clear: ['#', '$SYS/x', 'a/b', 4] }],
  ])('is as if there were none where the file holds %s', async (_, stored) => {
    const { leftovers, said, subscribed, store } = list();
    await store.write('announced at everfocus/home', stored);
    await leftovers.recall([]);
    leftovers.settle(new Set());
    expect([said, [...subscribed]]).toEqual([[], []]);
  });
});
