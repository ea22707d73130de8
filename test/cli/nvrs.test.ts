import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { withProgram } from './program.js';

const program = withProgram({ cameras: 1 });
let store = '';
let count = 0;
beforeEach(() => {
  store = join(program.folder, `nvrs-${(count += 1)}`);
});

const env = () => ({ EVERFOCUS_STORE: store, EVERFOCUS_HOST: undefined, EVERFOCUS_PORT: undefined });
const run = (...args: string[]) => program.run(args, { env: env() });
const keep = (contents: unknown) => {
  mkdirSync(store, { mode: 0o700, recursive: true });
  writeFileSync(join(store, 'nvrs.json'), JSON.stringify(contents), { mode: 0o600 });
};

describe('an address as people write or paste it', () => {
  it.each([
    ['with its port', (port: number) => [`127.0.0.1:${port}`]],
    ['of its web page', (port: number) => [`http://127.0.0.1:${port}/`]],
    ['with its port told twice', (port: number) => [`127.0.0.1:${port}`, '--port', String(port)]],
  ])('is taken apart: %s', async (_, host) => {
    expect((await run('nvrs', 'add', 'garage', '--host', ...host(program.nvr.port))).code).toBe(0);
    expect(await program.json(['nvrs'], { env: env() })).toMatchObject([
      { name: 'garage', host: '127.0.0.1', port: program.nvr.port, https: false },
    ]);
    expect((await run('call', 'getPort', '--nvr', 'garage')).code).toBe(0);
  });

  it('brings HTTPS along', async () => {
    const host = `https://127.0.0.1:${program.nvr.httpsPort}`;
    expect(await run('call', 'getPort', '--host', host)).toMatchObject({ code: 0 });
  });

  it('may stand in the environment', async () => {
    const options = { env: { EVERFOCUS_HOST: `127.0.0.1:${program.nvr.port}`, EVERFOCUS_PORT: undefined } };
    expect((await program.run(['call', 'getPort'], options)).code).toBe(0);
  });

  it('is not used with a user in it, which is said without him', async () => {
    const host = `http://admin:hidden@127.0.0.1:${program.nvr.port}/`;
    const { code, stderr } = await run('call', 'getPort', '--host', host);
    expect([code, stderr]).toEqual([0, expect.stringContaining('a user or a path in it is not used')]);
    expect(stderr).not.toContain('hidden');
  });

  it.each([
    [['--host', '127.0.0.1:80', '--port', '81'], 'another port than 81'],
    [['--host', 'no host'], 'host'],
    [['--host', '127.0.0.1:99999'], 'host'],
  ])('that cannot be is refused, and not kept: %j', async (args, words) => {
    const { code, stderr } = await run('nvrs', 'add', 'garage', ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(await program.json(['nvrs'], { env: env() })).toEqual([]);
  });

  it('is no argument by itself', async () => {
    const { code, stderr } = await run('doctor', '192.168.1.20:8080');
    expect([code, stderr]).toEqual([2, expect.stringContaining('an address by --host')]);
  });
});

describe('the certificate that an NVR is added with', () => {
  const other = Array(32).fill('AA').join(':');
  const add = (fingerprint: string, ...more: string[]) =>
    run('nvrs', 'add', 'garage', '--host', '127.0.0.1', '--fingerprint', fingerprint, ...more);
  const secure = () => ['--https', '--port', String(program.nvr.httpsPort)];
  const call = () => run('call', 'getPort', '--nvr', 'garage');

  it('is the only one that is trusted: no login goes to another', async () => {
    expect((await add(other.toLowerCase().replaceAll(':', ''), ...secure())).code).toBe(0);
    expect(await program.json(['nvrs'], { env: env() })).toMatchObject([{ name: 'garage', fingerprint: other }]);
    const before = program.nvr.loginAttempts;
    const { code, stderr } = await call();
    expect([code, stderr]).toEqual([5, expect.stringContaining('UNTRUSTED_CERTIFICATE')]);
    expect(await call()).toMatchObject({ code: 5 });
    expect(program.nvr.loginAttempts).toBe(before);
    // By another port of it, too.
    rmSync(store, { recursive: true });
    expect((await add(other, '--https')).code).toBe(0);
    expect((await run('call', 'getPort', '--nvr', 'garage', '--port', String(program.nvr.httpsPort))).code).toBe(5);
    expect(program.nvr.loginAttempts).toBe(before);
  });

  it('is changed by trust, and by adding the NVR again', async () => {
    expect((await add(other, ...secure())).code).toBe(0);
    expect((await run('trust', 'AA:BB', '--nvr', 'garage')).code).toBe(2);
    expect((await run('trust', program.nvr.fingerprint, '--nvr', 'garage')).code).toBe(0);
    expect(await call()).toMatchObject({ code: 0, stderr: '' });
    expect(await run('trust', other, '--nvr', 'garage')).toMatchObject({ code: 5 });
    expect((await call()).code).toBe(5);
    expect((await add(program.nvr.fingerprint, ...secure())).code).toBe(0);
    expect(await call()).toMatchObject({ code: 0, stderr: '' });
    expect((await run('nvrs')).stdout).toMatch(/garage .* pinned /);
  });

  it.each([
    [['AA:BB', '--https'], '32 bytes'],
    [[other], 'goes with https only'],
  ])('that cannot be is refused, and not kept: %j', async ([fingerprint = '', ...more], words) => {
    const { code, stderr } = await add(fingerprint, ...more);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(await program.json(['nvrs'], { env: env() })).toEqual([]);
  });
});

describe('an NVR of the store that is damaged', () => {
  const good = { host: '127.0.0.1', username: 'admin', password: 'admin123' };

  it.each<[string, unknown]>([
    ['an address with a port in it', { ...good, host: '127.0.0.1:80' }],
    ['a number for a user', { ...good, username: 1 }],
    ['a certificate that is none', { ...good, https: true, fingerprint: 'AA:BB' }],
    ['a certificate without HTTPS', { ...good, fingerprint: Array(32).fill('AA').join(':') }],
    ['nothing', null],
    ['a list', []],
  ])('is named, and can be added again or removed: %s', async (_, damaged) => {
    keep({ garage: damaged, gate: good });
    const { code, stderr } = await run('nvrs');
    expect([code, stderr]).toEqual([
      7,
      expect.stringMatching(/STORE_FAILED: "garage" in .* everfocus nvrs add garage/),
    ]);
    // The others are as they were.
    expect(await run('call', 'getPort', '--nvr', 'gate', '--port', String(program.nvr.port))).toMatchObject({
      code: 0,
    });
    expect((await run('nvrs', 'add', 'garage', '--host', '127.0.0.1')).code).toBe(0);
    expect(await program.json(['nvrs'], { env: env() })).toMatchObject([{ name: 'garage' }, { name: 'gate' }]);
    keep({ garage: damaged, gate: good });
    expect((await run('nvrs', 'remove', 'garage')).code).toBe(0);
    expect(JSON.parse(readFileSync(join(store, 'nvrs.json'), 'utf8'))).toEqual({ gate: good });
  });
});
