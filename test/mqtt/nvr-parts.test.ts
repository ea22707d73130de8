import { describe, expect, it } from '@jest/globals';
import { type Link, Outbox, type PictureFate } from '../../src/mqtt/broker/outbox.js';
import { AnnouncedStates } from '../../src/mqtt/nvr/announced-states.js';
import { Checkups } from '../../src/mqtt/nvr/checkups.js';
import { CommandGate } from '../../src/mqtt/nvr/command-gate.js';
import { readCommand, withoutPasswords } from '../../src/mqtt/nvr/commands.js';
import { checkUp, proveRecording, recordOf } from '../../src/mqtt/nvr/health.js';
import { identify } from '../../src/mqtt/nvr/identity.js';
import { Memory } from '../../src/mqtt/nvr/memory.js';
import { Pictures } from '../../src/mqtt/nvr/pictures.js';
import { SiteTopics } from '../../src/mqtt/topics.js';
import { type Disk, ManualClock, MemoryStore, type Nvr, operations, silentLogger } from '../../src/shared/index.js';
import { LimitCounters, limits } from '../../src/shared/internal.js';
import { commands, told } from './rig.js';

const { signal } = new AbortController();

/** Answers each operation with what is said for it; what is not said is not known to it. */
function answering(replies: Readonly<Record<string, unknown>>): { nvr: Nvr; asked: [string, unknown][] } {
  const asked: [string, unknown][] = [];
  const call = async ({ id }: { id: string }, params: unknown) => {
    asked.push([id, params]);
    if (!(id in replies)) throw new Error(`${id} is not known`);
    return replies[id];
  };
  return { nvr: { call, trustedCertificate: async () => undefined } as unknown as Nvr, asked };
}

describe('The outbox', () => {
  it('keeps neither states waiting for events nor events for states', () => {
    const outbox = new Outbox({
      limit: { events: 100, bytes: 1e6 },
      pictureLimit: 1,
      dropped: () => undefined,
      last: 'status',
    });
    const sent: string[] = [];
    let done: (() => void)[] = [];
    const link: Link = {
      ...{ window: 2, waiting: 0 },
      publish: (topic, _payload, _retain, taken) => {
        sent.push(topic);
        done.push(taken);
      },
      picture: () => undefined,
    };
    for (let number = 0; number < 10; number += 1) {
      outbox.retain(`state ${number}`, 'ON');
      outbox.event({ source: 'a', topic: `event ${number}`, payload: '' });
    }
    outbox.connect(link);
    while (sent.length < 8) {
      const taken = done;
      done = [];
      for (const each of taken) each();
    }
    expect(sent.filter((topic) => topic.startsWith('state')).length).toBe(4);
    expect(sent.filter((topic) => topic.startsWith('event')).length).toBe(4);
  });

  it('counts the topic of an event, and what it costs beside, as bytes that wait', () => {
    const dropped: string[] = [];
    const limit = { events: 100, bytes: 10_000 };
    const outbox = new Outbox({
      ...{ limit, pictureLimit: 1, last: 'status' },
      dropped: (source) => void dropped.push(source),
    });
    for (let number = 0; number < 100; number += 1)
      outbox.event({ source: 'a', topic: 't'.repeat(1000), payload: 'x' });
    expect(outbox.waiting).toBeLessThan(10);
    expect(dropped).toHaveLength(100 - outbox.waiting);
  });
});

describe('A command', () => {
  const read = (target: Parameters<typeof readCommand>[0]['target'], text: string, allowed = commands({})) =>
    readCommand({ target, payload: Buffer.from(text), retained: false, stale: false }, allowed);

  it.each(['reboot', 'format', 'deleteCamera', 'nothing'])('cannot be %s, whatever the configuration says', (name) => {
    const call = new Set([name]);
    expect(read({ is: 'call' }, JSON.stringify({ operation: name }), commands({ call }))).toMatchObject({
      refused: expect.stringContaining(`may not call ${name}`),
    });
  });

  it.each([
    [{ is: 'output', pin: 5 }, 'ON'],
    [{ is: 'ptz', channel: 1 }, 'STOP'],
    [{ is: 'record', channel: 1 }, 'ON'],
    [{ is: 'snapshot', channel: 1 }, ''],
    [{ is: 'call' }, '{"operation": "getPort"}'],
  ] as const)('is refused where it is not switched on, also if it comes all the same: %j', (target, text) => {
    expect(read(target, text)).toEqual({ refused: 'is not switched on' });
  });

  it('has room for as many at a time as the limit says, and again once one is done', async () => {
    const gate = new CommandGate(new ManualClock());
    const works = Array.from({ length: limits.broker.underWay }, () => gate.begin());
    expect(works).not.toContain(undefined);
    expect(gate.begin()).toBeUndefined();
    await expect(works[0]?.(() => Promise.reject(new Error('it failed')))).rejects.toThrow('it failed');
    expect([gate.begin() === undefined, gate.begin()]).toEqual([false, undefined]);
  });

  it('is admitted in a burst, and as many again within 2 s', () => {
    const clock = new ManualClock();
    const gate = new CommandGate(clock);
    const admitted = () => Array.from({ length: 50 }, () => gate.admits()).filter(Boolean).length;
    expect(admitted()).toBe(limits.broker.commands);
    clock.advance(1000);
    expect(admitted()).toBe(limits.broker.commands / 2);
    clock.advance(3_600_000);
    expect(admitted()).toBe(limits.broker.commands);
  });

  it('brings nothing secret with its reply, whatever the NVR calls it', () => {
    const reply = { wpaPassphrase: 'a', userPass: 'b', clientSecret: 'c', smtp: [{ password: 'd' }], name: 'e' };
    expect(withoutPasswords(reply)).toEqual({
      ...{ wpaPassphrase: '***', userPass: '***', clientSecret: '***', smtp: [{ password: '***' }], name: 'e' },
    });
  });
});

