import { describe, expect, it } from '@jest/globals';
import type { Node, NodeAPI, NodeDef, NodeStatus } from 'node-red';
import { actionsByType } from '../../src/node-red/actions/index.js';
import type { NvrNode } from '../../src/node-red/find-nvr.js';
import { asError, codeOf } from '../../src/node-red/errors.js';
import { credentials, type Flow, helper, nvrNode, palette, until } from './support/palette.js';
import { api, catcher, caught, logged, out, tab, withRuntime } from './support/runtime.js';

// Flows as no editor stores them: each node says by a code what is wrong with it, and the others work.

const simulator = withRuntime();

/** As much of a group of FlowFuse Dashboard 2 as widgets use. */
function dashboard(RED: NodeAPI): void {
  RED.nodes.registerType('ui-group', function (this: Node, def: NodeDef) {
    RED.nodes.createNode(this, def);
    Object.assign(this, { register: () => undefined, getBase: () => ({ uiShared: { contribs: {} } }) });
  });
}

const nested = (text: string, depth: number, end: string) => text.repeat(depth) + '1' + end.repeat(depth);
/** Documents that stand for anything. */
const documents = [
  ...['null', 'true', '-1', '0.5', '1e-300', '""', '"  "', '"__proto__"', '"x,\\u0000\\n;"'],
  ...['[]', '{}', '["__proto__"]', '{"length":1e18}', '{"trim":1,"split":2}'],
  '{"__proto__":{"type":"literal","value":"1"},"constructor":{"prototype":{"a":1}}}',
  ...['{"pin":{"type":"literal","value":{"toString":1}}}', '{"pin":{"type":{"toString":1},"value":"1"}}'],
  ...[nested('[', 500, ']'), nested('{"a":', 500, '}'), `"${'x'.repeat(100_000)}"`, `[${'0,'.repeat(10_000)}0]`],
];
const stored = documents.map((text) => JSON.parse(text) as unknown);

const call = { operation: 'msg.operation', params: {}, output: 'payload', confirm: true };
const account = { username: 'admin', password: 'admin123' };
const types: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ...Object.fromEntries(Object.keys(actionsByType).map((type) => [type, call])),
  'everfocus-picture': { ...call, perMinute: '' },
  'everfocus-event': { channels: '1', types: 'Motion', state: 'active', initial: true },
  'everfocus-camera-event': {
    ...{ cameras: '1', kinds: 'motion', state: '', picture: '', gap: '', initial: true, connection: true },
    ...{ clip: 'buffer', folder: 'x', clipAround: '5' },
  },
  'everfocus-nvr-event': { kinds: '', types: '', initial: true },
  'everfocus-discover': { seconds: '0.01', output: 'list', address: '127.0.0.1', udpPort: '9' },
  'everfocus-live': {
    ...{ camera: '', stream: 'main', output: 'frames', fps: '1', perMinute: '1', sound: false, autostart: false },
    ...{ address: true, viewers: '4' },
  },
  'ui-everfocus-tile': {
    ...{ camera: '2', group: 'group', stream: 'sub', ptz: '', snapshot: '', order: 1, width: 0, height: 0 },
    className: '',
  },
};
const place = { z: 'flow', x: 0, y: 0, wires: [['out'], ['out']] };

/** For NVRs: each that can be asked is called again and again while it does not answer. */
const fewer = stored.filter((_, index) => index % 3 === 0);

/** Nodes with anything in each place of their settings, one in each, and without it. */
function damaged(type: string, settings: Readonly<Record<string, unknown>>, values = stored): Flow {
  return Object.keys(settings).flatMap((field) => {
    const others = Object.fromEntries(Object.entries(settings).filter(([other]) => other !== field));
    const odd = values.map((value, index) => ({ id: `${field} ${index}`, [field]: value }));
    return [...odd, { id: `no ${field}` }].map((change) => ({ ...place, type, ...others, ...change }));
  });
}

