import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import { bridgeConfig, commands, nvrConfig, Onlooker, type RunningBridge, startBridge, startNvr, Wire } from './rig.js';
import { TestBroker } from './test-broker.js';

describe('A command from the broker', () => {
  let broker: TestBroker;
  let nvr: Simulator;
  let base: string;
  let bridge: RunningBridge;
  let onlooker: Onlooker;

  const config = (
    more = commands({ outputs: true, ptz: true, record: true, call: new Set(['getPort', 'getEMail']) }),
  ) => bridgeConfig(broker.port, [nvrConfig(nvr, { commands: more })]);

  beforeAll(async () => {
    broker = await TestBroker.start({ extra: ['queue_qos0_messages true'] });
    ({ nvr, base } = await startNvr());
    onlooker = await Onlooker.at(broker.port);
    bridge = startBridge(config());
    await onlooker.says(`${base}/do/5`, 'OFF');
    await onlooker.says(`${base}/ch/1/status`, 'online');
  });

  afterAll(async () => {
    await bridge.stop();
    await onlooker[Symbol.asyncDispose]();
    await nvr.stop();
    await broker[Symbol.asyncDispose]();
  });

  beforeEach(() => void (onlooker.seen.length = 0));

  /** Publishes it, and what became of it. */
  const outcome = async (topic: string, text: string, retain = false) => {
    const before = onlooker.all(`${base}/result`).length;
    await onlooker.publish(`${base}/${topic}`, text, retain);
    const results = await until(`an outcome of ${topic}`, () => {
      const all = onlooker.all(`${base}/result`);
      return all.length > before && all;
    });
    return JSON.parse(results.at(-1) ?? '');
  };

  it('switches an output, and the state follows', async () => {
    expect(await outcome('do/5/set', 'ON')).toMatchObject({ command: 'do/5/set', ok: true });
    expect(nvr.pin(5)).toBe(1);
    await onlooker.says(`${base}/do/5`, 'ON');
    expect(await outcome('do/5/set', '{"state": "OFF", "id": "mine"}')).toMatchObject({ id: 'mine', ok: true });
    expect(nvr.pin(5)).toBe(0);
  });

  it('pulses an output, which is off in the end', async () => {
    const done = outcome('do/6/set', '{"pulse": 100}');
    await onlooker.says(`${base}/do/6`, 'ON');
    expect(await done).toMatchObject({ ok: true });
    expect(nvr.pin(6)).toBe(0);
    await onlooker.says(`${base}/do/6`, 'OFF');
  });

  it('moves a camera for a time, and stops it', async () => {
    expect(await outcome('ch/1/ptz/set', '{"move": "panLeft", "ms": 50}')).toMatchObject({ ok: true });
    expect(nvr.requests.filter(({ body }) => body.includes('"stop"')).length).toBeGreaterThanOrEqual(1);
    expect(await outcome('ch/1/ptz/set', 'STOP')).toMatchObject({ ok: true });
  });

  it('records by hand', async () => {
    const byHand = `${base}/ch/1/manual_record`;
    expect(await outcome('ch/1/record/set', 'ON')).toMatchObject({ ok: true });
    await onlooker.says(byHand, 'ON');
    expect(await outcome('ch/1/record/set', 'OFF')).toMatchObject({ ok: true });
    await onlooker.says(byHand, 'OFF');
  });

  it('calls what the configuration names, without passwords in the reply, and nothing else', async () => {
    expect(await outcome('call', '{"operation": "getPort", "id": "7"}')).toMatchObject({
      id: '7',
      ok: true,
      reply: { http_port: nvr.port },
    });
    const mail = await outcome('call', '{"operation": "getEMail"}');
    expect(mail.ok).toBe(true);
    expect(JSON.stringify(mail)).toMatch(/"password":"\*\*\*"/);
    const before = nvr.requests.length;
    for (const operation of ['reboot', 'format', 'getUser', 'nothing', '__proto__']) {
      expect(await outcome('call', JSON.stringify({ operation }))).toMatchObject({ ok: false, code: 'REFUSED' });
    }
    expect(nvr.requests.slice(before).filter(({ path }) => /reboot|format/.test(path))).toEqual([]);
  });

  it('is refused where it is retained', async () => {
    // One that has carried out nothing yet: of many commands some are passed over.
    await bridge.stop();
    bridge = startBridge(config());
    await onlooker.says(`${base}/do/7`, 'OFF');
    const results = () => onlooker.all(`${base}/result`).filter((text) => text.includes('is retained'));
    await onlooker.publish(`${base}/do/7/set`, 'ON', true);
    // As it comes, since MQTT 5 tells.
    await until('refused', () => results().length > 0);
    await onlooker.publish(`${base}/do/7/set`, 'OFF', true);
    await until('again', () => results().length === 2);
    expect(bridge.lines.filter((line) => line.includes('is retained'))).toHaveLength(1);
    expect(nvr.pin(7)).toBe(0);
    nvr.setPin(7, 0);
    // And by one that finds it there.
    onlooker.seen.length = 0;
    await bridge.stop();
    bridge = startBridge(config());
    await until('refused', () => onlooker.all(`${base}/result`).some((text) => text.includes('is retained')));
    expect(nvr.pin(7)).toBe(0);
    // To take it away is no command, and nothing to be told.
    onlooker.seen.length = 0;
    await onlooker.publish(`${base}/do/7/set`, '', true);
    expect(await outcome('do/5/set', 'OFF')).toMatchObject({ ok: true });
    expect(onlooker.all(`${base}/result`)).toHaveLength(1);
  });

  it('is refused where it waited for a bridge that was away', async () => {
    await using wire = new Wire(broker.port);
    await bridge.stop();
    bridge = startBridge({ ...config(), broker: { ...config().broker, port: await wire.listen() } });
    await onlooker.says(`${base}/ch/1/status`, 'online');
    wire.cut();
    await onlooker.says('everfocus/home/status', 'offline');
    await onlooker.publish(`${base}/do/8/set`, 'ON');
    onlooker.seen.length = 0;
    wire.mend();
    await onlooker.says('everfocus/home/status', 'online');
    expect(await outcome('do/5/set', 'OFF')).toMatchObject({ ok: true });
    expect(nvr.pin(8)).toBe(0);
    await bridge.stop();
    expect(onlooker.all(`${base}/result`).join()).toContain('waited while the bridge was away');
    bridge = startBridge(config());
    await onlooker.says(`${base}/ch/1/status`, 'online');
  });

  it.each([
    ['do/5/set', 'maybe', 'ON, OFF'],
    ['do/1/set', 'ON', 'no alarm output'],
    ['do/5/set', '{"pulse": 1e9}', 'pulse'],
    ['ch/1/ptz/set', '{"move": "up"}', 'panLeft'],
    ['ch/1/ptz/set', '{"move": "panLeft", "ms": -1}', 'ms'],
    ['call', '[]', 'operation'],
    ['call', 'x'.repeat(20_000), 'larger than'],
  ])('to %s that makes no sense is refused, and its sender told why (%#)', async (topic, text, why) => {
    await until('the gate admits more', async () => {
      const result = await outcome(topic, text);
      return result.code === 'REFUSED' && String(result.message).includes(why);
    });
  });

  it('is looked at so many times a second only', async () => {
    const before = nvr.requests.filter(({ path }) => path === '/dio/pinManualSetting').length;
    await Promise.all(Array.from({ length: 200 }, () => onlooker.publish(`${base}/do/5/set`, 'OFF')));
    await until('the limit is told', () => bridge.lines.some((line) => line.includes('broker.commands')));
    const after = nvr.requests.filter(({ path }) => path === '/dio/pinManualSetting').length;
    expect(after - before).toBeLessThan(40);
  });

  it('is not even listened to where it is not switched on', async () => {
    await bridge.stop();
    bridge = startBridge(config(commands({})));
    await onlooker.says(`${base}/ch/1/status`, 'online');
    onlooker.seen.length = 0;
    const before = nvr.requests.length;
    await onlooker.publish(`${base}/do/5/set`, 'ON');
    await onlooker.publish(`${base}/call`, '{"operation": "getPort"}');
    nvr.throwEvent({ channel: 1, type: 'Motion', state: 'once' });
    await until('a later event', () => onlooker.last(`${base}/ch/1/event`));
    expect(onlooker.last(`${base}/result`)).toBeUndefined();
    expect(nvr.requests.slice(before).filter(({ path }) => path === '/dio/pinManualSetting')).toEqual([]);
  });
});
