import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Interest, ManualClock, Nvr, operations, type StateChange } from '../../src/shared/index.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';

const NOW = 1_700_000_000_000;

let clock: ManualClock;
let simulator: Simulator;
let nvr: Nvr;

beforeEach(async () => {
  clock = new ManualClock(NOW);
  simulator = await Simulator.start({ cameras: 3, clock });
  const { host, port } = simulator;
  nvr = new Nvr({ host, port, username: 'admin', password: 'admin123', clock });
});
afterEach(async () => {
  simulator.faults.stalledReplies = false;
  await nvr.close();
  await until('no socket', () => simulator.openSockets === 0);
  await simulator.stop();
  expect(clock.pending).toBe(0);
});

function watch(interest: Interest): StateChange[] {
  const changes: StateChange[] = [];
  nvr.state.watch(interest, (change) => changes.push(change));
  return changes;
}

const of = <Kind extends StateChange['kind']>(changes: readonly StateChange[], kind: Kind) =>
  changes.filter((change): change is Extract<StateChange, { kind: Kind }> => change.kind === kind);

/** Lets simulated seconds pass, each with what the network brings in it. */
async function pass(what: string, condition: () => boolean): Promise<void> {
  await until(what, () => {
    if (condition()) return true;
    clock.advance(200);
    return false;
  });
}

/** The NVR is off for a moment. */
async function restart(): Promise<void> {
  let up = false;
  const done = simulator.restart(1000).then(() => (up = true));
  await pass('the NVR to be up again', () => up);
  await done;
}

