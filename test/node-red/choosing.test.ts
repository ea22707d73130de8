import { describe, expect, it } from '@jest/globals';
import type { NodeAPI } from 'node-red';
import { channelNamed } from '../../src/node-red/camera-names.js';
import { literalFits } from '../../src/node-red/editor/requirements.js';
import { nvrFor } from '../../src/node-red/find-nvr.js';
import { ChannelID } from '../../src/shared/sdk/fields.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { credentials, helper, inbox, nvrNode, palette } from './support/palette.js';
import { api, catcher, caught, deploy, out, tab, withRuntime } from './support/runtime.js';

/** What a runtime with some deployed nodes offers. */
function runtimeWith(...nodes: { id: string; type?: string; label?: string; config?: object }[]): NodeAPI {
  const deployed = nodes.map((node) => ({ type: 'everfocus-nvr', label: '', config: {}, ...node }));
  return {
    nodes: {
      eachNode: (told: (node: object) => void) => deployed.forEach(told),
      getNode: (id: string) => deployed.find((node) => node.id === id) ?? null,
    },
  } as unknown as NodeAPI;
}

describe('the NVR of a message', () => {
  const RED = runtimeWith(
    { id: 'a1', label: 'Office', config: { host: '10.0.0.1' } },
    { id: 'b2', label: 'Shop', config: { host: 'nvr.local', port: '8080' } },
    { id: 'c3', label: 'Twin', config: { host: '10.0.0.3', https: true } },
    { id: 'd4', label: 'twin', config: { host: '10.0.0.4' } },
    { id: 'e5', label: 'E', config: { host: 'fe80::5' } },
    { id: 'x9', type: 'mqtt-broker', label: 'Broker', config: { host: '10.0.0.9' } },
  );
  const ofMessage = (nvr: unknown) => nvrFor(RED, 'msg.nvr', { _msgid: '', nvr }).id;

  it.each([
    ['its name', 'Shop', 'b2'],
    ['its name, however it is written', ' shop ', 'b2'],
    ['its host', '10.0.0.1', 'a1'],
    ['its host and the port that goes without saying', '10.0.0.1:80', 'a1'],
    ['likewise with HTTPS', '10.0.0.3:443', 'c3'],
    ['its host and port', 'NVR.local:8080', 'b2'],
    ['an IPv6 address', 'fe80::5', 'e5'],
    ['an IPv6 address and port', '[fe80::5]:80', 'e5'],
    ['the id of its node', 'd4', 'd4'],
  ])('is found by %s', (_, named, id) => {
    expect(ofMessage(named)).toBe(id);
  });

  it.each([
    ['a name that nothing has', 'Pool', 'UNKNOWN_NVR'],
    ['another port', 'nvr.local:80', 'UNKNOWN_NVR'],
    ['a node that is no NVR', 'x9', 'UNKNOWN_NVR'],
    ['nothing', undefined, 'UNKNOWN_NVR'],
    ['something else than text', { host: '10.0.0.1' }, 'UNKNOWN_NVR'],
    ['a name that two have', 'Twin', 'AMBIGUOUS_NVR'],
  ])('is none by %s', (_, named, code) => {
    expect(() => ofMessage(named)).toThrow(expect.objectContaining({ code }));
  });

  it('is refused in one line, however long the name is and whatever it holds', () => {
    const refusal = (nvr: string) => {
      try {
        return ofMessage(nvr);
      } catch (error) {
        return String(error);
      }
    };
    for (const unit of ['x', 'a\nb', '\u202e\0', '\ud800', '\u001b[2J']) {
      const said = refusal(unit.repeat(1_000_000));
      expect(said).toMatch(/^FlowError: no NVR with the name or address "[^\p{Cc}\u202e]*" is deployed$/u);
      expect(said.length).toBeLessThan(1100);
    }
  });

  it('is the chosen one where one is chosen, whatever the message says', () => {
    expect(nvrFor(RED, 'a1', { _msgid: '', nvr: 'Shop' }).id).toBe('a1');
    expect(() => nvrFor(RED, 'gone', { _msgid: '' })).toThrow(expect.objectContaining({ code: 'NOT_CONFIGURED' }));
  });
});

describe('a camera by its name', () => {
  const cameras = [
    { channel: 1, enabled: true, name: 'Gate' },
    { channel: 2, enabled: true, name: 'Lobby' },
    { channel: 3, enabled: true, name: 'lobby' },
    { channel: 4, enabled: true },
  ];

  it('is found however it is written, exactly first', () => {
    const names = [' gate ', 'GATE', 'lobby', 'Lobby'];
    expect(names.map((name) => channelNamed(cameras, name, 'ChannelID'))).toEqual([1, 1, 3, 2]);
  });

  it.each([
    ['Pool', /no camera is called "Pool" \(1: Gate, 2: Lobby, 3: lobby, 4:\)/],
    ['LOBBY', /several cameras are called "LOBBY" \(2: Lobby, 3: lobby\)/],
  ])('%s is refused with what there is', (name, message) => {
    const problem = { code: 'INVALID_PARAMETER', message: expect.stringMatching(message) };
    expect(() => channelNamed(cameras, name, 'ChannelID')).toThrow(expect.objectContaining(problem));
  });

  it.each([
    ['Gate', true],
    ['3', true],
    ['0', false],
    ['-1', false],
    ['1.5', false],
    [' ', false],
    ['', false],
  ])('the editor takes "%s": %p', (text, fits) => {
    expect(literalFits({ name: 'ChannelID', schema: ChannelID, required: true }, text, true)).toBe(fits);
  });
});