describe('Announced states', () => {
  const states = () => {
    const { outbox, said } = told('everfocus/home/a/');
    return { states: new AnnouncedStates(new SiteTopics('everfocus', 'home').nvr('a'), outbox), said };
  };

  it('of a camera that is gone are cleared, its last picture too', () => {
    const { states: announced, said } = states();
    announced.status(2, true);
    announced.state(2, 'motion', true);
    said.length = 0;
    announced.forgetChannel(2);
    expect(Object.fromEntries(said)).toEqual({ 'ch/2/motion': '', 'ch/2/status': '', 'ch/2/snapshot': '' });
  });

  it('of pins that are gone are cleared, others stay', () => {
    const { states: announced, said } = states();
    for (const pin of [5, 6]) announced.pin('do', pin, true);
    for (const pin of [1, 2]) announced.pin('di', pin, true);
    said.length = 0;
    announced.keepPins('do', [6]);
    announced.keepPins('di', [1]);
    expect(said).toEqual([
      ['do/5', ''],
      ['di/2', ''],
    ]);
    expect([announced.pins('do'), announced.pins('di')]).toEqual([[6], [1]]);
  });

  it('of recordings are not in doubt where only events are', () => {
    const { states: announced, said } = states();
    announced.state(1, 'motion', true);
    announced.state(1, 'recording', true);
    said.length = 0;
    announced.eventsUnknown();
    expect(said).toEqual([['ch/1/motion', 'unknown']]);
    announced.quiet(1);
    expect(said.at(-1)).toEqual(['ch/1/motion', 'OFF']);
  });
});

describe('What an NVR is called', () => {
  const mac = '00:11:14:AA:00:01';
  it.each([
    ['its serial number', 'AB 12/3', mac, 'AB_12_3'],
    ['its MAC address, where its serial number is empty', '', mac, '001114aa0001'],
    ['its MAC address, where its serial number is a place without one', '0000000000', mac, '001114aa0001'],
    ['nothing, where it tells neither', '000', 'none', undefined],
  ])('is %s', async (_, serial, told, id) => {
    const { nvr } = answering({ getSystemInfo: { serial }, getDDNS: { mac: told } });
    expect((await identify(nvr, undefined, signal))?.id).toBe(id);
    expect((await identify(nvr, 'mine', signal))?.id).toBe('mine');
  });
});

describe('What was announced', () => {
  it.each([
    ['no name', { id: '' }],
    ['a name that reaches elsewhere', { id: 'a/../b' }],
    ['no object', 'a'],
  ])('is as if it had not been where the file holds %s', async (_, stored) => {
    const store = new MemoryStore();
    await store.write('announced here', stored);
    expect(await new Memory(store, 'here', silentLogger).read()).toBeUndefined();
  });

  it('is taken without what cannot be a topic', async () => {
    const store = new MemoryStore();
    const channels = { 1: ['motion', 'a/b', '#', 7], '-1': ['motion'], x: ['motion'] };
    await store.write('announced here', { id: 'a', channels, outputs: [5, 0, 'x', 1.5], inputs: 'none' });
    expect(await new Memory(store, 'here', silentLogger).read()).toEqual({
      ...{ id: 'a', channels: new Map([[1, new Set(['motion'])]]), outputs: [5], inputs: [], pictures: true },
    });
  });
});