describe('the state of an NVR', () => {
  it('is asked for only where somebody watches, and nothing stays open after that', async () => {
    expect(nvr.state.connection).toEqual({ is: 'unknown' });
    const changes: StateChange[] = [];
    const subscription = nvr.state.watch({ list: true }, (change) => changes.push(change));
    await until('the list', () => of(changes, 'cameras').length === 1);
    expect(simulator.openSockets).toBe(0);
    const paths = new Set(simulator.requests.map(({ path }) => path));
    expect(paths).toContain('/device/cameraList');
    for (const path of ['/dio/GetPinStatus', '/device/cameraStatus', '/storage/getStorages']) {
      expect(paths).not.toContain(path);
    }
    expect(of(changes, 'cameras')[0]?.cameras.map(({ channel, enabled }) => [channel, enabled])).toEqual([
      [1, true],
      [2, true],
      [3, true],
    ]);
    expect(nvr.state.connection).toEqual({ is: 'connected' });
    subscription.close();
    expect(clock.pending).toBe(0);
    expect(nvr.state.connection).toEqual({ is: 'unknown' });
  });

  it('tells a change to those whom it concerns, once', async () => {
    const [all, two, motion] = [
      watch({ events: true }),
      watch({ events: { channels: [2] } }),
      watch({ events: { channels: [1], types: ['motion'] } }),
    ];
    await until('known', () => of(all, 'events').length === 1 && of(motion, 'event').length === 1);
    for (const changes of [all, two, motion]) changes.length = 0;
    simulator.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    simulator.throwEvent({ channel: 1, type: 'VideoLoss', state: 'active' });
    simulator.throwEvent({ channel: 2, type: 'Motion', state: 'active' });
    simulator.throwEvent({ channel: 1, type: 'Motion', state: 'inactive' });
    await until('all', () => all.length === 4);
    const told = (changes: readonly StateChange[]) =>
      of(changes, 'event').map(({ channel, type, active }) => `${channel} ${type} ${active}`);
    expect(told(all)).toEqual(['1 Motion true', '1 VideoLoss true', '2 Motion true', '1 Motion false']);
    expect(told(two)).toEqual(['2 Motion true']);
    expect(told(motion)).toEqual(['1 Motion true', '1 Motion false']);
    expect(nvr.state.isActive(2, 'Motion')).toBe(true);
    expect(nvr.state.isActive(1, 'Motion')).toBe(false);
  });

  it('tells which cameras are recorded by hand to whom that concerns: what others start, too, and nothing while nobody knows', async () => {
    const plain = watch({ cameras: true });
    await pass('the cameras', () => of(plain, 'camera').length === 3);
    const statuses = () => simulator.requests.filter(({ path }) => path === '/device/cameraStatus').length;
    // The hook.
    expect(statuses()).toBe(1);
    watch({ cameras: { channels: [2] }, manual: true });
    const manual = () => nvr.state.camera(2)?.manual;
    await pass('what holds', () => manual() === false);
    await nvr.call(operations.manualRecord, { channel: 2, command: 'start' });
    expect([manual(), nvr.state.camera(1)?.manual]).toEqual([true, false]);
    const other = new Nvr({ host: simulator.host, port: simulator.port, username: 'admin', password: 'admin123' });
    await other.call(operations.manualRecord, { channel: 2, command: 'stop' });
    await other.close();
    await pass('the end of it', () => manual() === false);
    const changes = watch({ cameras: { channels: [2] } });
    await restart();
    await pass('it to be known again', () => of(changes, 'camera').at(-1)?.camera?.manual === false);
    expect(of(changes, 'camera').some(({ camera }) => camera?.manual === undefined)).toBe(true);
  });

  it('gives a newcomer its first states, those of an event that began before included', async () => {
    const first = watch({ events: true });
    await until('known', () => of(first, 'events').length === 1);
    simulator.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    await until('it', () => nvr.state.isActive(1, 'Motion') === true);
    const named = watch({ events: { types: ['motion'] } });
    expect(of(named, 'event')).toEqual([
      { kind: 'event', channel: 1, type: 'motion', active: true, first: true },
      { kind: 'event', channel: 2, type: 'motion', active: false, first: true },
      { kind: 'event', channel: 3, type: 'motion', active: false, first: true },
    ]);
    expect(named[0]).toEqual({ kind: 'connection', connection: { is: 'connected' }, first: true });
  });

  it('stays known while one who watches is exchanged for another, and is followed no more after a while', async () => {
    const changes: StateChange[] = [];
    const former = nvr.state.watch({ events: { types: ['Tag'] } }, (change) => changes.push(change));
    await until('known', () => of(changes, 'events').length === 1);
    simulator.throwEvent({ channel: 2, type: 'Motion', state: 'active' });
    await until('it', () => nvr.state.isActive(2, 'Motion') === true);
    former.close();
    const later: StateChange[] = [];
    const successor = nvr.state.watch({ events: { types: ['motion'] } }, (change) => later.push(change));
    expect(of(later, 'event')).toContainEqual({ kind: 'event', channel: 2, type: 'motion', active: true, first: true });
    successor.close();
    expect(simulator.openSockets).toBe(1);
    clock.advance(30_000);
    await until('the socket to close', () => simulator.openSockets === 0);
    expect(nvr.state.connection).toEqual({ is: 'unknown' });
  });

  it('is unknown after a lost connection, and known again when it has been read', async () => {
    const changes = watch({
      cameras: { channels: [1] },
      events: { channels: [1], types: ['Motion'] },
      pins: true,
      list: true,
    });
    const online = () => nvr.state.camera(1)?.online;
    await pass(
      'all',
      () => online() === true && of(changes, 'output').length === 4 && nvr.state.isActive(1, 'Motion') === false,
    );
    simulator.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    await until('motion', () => nvr.state.isActive(1, 'Motion') === true);
    changes.length = 0;
    await restart();
    await pass('all again', () => {
      const list = of(changes, 'cameras').length > 0;
      return list && online() === true && nvr.state.pin(5) === false && nvr.state.isActive(1, 'Motion') === false;
    });
    expect(of(changes, 'connection').map(({ connection }) => connection.is)).toEqual(['away', 'connected']);
    expect(of(changes, 'camera').map(({ camera }) => camera?.online)).toEqual([undefined, true]);
    const gate = of(changes, 'output').filter(({ pin }) => pin === 5);
    expect(gate.map(({ on }) => on)).toEqual([undefined, false]);
    expect(of(changes, 'events').map(({ known }) => known)).toEqual([false, true]);
    expect(of(changes, 'event')).toEqual([
      { kind: 'event', channel: 1, type: 'Motion', active: false, cause: 'reconciled' },
    ]);
  });

  it('tells what somebody writes through this client at once, and what others set soon', async () => {
    const changes = watch({ pins: true });
    await pass('the pins', () => of(changes, 'output').length === 4 && of(changes, 'input').length === 4);
    await nvr.call(operations.pinManualSetting, { pinID: 6, pinValue: 1 });
    expect(of(changes, 'output').slice(4)).toEqual([{ kind: 'output', pin: 6, on: true }]);
    simulator.setPin(7, 1);
    await pass('the other', () => nvr.state.pin(7) === true);
    expect(
      of(changes, 'output')
        .map(({ pin }) => pin)
        .slice(4),
    ).toEqual([6, 7]);
    simulator.setPin(1, 1);
    const asked = clock.now();
    await pass('an input by its event', () => of(changes, 'input').length > 4);
    expect(clock.now() - asked).toBeLessThan(2000);
    expect(of(changes, 'input').slice(4)).toEqual([{ kind: 'input', pin: 1, on: true }]);
  });

  it('reads the list again when a camera turns up that it lacks', async () => {
    const changes = watch({ list: true, cameras: true });
    await pass('cameras', () => nvr.state.camera(3)?.online === true && of(changes, 'cameras').length === 1);
    const elsewhere = new Nvr({ host: simulator.host, port: simulator.port, username: 'admin', password: 'admin123' });
    await elsewhere.call(operations.setCamera, {
      ChannelID: 4,
      Enable: true,
      DeviceName: 'New',
      IPAddress: '192.168.33.9',
      Port: 80,
      UserName: 'admin',
      Password: '',
      protocol: 'onvif',
      SubnetMask: '255.255.255.0',
    });
    await elsewhere.close();
    const begin = clock.now();
    await pass('it', () => nvr.state.cameras?.length === 4);
    expect(clock.now() - begin).toBeLessThan(10_000);
    expect(of(changes, 'cameras').at(-1)?.cameras.at(-1)).toMatchObject({ channel: 4, name: 'New' });
  });

  it('says that the NVR is away where it does not answer, and that it is rejected where the login is', async () => {
    const changes = watch({ list: true });
    await until('the list', () => of(changes, 'cameras').length === 1);
    await simulator.stop();
    void nvr.state.refresh('list');
    await pass('away', () => nvr.state.connection.is === 'away');
    const { host, port } = simulator;
    simulator = await Simulator.start({ cameras: 1, clock });
    expect([host, port]).toBeDefined();
    const wrong = new Nvr({ host: simulator.host, port: simulator.port, username: 'admin', password: 'wrong', clock });
    const told: StateChange[] = [];
    wrong.state.watch({ list: true, cameras: true }, (change) => told.push(change));
    await until('rejected', () => wrong.state.connection.is === 'rejected');
    expect(of(told, 'connection')).toHaveLength(1);
    await wrong.close();
  });
});

describe('a fault of a disk', () => {
  const faults = (changes: readonly StateChange[]) =>
    of(changes, 'disks').map(({ disks }) => disks.map(({ exception }) => exception));

  it('outlasts the connection, and ends when the disk is formatted', async () => {
    const changes = watch({ disks: true });
    await until('the disks', () => faults(changes).length === 1);
    await until('the exceptions', () => simulator.openSockets === 1);
    simulator.throwException({ exception: 'DiskError', target: 'sdb' });
    await pass('the fault', () => faults(changes).length === 2);
    await restart();
    await pass('the disks to be read again', () => faults(changes).length === 3);
    await nvr.call(operations.format, { device: '/dev/sdb' });
    await pass('the end of the fault', () => faults(changes).length === 4);
    const none = [undefined, undefined, undefined, undefined];
    const second = [undefined, 'DiskError', undefined, undefined];
    expect(faults(changes)).toEqual([none, second, second, none]);
  });
});
