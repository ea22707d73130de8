import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { showCameras } from '../../src/homebridge/settings-page/camera-pictures.js';
import { testConnection } from '../../src/homebridge/settings-page/connection-test.js';
import { usable } from '../../src/homebridge/settings-page/stored-settings.js';
import { MemoryStore, Nvr, systemClock } from '../../src/shared/index.js';
import { freePort } from '../support/free-port.js';

let nvr: Simulator;
/** What speaks HTTP there and is no NVR, by what it says. */
let others: Server[] = [];

beforeAll(async () => {
  nvr = await Simulator.start({ httpsPort: 0 });
});
afterAll(async () => {
  await nvr.stop();
  for (const other of others) other.close();
});

async function standIn(page: string): Promise<number> {
  const server = createServer((_, response) => response.end(page));
  others = [...others, server];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const store = new MemoryStore();

/** The NVR of the tests, as it is configured. */
function configured(changes: object = {}) {
  const { password = 'admin123', ...fields } = changes as { password?: string };
  const nvrOfTest = usable({ host: nvr.host, port: nvr.port, username: 'admin', ...fields }, password);
  if (!nvrOfTest) throw new Error('cannot be used');
  return nvrOfTest;
}

function tested(changes: object = {}) {
  return testConnection(configured(changes), { clock: systemClock, signal: new AbortController().signal, store });
}

describe('the test of an NVR', () => {
  it('says what it is and what it has', async () => {
    const names = [1, 2, 3, 4].map((channel) => ({ channel, name: `Camera ${channel}` }));
    expect(await tested()).toMatchObject({ is: 'good', model: 'Simulated NVR', cameras: names, outputs: [5, 6, 7, 8] });
  });

  it('tells what the user may not see', async () => {
    await using admin = new Nvr({ host: nvr.host, port: nvr.port, username: 'admin', password: 'admin123' });
    const permissions = { live_on: false };
    const guest = { userID: 2, active: true, username: 'guest', password: 'g', permissions };
    await admin.account.setUser({ userID: 2, body: [guest] });
    expect(await tested({ username: 'guest', password: 'g' })).toMatchObject({
      ...{ is: 'restricted', live: false, cameras: expect.any(Array) },
    });
  });

  it('rejects a wrong password, in the words of the NVR', async () => {
    expect(await tested({ password: 'wrong' })).toEqual({
      is: 'wrong-password',
      what: expect.stringContaining('admin'),
    });
  });

  it.each([
    ['nobody listens', async () => ({ port: await freePort() }), { is: 'closed' }],
    ['no such host is', async () => ({ host: 'nowhere.invalid' }), { is: 'no-address' }],
    ['a printer stands', async () => ({ port: await standIn('<title>Printer</title>') }), { is: 'another-device' }],
    [
      'an older recorder stands',
      async () => ({ port: await standIn('<title>ECOR264</title>') }),
      { is: 'another-family' },
    ],
    ['HTTPS is spoken', async () => ({ port: nvr.httpsPort }), { is: 'tls' }],
    ['HTTP is spoken', async () => ({ https: true }), { is: 'no-tls' }],
  ])('says so where %s', async (_, changes, verdict) => {
    expect(await tested(await changes())).toMatchObject(verdict);
  });

  it('shows the fingerprint of a certificate that nobody has vouched for, and keeps nothing of it', async () => {
    const https = { https: true, port: nvr.httpsPort };
    const seen = await tested(https);
    expect(seen).toMatchObject({ is: 'good', fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/) });
    expect(await tested(https)).toEqual(seen);
    const { fingerprint } = seen as { readonly fingerprint: string };
    expect(await tested({ ...https, fingerprint })).toMatchObject({ is: 'good', fingerprint: undefined });
    const other = Array(32).fill('AB').join(':');
    expect(await tested({ ...https, fingerprint: other })).toEqual({ is: 'certificate', fingerprint, trusted: other });
  });
});

describe('the pictures of the cameras', () => {
  it('come again and again from each, until they are wanted no more', async () => {
    const wanted = new AbortController();
    const counts = new Map<number, number>();
    const tell = (channel: number, jpeg: Buffer) => {
      expect(jpeg.subarray(0, 2).toString('hex')).toBe('ffd8');
      counts.set(channel, (counts.get(channel) ?? 0) + 1);
      if ([1, 2, 3, 4].every((each) => (counts.get(each) ?? 0) >= 2)) wanted.abort();
    };
    await showCameras(configured(), { clock: systemClock, store, signal: wanted.signal, tell });
    expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4]);
  });
});
