import { describe, expect, it } from '@jest/globals';
import { Type } from 'typebox';
import type { Action } from '../../src/node-red/actions/action.js';
import { allActions } from '../../src/node-red/actions/index.js';
import { type CallSettings, makeCall } from '../../src/node-red/call.js';
import { forms } from '../../src/node-red/form.js';
import type { ReadSource } from '../../src/node-red/rows/row.js';
import { InvalidParameterError, ManualClock, type Nvr, operations } from '../../src/shared/index.js';

/** Notes what it is asked for. */
function recorder() {
  const calls: unknown[] = [];
  const clock = new ManualClock();
  const client = {
    state: { cameras: [{ channel: 3, enabled: true, name: 'Gate' }] },
    callByName: (id: string, params: unknown) => (
      calls.push([id, params]),
      clock.advance(12),
      Promise.resolve('reply')
    ),
    takeSnapshot: (channel: unknown) => (calls.push(['takeSnapshot', channel]), Promise.resolve(Buffer.from('jpeg'))),
    request: (raw: unknown) => (calls.push(['raw', raw]), Promise.resolve('reply')),
  } as unknown as Nvr;
  const read: ReadSource = (_source, value) =>
    Promise.resolve(({ payload: { ChannelID: 4 } } as Record<string, unknown>)[value]);
  const nvr = { label: 'Office', client: () => client };
  const context = { nvr, read, signal: new AbortController().signal, clock };
  const call = (settings: Partial<CallSettings>, msg = {}, actions: readonly Action[] = allActions) =>
    makeCall(actions, { operation: '', params: {}, confirm: false, ...settings }, msg, context);
  return { calls, call, client };
}

const channel3 = { ChannelID: { type: 'literal', value: '3' } } as const;

describe('a call', () => {
  it('runs the chosen operation and reports it', async () => {
    const { calls, call } = recorder();
    const { reply, report } = await call({ operation: 'cameraDetail', params: channel3 });
    expect(reply).toBe('reply');
    const camera = { channel: 3, camera: 'Gate' };
    const time = expect.any(Date);
    expect(report).toEqual({ operation: 'cameraDetail', nvr: 'Office', ...camera, time, ms: 12 });
    expect(calls).toEqual([['cameraDetail', { ChannelID: 3 }]]);
  });

  it('reports no channel where there is none', async () => {
    expect((await recorder().call({ operation: 'getPort' })).report).toEqual({
      operation: 'getPort',
      nvr: 'Office',
      time: expect.any(Date),
      ms: 12,
    });
  });

  it('takes a snapshot as a Buffer', async () => {
    const { calls, call } = recorder();
    const { reply, report } = await call({ operation: 'takeSnapshot', params: channel3 });
    expect(reply).toEqual(Buffer.from('jpeg'));
    expect(report).toMatchObject({ operation: 'takeSnapshot', channel: 3 });
    expect(calls).toEqual([['takeSnapshot', 3]]);
  });

  it('reads the message only where the configuration says so', async () => {
    const { calls, call } = recorder();
    await call(
      { operation: 'cameraDetail', params: channel3 },
      { operation: 'getPort', payload: { ChannelID: 9 }, params: {} },
    );
    expect(calls).toEqual([['cameraDetail', { ChannelID: 3 }]]);
  });

  it('takes operation and parameters from the message when set so', async () => {
    const { calls, call } = recorder();
    const params = { params: { type: 'msg', value: 'payload' } } as const;
    await call({ operation: 'msg.operation', params }, { operation: 'cameraDetail' });
    expect(calls).toEqual([['cameraDetail', { ChannelID: 4 }]]);
  });

  it.each([
    ['no operation', {}, {}, 'UNKNOWN_OPERATION'],
    ['an unknown operation', { operation: 'explode' }, {}, 'UNKNOWN_OPERATION'],
    ['an inherited name', { operation: 'toString' }, {}, 'UNKNOWN_OPERATION'],
    ['a message without operation', { operation: 'msg.operation' }, {}, 'UNKNOWN_OPERATION'],
    [
      'parameters that are no object',
      { operation: 'msg.operation', params: { params: { type: 'literal', value: '[1]' } } },
      { operation: 'getPort' },
      'INVALID_PARAMETER',
    ],
    [
      'a parameter that there is not',
      { operation: 'msg.operation', params: { params: { type: 'literal', value: '{"camera":1,"witdh":640}' } } },
      { operation: 'currentPicture' },
      'INVALID_PARAMETER',
    ],
    ['harm without confirmation', { operation: 'deleteSnapshot' }, {}, 'CONFIRMATION_REQUIRED'],
    [
      'harm by message without confirmation',
      { operation: 'msg.operation' },
      { operation: 'deleteSnapshot' },
      'CONFIRMATION_REQUIRED',
    ],
    ['a raw request without confirmation', { operation: 'raw' }, {}, 'CONFIRMATION_REQUIRED'],
    [
      'a raw request without a path',
      { operation: 'raw', confirm: true, params: { method: { type: 'literal', value: 'GET' } } },
      {},
      'INVALID_PARAMETER',
    ],
  ] as [string, Partial<CallSettings>, object, string][])(
    'refuses %s and sends nothing',
    async (_, settings, msg, code) => {
      const { calls, call } = recorder();
      await expect(call(settings, msg)).rejects.toMatchObject({ code });
      expect(calls).toEqual([]);
    },
  );

  it('runs what can do harm when it is confirmed', async () => {
    const { calls, call } = recorder();
    await call({
      operation: 'deleteSnapshot',
      confirm: true,
      params: { snapshotPath: { type: 'literal', value: '/a.jpg' } },
    });
    const params = {
      method: { type: 'literal', value: 'POST' },
      path: { type: 'literal', value: '/x' },
      body: { type: 'literal', value: '[1]' },
    } as const;
    await call({ operation: 'raw', confirm: true, params });
    expect(calls).toEqual([
      ['deleteSnapshot', { snapshotPath: '/a.jpg' }],
      ['raw', { method: 'POST', path: '/x', body: [1] }],
    ]);
  });
});

