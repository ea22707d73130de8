import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { connectedLine, HomebridgeProcess } from '../support/hap/homebridge-process.js';
import { packedPackage } from '../support/packed-package.js';

let simulator: Simulator;
let homebridge: HomebridgeProcess;
let nvr: Record<string, unknown>;

beforeAll(async () => {
  const plugins = await packedPackage();
  simulator = await secondLoginForm();
  const { host, httpsPort } = simulator;
  nvr = { name: 'House', host: `https://${host}:${httpsPort}/`, username: 'admin', password: 'admin123' };
  homebridge = await HomebridgeProcess.start({ plugins, platform: { nvrs: [nvr] } });
}, 180_000);

afterAll(async () => {
  await homebridge?.dispose();
  await simulator?.stop();
});

describe('an NVR with HTTPS and a certificate of its own', () => {
  it('is trusted on first use, and the log says what is trusted', async () => {
    await homebridge.line(connected);
    const line = await homebridge.line(/House .*its certificate is trusted from now on/);
    expect(line).toContain(simulator.fingerprint);
  });

  it('leaves a trace on disk that its owner alone can read', async () => {
    const folder = join(homebridge.storage, 'everfocus-nvr');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    // What is being written gets its name when it is whole: it may be gone between the two.
    const modes = (await readdir(folder)).map((file) => stat(join(folder, file)).then(({ mode }) => mode & 0o777));
    const seen = (await Promise.allSettled(modes)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter((mode) => mode !== 0o600)).toEqual([]);
  });

  it('is the same after a restart: nothing is trusted anew, and no login is rejected', async () => {
    const { loginAttempts, failedLogins } = simulator;
    expect(failedLogins).toBe(1);
    const from = await restart();
    await homebridge.line(connected, from);
    expect(simulator.failedLogins).toBe(failedLogins);
    expect(simulator.loginAttempts).toBe(loginAttempts + 1);
    expect(homebridge.lines.slice(from).filter((line) => line.includes('trusted from now on'))).toEqual([]);
  });

  it('is told nothing when its certificate has changed; the log says what to do', async () => {
    await homebridge.terminate();
    const { port, httpsPort, fingerprint } = simulator;
    await simulator.stop();
    simulator = await secondLoginForm({ port, ...(httpsPort !== undefined && { httpsPort }) });
    const from = homebridge.lines.length;
    await homebridge.start();
    const line = await homebridge.line(/House .*shows a certificate with the fingerprint/, from);
    expect(line).toContain(`fingerprint ${simulator.fingerprint}, and the trusted one is ${fingerprint}`);
    expect(line).toContain('write it into "Certificate fingerprint"');
    expect(simulator.requests).toEqual([]);
  });

  it('is trusted again with the new fingerprint in the settings, and stays so once that is emptied', async () => {
    await homebridge.line(connected, await restart({ ...nvr, fingerprint: simulator.fingerprint }));
    await homebridge.line(connected, await restart({ ...nvr, fingerprint: '' }));
  });
});

describe('the same NVR under two addresses', () => {
  it('is told by its serial number', async () => {
    await homebridge.terminate();
    const from = homebridge.lines.length;
    const twin = { ...nvr, name: 'Villa', host: `https://localhost:${simulator.httpsPort}` };
    await homebridge.start({ nvrs: [nvr, twin] });
    const line = await homebridge.line(/Configuration: .* is the same NVR as /, from);
    expect(line).toMatch(/"(House|Villa)" \(.*\) is the same NVR as "(House|Villa)": both have the serial number/);
    expect(homebridge.troubles).toEqual([]);
  });
});

const connected = connectedLine('House', 4);

async function secondLoginForm(ports: { port?: number; httpsPort?: number } = {}): Promise<Simulator> {
  const started = await Simulator.start({ mac: '00:11:14:00:0d:01', httpsPort: 0, ...ports });
  started.faults.shortLoginUri = true;
  return started;
}

/** @returns the number of the first line of its new life */
function restart(settings = nvr): Promise<number> {
  return homebridge.restart({ nvrs: [settings] });
}
