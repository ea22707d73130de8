import { describe, expect, it } from '@jest/globals';
import type { Disk } from '../../src/shared/index.js';
import { diskChanges, readWanted, withoutSecrets } from '../../src/node-red/nodes/nvr-event/wanted.js';
import { helper, inbox, type Message, until } from './support/palette.js';
import { api, deploy, logged, statusTexts, withRuntime } from './support/runtime.js';

const simulator = withRuntime();
const node = {
  ...{ id: 'events', type: 'everfocus-nvr-event', z: 'flow', x: 0, y: 0, nvr: 'nvr', wires: [['out']] },
  ...{ kinds: '', types: '', version: 1 },
};
const hooked = (path: string) => until(() => simulator().requests.some(({ path: asked }) => asked === path));
const of = ({ payload }: Message) => payload as Record<string, unknown>;

describe('an NVR event node', () => {
  it('tells that the NVR is lost and found', async () => {
    await deploy(simulator(), { ...node, kinds: 'connection' });
    const box = inbox('out');
    const texts = statusTexts('events');
    await until(() => simulator().openSockets === 1);
    await simulator().restart();
    const both = [await box.next(), await box.next()];
    expect(both.map((message) => [message['topic'], of(message)['active']])).toEqual([
      ['Office/connection', false],
      ['Office/connection', true],
    ]);
    expect(both[0]?.everfocus).toEqual({ operation: 'nvrEvent', nvr: 'Office', time: expect.any(Date) });
    await until(() => texts.at(-1) === 'connected (2)');
    expect(texts).toContain('disconnected');
  });

  it('tells at once of an NVR that is not there', async () => {
    await simulator().stop();
    await deploy(simulator(), { ...node, kinds: 'connection' });
    expect(of(await inbox('out').next())).toMatchObject({ kind: 'connection', active: false });
    expect(logged()).toContain('NVR_UNREACHABLE');
  });

  it('tells of exceptions, and of the disk that one is about', async () => {
    await deploy(simulator(), { ...node, kinds: 'exception, disk' });
    const box = inbox('out');
    await hooked('/system/exceptionListen');
    await hooked('/storage/getStorages');
    await until(() => simulator().openSockets === 2);
    simulator().throwException({ exception: 'DiskError', target: '/dev/sda' });
    const messages = [await box.next(), await box.next()];
    expect(messages.map(of)).toEqual(
      expect.arrayContaining([
        { kind: 'exception', exception: 'DiskError', target: '/dev/sda', time: expect.any(Date) },
        expect.objectContaining({ kind: 'disk', disk: 'HDD-1', active: false, exception: 'DiskError', present: true }),
      ]),
    );
    expect(messages.map(({ topic }) => topic).sort()).toEqual(['Office/disk', 'Office/exception']);
  });

  it('tells of inputs and outputs, once each', async () => {
    await deploy(simulator(), { ...node, kinds: 'input, output' });
    const box = inbox('out');
    await hooked('/dio/GetPinStatus');
    await until(() => simulator().openSockets === 1);
    simulator().setPin(1, 1);
    expect(of(await box.next())).toEqual({ kind: 'input', pin: 1, active: true, time: expect.any(Date) });
    simulator().setPin(5, 1);
    expect(of(await box.next())).toMatchObject({ kind: 'output', pin: 5, active: true });
    simulator().setPin(1, 0);
    expect(of(await box.next())).toMatchObject({ kind: 'input', pin: 1, active: false });
  });

  it('tells of the inputs that are wanted alone, and of each output', async () => {
    await deploy(simulator(), { ...node, kinds: 'input, output', alarmInputs: 'DI 2' });
    const box = inbox('out');
    await hooked('/dio/GetPinStatus');
    await until(() => simulator().openSockets === 1);
    for (const pin of [1, 2, 5]) simulator().setPin(pin, 1);
    const two = [await box.next(), await box.next()];
    expect(two.map(of)).toEqual([
      { kind: 'input', pin: 2, active: true, time: expect.any(Date) },
      expect.objectContaining({ kind: 'output', pin: 5 }),
    ]);
  });

  it('tells of metadata at a camera by its name, of those types that are wanted', async () => {
    await deploy(simulator(), { ...node, kinds: 'metadata', types: 'MANUALSTART' });
    const box = inbox('out');
    await hooked('/meta/metaHook');
    simulator().throwMeta({ channel: 3, type: 'diEventStart', data: 'active' });
    simulator().throwMeta({ channel: 3, type: 'manualStart', data: 'active' });
    simulator().throwMeta({ channel: 0, type: 'manualStart', data: 'own' });
    const [camera, own] = [await box.next(), await box.next()];
    expect(camera).toMatchObject({
      topic: 'Office/Camera 3/metadata',
      payload: { kind: 'metadata', type: 'manualStart', data: 'active', channel: 3, camera: 'Camera 3' },
      everfocus: { channel: 3, camera: 'Camera 3' },
    });
    expect(own).toMatchObject({ topic: 'Office/metadata', payload: { channel: 0, data: 'own' } });
  });

  it('tells of changed settings, without passwords', async () => {
    const params = { time_zone: { type: 'literal', value: '60' } };
    await deploy(
      simulator(),
      { ...node, kinds: 'settings' },
      { ...api, operation: 'setTime', params, confirm: true, wires: [[]] },
    );
    const box = inbox('out');
    await hooked('/system/messageListen');
    await until(() => simulator().openSockets === 2);
    helper.getNode('api').receive({});
    const message = await box.next();
    expect(message['topic']).toBe('Office/settings');
    expect(of(message)).toEqual({
      ...{ kind: 'settings', message: 'sysTimeChanged', content: { sysTimeChanged: true } },
      time: expect.any(Date),
    });
  });

  it('tells at deploy what is so already, where asked, and nothing else', async () => {
    await deploy(simulator(), { ...node, kinds: 'connection, disk, input', initial: true });
    const box = inbox('out');
    await until(() => new Set(box.messages.map((message) => of(message)['kind'])).size === 3);
    expect(box.messages.every(({ everfocus }) => everfocus?.first)).toBe(true);
    expect(of(box.messages[0] as Message)).toMatchObject({ kind: 'connection', active: true });
    await helper.unload();
    await deploy(simulator(), { ...node, kinds: 'connection, disk, input' });
    const quiet = inbox('out');
    await hooked('/dio/GetPinStatus');
    await until(() => simulator().openSockets === 2);
    await until(() => simulator().requests.filter(({ path }) => path === '/dio/GetPinStatus').length > 1);
    simulator().setPin(1, 1);
    expect(of(await quiet.next())).toMatchObject({ kind: 'input', active: true });
    expect(quiet.messages).toHaveLength(1);
  });

  it('listens to all NVRs, and says how many are there', async () => {
    await deploy(simulator(), { ...node, nvr: '*', kinds: 'exception' });
    const [box, texts] = [inbox('out'), statusTexts('events')];
    await until(() => simulator().openSockets === 2);
    simulator().throwException({ exception: 'DiskFull' });
    expect(await box.next()).toMatchObject({ topic: 'Office/exception', everfocus: { nvr: 'Office' } });
    await until(() => texts.at(-1) === '1 of 1');
  });

  it('gives everything back when it is removed', async () => {
    await deploy(simulator(), node);
    await until(() => simulator().openSockets === 4);
    await helper.unload();
    await until(() => simulator().openSockets === 0);
  });

  it('says what is wrong with its settings', async () => {
    await deploy(simulator(), { ...node, kinds: 'weather' });
    expect(logged()).toContain("'weather' is none of connection");
  });
});

