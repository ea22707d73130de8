import { describe, expect, it } from '@jest/globals';
import { readSwitching } from '../../src/node-red/nodes/output/actions.js';
import { helper, inbox, until } from './support/palette.js';
import { api, deploy, statusTexts, withRuntime } from './support/runtime.js';

describe('what a message asks of an output', () => {
  it.each([
    [true, 'on'],
    ['on', 'on'],
    ['ON', 'on'],
    [1, 'on'],
    ['1', 'on'],
    ['true', 'on'],
    [false, 'off'],
    [' Off ', 'off'],
    [0, 'off'],
    ['Toggle', 'toggle'],
    ['PULSE', 'pulse'],
  ])('%p is %s', (value, command) => {
    expect(readSwitching(value)).toEqual({ command });
  });

  it('is of another output where the message says so', () => {
    expect(readSwitching({ pin: 6, value: 'ON' })).toEqual({ command: 'on', pin: 6 });
    expect(readSwitching({ pin: 6, value: 'pulse', duration: 200 })).toEqual({
      ...{ command: 'pulse', pin: 6, duration: 200 },
    });
  });

  it.each([[undefined], [null], ['open'], [2], [{}], [{ pin: 5 }], [[true]], [Buffer.from('on')]])(
    '%p is nothing that it can do',
    (value) => {
      expect(() => readSwitching(value)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER' }));
    },
  );
});

const simulator = withRuntime();
const payload = { type: 'msg', value: 'payload' };
const pin5 = { type: 'literal', value: '5' };
const output = {
  ...{ ...api, id: 'output', type: 'everfocus-output', operation: 'switchOutput' },
  params: { pin: pin5, value: payload },
};

describe('an output node', () => {
  it.each([
    [true, false],
    ['ON', 'OFF'],
    ['1', 0],
  ])('is switched by %p and %p, and tells what it is', async (on, off) => {
    await deploy(simulator(), output);
    const box = inbox('out');
    helper.getNode('output').receive({ payload: on, topic: 'gate' });
    expect(await box.next()).toMatchObject({
      ...{ payload: true, topic: 'gate' },
      everfocus: { operation: 'switchOutput', nvr: 'Office' },
    });
    expect(simulator().pin(5)).toBe(1);
    helper.getNode('output').receive({ payload: off });
    expect((await box.next()).payload).toBe(false);
    expect(simulator().pin(5)).toBe(0);
  });

  it('takes the output from the message', async () => {
    await deploy(simulator(), { ...output, params: { value: payload } });
    const box = inbox('out');
    helper.getNode('output').receive({ payload: { pin: 6, value: 'on' } });
    await box.next();
    expect([simulator().pin(5), simulator().pin(6)]).toEqual([0, 1]);
  });

  it('turns over by what it is, also where two ask at once', async () => {
    await deploy(simulator(), { ...output, operation: 'toggleOutput', params: { pin: pin5 } });
    const box = inbox('out');
    for (const topic of ['a', 'b', 'c']) helper.getNode('output').receive({ topic });
    const messages = [await box.next(), await box.next(), await box.next()];
    expect(messages.map(({ payload }) => payload)).toEqual([true, false, true]);
    expect(simulator().pin(5)).toBe(1);
  });

  it('pulses, and is off when the message comes', async () => {
    const params = { pin: pin5, value: payload, duration: { type: 'literal', value: '60' } };
    await deploy(simulator(), { ...output, params });
    const box = inbox('out');
    const before = simulator().requests.length;
    helper.getNode('output').receive({ payload: 'pulse' });
    expect((await box.next()).payload).toBe(false);
    expect(simulator().pin(5)).toBe(0);
    // It may be over before anybody here has looked.
    const told = simulator()
      .requests.slice(before)
      .filter(({ path }) => path === '/dio/pinManualSetting');
    expect(told.map(({ body }) => JSON.parse(body) as unknown)).toEqual(
      [1, 0].map((pinValue) => ({ pinID: 5, pinValue })),
    );
  });

  it('is off again where a deploy cuts a pulse short', async () => {
    const params = { pin: pin5, duration: { type: 'literal', value: '3600000' } };
    await deploy(simulator(), { ...output, operation: 'pulseOutput', params });
    helper.getNode('output').receive({});
    await until(() => simulator().pin(5) === 1);
    await helper.unload();
    await until(() => simulator().pin(5) === 0);
  });

  it.each(['readOutput', 'readInput'])('%s tells whether a pin is on', async (operation) => {
    const input = operation === 'readInput';
    await deploy(simulator(), { ...output, operation, params: { pin: { type: 'literal', value: input ? '1' : '5' } } });
    const box = inbox('out');
    helper.getNode('output').receive({});
    expect((await box.next()).payload).toBe(false);
    expect(simulator().refused).toEqual([]);
  });

  it.each([
    ['nothing that it can do', output.params, { payload: 'open' }],
    ['no output', { value: payload }, { payload: true }],
    ['an output that is none', { value: payload }, { payload: { pin: 'x', value: 1 } }],
  ])('refuses %s, and sends nothing', async (_, params, message) => {
    await deploy(simulator(), { ...output, params });
    const failures = inbox('caught');
    helper.getNode('output').receive(message);
    expect((await failures.next()).error?.code).toBe('INVALID_PARAMETER');
    expect(simulator().requests.filter(({ path }) => path === '/dio/pinManualSetting')).toEqual([]);
  });

  it('says so where the NVR has no such pin', async () => {
    await deploy(simulator(), { ...output, operation: 'toggleOutput', params: { pin: { type: 'num', value: '99' } } });
    const failures = inbox('caught');
    helper.getNode('output').receive({});
    expect((await failures.next()).error).toMatchObject({ message: expect.stringContaining('no pin 99') });
  });

  it('shows the state of its pin, whoever switches it', async () => {
    await deploy(simulator(), output, { ...output, id: 'other' });
    const [texts, box] = [statusTexts('output'), inbox('out')];
    await until(() => texts.at(-1) === 'off');
    helper.getNode('other').receive({ payload: 'on' });
    await box.next();
    await until(() => texts.at(-1) === 'on');
  });

  it('asks for no pins where each message names another', async () => {
    await deploy(simulator(), { ...output, params: { pin: { type: 'msg', value: 'pin' }, value: payload } });
    const box = inbox('out');
    helper.getNode('output').receive({ pin: 5, payload: true });
    await box.next();
    expect(simulator().requests.filter(({ path }) => path === '/dio/GetPinStatus')).toEqual([]);
  });
});