/** Deploys them beside nodes that are well. @returns what each has shown, by its id */
async function deploy(nodes: Flow, accounts: object = {}): Promise<ReadonlyMap<string, readonly NodeStatus[]>> {
  const shown = new Map<string, NodeStatus[]>();
  const note = ({ id, status }: { id: string; status: NodeStatus }) =>
    void shown.set(id, [...(shown.get(id) ?? []), status]);
  await helper.load([dashboard, ...palette], [tab, catcher], {});
  helper._events.on('node-status', note);
  const beside = [nvrNode(simulator()), { id: 'group', type: 'ui-group' }, api, out, catcher, caught];
  const flow = [tab, ...nodes, ...beside];
  await helper.setFlows(flow, 'full', { ...credentials(), ...accounts }).finally(() => {
    helper._events.off('node-status', note);
  });
  return shown;
}

const ids = (nodes: Flow) => nodes.map(({ id }) => String(id));

describe('nodes with anything in their settings', () => {
  it.each(Object.entries(types))('%s is made, and says what is wrong', async (type, own) => {
    const nodes = damaged(type, { name: 'odd', nvr: 'nvr', version: 1, ...own });
    const shown = await deploy(nodes);
    expect(ids(nodes).filter((id) => !helper.getNode(id))).toEqual([]);
    const uncoded = ids(nodes).flatMap((id) =>
      (shown.get(id) ?? [])
        .filter(({ fill, text = '' }) => fill === 'red' && !/^(?!ERR)[A-Z_]+…?$/.test(text))
        .map(({ text }) => `${id}: ${text}`),
    );
    expect(uncoded).toEqual([]);
    expect(logged()).not.toMatch(/\n\s+at |.{2500}/);
    const ended = new Map<string, string>();
    const of = (message: Record<string, unknown>) => String(message['_msgid']);
    helper.getNode('out').on('input', (message) => ended.set(of(message), 'OK'));
    helper.getNode('caught').on('input', (message) => ended.set(of(message), message.error?.code ?? 'none'));
    const asked = /event$|^ui-/.test(type) ? [] : ids(nodes);
    const message = type === 'everfocus-live' ? { payload: 'none' } : { operation: 'getSystemInfo' };
    for (const id of [...asked, 'api']) helper.getNode(id).receive({ _msgid: id, ...message });
    await until(() => [...asked, 'api'].every((id) => ended.has(id)));
    expect([...ended].filter(([, code]) => !/^(?!ERR)[A-Z_]+$/.test(code))).toEqual([]);
    expect(ended.get('api')).toBe('OK');
  });

  it('everfocus-nvr is made, and hinders no other', async () => {
    const own = { name: 'odd', version: 1, host: '127.0.0.1', port: '9', https: true, fingerprint: '' };
    const odd = damaged('everfocus-nvr', own, fewer).map(({ x: _x, y: _y, wires: _w, ...node }) => node);
    const strange = Object.fromEntries(
      Object.keys(account).flatMap((field) =>
        [...fewer, { toString: 1 }].map((value, index) => [`${field} ${index}`, { ...account, [field]: value }]),
      ),
    );
    const nodes = [...odd, ...Object.keys(strange).map((id) => ({ ...own, id, type: 'everfocus-nvr', z: 'flow' }))];
    const named = { ...api, id: 'named', nvr: 'msg.nvr' };
    const all = { id: 'all', type: 'everfocus-camera-event', ...place, nvr: '*', version: 1 };
    await deploy([...nodes, named, all], {
      ...Object.fromEntries(ids(odd).map((id) => [id, { ...account }])),
      ...strange,
    });
    const wrong = ids(nodes).flatMap((id) => {
      const node = helper.getNode(id) as unknown as NvrNode | undefined;
      try {
        node?.client();
      } catch (error) {
        const { message } = asError(error);
        if (!/^(?!ERR)[A-Z_]+$/.test(codeOf(error)) || message.length > 2000) return [[id, codeOf(error), message]];
      }
      return typeof node?.label === 'string' ? [] : [[id, 'no label']];
    });
    expect(wrong).toEqual([]);
    expect(logged()).not.toMatch(/\n\s+at |.{2500}/);
    const ended: unknown[] = [];
    helper.getNode('out').on('input', () => ended.push('OK'));
    helper.getNode('caught').on('input', (message) => ended.push((message as Record<string, unknown>)['error']));
    helper.getNode('named').receive({ _msgid: 'named', nvr: 'Office' });
    await until(() => ended.length > 0);
    expect(ended).toEqual(['OK']);
  });
});
