import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { isTried } from '../../src/node-red/actions/action.js';
import { actionsByType } from '../../src/node-red/actions/index.js';
import { shown } from '../../src/node-red/admin/shown.js';
import { pathsOf, rememberCopied, rememberReply, suggestPaths } from '../../src/node-red/editor/reply-paths.js';
import { credentials, helper, nvrNode, palette, until } from './support/palette.js';

let simulator: Simulator;
beforeAll(async () => {
  await helper.startServer();
  simulator = await Simulator.start();
});
afterAll(async () => {
  await helper.stopServer();
  await simulator.stop();
});
beforeEach(async () => {
  await helper.load(palette, [nvrNode(simulator)], credentials());
});
afterEach(async () => {
  await helper.unload();
});

const literal = (value: string) => ({ type: 'literal', value });
const post = (path: string, body: object) => helper.request().post(`/everfocus-nvr/${path}`).send(body);
const run = (operation: string, params: object = {}) => post('nvr/now', { operation, params });
const isLogin = ({ path, method }: { path: string; method: string }) => path === '/admin/login' && method === 'POST';
const all = [...new Set(Object.values(actionsByType).flat())];

describe('what is run out of a form', () => {
  it('answers as the node would', async () => {
    const { status, body } = await run('readOutput', { pin: literal('5') });
    expect(status).toBe(200);
    expect(body).toMatchObject({ payload: false, everfocus: { operation: 'readOutput', nvr: 'Office' } });
  });

  it('shows times, cameras by name, and settings without passwords', async () => {
    const { body } = await run('findEvents', { cameras: literal('Camera 2'), from: literal('-2h') });
    expect(body).toMatchObject({ payload: expect.any(Array), everfocus: { operation: 'findEvents' } });
    const { body: mail } = await run('EMail.read');
    expect(mail).toMatchObject({ payload: { interval: expect.any(Number) } });
    expect(JSON.stringify(mail)).not.toMatch(/password/i);
  });

  it('shows a picture', async () => {
    const { body } = await run('currentPicture', { camera: literal('1') });
    expect(body).toMatchObject({
      payload: { type: 'Buffer', length: expect.any(Number) },
      picture: expect.stringMatching(/^data:image\/jpeg;base64,\/9j\//),
    });
  });

  it('only reads: everything else is refused, and nothing is sent', async () => {
    const others = all.filter((action) => !isTried(action));
    expect(others.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['reboot', 'format', 'switchOutput', 'getClip', 'playRecording', 'takeSnapshot', 'speak']),
    );
    const before = simulator.requests.length;
    for (const { id } of others)
      expect(await run(id)).toMatchObject({ status: 422, body: { code: 'INVALID_PARAMETER' } });
    expect((await run('nothing')).body).toMatchObject({ code: 'UNKNOWN_OPERATION' });
    expect(simulator.requests).toHaveLength(before);
    expect(all.filter(isTried).filter(({ effect }) => effect !== 'read')).toEqual([]);
  });

  it.each(['msg', 'flow', 'global', 'env', 'jsonata'])('resolves nothing of the server: %s', async (type) => {
    process.env['EVERFOCUS_TEST_PIN'] = '5';
    const { status, body } = await run('readOutput', { pin: { type, value: 'EVERFOCUS_TEST_PIN' } });
    delete process.env['EVERFOCUS_TEST_PIN'];
    expect({ status, body }).toMatchObject({ status: 422, body: { code: 'INVALID_PARAMETER' } });
    expect((body as { message: string }).message).toMatch(/^pin: comes from/);
  });

  it('says what is wrong with a row, and with a NVR that is not there', async () => {
    expect((await run('readOutput', { pin: literal('99') })).body).toMatchObject({ code: expect.any(String) });
    expect((await run('readOutput', { pin: literal('x'.repeat(70_000)) })).body).toMatchObject({
      code: 'INVALID_PARAMETER',
    });
    expect((await post('other/now', { operation: 'cameraList' })).body).toMatchObject({ code: 'NOT_CONFIGURED' });
    expect((await post('nvr/now', { operation: 'cameraList', params: [] })).status).toBe(422);
  });

  it('is one at a time', async () => {
    simulator.faults.slowReplies = 200;
    const answers = await Promise.all([1, 2].map(() => run('cameraList')));
    simulator.faults.slowReplies = 0;
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
  });
});

