import { describe, expect, it } from '@jest/globals';
import { credentials, helper, inbox, nvrNode, palette, until } from './support/palette.js';
import { api, event, caught, catcher, deploy, out, statusTexts, tab, withRuntime } from './support/runtime.js';

const simulator = withRuntime();

describe('a call node', () => {
  it('replaces the payload and leaves the rest of the message alone', async () => {
    await deploy(simulator(), api);
    const box = inbox('out');
    helper.getNode('api').receive({ payload: 'x', topic: 'T', other: [1] });
    const { payload, topic, other, everfocus } = await box.next();
    expect(payload).toMatchObject({ model: expect.any(String), software_version: expect.any(String) });
    expect({ topic, other }).toEqual({ topic: 'T', other: [1] });
    const [time, ms] = [expect.any(Date), expect.any(Number)];
    expect(everfocus).toEqual({ operation: 'getSystemInfo', nvr: 'Office', time, ms });
  });

  it('replies to another property when set so', async () => {
    await deploy(simulator(), { ...api, output: 'nvr.info' });
    const box = inbox('out');
    helper.getNode('api').receive({ payload: 'x' });
    const message = await box.next();
    expect(message.payload).toBe('x');
    expect(message['nvr']).toMatchObject({ info: { model: expect.any(String) } });
  });

  it.each([
    ['that cannot be read', 'payload[', {}],
    ['below something that is no object', 'payload.picture', { payload: 'text' }],
  ])('ends at a Catch node where the reply is to go to a property %s', async (_, output, message) => {
    await deploy(simulator(), { ...api, output });
    const box = inbox('caught');
    helper.getNode('api').receive(message);
    expect((await box.next()).error).toMatchObject({ code: 'INVALID_OUTPUT' });
    expect(inbox('out').messages).toEqual([]);
  });

  it('reads rows from JSONata, flow context and environment', async () => {
    process.env['EVERFOCUS_TEST_PIN'] = '5';
    const params = {
      pinID: { type: 'env', value: 'EVERFOCUS_TEST_PIN' },
      pinValue: { type: 'jsonata', value: 'payload ? 1 : 0' },
    };
    await deploy(simulator(), { ...api, operation: 'pinManualSetting', params });
    const box = inbox('out');
    helper.getNode('api').receive({ payload: true });
    await box.next();
    expect(simulator().pin(5)).toBe(1);
    delete process.env['EVERFOCUS_TEST_PIN'];
  });

  it.each([true, 'on', '1', 1])('switches a pin by %p', async (payload) => {
    const params = { pinID: { type: 'num', value: '5' }, pinValue: { type: 'msg', value: 'payload' } };
    await deploy(simulator(), { ...api, operation: 'pinManualSetting', params });
    const box = inbox('out');
    helper.getNode('api').receive({ payload });
    await box.next();
    expect(simulator().pin(5)).toBe(1);
  });

  it('makes raw requests within the same session', async () => {
    const params = { method: { type: 'literal', value: 'GET' }, path: { type: 'literal', value: '/network/getPort' } };
    await deploy(simulator(), { ...api, operation: 'raw', params, confirm: true });
    const box = inbox('out');
    helper.getNode('api').receive({});
    expect((await box.next()).payload).toMatchObject({ http_port: expect.anything() });
  });

  it('shows a blue dot during the call, then nothing', async () => {
    await deploy(simulator(), api);
    const box = inbox('out');
    const texts = statusTexts('api');
    helper.getNode('api').receive({});
    await box.next();
    await until(() => texts.length > 2);
    // The first clears what stood there before the deploy.
    expect(texts).toEqual(['', 'getSystemInfo', '']);
  });

  it.each([
    [
      'a wrong parameter',
      { operation: 'cameraDetail', params: { ChannelID: { type: 'literal', value: '-1' } } },
      'INVALID_PARAMETER',
    ],
    ['a missing parameter', { operation: 'takeSnapshot' }, 'INVALID_PARAMETER'],
    [
      'a broken expression',
      { operation: 'cameraDetail', params: { ChannelID: { type: 'jsonata', value: '1 +' } } },
      'INVALID_PARAMETER',
    ],
    ['an unknown operation', { operation: 'explode' }, 'UNKNOWN_OPERATION'],
    ['harm without confirmation', { operation: 'deleteSnapshot' }, 'CONFIRMATION_REQUIRED'],
    [
      'harm with a "false" for confirmation',
      { operation: 'deleteSnapshot', confirm: 'false' },
      'CONFIRMATION_REQUIRED',
    ],
    ['rows that are none', { params: [] }, 'INVALID_PARAMETER'],
    ['no NVR', { nvr: '' }, 'NOT_CONFIGURED'],
    ['a newer configuration', { version: 99 }, 'NEWER_VERSION'],
  ])('hands %s to a Catch node with its code, once, and sends nothing', async (_, wrong, code) => {
    await deploy(simulator(), { ...api, ...wrong });
    const [box, failures] = [inbox('out'), inbox('caught')];
    helper.getNode('api').receive({ payload: 1, topic: 'T' });
    const { error, topic } = await failures.next();
    expect(error).toMatchObject({ code, source: { id: 'api' } });
    expect(topic).toBe('T');
    helper.getNode('api').receive({ topic: 'second' });
    expect((await failures.next()).topic).toBe('second');
    expect(box.messages).toEqual([]);
    expect(simulator().requests).toEqual([]);
  });

  it('tells what the NVR refused', async () => {
    simulator().faults.errorReplies = true;
    await deploy(simulator(), api);
    const failures = inbox('caught');
    helper.getNode('api').receive({});
    expect((await failures.next()).error?.code).toBe('NVR_REFUSED');
  });

  it('keeps the password out of every error', async () => {
    simulator().faults.rejectLogin = true;
    await deploy(simulator(), api);
    const failures = inbox('caught');
    helper.getNode('api').receive({});
    const message = await failures.next();
    expect(message.error?.code).toBe('LOGIN_REJECTED');
    expect(JSON.stringify(message)).not.toContain('admin123');
  });

  it('works again after the NVR restarted', async () => {
    await deploy(simulator(), api);
    const box = inbox('out');
    helper.getNode('api').receive({});
    await box.next();
    await simulator().restart();
    helper.getNode('api').receive({});
    expect((await box.next()).payload).toMatchObject({ model: expect.any(String) });
  });
});

describe('an NVR without host', () => {
  it('is an error of each message, not a crash', async () => {
    const nvr = { ...nvrNode(simulator()), host: '' };
    await helper.load(palette, [tab, nvr, { ...event, wires: [['out']] }, api, out, catcher, caught], credentials());
    const failures = inbox('caught');
    helper.getNode('api').receive({});
    expect((await failures.next()).error).toMatchObject({
      code: 'NOT_CONFIGURED',
      message: expect.stringContaining('host'),
    });
  });
});