describe('what an NVR event node wants', () => {
  it('is everything, or what is named', () => {
    expect([...readWanted({}).kinds]).toHaveLength(7);
    expect(readWanted({ kinds: 'Disk , input', types: 'DiskFull', alarmInputs: '1, di 12,' })).toEqual({
      kinds: new Set(['disk', 'input']),
      types: new Set(['diskfull']),
      inputs: new Set([1, 12]),
    });
  });

  it.each([
    { kinds: 'weather' },
    { kinds: 3 },
    { types: null },
    { alarmInputs: 'DO 5' },
    { alarmInputs: '0' },
    { alarmInputs: {} },
  ])('refuses %j', (config) => {
    expect(() => readWanted(config as object)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER' }));
  });

  it('is told of the disks that differ, and of those that are gone', () => {
    const disk: Disk = { slot: 'HDD-1', device: 'sda', active: true };
    const other: Disk = { slot: 'HDD-2', device: 'sdb', active: true };
    const broken = { ...disk, exception: 'DiskError' };
    expect(diskChanges(undefined, [disk])).toEqual([{ disk, present: true, first: true }]);
    expect(diskChanges([disk, other], [disk, other])).toEqual([]);
    expect(diskChanges([disk, other], [broken])).toEqual([
      { disk: broken, present: true, first: false },
      { disk: other, present: false, first: false },
    ]);
  });

  it('holds no passwords', () => {
    const content = { user: 'a', Password: 'b', list: [{ smtp_passwd: 'c', port: 1 }], key: 'd' };
    expect(withoutSecrets(content)).toEqual({ user: 'a', list: [{ port: 1 }] });
  });

  it.each(['pass', 'UserPass', 'passwordHint', 'PASSWD', 'passphrase', 'token', 'apiKey'])(
    'nor one called %s',
    (name) => {
      expect(withoutSecrets({ [name]: 'x' })).toEqual({});
    },
  );

  it.each(['passive', 'bypass', 'compass', 'passed'])('keeps what is no password: %s', (name) => {
    expect(withoutSecrets({ [name]: 1 })).toEqual({ [name]: 1 });
  });
});
