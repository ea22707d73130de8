import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Simulator } from '../../packages/simulator/src/index.js';
import { Nvr, operations } from '../../src/shared/index.js';
import { until } from '../support/until.js';
import { bridgeConfig, commands, nvrConfig, Onlooker, type RunningBridge, startBridge, startNvr } from './rig.js';
import { TestBroker } from './test-broker.js';

describe('A command to a camera', () => {
  let broker: TestBroker;
  let nvr: Simulator;
  let base: string;
  let bridge: RunningBridge;
  let onlooker: Onlooker;

  beforeAll(async () => {
    broker = await TestBroker.start();
    ({ nvr, base } = await startNvr());
    onlooker = await Onlooker.at(broker.port);
    const more = { commands: commands({ ptz: true, snapshot: true }), snapshots: { onEvent: false } };
    bridge = startBridge(bridgeConfig(broker.port, [nvrConfig(nvr, more)]));
    await onlooker.says(`${base}/ch/2/status`, 'online');
  });
  afterAll(async () => {
    await bridge.stop();
    await onlooker[Symbol.asyncDispose]();
    await nvr.stop();
    await broker[Symbol.asyncDispose]();
  });

  /** Publishes it, and what became of it. */
  const outcome = async (topic: string, text: string) => {
    const before = onlooker.all(`${base}/result`).length;
    await onlooker.publish(`${base}/${topic}`, text);
    return until(`an outcome of ${topic}`, () => {
      const result = onlooker.all(`${base}/result`)[before];
      return result && (JSON.parse(result) as { ok: boolean });
    });
  };

  it('moves it as fast as it says, and to a preset by its name', async () => {
    await using client = new Nvr({ host: nvr.host, port: nvr.port, username: 'admin', password: 'admin123' });
    const { pan } = nvr.ptz(2);
    await client.call(operations.setPreset, { ChannelID: 2, preset_name: 'Gate' });
    expect(await outcome('ch/2/ptz/set', '{"move": "panRight", "ms": 50, "speed": 0.5}')).toMatchObject({ ok: true });
    const moves = nvr.requests.filter(({ body }) => body.includes('pan_right'));
    expect(moves.map(({ body }) => /"speed": ?"?0\.5\b/.test(body))).toEqual([true]);
    expect(nvr.ptz(2).pan).not.toBe(pan);
    expect(await outcome('ch/2/ptz/set', '{"preset": "gate"}')).toMatchObject({ ok: true });
    expect(nvr.ptz(2).pan).toBe(pan);
    expect(await outcome('ch/2/ptz/set', '{"preset": "nowhere"}')).toMatchObject({ ok: false });
  });

  it('asks for a picture, which is there before the outcome', async () => {
    expect(await outcome('ch/2/snapshot/set', 'now')).toMatchObject({ ok: true });
    const picture = onlooker.seen.find(({ topic }) => topic === `${base}/ch/2/snapshot`);
    expect(picture?.bytes.subarray(0, 3).toString('hex')).toBe('ffd8ff');
    expect(await outcome('ch/9/snapshot/set', '')).toMatchObject({ ok: false });
  });
});
