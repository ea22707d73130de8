import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryStore, Nvr } from '../../src/shared/index.js';
import type { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import { TestBroker } from './test-broker.js';
import { bridgeConfig, nvrConfig, Onlooker, retainedAt, type RunningBridge, startBridge, startNvr } from './rig.js';

describe('What the bridge tells of an NVR', () => {
  let broker: TestBroker;
  beforeAll(async () => void (broker = await TestBroker.start()));
  afterAll(() => broker[Symbol.asyncDispose]());

  let nvr: Simulator;
  let onlooker: Onlooker;
  let site: string;
  let base: string;
  let id: string;
  let count = 0;
  const open: RunningBridge[] = [];

  // Sites apart, so that nothing that one test left with the broker is seen by the next.
  beforeEach(async () => {
    site = `site${++count}`;
    ({ nvr, id } = await startNvr());
    base = `everfocus/${site}/${id}`;
    onlooker = await Onlooker.at(broker.port);
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((bridge) => bridge.stop()));
    await onlooker[Symbol.asyncDispose]();
    await until('no socket to be open', () => nvr.openSockets === 0);
    expect(nvr.refused).toEqual([]);
    await nvr.stop();
  });

  const prefix = () => `disco-${site}`;
  const start = (more: Parameters<typeof nvrConfig>[1] = {}, store = new MemoryStore()) => {
    const bridge = startBridge(
      bridgeConfig(broker.port, [nvrConfig(nvr, more)], { site, homeAssistant: prefix() }),
      store,
    );
    open.push(bridge);
    return bridge;
  };
  const known = () => onlooker.says(`${base}/ch/1/motion`, 'OFF');
  const keptHere = async () => [...(await retainedAt(broker.port)).keys()].filter((topic) => topic.includes(site));
  const gone = (what: RegExp) =>
    until(`all like ${what} to be gone`, async () => !(await keptHere()).some((topic) => what.test(topic)));

  it('is kept by the broker for whoever comes later, and is what the NVR is now', async () => {
    start();
    await known();
    await onlooker.says(`${base}/ch/2/status`, 'online');
    await onlooker.says(`${base}/do/5`, 'OFF');
    nvr.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    nvr.setPin(1, 1);
    await onlooker.says(`${base}/ch/1/motion`, 'ON');
    await onlooker.says(`${base}/di/1`, 'ON');
    const retained = await retainedAt(broker.port, `everfocus/${site}/#`);
    expect(Object.fromEntries(retained)).toMatchObject({
      [`everfocus/${site}/status`]: 'online',
      [`${base}/status`]: '{"connection":"connected"}',
      [`${base}/ch/1/motion`]: 'ON',
      [`${base}/ch/2/motion`]: 'OFF',
      [`${base}/ch/2/video_loss`]: 'OFF',
      [`${base}/ch/1/recording`]: 'ON',
      [`${base}/di/1`]: 'ON',
    });
    expect(JSON.parse(retained.get(`${base}/info`) ?? '')).toMatchObject({
      serial: id,
      mac: '00:11:14:00:00:01',
      cameras: [{ channel: 1, name: 'Camera 1' }, { channel: 2 }],
      outputs: [5, 6, 7, 8],
    });
    // Events are no states.
    expect([...retained.keys()].filter((topic) => topic.endsWith('/event'))).toEqual([]);
    expect([...retained].join()).not.toMatch(/admin123|127\.0\.0\.1/);
  });

  it('has each event once, in order, numbered without a gap', async () => {
    start();
    await known();
    for (let turn = 0; turn < 40; turn += 1) {
      nvr.throwEvent({ channel: 1 + (turn % 2), type: 'Motion', state: turn % 4 < 2 ? 'active' : 'inactive' });
    }
    const events = () => onlooker.seen.filter(({ topic }) => topic.endsWith('/event'));
    await until('40 events', () => events().length === 40);
    expect(events().map(({ text }) => JSON.parse(text).seq)).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
    const [first] = events();
    expect(JSON.parse(first?.text ?? '')).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-1$/),
      seq: 1,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      type: 'motion',
      state: 'active',
      raw: 'Motion',
    });
  });

  it('is unknown once the NVR is away, and what is true after it came back: no ON stays', async () => {
    start();
    await known();
    nvr.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    nvr.setPin(5, 1);
    await onlooker.says(`${base}/ch/1/motion`, 'ON');
    await onlooker.says(`${base}/do/5`, 'ON');
    onlooker.seen.length = 0;
    await nvr.restart(500);
    for (const topic of ['ch/1/motion', 'do/5', 'ch/1/status', 'ch/2/recording']) {
      await until(`${topic} to be unknown first`, () => onlooker.all(`${base}/${topic}`)[0] === 'unknown');
    }
    await until('NVR away', () => onlooker.all(`${base}/status`).some((text) => text.includes('"away"')));
    // The simulator forgets events in a restart.
    await onlooker.says(`${base}/ch/1/motion`, 'OFF');
    await onlooker.says(`${base}/ch/1/status`, 'online');
    await onlooker.says(`${base}/status`, '{"connection":"connected"}');
  });

  it('is in doubt from the start of the next run until the NVR answers: an ON of a killed bridge does not survive', async () => {
    const store = new MemoryStore();
    const first = start({}, store);
    await known();
    nvr.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    await onlooker.says(`${base}/ch/1/motion`, 'ON');
    await first.stop();
    // What a bridge that was killed leaves behind.
    await onlooker.publish(`${base}/ch/1/motion`, 'ON', true);
    await onlooker.publish(`${base}/do/5`, 'ON', true);
    const { port } = nvr;
    await nvr.stop();
    onlooker.seen.length = 0;
    start({ port }, store);
    await onlooker.says(`everfocus/${site}/status`, 'online');
    const at = onlooker.seen.findIndex(({ text }) => text === 'online');
    const before = onlooker.seen.slice(0, at).map(({ topic, text }) => `${topic} ${text}`);
    expect(before).toContain(`${base}/ch/1/motion unknown`);
    expect(before).toContain(`${base}/do/5 unknown`);
    nvr = (await startNvr()).nvr;
  });

  it('is true after a restart of the bridge, also of a camera whose status comes before the list', async () => {
    const store = new MemoryStore();
    const first = start({}, store);
    await known();
    await first.stop();
    onlooker.seen.length = 0;
    // Replies are late, what the hooks push is not.
    nvr.faults.slowReplies = 300;
    start({}, store);
    await onlooker.says(`${base}/ch/1/status`, 'online');
    await onlooker.says(`${base}/ch/1/recording`, 'ON');
    await onlooker.says(`${base}/ch/2/motion`, 'OFF');
  });

  it('is in doubt, and the site stopped, when the bridge is stopped', async () => {
    const bridge = start();
    await known();
    nvr.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    await onlooker.says(`${base}/ch/1/motion`, 'ON');
    await bridge.stop();
    await onlooker.says(`everfocus/${site}/status`, 'stopped');
    const retained = await retainedAt(broker.port, `everfocus/${site}/#`);
    expect([...retained.values()].filter((text) => text === 'ON')).toEqual([]);
    expect(retained.get(`${base}/ch/1/motion`)).toBe('unknown');
  });

  it('of a camera that was removed is cleared, for Home Assistant, too', async () => {
    start();
    await known();
    const discovery = `${prefix()}/device/everfocus_${id}_ch2/config`;
    await until('the camera is announced', () => onlooker.last(discovery));
    await using other = new Nvr({ host: nvr.host, port: nvr.port, username: 'admin', password: 'admin123' });
    await other.camera.deleteCamera({ ChannelID: 2 });
    await nvr.restart();
    await onlooker.says(discovery, '');
    await onlooker.says(`${base}/ch/2/motion`, '');
    await gone(/\/ch\/2\/|_ch2/);
    expect(await keptHere()).toContain(`${prefix()}/device/everfocus_${id}_ch1/config`);
  });

  it('under an old name is cleared where the configuration gives it another', async () => {
    const store = new MemoryStore();
    await start({}, store).stop();
    const first = start({}, store);
    await known();
    await first.stop();
    start({ id: 'garage' }, store);
    await onlooker.says(`everfocus/${site}/garage/ch/1/motion`, 'OFF');
    await gone(new RegExp(id));
    expect(await keptHere()).toContain(`${prefix()}/device/everfocus_garage_ch1/config`);
  });

  it('goes, with all of Home Assistant, where another NVR has its place, and is told anew of that one', async () => {
    start();
    await known();
    const { port } = nvr;
    await nvr.stop();
    const other = await startNvr({ mac: '00:11:14:00:0a:02', port });
    nvr = other.nvr;
    await onlooker.says(`everfocus/${site}/${other.id}/ch/1/motion`, 'OFF');
    await gone(new RegExp(id));
    expect(await keptHere()).toContain(`${prefix()}/device/everfocus_${other.id}_ch1/config`);
  });

  it('is that of the first of two NVRs with one name, and the log says which has none', async () => {
    const { nvr: second } = await startNvr({ mac: '00:11:14:00:0a:03' });
    const nvrs = [nvr, second].map((one) => nvrConfig(one, { id: 'gate' }));
    const bridge = startBridge(bridgeConfig(broker.port, nvrs, { site, homeAssistant: prefix() }));
    open.push(bridge);
    const line = await until('a word about the other', () =>
      bridge.lines.find((one) => one.includes('another NVR is called gate')),
    );
    const [named, nameless] = line.includes(`:${second.port}: `) ? [nvr, second] : [second, nvr];
    const channel = `everfocus/${site}/gate/ch/1`;
    await onlooker.says(`${channel}/motion`, 'OFF');
    nameless.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    named.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    await onlooker.says(`${channel}/motion`, 'ON');
    named.throwEvent({ channel: 1, type: 'Motion', state: 'inactive' });
    await onlooker.says(`${channel}/motion`, 'OFF');
    expect(onlooker.all(`${channel}/event`)).toHaveLength(2);
    await bridge.stop();
    await second.stop();
  });

  it('stays where the NVR lists no camera for once: it may still be starting', async () => {
    start();
    await known();
    await using other = new Nvr({ host: nvr.host, port: nvr.port, username: 'admin', password: 'admin123' });
    for (const ChannelID of [1, 2]) await other.camera.deleteCamera({ ChannelID });
    const lists = () => nvr.requests.filter(({ path }) => path === '/device/cameraList').length;
    onlooker.seen.length = 0;
    const before = lists();
    await nvr.restart();
    await onlooker.says(`${base}/status`, '{"connection":"connected"}');
    await until('the list', () => lists() > before);
    // It says of every channel, each second, whether anything is active there.
    await known();
    const kept = await retainedAt(broker.port);
    expect(kept.get(`${base}/ch/1/motion`)).toBe('OFF');
  });

  it('is announced to Home Assistant once more whenever that says that it is online', async () => {
    start();
    await known();
    const discovery = `${prefix()}/device/everfocus_${id}_ch1/config`;
    const document = await until('the camera is announced', () => onlooker.json(discovery));
    const before = onlooker.all(discovery).length;
    await onlooker.publish(`${prefix()}/status`, 'offline');
    await onlooker.publish(`${prefix()}/status`, 'online');
    await until('announced again', () => onlooker.all(discovery).length > before);
    // Not as often as somebody may say so.
    for (let times = 0; times < 5; times += 1) await onlooker.publish(`${prefix()}/status`, 'online');
    nvr.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    await onlooker.says(`${base}/ch/1/motion`, 'ON');
    expect(onlooker.all(discovery)).toHaveLength(before + 1);
    expect(onlooker.json(discovery)).toEqual(document);
    expect(document).toMatchObject({
      device: {
        identifiers: [`everfocus_${id}_ch1`],
        via_device: `everfocus_${id}`,
        connections: [['mac', '00:11:14:00:00:02']],
      },
      availability_mode: 'all',
      availability: [
        { topic: `everfocus/${site}/status` },
        { topic: `${base}/status` },
        { topic: `${base}/ch/1/status` },
      ],
      components: { motion: { platform: 'binary_sensor', device_class: 'motion', state_topic: `${base}/ch/1/motion` } },
    });
  });

  it('keeps what an NVR calls its events within the level of a topic', async () => {
    start();
    await known();
    nvr.throwEvent({ channel: 1, type: '../#/+\u0000$SYS', state: 'active' });
    nvr.throwEvent({ channel: 1, type: 'event', state: 'active' });
    nvr.throwEvent({ channel: 1, type: 'LineCrossing', state: 'active' });
    await onlooker.says(`${base}/ch/1/sys`, 'ON');
    await onlooker.says(`${base}/ch/1/event_event`, 'ON');
    await onlooker.says(`${base}/ch/1/line_crossing`, 'ON');
    const topics = new Set(onlooker.seen.map(({ topic }) => topic));
    for (const topic of topics) expect(topic).toMatch(/^[A-Za-z0-9_/-]+$/);
    await until(
      'Home Assistant knows it',
      () => onlooker.json(`${prefix()}/device/everfocus_${id}_ch1/config`).components.line_crossing,
    );
  });

  it('makes topics of a bounded number of types only', async () => {
    const bridge = start();
    await known();
    for (let type = 0; type < 60; type += 1) nvr.throwEvent({ channel: 1, type: `Odd${type}`, state: 'active' });
    await until('60 events', () => onlooker.all(`${base}/ch/1/event`).length === 60);
    const kinds = new Set(
      onlooker.seen.map(({ topic }) => topic).filter((topic) => topic.startsWith(`${base}/ch/1/odd`)),
    );
    expect(kinds.size).toBeLessThanOrEqual(32);
    expect(bridge.lines.join('\n')).toMatch(/limit broker.kinds|limit state.typesPerChannel/);
  });

  it('brings pictures where they are asked for, and never where not', async () => {
    start({ snapshots: { onEvent: true } });
    await known();
    nvr.throwEvent({ channel: 2, type: 'Motion', state: 'active' });
    const picture = await until('a picture', () =>
      onlooker.seen.find(({ topic }) => topic === `${base}/ch/2/snapshot`),
    );
    expect(picture.bytes.subarray(0, 3).toString('hex')).toBe('ffd8ff');
    expect(onlooker.all(`${base}/ch/1/snapshot`)).toEqual([]);
    expect([...(await retainedAt(broker.port, `${base}/ch/+/snapshot`)).keys()]).toEqual([`${base}/ch/2/snapshot`]);
    await until('no file stays on the NVR', () => nvr.snapshotPaths.length === 0);
  });

  it('proves what was recorded within the last day, and how the NVR is', async () => {
    start();
    const health = await until('health with recordings', () => {
      const told = onlooker.json(`${base}/health`);
      return told?.recording && told.disks?.length > 0 && told;
    });
    expect(health).toMatchObject({ clockAhead: expect.any(Number), events: { received: 0, dropped: 0 } });
    // The simulator pauses for 10 minutes every 3 hours. A day that begins within a pause has two parts of one.
    const { missing, percent, gaps } = health.recording.channels['1'];
    expect({ missing, percent }).toEqual({ missing: 80, percent: 94 });
    const minutes = (gaps as { from: string; to: string }[]).map(
      ({ from, to }) => (Date.parse(to) - Date.parse(from)) / 60_000,
    );
    const parts = gaps.length === 8 ? [] : [minutes.shift(), minutes.pop()];
    expect(minutes).toEqual(Array(parts.length === 0 ? 8 : 7).fill(10));
    expect(parts.reduce((sum = 0, part = 0) => sum + part, 0)).toBe(parts.length === 0 ? 0 : 10);
    expect(health.disks[0]).toMatchObject({ active: true });
    expect(health.disks[0].exception).toBeUndefined();
    nvr.throwException({ exception: 'DiskError', target: health.disks[0].slot });
    await until('the disk to be told', () => onlooker.json(`${base}/health`).disks[0].exception === 'DiskError');
  });
});
