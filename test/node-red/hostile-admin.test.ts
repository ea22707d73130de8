import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { credentials, helper, nvrNode, palette } from './support/palette.js';
import { tab } from './support/runtime.js';

// What an editor's user sends who is no editor: any JSON, at any place of what each route expects, and any query.

let simulator: Simulator;
beforeAll(async () => {
  await helper.startServer();
  simulator = await Simulator.start();
  const search = { id: 'rec', type: 'everfocus-recordings', z: 'flow', x: 0, y: 0, nvr: 'nvr', wires: [[]] };
  await helper.load(palette, [tab, nvrNode(simulator), search], credentials());
});
afterAll(async () => {
  await helper.unload();
  await helper.stopServer();
  await simulator.stop();
});

const deep = (text: string, depth: number, end: string) => text.repeat(depth) + '1' + end.repeat(depth);
/** Documents that stand for anything. */
const documents = [
  ...['null', 'true', '-1', '1e308', '""', '"__proto__"', '[]', '{}', '["constructor"]', '{"toString":1}'],
  '{"__proto__":{"type":"literal","value":"1"},"constructor":{"prototype":{"a":1}}}',
  ...[deep('[', 5000, ']'), deep('{"a":', 5000, '}'), `"${'x'.repeat(100_000)}"`, `[${'0,'.repeat(10_000)}0]`],
  `{${Array.from({ length: 3000 }, (_, index) => `"k${index}":{"type":"literal","value":"1"}`).join()}}`,
];

/** A document with another in each of its places, itself among them. */
function* replaced(value: unknown, put: string): Generator<string> {
  yield put;
  if (typeof value !== 'object' || value === null) return;
  for (const [name, field] of Object.entries(value)) {
    for (const part of replaced(field, put)) {
      const others = Object.entries(value).map(([other, own]) => [other, other === name ? '' : JSON.stringify(own)]);
      yield `{${others.map(([key, own]) => `${JSON.stringify(key)}:${own || part}`).join()}}`;
    }
  }
}

const account = () => ({
  ...{ id: 'nvr', host: '127.0.0.1', port: String(simulator.port), https: false, fingerprint: '' },
  ...{ username: 'admin', password: 'admin123' },
});
const row = { type: 'literal', value: '1' };
/** Of each route, and those that lead to an NVR by what is typed: nothing of that is a place on the network. */
const bodies: Readonly<Record<string, () => unknown>> = {
  test: account,
  examine: () => ({ port: account().port, username: 'admin' }),
  'nvr/certificate': () => ({ fingerprint: 'AA' }),
  'nvr/now': () => ({ operation: 'cameraDetail', params: { ChannelID: row } }),
  'run/rec': () => ({}),
  'run/__proto__': () => ({}),
  'typed/now': () => ({ nvr: { id: 'nvr' }, operation: 'findEvents', params: { cameras: row } }),
  'typed/channel': () => ({ nvr: { https: true, fingerprint: 'AA' } }),
};

async function answered(path: string, request: PromiseLike<{ status: number; body: unknown; text?: string }>) {
  const { status, body } = await request;
  const { code, message } = (body ?? {}) as { code?: unknown; message?: unknown };
  const isProblem = status === 422;
  return {
    path,
    // What the parser of bodies refuses itself is 400 or 413.
    status: [200, 204, 400, 404, 413, 422].includes(status) ? 'answered' : status,
    problem: isProblem && (typeof code !== 'string' || !/^[A-Z_]+$/.test(code) || code === 'ERROR') ? body : undefined,
    long: isProblem && (typeof message !== 'string' || message.length > 2000) ? body : undefined,
  };
}

const fine = (path: string) => ({ path, status: 'answered', problem: undefined, long: undefined });

describe('any document, at any place of what is sent to', () => {
  it.each(Object.keys(bodies))('%s: is answered, by a problem with a code or by what was asked for', async (path) => {
    for (const document of documents) {
      for (const body of replaced(bodies[path]?.(), document)) {
        const sent = helper.request().post(`/everfocus-nvr/${path}`);
        const request = sent.set('content-type', 'application/json').send(body);
        expect({ ...(await answered(path, request)), body: body.slice(0, 300) }).toEqual({
          ...fine(path),
          body: body.slice(0, 300),
        });
      }
    }
    expect((await helper.request().get('/everfocus-nvr/forms')).status).toBe(200);
  });
});

describe('any address and query of', () => {
  const odd = ['__proto__', 'toString', '%00%0d%0a', '..%2f..', '-1', '1e308', 'NaN', '%ff', 'x'.repeat(8000)];
  it.each(['*/channel', 'nvr/*', 'nvr/settings/*', 'nvr/picture/*', '*/certificate', 'nvr/preset?camera=*'])(
    '%s',
    async (path) => {
      for (const part of odd) {
        const address = `/everfocus-nvr/${path.replace('*', part)}`;
        expect(await answered(part, helper.request().get(address))).toEqual(fine(part));
      }
    },
  );

  it.each(['nvr/preset', 'nvr/settings/VideoEncoderConfiguration', 'nvr/settings/User'])('%s', async (path) => {
    const names = ['camera', 'ChannelID', '__proto__', 'constructor[prototype]'];
    const queries = names.flatMap((name) => [
      ...odd.map((part) => `${name}=${part}`),
      ...[`${name}[]=1`, `${name}[a][b]=1`, `${name}[toString]=1`, `${name}[length]=1000000000`, `${name}=1&${name}=2`],
    ]);
    for (const query of [...queries, 'a=1&'.repeat(3000), '['.repeat(3000), `a${'[b]'.repeat(2000)}=1`]) {
      expect(await answered(query, helper.request().get(`/everfocus-nvr/${path}?${query}`))).toEqual(fine(query));
    }
  });
});

describe('an account that the driver refuses', () => {
  it.each(['test', 'examine', 'capture'])('is a problem with its code, not an outcome: %s', async (path) => {
    const typed = { ...account(), port: '70000' };
    const { status, body } = await helper.request().post(`/everfocus-nvr/${path}`).send(typed);
    expect({ status, body }).toMatchObject({ status: 422, body: { code: 'INVALID_PARAMETER' } });
  });
});