describe('Pictures', () => {
  const pictures = (more: { everySeconds?: number; wanted?: boolean } = {}) => {
    const clock = new ManualClock();
    const taken: number[] = [];
    const nvr = {
      takeSnapshot: async (channel: number) => {
        taken.push(channel);
        return Buffer.alloc(10);
      },
    } as unknown as Nvr;
    const made = new Pictures(nvr, {
      ...{ clock, limits: new LimitCounters(silentLogger), everySeconds: more.everySeconds },
      channels: () => [1, 2],
      wanted: () => more.wanted ?? true,
      publish: (): PictureFate => 'sent',
      failed: () => undefined,
    });
    return { made, clock, taken };
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('for events are taken every 5 s of a camera at most', async () => {
    const { made, clock, taken } = pictures();
    for (const channel of [1, 1, 2]) {
      made.event(channel);
      await settled();
    }
    expect(taken).toEqual([1, 2]);
    clock.advance(4999);
    made.event(1);
    await settled();
    expect(taken).toEqual([1, 2]);
    clock.advance(1);
    made.event(1);
    await settled();
    expect(taken).toEqual([1, 2, 1]);
  });

  it('are taken for nobody neither by time nor for events', async () => {
    const { made, clock, taken } = pictures({ everySeconds: 5, wanted: false });
    made.event(1);
    clock.advance(20_000);
    await settled();
    expect(taken).toEqual([]);
    made.stop();
  });

  it('come by time where that is wanted, until it ends', async () => {
    const { made, clock, taken } = pictures({ everySeconds: 60 });
    clock.advance(60_000);
    await settled();
    expect(taken).toEqual([1, 2]);
    made.stop();
    clock.advance(600_000);
    await settled();
    expect(taken).toEqual([1, 2]);
  });
});

describe('The health of an NVR', () => {
  const at = Date.UTC(2026, 2, 1, 12);

  it('tells by how many seconds its clock is ahead, and how many logins of the last day failed', async () => {
    const entry = (description?: string) => ({ description });
    const system = [entry('System Startup'), entry('Login'), entry('Login failed')];
    const account = [entry('Wrong password'), entry('Modify User password'), entry('Clock set'), entry()];
    const asked: unknown[] = [];
    const nvr = {
      call: async ({ id }: { id: string }, params: { type?: string }) => {
        if (id === operations.getTime.id) return { time: at + 90_400 };
        if (id !== operations.searchLogs.id) throw new Error(`${id} is not known`);
        asked.push(params);
        return params.type === 'System' ? system : account;
      },
    } as unknown as Nvr;
    const health = await checkUp(nvr, new ManualClock(at), false, signal);
    expect(health).toEqual({ clockAhead: 90, logins: { entries: 3, failed: 2 } });
    // By the clock of the NVR, and a minute that goes by meanwhile.
    const day = { startTime: at + 90_000 - 86_400_000, endTime: at + 150_000 };
    expect(asked).toEqual([
      { type: 'System', ...day },
      { type: 'Account', ...day },
    ]);
    const behind = answering({ getTime: { time: at - 30_000 } });
    expect(await checkUp(behind.nvr, new ManualClock(at), false, signal)).toEqual({ clockAhead: -30 });
  });

  it('says nothing of disks that nobody has read yet', () => {
    const clock = new ManualClock(at);
    const said: string[] = [];
    const nvr = { state: { connection: { is: 'away' } }, limits: new LimitCounters(silentLogger) } as unknown as Nvr;
    const checkups = new Checkups(nvr, {
      ...{ clock, https: false, channels: () => [], counts: () => ({ received: 0, dropped: 0 }) },
      publish: (health) => void said.push(health),
    });
    checkups.tell();
    clock.advance(5000);
    checkups.disks([{ slot: 'SATA1', active: true } as Disk]);
    clock.advance(5000);
    checkups.stop();
    expect(said.map((health) => (JSON.parse(health) as { disks?: unknown }).disks)).toEqual([
      undefined,
      [{ slot: 'SATA1', active: true }],
    ]);
  });

  it('leaves out what it does not tell', async () => {
    expect(await checkUp(answering({}).nvr, new ManualClock(at), true, signal)).toEqual({ certificate: {} });
  });

  it('proves the recordings of the last day by the clock of the NVR, whole minutes, up to five ago', async () => {
    const { nvr } = answering({ getMapByMinute: [] });
    const proof = await proveRecording(nvr, [], new ManualClock(at + 30_000), 3600, signal);
    expect([proof.from, proof.to]).toEqual(['2026-02-28T12:55:00.000Z', '2026-03-01T12:55:00.000Z']);
  });

  it('says 100 % of no recording with a gap, and tells the longest of many gaps', () => {
    const minute = (number: number) => new Date(number * 60_000);
    // Of a whole day every half hour lacks a minute, the last of them two.
    const intervals = Array.from({ length: 48 }, (_, index) => ({
      ...{ channel: 1, from: minute(index * 30 + (index === 47 ? 2 : 1)), to: minute(index * 30 + 30) },
    }));
    const { missing, percent, gaps } = recordOf(1, intervals, minute(0), minute(1440));
    expect([missing, percent, gaps.length]).toEqual([49, 96, 20]);
    expect(gaps.at(-1)).toEqual({ from: minute(1410).toISOString(), to: minute(1412).toISOString() });
    const almost = [{ channel: 1, from: minute(1), to: minute(1440) }];
    expect(recordOf(1, almost, minute(0), minute(1440))).toMatchObject({ missing: 1, percent: 99 });
  });
});
