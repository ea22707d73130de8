import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { allActions } from '../../src/node-red/actions/index.js';
import { wholeForms } from '../../src/node-red/editor/whole-forms.js';
import type { FormsDocument } from '../../src/node-red/form.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { credentials, helper, inbox, nvrNode, palette, until } from './support/palette.js';
import { api, out, tab } from './support/runtime.js';

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

describe('what the editor asks for', () => {
  it('forms', async () => {
    const { status, body } = await helper.request().get('/everfocus-nvr/forms');
    expect(status).toBe(200);
    const { actions, pickers } = wholeForms(body as FormsDocument);
    expect(Object.keys(pickers)).toContain('everfocus-call');
    expect(actions.map(({ id }) => id)).toEqual(expect.arrayContaining([...(pickers['everfocus-call'] ?? [])]));
  });

  it('a node is run by its button: one that needs no message, and is deployed', async () => {
    const rec = { id: 'rec', type: 'everfocus-recordings', z: 'flow', x: 0, y: 0, nvr: 'nvr', wires: [['out']] };
    const params = { from: { type: 'literal', value: '-1h' } };
    await helper.unload();
    await helper.load(
      palette,
      [tab, nvrNode(simulator), { ...rec, operation: 'findLogs', params }, api, out],
      credentials(),
    );
    const box = inbox('out');
    const run = async (id: string) => (await helper.request().post(`/everfocus-nvr/run/${id}`).send({})).status;
    expect([await run('rec'), await run('api'), await run('other')]).toEqual([204, 404, 404]);
    expect(await box.next()).toMatchObject({ payload: expect.any(Array), everfocus: { operation: 'findLogs' } });
  });

  it('channels of a deployed NVR', async () => {
    const { status, body } = await helper.request().get('/everfocus-nvr/nvr/channel');
    expect(status).toBe(200);
    expect(body).toHaveLength(4);
    expect((body as object[])[0]).toEqual({ value: '1', label: expect.stringMatching(/^1: \S/) });
  });

  it('alarm-out pins of a deployed NVR', async () => {
    const { body } = await helper.request().get('/everfocus-nvr/nvr/alarm-out');
    expect((body as object[])[0]).toEqual({
      value: expect.stringMatching(/^\d+$/),
      label: expect.stringMatching(/^DO \d+$/),
    });
  });

  it('accounts and disks of a deployed NVR', async () => {
    const { body: users } = await helper.request().get('/everfocus-nvr/nvr/user');
    expect((users as object[])[0]).toEqual({
      value: expect.stringMatching(/^\d+$/),
      label: expect.stringMatching(/^\d+: admin$/),
    });
    const { body: disks } = await helper.request().get('/everfocus-nvr/nvr/disk');
    expect((disks as object[])[0]).toEqual({
      value: '/dev/sda',
      label: expect.stringMatching(/^\/dev\/sda: HDD-1, \S/),
    });
  });

  it('the types of what came of the NVR, but for those that forms name themselves', async () => {
    const place = { z: 'flow', x: 0, y: 0, nvr: 'nvr', wires: [['out']] };
    const nodes = ['camera-event', 'nvr-event'].map((type) => ({ ...place, id: type, type: `everfocus-${type}` }));
    const list = async (name: string) => (await helper.request().get(`/everfocus-nvr/nvr/${name}`)).body;
    expect([await list('camera-event'), await list('nvr-event')]).toEqual([[], []]);
    await helper.unload();
    await helper.load(palette, [tab, nvrNode(simulator), ...nodes, out], credentials());
    await until(() => simulator.openSockets === 5);
    for (const type of ['Motion', 'motion', 'LineCrossing', 'a, b', '${HOME}', 'toString']) {
      simulator.throwEvent({ channel: 2, type, state: 'once' });
    }
    simulator.throwException({ exception: 'DiskFull' });
    simulator.throwMeta({ channel: 1, type: 'manualStart', data: '' });
    const offered = (...types: string[]) => types.map((type) => ({ value: type, label: type }));
    await until(async () => ((await list('nvr-event')) as object[]).length === 2);
    await until(async () => ((await list('camera-event')) as object[]).length === 2);
    expect(await list('camera-event')).toEqual(offered('LineCrossing', 'toString'));
    expect(await list('nvr-event')).toEqual(offered('DiskFull', 'manualStart'));
  });

  it('whatever else a parameter is picked from', async () => {
    const picked = allActions
      .flatMap(({ parameters }) =>
        parameters.map(({ schema }) => schema as { picks?: string; items?: { picks?: string } }),
      )
      .flatMap(({ picks, items }) => picks ?? items?.picks ?? []);
    for (const list of new Set(picked)) {
      expect((await helper.request().get(`/everfocus-nvr/nvr/${list}`)).status).toBe(200);
    }
  });

  it('nothing of an NVR that is not deployed', async () => {
    const { status, body } = await helper.request().get('/everfocus-nvr/other/channel');
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'NOT_CONFIGURED' });
  });
});

