import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { operations, sockets } from '../../src/shared/sdk/index.js';
import type { Operation, Socket } from '../../src/shared/sdk/declaration.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { Visitor } from './visitor.js';

const guarded = Object.values<Operation>(operations).filter(({ anonymous }) => !anonymous);
const everySocket = Object.values<Socket>(sockets);

describe('Login at the simulator', () => {
  let simulator: Simulator;
  let visitor: Visitor;

  beforeEach(async () => {
    simulator = await Simulator.start({ username: 'anna', password: 'pässword' });
    visitor = new Visitor(simulator);
  });
  afterEach(() => simulator.stop());

  it('lets the right answer in, by a new cookie', async () => {
    const { json, status } = await visitor.login('anna', 'pässword');
    expect({ json, status }).toEqual({ json: { Result: 'OK', Description: 'userID=1' }, status: 200 });
    expect((await visitor.get('/device/cameraList')).json).toHaveLength(4);
    expect(simulator).toMatchObject({ loginAttempts: 1, failedLogins: 0, refused: [] });
  });

  it.each([
    ['another password', 'anna', 'password', '/admin/login'],
    ['another user', 'admin', 'pässword', '/admin/login'],
    ['another uri', 'anna', 'pässword', '/login'],
  ])('rejects and counts %s', async (_, username, password, uri) => {
    const { json } = await visitor.login(username, password, uri);
    expect(json).toEqual({ Result: 'Error', Description: 'wrong user name or password' });
    expect((await visitor.get('/device/cameraList')).status).toBe(401);
    expect(simulator).toMatchObject({ loginAttempts: 1, failedLogins: 1, refused: [] });
  });

  it('takes a nonce once, and only from the visitor that got it', async () => {
    const { nonce } = (await visitor.get('/admin/login')).json as { nonce: string };
    expect((await visitor.answer(nonce, 'anna', 'wrong')).json).toMatchObject({ Result: 'Error' });
    expect((await visitor.answer(nonce, 'anna', 'pässword')).json).toMatchObject({ Result: 'Error' });

    const { nonce: fresh } = (await visitor.get('/admin/login')).json as { nonce: string };
    expect((await new Visitor(simulator).answer(fresh, 'anna', 'pässword')).json).toMatchObject({ Result: 'Error' });
    expect((await visitor.answer(fresh, 'anna', 'pässword')).json).toMatchObject({ Result: 'OK' });
  });

  it.each(guarded)('answers 401 to a stranger: $method $path', async ({ method, path }) => {
    const { status, json } = await visitor.send(method, path);
    expect({ status, json }).toEqual({ status: 401, json: { Result: 'Error', Description: 'not logged in' } });
    expect(simulator.refused).toEqual([]);
  });

  it.each(everySocket)('refuses the WebSocket to a stranger: $path', async ({ path }) => {
    const target = path.replace('{ChannelID}', '1').replace('{StreamID}', '0');
    await expect(visitor.socket(target)).rejects.toThrow('401');
    expect(simulator.openSockets).toBe(0);
  });

  it.each([
    ['logout', async () => void (await visitor.get('/admin/logout'))],
    ['a restart', () => simulator.restart()],
    ['the fault expireSessions', async () => simulator.faults.expireSessions()],
  ])('ends a session by %s', async (_, end) => {
    await visitor.login('anna', 'pässword');
    await end();
    expect((await visitor.get('/device/cameraList')).status).toBe(401);
  });

  it('can be told to reject, to lock, to read the digest otherwise, and to do without cookies', async () => {
    simulator.faults.shortLoginUri = true;
    expect((await visitor.login('anna', 'pässword')).json).toMatchObject({ Result: 'Error' });
    expect((await visitor.login('anna', 'pässword', '/login')).json).toMatchObject({ Result: 'OK' });
    simulator.faults.shortLoginUri = false;

    simulator.faults.rejectLogin = true;
    expect((await visitor.login('anna', 'pässword')).json).toMatchObject({ Result: 'Error' });
    simulator.faults.rejectLogin = false;

    const stranger = new Visitor(simulator);
    simulator.faults.implicitSession = true;
    expect((await stranger.login('anna', 'pässword')).json).toMatchObject({ Result: 'OK' });
    expect(stranger.cookie).toBe('');
    expect((await stranger.get('/device/cameraList')).status).toBe(200);
    simulator.faults.implicitSession = false;

    simulator.faults.lockout = true;
    await visitor.login('anna', 'wrong');
    expect((await visitor.login('anna', 'pässword')).json).toMatchObject({ Description: 'account is locked' });
  });
});
