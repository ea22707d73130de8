import { beforeEach, describe, expect, it } from '@jest/globals';
import { operations, silentLogger } from '../../src/shared/index.js';
import { LimitCounters } from '../../src/shared/limit-counters.js';
import { limits } from '../../src/shared/limits.js';
import { DiskFaults, FAULT_LIMIT } from '../../src/shared/state/disk-faults.js';

const [one, two] = ['a', 'b'].map((letter, index) => ({
  slot: `HDD-${index + 1}`,
  device: `/dev/sd${letter}`,
  model: 'WDC',
  serial: `WD-${letter}`,
  active: true,
}));
const both = [one, two].flatMap((disk) => disk ?? []);

let counters: LimitCounters;
let faults: DiskFaults;
beforeEach(() => {
  counters = new LimitCounters(silentLogger);
  faults = new DiskFaults(counters);
});

/** What is wrong with each. */
const read = (storages: Parameters<DiskFaults['of']>[0] = both, now = 0) =>
  faults.of(storages, now).map(({ slot, exception }) => `${slot} ${exception ?? 'well'}`);

describe('a disk is faulty', () => {
  it.each([
    ['its device file', '/dev/sdb'],
    ['the name of that', 'sdb'],
    ['its slot', 'HDD-2'],
  ])('where it is reported by %s', (_, target) => {
    faults.report({ exception: 'DiskError', target }, 0);
    expect(read()).toEqual(['HDD-1 well', 'HDD-2 DiskError']);
  });

  it('where none is named: that concerns all', () => {
    faults.report({ exception: 'DiskFull' }, 0);
    expect(read()).toEqual(['HDD-1 DiskFull', 'HDD-2 DiskFull']);
  });

  it('where it is not listed: one that fails may be gone', () => {
    faults.report({ exception: 'DiskError', target: 'sdc' }, 0);
    expect(faults.of(both, 0).at(-1)).toEqual({ slot: 'sdc', device: '', active: false, exception: 'DiskError' });
  });

  it('not by what is wrong with something else', () => {
    faults.report({ exception: 'FanError' }, 0);
    faults.report({ exception: 'LinkDown', target: 'eth0' }, 0);
    expect(read()).toEqual(['HDD-1 well', 'HDD-2 well']);
  });
});

describe('the fault of a disk', () => {
  beforeEach(() => {
    faults.report({ exception: 'DiskError', target: 'sdb' }, 0);
    expect(read()).toEqual(['HDD-1 well', 'HDD-2 DiskError']);
  });

  it('ends a day after the last report', () => {
    expect(read(both, FAULT_LIMIT - 1)).toContain('HDD-2 DiskError');
    faults.report({ exception: 'DiskError', target: 'sdb' }, 1000);
    expect(read(both, FAULT_LIMIT)).toContain('HDD-2 DiskError');
    expect(read(both, FAULT_LIMIT + 1000)).toEqual(['HDD-1 well', 'HDD-2 well']);
  });

  it('ends where another disk is in its place, and not where the same has come back', () => {
    expect(read(both.slice(0, 1))).toEqual(['HDD-1 well', 'sdb DiskError']);
    expect(read()).toContain('HDD-2 DiskError');
    expect(read(both.map((disk) => ({ ...disk, serial: `${disk.serial} new` })))).toEqual(['HDD-1 well', 'HDD-2 well']);
  });

  it.each([
    ['by its device file', 'sdb', '/dev/sdb', 'well'],
    ['whatever name it was reported under', 'HDD-2', '/dev/sdb', 'well'],
    ['and not where another is', 'sdb', '/dev/sda', 'DiskError'],
  ])('ends where it is formatted, %s', (_, target, device, after) => {
    faults.report({ exception: 'DiskError', target }, 0);
    if (target !== 'sdb') faults.done(operations.format, { device: '/dev/sdb' });
    faults.done(operations.format, { device });
    expect(read()).toEqual(['HDD-1 well', `HDD-2 ${after}`]);
  });
});

it.each(['format', 'setStorages', 'setDiskGroups', 'setOverwrite'] as const)(
  'disks are full no more after %s, until that is reported again',
  (name) => {
    faults.report({ exception: 'DiskFull' }, 0);
    read();
    faults.done(operations[name], { device: '/dev/sda' });
    expect(read()).toEqual(['HDD-1 well', 'HDD-2 well']);
    faults.report({ exception: 'DiskFull' }, 0);
    expect(read()).toEqual(['HDD-1 DiskFull', 'HDD-2 DiskFull']);
  },
);

it('disks are full no more where one has been added', () => {
  faults.report({ exception: 'DiskFull' }, 0);
  read(both.slice(0, 1));
  expect(read()).toEqual(['HDD-1 well', 'HDD-2 well']);
});

it('of more targets than there are disks the newest are kept', () => {
  const report = (disk: number) => faults.report({ exception: 'DiskError', target: `${disk}` }, 0);
  for (let disk = 0; disk < limits.state.disks; disk += 1) report(disk);
  report(0);
  report(limits.state.disks);
  const told = read([]);
  expect(told).toHaveLength(limits.state.disks);
  expect(told).toContain('0 DiskError');
  expect(told).not.toContain('1 DiskError');
  expect(counters.hits).toEqual([expect.objectContaining({ limit: 'state.disks', count: 1 })]);
});