describe('an NVR that is not deployed', () => {
  const typed = (more: object = {}) => ({
    nvr: {
      id: 'new',
      host: '127.0.0.1',
      port: String(simulator.port),
      username: 'admin',
      password: 'admin123',
      ...more,
    },
  });

  it('has pick lists, settings and runs, and one login for all of them', async () => {
    const before = simulator.requests.length;
    expect((await post('typed/channel', typed())).body).toHaveLength(4);
    expect((await post('typed/settings/EMail', typed())).body).toMatchObject({ values: expect.any(Object) });
    expect(
      (await post('typed/now', { ...typed(), operation: 'readOutput', params: { pin: literal('5') } })).body,
    ).toMatchObject({ payload: false });
    expect(simulator.requests.slice(before).filter(isLogin)).toHaveLength(1);
    await helper.unload();
    await until(() => simulator.requests.at(-1)?.path === '/admin/logout');
  });

  it('is not logged in at again and again with a wrong password', async () => {
    const before = simulator.requests.length;
    for (const list of ['channel', 'alarm-in', 'alarm-out', 'preset', 'channel']) {
      expect(await post(`typed/${list}`, typed({ password: 'wrong' }))).toMatchObject({
        status: 422,
        body: { code: 'LOGIN_REJECTED' },
      });
    }
    expect(simulator.requests.slice(before).filter(isLogin).length).toBeLessThanOrEqual(2);
  });

  it('gets the stored account where it is deployed at that very address, and nowhere else', async () => {
    const changed = { id: 'nvr', username: undefined, password: undefined };
    expect((await post('typed/channel', typed(changed))).body).toHaveLength(4);
    const elsewhere = typed({ ...changed, host: 'localhost' });
    expect((await post('typed/channel', elsewhere)).body).toMatchObject({ code: 'NOT_CONFIGURED' });
    expect((await post('typed/channel', typed({ password: '${EVERFOCUS}' }))).body).toMatchObject({
      code: 'NOT_CONFIGURED',
    });
    expect((await post('typed/channel', {})).status).toBe(422);
  });
});

describe('a reply as it is shown', () => {
  it('is bounded in size and depth, whatever it is', () => {
    const deep = JSON.parse(`${'['.repeat(2000)}${']'.repeat(2000)}`) as unknown;
    const wide = Array.from({ length: 300 }, () => Array.from({ length: 300 }, () => 'x'.repeat(5000)));
    const fields = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`f${index}`, index]));
    expect(JSON.stringify(shown(deep)).length).toBeLessThan(200);
    expect(JSON.stringify(shown(wide)).length).toBeLessThan(700_000);
    expect(Object.keys(shown(fields) as object)).toHaveLength(201);
    expect(shown(wide)).toMatchObject({ __enc__: true, type: 'array', length: 300 });
  });

  it('is what was answered', () => {
    const date = new Date('2026-01-02T03:04:05Z');
    expect(shown({ list: [1, 'a', null, false], date, nan: Number.NaN, none: undefined })).toEqual({
      ...{ list: [1, 'a', null, false], date: '2026-01-02T03:04:05.000Z', nan: 'NaN', none: undefined },
    });
    expect(shown(Buffer.from('abc'))).toEqual({ __enc__: true, type: 'Buffer', data: [97, 98, 99], length: 3 });
    // The editor would take these for marks of its own.
    expect(shown({ __enc__: true, type: 'array' })).toEqual({ '__enc__ ': true, type: 'array' });
  });
});

describe('the paths of a reply', () => {
  it('are those of its fields, and of the first item of a list', () => {
    const reply = [{ name: 'Gate', 'a b': 1 }, { name: 'Hall' }];
    expect(pathsOf('payload', reply)).toEqual(['payload', 'payload[0]', 'payload[0].name', 'payload[0]["a b"]']);
    expect(pathsOf('payload', shown(Array.from({ length: 900 }, () => ({ x: 1 }))))).toContain('payload[0].x');
    expect(pathsOf('payload', Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`f${i}`, 1])))).toHaveLength(
      200,
    );
  });

  it('are offered to rows, those that were copied first', () => {
    rememberReply('payload', [{ name: 'Gate' }]);
    rememberCopied('payload[3].name');
    expect(suggestPaths('payl')).toEqual(['payload[3].name', 'payload', 'payload[0]', 'payload[0].name']);
    expect(suggestPaths('camera')).toEqual(['everfocus.camera']);
  });
});