describe('the connection test', () => {
  const test = (typed: object) => helper.request().post('/everfocus-nvr/test').send(typed);
  const address = () => ({ host: '127.0.0.1', port: String(simulator.port), username: 'admin' });

  it('says what answered to what is typed', async () => {
    const { status, body } = await test({ ...address(), password: 'admin123' });
    expect(status).toBe(200);
    expect(body).toEqual({ model: expect.any(String), software: expect.any(String), cameras: 4 });
  });

  it('uses the stored password for the stored address', async () => {
    expect((await test({ ...address(), id: 'nvr', password: '__PWRD__' })).status).toBe(200);
  });

  it('takes environment variables that are deployed, and no others', async () => {
    process.env['EVERFOCUS_TEST_PASSWORD'] = 'admin123';
    const variable = '${EVERFOCUS_TEST_PASSWORD}';
    await helper.unload();
    await helper.load(palette, [nvrNode(simulator)], { nvr: { username: 'admin', password: variable } });
    const typed = { ...address(), password: variable };
    const statuses = [];
    for (const each of [
      { ...typed, id: 'nvr' },
      { ...typed, id: 'nvr', password: '__PWRD__' },
    ]) {
      statuses.push((await test(each)).status);
    }
    const before = simulator.requests.length;
    for (const each of [
      typed,
      { ...typed, id: 'nvr', host: 'localhost' },
      { ...typed, id: 'nvr', username: variable },
    ]) {
      statuses.push((await test(each)).status);
    }
    delete process.env['EVERFOCUS_TEST_PASSWORD'];
    expect(statuses).toEqual([200, 200, 422, 422, 422]);
    expect(simulator.requests).toHaveLength(before);
  });

  it('takes texts of a bounded length only, and answers with such', async () => {
    for (const host of ['x'.repeat(100_000), ['127.0.0.1'], { toString: 'x' }]) {
      const { status, body } = await test({ ...address(), host, password: 'x' });
      expect({ status, body }).toMatchObject({ status: 422, body: { code: 'INVALID_PARAMETER' } });
      expect(JSON.stringify(body).length).toBeLessThan(3000);
    }
    expect((await test([])).status).toBe(422);
  });

  it.each([
    ['a wrong password', { password: 'wrong' }, 'LOGIN_REJECTED'],
    ['no host', { host: '', password: 'x' }, 'NOT_CONFIGURED'],
    ['a port that is none', { port: 'x', password: 'x' }, 'INVALID_PARAMETER'],
    ['the stored password for another port', { id: 'nvr', port: '1', password: '__PWRD__' }, 'NOT_CONFIGURED'],
    ['a stored password that there is not', { id: 'other', password: '__PWRD__' }, 'NOT_CONFIGURED'],
  ])('says what is wrong with %s', async (_, typed, code) => {
    const { status, body } = await test({ ...address(), ...typed });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code });
    expect(JSON.stringify(body)).not.toContain('admin123');
  });

  it('is one at a time, and refused meanwhile', async () => {
    simulator.faults.slowReplies = 200;
    const answers = await Promise.all([1, 2, 3].map(() => test({ ...address(), password: 'admin123' })));
    simulator.faults.slowReplies = 0;
    const busy = answers.filter(({ status }) => status === 422);
    expect(busy.map(({ body }) => (body as { code: string }).code)).toEqual(['BUSY', 'BUSY']);
    expect((await test({ ...address(), password: 'admin123' })).status).toBe(200);
  });

  it('gives its session back', async () => {
    await test({ ...address(), password: 'admin123' });
    expect(simulator.requests.at(-1)?.path).toBe('/admin/logout');
  });
});