const simulator = withRuntime();
const detail = { ...api, operation: 'cameraDetail' };
const lists = () => simulator().requests.filter(({ path }) => path === '/device/cameraList').length;

describe('a call node', () => {
  it('works on the NVR that each message names', async () => {
    await using other = await Simulator.start({ cameras: 2 });
    const second = { ...nvrNode(other), id: 'second', name: 'Shop' };
    const node = { ...api, nvr: 'msg.nvr', operation: 'cameraList' };
    const accounts = { ...credentials(), second: credentials().nvr };
    await helper.load(palette, [tab, nvrNode(simulator()), second, node, out, catcher, caught], accounts);
    const [box, failures] = [inbox('out'), inbox('caught')];
    helper.getNode('api').receive({ nvr: 'office' });
    const { payload, everfocus } = await box.next();
    expect(payload).toHaveLength(4);
    expect(everfocus).toMatchObject({ nvr: 'Office' });
    helper.getNode('api').receive({ nvr: 'Pool', topic: 'T' });
    expect(await failures.next()).toMatchObject({ topic: 'T', error: { code: 'UNKNOWN_NVR' } });
    helper.getNode('api').receive({ nvr: `127.0.0.1:${other.port}` });
    const reply = await box.next();
    expect(reply.payload).toHaveLength(2);
    expect(reply.everfocus).toMatchObject({ nvr: 'Shop' });
  });

  it('finds an NVR whose name a program wrote as a number', async () => {
    const named = { ...nvrNode(simulator()), name: 7 };
    const node = { ...api, nvr: 'msg.nvr', operation: 'cameraList' };
    await helper.load(palette, [tab, named, node, out], credentials());
    const box = inbox('out');
    helper.getNode('api').receive({ nvr: '7' });
    expect((await box.next()).everfocus).toMatchObject({ nvr: '7' });
  });

  it.each([
    ['typed', { type: 'literal', value: 'camera 3' }, {}],
    ['of the message', { type: 'msg', value: 'camera' }, { camera: 'Camera 3' }],
  ])('takes a camera by its name, %s, and tells its number and name', async (_, row, message) => {
    await deploy(simulator(), { ...detail, params: { ChannelID: row } });
    const box = inbox('out');
    helper.getNode('api').receive(message);
    expect((await box.next()).everfocus).toMatchObject({
      ...{ operation: 'cameraDetail', nvr: 'Office', channel: 3, camera: 'Camera 3' },
      ...{ time: expect.any(Date), ms: expect.any(Number) },
    });
    const asked = simulator().requests.find(({ path }) => path === '/device/cameraDetail');
    expect(asked?.query).toBe('?ChannelID=3');
  });

  it('asks for the names once, also for what messages tell of a camera that is a number', async () => {
    await deploy(simulator(), { ...detail, params: { ChannelID: { type: 'msg', value: 'camera' } } });
    const box = inbox('out');
    helper.getNode('api').receive({ camera: 2 });
    expect((await box.next()).everfocus).toMatchObject({ channel: 2, camera: 'Camera 2' });
    expect(lists()).toBe(1);
    for (const camera of ['Camera 1', 'camera 2', 'Camera 4']) helper.getNode('api').receive({ camera });
    await Promise.all([box.next(), box.next(), box.next()]);
    expect(lists()).toBe(1);
  });

  it('says so where no camera has the name, and where the NVR does not tell', async () => {
    await deploy(simulator(), { ...detail, params: { ChannelID: { type: 'literal', value: 'Pool' } } });
    const failures = inbox('caught');
    helper.getNode('api').receive({});
    expect((await failures.next()).error).toMatchObject({
      code: 'INVALID_PARAMETER',
      message: expect.stringContaining('Camera 4'),
    });
    expect(simulator().requests.filter(({ path }) => path === '/device/cameraDetail')).toEqual([]);
  });

  it('hands on why the NVR does not tell its cameras', async () => {
    simulator().faults.rejectLogin = true;
    await deploy(simulator(), { ...detail, params: { ChannelID: { type: 'literal', value: 'Gate' } } });
    const failures = inbox('caught');
    helper.getNode('api').receive({});
    expect((await failures.next()).error?.code).toBe('LOGIN_REJECTED');
  });
});
