import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRequire } from 'node:module';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Simulator } from '../../packages/simulator/src/index.js';
import { NodeRedProcess } from './support/node-red-process.js';
import { type Flow, until } from './support/palette.js';

const { hashSync } = createRequire(import.meta.url)('bcryptjs') as {
  hashSync: (password: string, rounds: number) => string;
};

/** Who may what: `tester` may press the test button, but not deploy. */
const users = {
  owner: ['*'],
  tester: ['read', 'everfocus-nvr.write'],
  viewer: ['read'],
  stranger: ['library.read'],
} as const;
type User = keyof typeof users;

let simulator: Simulator;
let nodeRed: NodeRedProcess;
const tokens = new Map<User, string>();

async function startNvr(ports: { port?: number; httpsPort?: number } = {}): Promise<void> {
  simulator = await Simulator.start({ httpsPort: 0, ...ports });
  // Its login has the second form: whoever does not remember that has one login rejected each time.
  simulator.faults.shortLoginUri = true;
}

beforeAll(async () => {
  await startNvr();
  const password = hashSync('password', 4);
  const accounts = Object.entries(users).map(([username, permissions]) => ({ username, password, permissions }));
  nodeRed = await NodeRedProcess.start({ adminAuth: { type: 'credentials', users: accounts } });
  await logIn();
}, 180_000);
afterAll(async () => {
  await simulator?.stop();
  await nodeRed?.[Symbol.asyncDispose]();
});

async function logIn(): Promise<void> {
  for (const username of Object.keys(users) as User[]) {
    const body = { client_id: 'node-red-editor', grant_type: 'password', scope: '', username, password: 'password' };
    const response = await fetch(`${nodeRed.url}/auth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    tokens.set(username, ((await response.json()) as { access_token: string }).access_token);
  }
}

const headers = (user: User) => ({ authorization: `Bearer ${tokens.get(user)}`, 'content-type': 'application/json' });

async function ask(user: User | undefined, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${nodeRed.url}/everfocus-nvr/${path}`, {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
    headers: user ? headers(user) : { 'content-type': 'application/json' },
  });
  const text = await response.text();
  return {
    status: response.status,
    body: response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text,
  };
}

const typed = (more: object = {}) => ({
  ...{ id: 'nvr', host: '127.0.0.1', port: String(simulator.httpsPort), https: true, fingerprint: '' },
  ...{ username: 'admin', password: '__PWRD__', ...more },
});

function flow(): Flow {
  const nvr = { type: 'everfocus-nvr', name: 'Office', ...typed(), version: 1 };
  const place = { z: 'tab', x: 0, y: 0 };
  return [
    { id: 'tab', type: 'tab' },
    Object.fromEntries(Object.entries(nvr).filter(([key]) => key !== 'username' && key !== 'password')),
    { id: 'event', type: 'everfocus-event', ...place, nvr: 'nvr', version: 1, wires: [[]] },
  ];
}

const deploy = () => nodeRed.deploy(flow(), { nvr: { username: 'admin', password: 'admin123' } }, headers('owner'));

// One story, told in order: each step builds on the one before.
describe('a Node-RED with users, and an NVR with a certificate of its own', () => {
  it('trusts the first certificate that it sees, and says which', async () => {
    await deploy();
    await until(() => simulator.openSockets === 1);
    expect(nodeRed.output).toContain('its certificate is trusted from now on');
    expect((await ask('viewer', 'nvr/certificate')).body).toEqual({ trusted: simulator.fingerprint });
  });

  it('keeps that below its user directory, for its owner only', async () => {
    const folder = join(nodeRed.userDir, 'everfocus-nvr');
    const files = await readdir(folder);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600);
  });

  it.each([
    [undefined, [401, 401, 401, 401, 401, 401, 401, 401, 401]],
    ['stranger', [401, 401, 401, 401, 401, 401, 401, 401, 401]],
    ['viewer', [200, 200, 200, 401, 401, 401, 401, 401, 401]],
    ['tester', [200, 200, 200, 200, 200, 200, 401, 422, 422]],
    ['owner', [200, 200, 200, 200, 200, 200, 200, 422, 422]],
  ] as const)('answers %s with what that user may have', async (user, allowed) => {
    const answers = [
      await ask(user, 'forms'),
      await ask(user, 'nvr/channel'),
      await ask(user, 'nvr/now', { operation: 'cameraList' }),
      await ask(user, 'typed/channel', { nvr: typed() }),
      await ask(user, 'discover', {}),
      await ask(user, 'test', typed()),
      await ask(user, 'nvr/certificate', { fingerprint: simulator.fingerprint }),
      // Where it may be asked for, it is not answered: the stored password belongs to another address.
      await ask(user, 'examine', typed({ host: 'localhost' })),
      await ask(user, 'capture', typed({ host: 'localhost' })),
    ];
    expect(answers.map(({ status }) => status)).toEqual(allowed);
  });

  it('gives the stored password to no other address, scheme or certificate', async () => {
    const fingerprint = 'AB:'.repeat(32).slice(0, -1);
    const elsewhere = [{ host: 'localhost' }, { https: false, port: String(simulator.port) }, { fingerprint }];
    const logins = simulator.loginAttempts;
    for (const change of elsewhere) {
      for (const look of ['test', 'examine', 'capture']) {
        expect((await ask('tester', look, typed(change))).body).toMatchObject({ code: 'NOT_CONFIGURED' });
      }
    }
    for (const variable of ['${PATH}', '${HOME}', '$(HOME)']) {
      for (const field of ['host', 'port', 'username', 'password', 'fingerprint']) {
        expect((await ask('tester', 'test', typed({ [field]: variable }))).body).toMatchObject({
          code: 'NOT_CONFIGURED',
        });
      }
    }
    expect(simulator.loginAttempts).toBe(logins);
  });

  it('trusts nothing anew after a restart, and has no login rejected', async () => {
    const from = nodeRed.output.length;
    const { loginAttempts, failedLogins } = simulator;
    expect(failedLogins).toBe(1);
    await nodeRed.restart();
    await until(() => simulator.openSockets === 1);
    expect(nodeRed.output.slice(from)).not.toContain('trusted from now on');
    expect(simulator.failedLogins).toBe(failedLogins);
    expect(simulator.loginAttempts).toBe(loginAttempts + 1);
  });

  it('says nothing to an NVR whose certificate has changed, and shows both', async () => {
    const { port, httpsPort = 0, fingerprint } = simulator;
    await simulator.stop();
    await startNvr({ port, httpsPort });
    await logIn();
    expect(simulator.fingerprint).not.toBe(fingerprint);
    const { status, body } = await ask('tester', 'test', typed());
    expect(status).toBe(422);
    const shown = { code: 'UNTRUSTED_CERTIFICATE', fingerprint: simulator.fingerprint, trusted: fingerprint };
    expect(body).toMatchObject(shown);
    expect(simulator.requests).toEqual([]);
  });

  it('works again at once when whoever may deploy trusts the new one, also after a restart', async () => {
    const { fingerprint } = simulator;
    expect((await ask('tester', 'nvr/certificate', { fingerprint })).status).toBe(401);
    expect((await ask('owner', 'nvr/certificate', { fingerprint: 'x' })).status).toBe(422);
    expect((await ask('owner', 'nvr/certificate', { fingerprint })).body).toEqual({ trusted: fingerprint });
    expect((await ask('tester', 'test', typed())).body).toMatchObject({ cameras: 4 });
    await nodeRed.restart();
    await until(() => simulator.openSockets === 1);
    expect(nodeRed.output).not.toContain('admin123');
  });
});
