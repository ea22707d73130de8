import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FormData } from 'undici';
import { ManualClock } from '../../src/shared/clock.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { until } from '../support/until.js';
import { type OpenSocket, Visitor } from './visitor.js';

const NOW = 1_568_609_673_430;
const texts = ({ messages }: OpenSocket) => messages.map((message) => JSON.parse(message.toString()) as unknown);
const ok = { Result: 'OK' };
const refused = (why: RegExp) => ({ Result: 'Error', Description: expect.stringMatching(why) });

describe('System of the simulator', () => {
  let clock: ManualClock;
  let simulator: Simulator;
  let visitor: Visitor;

  beforeEach(async () => {
    clock = new ManualClock(NOW);
    simulator = await Simulator.start({ cameras: 2, clock });
    visitor = await Visitor.loggedIn(simulator);
  });
  afterEach(() => simulator.stop());

  const get = async (path: string) => (await visitor.get(path)).json as Record<string, unknown>;
  const post = async (path: string, body: unknown) => (await visitor.post(path, body)).json;
  const restore = async (file: string) => {
    const body = new FormData();
    body.append('file', new File([file], 'config.txt'));
    return (await visitor.carry({ method: 'POST', path: '/system/restoreConfig', body })).json;
  };
  /** The NVR goes down once it has answered, and comes back. */
  const rebooted = async () => {
    clock.advance(100);
    await until('down', () =>
      visitor.get('/').then(
        () => false,
        () => true,
      ),
    );
    await until('the pause', () => clock.pending > 0);
    clock.advance(1000);
    await until('up', () =>
      visitor.get('/').then(
        () => true,
        () => false,
      ),
    );
  };

  describe('time', () => {
    const time = async () => {
      const { time: ms, localtime } = await get('/system/getTime');
      return [Number(ms) - clock.wall(), localtime];
    };

    it('is that of the clock, eight hours east, as in the example of the document', async () => {
      expect(await time()).toEqual([0, '2019-09-16 12:54:33.430']);
    });

    it('can be set; the local time wins, in the zone that is set with it', async () => {
      expect(await post('/system/setTime', { time: NOW + 60_000 })).toEqual(ok);
      expect(await time()).toEqual([60_000, '2019-09-16 12:55:33.430']);
      expect(await post('/system/setTime', { time: 0, localtime: '2019-09-16 06:54:34.430', time_zone: 120 })).toEqual(
        ok,
      );
      expect(await time()).toEqual([1000, '2019-09-16 06:54:34.430']);
      clock.advance(1000);
      expect(await time()).toEqual([1000, '2019-09-16 06:54:35.430']);
      expect(await post('/system/setTime', { localtime: '2019-09-16 06:54:36.430' })).toEqual(ok);
      expect(await time()).toEqual([2000, '2019-09-16 06:54:36.430']);
      expect(await post('/system/setTime', { localtime: 'noon' })).toEqual(refused(/no such time/));
    });

    it.each([
      ['2026-03-29T00:59:59.000Z', '2026-03-29 01:59:59.000'],
      ['2026-03-29T01:00:00.000Z', '2026-03-29 03:00:00.000'],
      ['2026-10-25T00:59:59.000Z', '2026-10-25 02:59:59.000'],
      ['2026-10-25T01:00:00.000Z', '2026-10-25 02:00:00.000'],
    ])('follows daylight saving time: %s is %s', async (utc, local) => {
      const zone = { time_zone: 60, dst_enable: true, dst_offset: 60, dst_start_hour: 2, dst_end_hour: 3 };
      await post('/system/setTime', { time: Date.parse(utc), ...zone });
      expect(await get('/system/getTime')).toMatchObject({ localtime: local, time: Date.parse(utc), ...zone });
    });

    it('is in what the NVR says of itself, and outlives a restart', async () => {
      await post('/system/setTime', { time: NOW + 5000 });
      const hook = await visitor.socket('/system/exceptionListen');
      simulator.throwException({ exception: 'DiskFull' });
      await until('the exception', () => hook.messages.length === 1);
      expect(texts(hook)).toEqual([[{ exception: 'DiskFull', time: NOW + 5000 }]]);
      await Promise.all([
        simulator.restart(1000),
        until('down', () => clock.pending > 0).then(() => clock.advance(1000)),
      ]);
      await visitor.login();
      expect((await time())[0]).toBe(5000);
    });
  });

  describe('accounts', () => {
    it('are ten, of which one may log in', async () => {
      const list = (await get('/account/userList')) as unknown as { active: boolean }[];
      expect(list).toHaveLength(10);
      expect(list[0]).toEqual({ userID: 1, active: true, username: 'admin', password: true });
      expect(list.filter(({ active }) => active)).toHaveLength(1);
    });

    const guard = { userID: 2, active: true, username: 'guard', password: 'night', permissions: { live: false } };

    it('are told as they were set, and may then log in', async () => {
      expect(await post('/account/setUser?userID=2', [guard])).toMatchObject(ok);
      const [told] = (await get('/account/getUser?userID=2')) as unknown as [Record<string, unknown>];
      expect(told).toMatchObject(guard);
      expect(Object.keys(told['permissions'] as object)).toHaveLength(16);
      const other = new Visitor(simulator);
      expect((await other.login('guard', 'night')).json).toEqual({ Result: 'OK', Description: 'userID=2' });
    });

    it.each([
      ['a new password', { password: 'day' }, 401],
      ['a new name', { username: 'watch' }, 401],
      ['being switched off', { active: false }, 401],
      ['the right to log in being taken', { permissions: { remote_login: false } }, 401],
      ['other rights', { permissions: { ptz_on: false } }, 200],
    ])('lose their sessions, or not, by %s', async (_what, change, status) => {
      await post('/account/setUser?userID=2', [guard]);
      const other = new Visitor(simulator);
      await other.login('guard', 'night');
      await post('/account/setUser?userID=2', [{ userID: 2, ...change }]);
      expect((await other.get('/network/getPort')).status).toBe(status);
      expect((await visitor.get('/network/getPort')).status).toBe(200);
    });

    it.each([
      ['/account/setUser?userID=11', [{ userID: 11 }], /no such user/],
      ['/account/setUser?userID=2', [{ userID: 3 }], /the query names 2/],
      ['/account/setUser?userID=2', [guard, guard], /list of one/],
      ['/account/setUser?userID=2', [{ ...guard, username: 'admin' }], /such a user already/],
      ['/account/setUser?userID=2', [{ ...guard, password: '' }], /password/],
      ['/account/setUser?userID=1', [{ userID: 1, active: false }], /stays active/],
    ])('refuse %s %j', async (path, body, why) => {
      expect(await post(path, body)).toEqual(refused(why));
    });

    it('let the administrator in by a new name and password only', async () => {
      expect(await post('/admin/setAdminAccount', { username: 'boss', password: 'new' })).toMatchObject(ok);
      expect((await visitor.get('/network/getPort')).status).toBe(401);
      expect((await visitor.login('admin', 'admin123')).json).toMatchObject({ Result: 'Error' });
      expect((await visitor.login('boss', 'new')).json).toMatchObject(ok);
    });
  });

  describe('configuration', () => {
    it('is put back by a file that was backed up, and by nothing else', async () => {
      await post('/system/setSystemInfo', { device_name: 'Ground floor', device_id: '7' });
      await post('/admin/setAdminAccount', { username: 'boss', password: 'new' });
      await visitor.login('boss', 'new');
      const file = (await visitor.get('/system/backupConfig')).body.toString();
      await post('/system/setSystemInfo', { device_name: 'Attic', device_id: '8' });
      await post('/admin/setAdminAccount', { username: 'admin', password: 'admin123' });
      await visitor.login();
      for (const damaged of ['', 'x', file.replace('Ground', 'ground'), file.slice(0, -2), `${file}x`]) {
        expect(await restore(damaged)).toEqual(refused(/damaged/));
      }
      expect(await get('/system/getSystemInfo')).toMatchObject({ device_name: 'Attic' });
      expect(await restore(file)).toEqual(ok);
      await rebooted();
      expect((await visitor.login('boss', 'new')).json).toMatchObject(ok);
      expect(await get('/system/getSystemInfo')).toMatchObject({ device_name: 'Ground floor', device_id: '7' });
    });

    it('holds the cameras: those that went come back, those that came go', async () => {
      await post('/device/updateCamera?ChannelID=1', { DeviceName: 'Door' });
      const file = (await visitor.get('/system/backupConfig')).body.toString();
      await post('/device/updateCamera?ChannelID=1', { DeviceName: 'Gate', NewChannelID: 3 });
      await visitor.get('/device/deleteCamera?ChannelID=2');
      expect(await restore(file)).toEqual(ok);
      const list = (await get('/device/cameraList')) as unknown as { ChannelID: number; DeviceName: string }[];
      expect(list.map(({ ChannelID, DeviceName }) => `${ChannelID} ${DeviceName}`)).toEqual(['1 Door', '2 Camera 2']);
    });

    it('goes back to its defaults by category, with a restart', async () => {
      await post('/system/setSystemInfo', { device_name: 'Attic', device_id: '8' });
      await post('/system/setTime', { time_zone: 60 });
      expect(await post('/system/loadDefault', ['device', 'nonsense'])).toEqual(refused(/nonsense: no such category/));
      expect(await get('/system/getSystemInfo')).toMatchObject({ device_name: 'Attic' });
      expect(await post('/system/loadDefault', ['device'])).toEqual(ok);
      await rebooted();
      await visitor.login();
      expect(await get('/system/getSystemInfo')).toMatchObject({ device_name: 'AiO NVR' });
      expect(await get('/system/getTime')).toMatchObject({ time_zone: 60 });
    });
  });

  it('shuts down once it has answered', async () => {
    expect(await get('/system/shutdown')).toEqual(ok);
    clock.advance(100);
    await until('down', () =>
      visitor.get('/').then(
        () => false,
        () => true,
      ),
    );
    expect(clock.pending).toBe(0);
  });

  it('buzzes for as long as it is told', async () => {
    await get('/system/callBuzzer?timeout=60');
    clock.advance(20_000);
    expect(simulator.buzzing).toBe(40);
    clock.advance(50_000);
    expect(simulator.buzzing).toBe(0);
    expect(await get('/system/callBuzzer?timeout=61')).toEqual(refused(/timeout/));
  });

  describe('hooks', () => {
    it('tell everyone of metadata, whoever threw it', async () => {
      const hook = await visitor.socket('/meta/metaHook');
      const sender = await visitor.socket('/meta/addMeta');
      simulator.throwMeta({ channel: 1, type: 'a', data: '1' });
      await post('/meta/addMeta', { ChannelID: 2, Type: 'b', Data: '2' });
      sender.socket.send('{"ChannelID":0,"Type":"c","Data":"3"}');
      await until('all', () => hook.messages.length === 3);
      expect(texts(hook)).toEqual([
        { ChannelID: 1, Type: 'a', Data: '1' },
        { ChannelID: 2, Type: 'b', Data: '2' },
        { ChannelID: 0, Type: 'c', Data: '3' },
      ]);
      sender.socket.send('{"ChannelID":9,"Type":"c","Data":"3"}');
      sender.socket.send('{"ChannelID":1,"Type":"c"}');
      await until('two refusals', () => simulator.refused.length === 2);
      expect(() => simulator.throwMeta({ channel: 9, type: 'a', data: '' })).toThrow('no such channel');
      expect(() => simulator.throwException({ exception: 'DiskError' })).toThrow('names its disk');
    });

    it('tell of changed settings as their own operation reads them', async () => {
      const hook = await visitor.socket('/system/messageListen');
      expect(await post('/device/updateCamera?ChannelID=2', { DeviceName: 'Door' })).toMatchObject(ok);
      expect(await post('/system/setTime', { time_zone: 60 })).toEqual(ok);
      const network = (await get('/network/getNetwork')) as object;
      expect(await post('/network/setNetwork', network)).toEqual(ok);
      const ports = { http_port: 81, rtsp_port: 555, https_port: 444 };
      expect(await post('/network/setPort', ports)).toEqual(ok);
      await until('all', () => hook.messages.length === 4);
      expect(texts(hook)).toEqual([
        [{ message: 'cameraDetail', target: 2, content: await get('/device/cameraDetail?ChannelID=2'), time: NOW }],
        [{ message: 'sysTimeChanged', content: { sysTimeChanged: true }, time: NOW }],
        [{ message: 'network', content: network, time: NOW }],
        [{ message: 'portList', content: ports, time: NOW }],
      ]);
    });
  });
});
