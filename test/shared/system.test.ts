import { describe, expect, it } from '@jest/globals';
import { type Nvr, operations } from '../../src/shared/index.js';
import { until } from '../support/until.js';
import { startOddNvr } from './odd-nvr.js';
import { withNvr } from './with-nvr.js';

const context = withNvr();

/** Until the NVR answers again. */
async function answering(client: Nvr): Promise<void> {
  await until('the NVR to answer', () => client.system.getSystemInfo().then(Boolean, () => false));
}

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'OK',
    (error: { code: string }) => error.code,
  );

describe('the configuration file', () => {
  it.each(['as bytes', 'as text'])('brings back what was set, after a restart (%s)', async (form) => {
    const { client } = context;
    await client.system.setSystemInfo({ device_name: 'Ground floor', device_id: '7' });
    await client.time.setTime({ time_zone: 60, ntp_server: 'time.example' });
    const file = await client.system.backupConfig();
    await client.system.setSystemInfo({ device_name: 'Attic', device_id: '8' });
    await client.time.setTime({ time_zone: -300, ntp_server: 'other.example' });
    await client.system.restoreConfig({ file: form === 'as bytes' ? new Uint8Array(file) : file.toString() });
    await until('the NVR to restart', () => codeOf(client.network.getPort()).then((code) => code !== 'OK'));
    await answering(client);
    expect(await client.system.getSystemInfo()).toMatchObject({ device_name: 'Ground floor', device_id: '7' });
    expect(await client.time.getTime()).toMatchObject({ time_zone: 60, ntp_server: 'time.example' });
  });
});

describe('a power switch', () => {
  it('reboots: hooks are lost and come back, calls work again', async () => {
    const { client } = context;
    const log: boolean[] = [];
    client.events.subscribe({
      message: () => undefined,
      connected: () => log.push(true),
      disconnected: () => log.at(-1) !== false && log.push(false),
    });
    await until('the hook to connect', () => log.length === 1);
    expect(await client.system.reboot()).toMatchObject({ Result: 'OK' });
    await until('the hook to come back', () => log.length === 3);
    expect(log).toEqual([true, false, true]);
    await answering(client);
  });

  it('shuts down: answered, and then nobody is there', async () => {
    const { client } = context;
    expect(await client.system.shutdown()).toMatchObject({ Result: 'OK' });
    await until('the NVR to be gone', () =>
      codeOf(client.network.getPort()).then((code) => code === 'NVR_UNREACHABLE'),
    );
  });
});

describe('a changed password', () => {
  it('ends the session; the driver stops after one more try, and new clients with the old one after two', async () => {
    const { client, nvr } = context;
    await client.account.setAdminAccount({ username: 'admin', password: 'changed' });
    const before = nvr.loginAttempts;
    // It was right once: the driver knows a lock-out from a wrong password no better, and waits.
    expect([await codeOf(client.system.getSystemInfo()), await codeOf(client.system.getSystemInfo())]).toEqual([
      'SESSION_LOST',
      'SESSION_LOST',
    ]);
    expect(nvr.loginAttempts - before).toBe(1);

    await using old = context.connect();
    expect([await codeOf(old.system.getSystemInfo()), await codeOf(old.system.getSystemInfo())]).toEqual([
      'LOGIN_REJECTED',
      'LOGIN_REJECTED',
    ]);
    expect(nvr.loginAttempts - before).toBe(3);

    await using fresh = context.connect({ password: 'changed' });
    expect(await codeOf(fresh.system.getSystemInfo())).toBe('OK');
  });
});

describe('an account', () => {
  it('is read, changed and written, and may then log in', async () => {
    const { client } = context;
    const [user] = await client.account.getUser({ userID: 2 });
    await client.account.setUser({
      userID: 2,
      body: [{ ...user, userID: 2, active: true, username: 'guard', password: 'night' }],
    });
    await using guard = context.connect({ username: 'guard', password: 'night' });
    expect(await codeOf(guard.system.getSystemInfo())).toBe('OK');
  });

  it('is read from an NVR that sends it without brackets', async () => {
    const { client } = await startOddNvr({ 'GET /account/getUser': () => ({ userID: '3', active: 'true', extra: 1 }) });
    expect(await client.call(operations.getUser, { userID: 3 })).toEqual([{ userID: 3, active: true, extra: 1 }]);
  });
});

describe('bad parameters are not sent', () => {
  it.each([
    ['timeout', () => context.client.io.callBuzzer({ timeout: 61 })],
    ['timeout', () => context.client.io.callBuzzer({ timeout: 0 })],
    ['file', () => context.client.system.restoreConfig({ file: 5 as unknown as string })],
    ['body', () => context.client.system.loadDefault({ body: [] })],
    ['username', () => context.client.account.setAdminAccount({ username: '', password: 'x' })],
    [
      'body/0/userID',
      () => context.client.account.setUser({ userID: 1, body: [{ userID: 'x' as unknown as number }] }),
    ],
    ['dst_start_month', () => context.client.time.setTime({ dst_start_month: 12 })],
  ])('%s', async (path, call) => {
    await expect(call()).rejects.toMatchObject({ code: 'INVALID_PARAMETER', path });
    expect(context.nvr.requests).toEqual([]);
  });
});