describe('forms', () => {
  const data = JSON.parse(JSON.stringify(forms())) as ReturnType<typeof forms>;

  it('offer every operation of the SDK in the universal node', () => {
    expect(data.pickers['everfocus-call']).toEqual([
      ...['takeSnapshot', 'currentPicture', 'storedPicture', 'listStoredPictures'],
      ...[...Object.keys(operations), 'raw'],
    ]);
  });

  it('go on offering everything under its former names', () => {
    for (const old of ['everfocus-api', 'everfocus-io', 'everfocus-snapshot'])
      expect(data.pickers[old]).toEqual(data.pickers['everfocus-call']);
  });

  it('carry what a row needs', () => {
    const pin = data.actions.find(({ id }) => id === 'pinManualSetting')?.parameters[0];
    expect(pin).toMatchObject({
      name: 'pinID',
      required: true,
      schema: { type: 'integer', minimum: 1, title: 'Pin', picks: 'alarm-out' },
    });
  });

  it('name the known event types and states', () => {
    expect(data.events).toEqual({
      kinds: ['motion', 'input', 'videoLoss', 'online', 'recording'],
      states: ['active', 'inactive', 'once'],
      types: ['Motion', 'InputAlarm', 'VideoLoss'],
    });
  });
});

describe('an error about a parameter', () => {
  const parameters = [
    { name: 'mail', schema: Type.Unknown({ title: 'Mail' }), required: false },
    { name: 'mail/port', schema: Type.Unknown({ title: 'Port', headings: ['Mail', 'Server'] }), required: false },
    { name: 'from', schema: Type.Unknown({ title: 'From' }), required: false },
  ];
  const failing = (path: string): Action => ({
    ...{ id: 'fail', title: '', description: '', domain: '', effect: 'read', needsConfirmation: false, parameters },
    run: () => Promise.reject(new InvalidParameterError(path, 'must be an integer')),
  });

  it.each([
    ['mail/port', 'Mail: Server: Port – mail/port: must be an integer'],
    ['mail/port/0', 'Mail: Server: Port – mail/port/0: must be an integer'],
    ['mail/ports', 'Mail – mail/ports: must be an integer'],
    ['from', 'From – from: must be an integer'],
    ['other', 'other: must be an integer'],
    ['', 'must be an integer'],
  ])('at "%s" says "%s"', async (path, message) => {
    const error = { name: 'InvalidParameterError', code: 'INVALID_PARAMETER', path, message };
    await expect(recorder().call({ operation: 'fail' }, {}, [failing(path)])).rejects.toMatchObject(error);
  });

  it.each([
    ['storedPicture', { camera: '1', until: 'soon' }, 'Taken before – until: must be a time'],
    ['storedPicture', { until: 'now' }, 'Camera – camera: is needed'],
    ['msg.operation', { params: '{' }, 'Parameters – params: is not JSON'],
  ])('%s: %p', async (operation, values, message) => {
    const rows = Object.entries(values).map(([name, value]) => [name, { type: 'literal', value }] as const);
    const settings = { operation, params: Object.fromEntries(rows) };
    const failure = { code: 'INVALID_PARAMETER', message: expect.stringContaining(message) };
    await expect(recorder().call(settings, { operation: 'storedPicture' })).rejects.toMatchObject(failure);
  });
});

describe('the name of a camera', () => {
  const detail = { operation: 'cameraDetail', params: channel3 };

  it.each([
    ['cannot be read', () => Promise.reject(new Error('no right'))],
    ['does not come', () => new Promise<void>(() => undefined)],
  ])('that %s fails no message, holds none up for long, and is not asked for with the next', async (_, refresh) => {
    const { call, client } = recorder();
    let asked = 0;
    const state = {
      watch: () => ({ close: () => undefined }),
      refresh: () => ((asked += 1), refresh()),
    };
    let close: () => Promise<unknown> = () => Promise.resolve();
    const beforeClose = (task: typeof close) => ((close = task), () => undefined);
    Object.assign(client, { state, beforeClose });
    for (let count = 0; count < 3; count += 1) {
      const { reply, report } = await call(detail);
      expect(reply).toBe('reply');
      expect(report).toMatchObject({ channel: 3 });
      expect(report).not.toHaveProperty('camera');
    }
    expect(asked).toBe(1);
    await close();
  });
});
