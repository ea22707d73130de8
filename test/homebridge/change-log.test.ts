import { expect, it } from '@jest/globals';
import type { CameraContext } from '../../src/homebridge/accessories/context.js';
import { ChangeLog } from '../../src/homebridge/nvr/change-log.js';
import { ManualClock, silentLogger } from '../../src/shared/index.js';
import { LimitCounters, limits } from '../../src/shared/internal.js';

const HOUR = 3_600_000;

function startLog() {
  const clock = new ManualClock();
  const lines: string[] = [];
  const counters = new LimitCounters(silentLogger);
  const write = (line: string) => void lines.push(line);
  const log = new ChangeLog({ ...silentLogger, info: write, error: write }, clock, counters);
  return { clock, lines, counters, log };
}

const kept = (channel: number): CameraContext => ({
  kind: 'camera',
  nvr: { name: 'House', address: '127.0.0.1:80' },
  channel,
  mac: '00:11:14:00:00:01',
  name: 'Gate',
});
const listed = { channel: 1, enabled: true, name: 'Gate', mac: '00:11:14:00:00:01' };

it('tells what has become of a camera, and nothing where all is as before', () => {
  const { lines, log } = startLog();
  log.tell(kept(1), 'listed', listed);
  expect(lines).toEqual([]);
  log.tell(kept(1), 'missing', listed);
  log.tell(kept(2), 'listed', listed);
  log.tell(kept(1), 'listed', { ...listed, mac: '00:11:14:00:00:02' });
  log.tell(kept(1), 'listed', { ...listed, enabled: false });
  log.tell(kept(1), 'disabled', { ...listed, enabled: false });
  expect(lines).toEqual([
    'camera 1 (Gate) is listed by the NVR again',
    'camera 1 (Gate) was camera 2 before: its accessory goes with it',
    'camera 1 (Gate) is another camera than before (Gate): it takes over room and automations',
    'camera 1 (Gate) is switched off at the NVR. It stays in Home, marked as faulty.',
  ]);
});

it('of a list that never rests fills no log: the rest of an hour is counted, and the next hour is told again', () => {
  const { clock, lines, counters, log } = startLog();
  const swap = () => log.tell(kept(2), 'listed', listed);
  for (let times = 0; times < 10_000; times += 1) swap();
  expect(lines).toHaveLength(limits.log.changes);
  expect(counters.hits).toMatchObject([{ limit: 'log.changes', count: 10_000 - limits.log.changes }]);
  clock.advance(HOUR);
  swap();
  expect(lines).toHaveLength(limits.log.changes + 1);
});

it('tells once, for each reason, that a camera cannot be made, however often that is tried', () => {
  const { lines, log } = startLog();
  for (const reason of ['none', 'none', 'other', 'other']) log.failed(listed, new Error(reason));
  log.failed({ ...listed, channel: 2 }, 'none');
  expect(lines).toEqual([
    'camera 1 (Gate) cannot be shown in Home: ERROR: none',
    'camera 1 (Gate) cannot be shown in Home: ERROR: other',
    'camera 2 (Gate) cannot be shown in Home: ERROR: none',
  ]);
});

it('tells again that a camera cannot be made where it could meanwhile', () => {
  const { lines, log } = startLog();
  const fail = () => log.failed(listed, new Error('none'));
  fail();
  log.made({ ...listed, channel: 2 });
  fail();
  expect(lines).toHaveLength(1);
  log.made(listed);
  fail();
  expect(lines).toHaveLength(2);
});
