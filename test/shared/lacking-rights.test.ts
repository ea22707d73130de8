import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ManualClock, Nvr, operations } from '../../src/shared/index.js';
import { Simulator } from '../../packages/simulator/src/index.js';

import { type Handler, startOddNvr } from './odd-nvr.js';

const MINUTE = 60_000;
const quietly = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? 'no NvrError',
  );

/** Lets the network have its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
}

describe('a user without rights, for an hour', () => {
  /** By what they need, at the simulator. */
  const refused: readonly ((nvr: Nvr) => Promise<unknown>)[] = [
    (nvr) => nvr.ptz.panLeft({ ChannelID: 1 }),
    (nvr) => nvr.ptz.panLeft({ ChannelID: 2, speed: Math.random() }),
    (nvr) => nvr.ptz.getPresets({ ChannelID: 1 }).then(() => nvr.ptz.removePreset({ ChannelID: 1, preset_token: '1' })),
    (nvr) => nvr.snapshot.getSnapshot({ ChannelID: 1 }),
    (nvr) => nvr.log.searchLogs({ type: 'All', startTime: 0, endTime: 1 }),
    (nvr) => nvr.account.userList(),
    (nvr) => nvr.system.backupConfig(),
    (nvr) => nvr.storage.setOverwrite({ overwrite: 1 } as never),
    (nvr) => nvr.request({ method: 'GET', path: '/account/userList' }),
  ];
  const allowed: readonly ((nvr: Nvr) => Promise<unknown>)[] = [
    (nvr) => nvr.camera.cameraStatus(),
    (nvr) => nvr.network.getPort(),
    (nvr) => nvr.system.getSystemInfo(),
  ];

  it('costs the simulator a login or two, whatever is asked in whatever order, and never three sessions', async () => {
    const calls = fc.array(fc.constantFrom(...refused, ...allowed), { minLength: 1, maxLength: 5 });
    const feeds = fc.uniqueArray(fc.constantFrom(1, 2), { maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(
        calls,
        feeds,
        fc.array(fc.integer({ min: 2, max: 58 }), { maxLength: 3 }),
        async (mix, live, ends) => {
          await using simulator = await Simulator.start({ cameras: 2 });
          const where = { host: simulator.host, port: simulator.port };
          await using admin = new Nvr({ ...where, username: 'admin', password: 'admin123' });
          const rights = ['live_on', 'ptz_on', 'manual_snapshot', 'log_search', 'parameter', 'system_maintenance'];
          const permissions = Object.fromEntries([...rights, 'manage_disk'].map((right) => [right, false]));
          const guest = { userID: 2, active: true, username: 'guest', password: 'g', permissions };
          await admin.account.setUser({ userID: 2, body: [guest] });
          await admin.close();
          const before = simulator.loginAttempts;

          const clock = new ManualClock();
          await using nvr = new Nvr({ ...where, username: 'guest', password: 'g', clock });
          for (const channel of live) nvr.feed(channel, 'sub').subscribe({ frame: () => undefined });
          nvr.events.subscribe({ message: () => undefined });
          let most = 0;
          for (let minute = 0; minute < 60; minute += 2) {
            if (ends.includes(minute) || ends.includes(minute + 1)) simulator.faults.expireSessions();
            for (const call of mix) {
              await quietly(call(nvr));
              most = Math.max(most, simulator.openSessions);
            }
            await settle();
            clock.advance(2 * MINUTE);
            await settle();
          }
          expect(simulator.loginAttempts - before).toBeLessThanOrEqual(8 + 2 * new Set(ends).size);
          // As soon as anything is allowed, a refusal costs nothing at all: only the sessions that ended are renewed.
          if (mix.some((call) => allowed.includes(call))) {
            expect(simulator.loginAttempts - before).toBeLessThanOrEqual(2 + 2 * new Set(ends).size);
          }
          expect(most).toBeLessThanOrEqual(2);
          if (mix.some((call) => allowed.includes(call))) {
            expect(await quietly(nvr.camera.cameraStatus())).toBe('done');
            expect(nvr.events.connected).toBe(true);
          }
          expect(simulator.openSessions).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 4 },
    );
  });

  const forms: readonly (readonly [string, Handler])[] = [
    ['403', (_request, response) => void response.writeHead(403).end()],
    ['401', (_request, response) => void response.writeHead(401).end()],
    ['a redirect', (_request, response) => void response.writeHead(302, { location: '/login.html' }).end()],
    ['a login page', (_request, response) => void response.end('<html>Please log in</html>')],
    ['words about the login', () => ({ Result: 'Error', Description: 'not authorized' })],
  ];

  it.each(forms)('costs any other NVR a handful of logins where it refuses with %s', async (_form, refuse) => {
    let opened = 0;
    const open = new Set<string>();
    let most = 0;
    const isIn = ({ headers }: { headers: { cookie?: string | undefined } }) => open.has(headers.cookie ?? '');
    const clock = new ManualClock();
    const { client } = await startOddNvr(
      {
        'POST /admin/login': (_request, response) => {
          opened += 1;
          open.add(`sid=${opened}`);
          most = Math.max(most, open.size);
          response.setHeader('set-cookie', `sid=${opened}`);
          return { Result: 'OK' };
        },
        'GET /admin/logout': (request) => (open.delete(request.headers.cookie ?? ''), { Result: 'OK' }),
        'GET /device/cameraList': (request, response, body) =>
          isIn(request) ? [{ ChannelID: 1 }] : refuse(request, response, body),
        ...Object.fromEntries(
          ['GET /device/cameraStatus', 'GET /account/userList', 'GET /network/getPort', 'POST /device/ptzControl'].map(
            (path) => [path, refuse],
          ),
        ),
      },
      {
        clock,
        upgrade: (_request, socket) => {
          socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
          return false;
        },
      },
    );
    client.events.subscribe({ message: () => undefined });
    client.metadata.subscribe({ message: () => undefined });
    const rounds = async (count: number, withList: boolean) => {
      for (let round = 0; round < count; round += 1) {
        if (withList) expect(await quietly(client.call(operations.cameraList))).toBe('done');
        await quietly(client.call(operations.userList));
        await quietly(client.ptz.panLeft({ ChannelID: 1 }));
        await quietly(client.call(operations.getPort));
        await settle();
        clock.advance(2 * MINUTE);
        await settle();
      }
    };
    // Nothing is allowed, then something is, and then the session ends.
    await rounds(30, false);
    expect(opened).toBeLessThanOrEqual(8);
    await rounds(30, true);
    const sofar = opened;
    expect(sofar).toBeLessThanOrEqual(10);
    open.clear();
    await rounds(3, true);
    expect(opened).toBe(sofar + 1);
    expect(most).toBeLessThanOrEqual(2);
    expect(open.size).toBe(1);
  });
});

it('a restart soon after a moment of web pages costs a login, and no wait', async () => {
  await using simulator = await Simulator.start({ cameras: 2 });
  const { host, port } = simulator;
  await using nvr = new Nvr({ host, port, username: 'admin', password: 'admin123' });
  await nvr.camera.cameraStatus();
  await nvr.call(operations.getPinStatus);
  simulator.faults.htmlReplies = true;
  await quietly(nvr.camera.cameraList());
  await quietly(nvr.call(operations.getPinStatus));
  simulator.faults.htmlReplies = false;
  await nvr.camera.cameraList();
  await simulator.restart();
  expect(await nvr.camera.cameraStatus()).toHaveLength(2);
});
