import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../packages/simulator/src/index.js';
import { Nvr } from '../../packages/simulator/src/nvr/nvr.js';
import { settingsOf } from '../../packages/simulator/src/options.js';
import { until } from '../support/until.js';
import { Visitor } from './visitor.js';

const alarmOut = { Pin: [5], camOut: [{ channel: 2, outPin: 2 }], Time: 5 };
const setting = {
  ...{ buzzer: 1, recordChannel: { ON: 1, IP: [1, 4] }, alarmOut, preRecord: 1, postRecord: 2 },
  ...{ showMessage: 1, sendEmail: 0, fullScreen: 1 },
};
const ofChannel = { ...setting, ftpPicture: true };
const exception = { ON: 1, buzzer: 0, alarmOut: { Pin: [8], Time: 1 }, showMessage: 0, sendEmail: 1 };
const driving = { switch: true, buzzer: 0, sendEmail: 1, sendToXfleet: true, alarmOut: { Pin: [6], Time: 1 } };

describe('Alarm settings of the simulator', () => {
  let simulator: Simulator;
  let visitor: Visitor;

  beforeEach(async () => {
    simulator = await Simulator.start();
    visitor = await Visitor.loggedIn(simulator);
  });
  afterEach(() => {
    visitor.leave();
    return simulator.stop();
  });

  const get = async (alarmType: string) => {
    const { json } = await visitor.get(`/device/getAlarmSettings?alarmType=${alarmType}`);
    return (json as { settings: object[] }).settings;
  };
  const set = async (alarmType: string, ...settings: object[]) =>
    (await visitor.post(`/device/setAlarmSettings?alarmType=${alarmType}`, { settings })).json;

  it('are kept for each kind, channel and pin', async () => {
    const motion = { channel: 2, setting: { ...ofChannel, switch: false, siren: 3 } };
    const input = { channel: 3, setting: ofChannel };
    const pin = { alarmIn: 4, setting: { ...setting, alarmType: 3 } };
    expect(await set('Motion', motion, { channel: 1 })).toEqual({ Result: 'OK' });
    expect(await set('InputAlarm', input)).toEqual({ Result: 'OK' });
    expect(await set('GPIO', pin)).toEqual({ Result: 'OK' });

    const [first, second] = await get('Motion');
    expect(first).toMatchObject({ channel: 1, setting: { switch: true, buzzer: 0 } });
    expect(second).toEqual(motion);
    expect((await get('InputAlarm'))[2]).toEqual(input);
    const pins = await get('GPIO');
    expect(pins).toHaveLength(4);
    expect(pins[3]).toEqual(pin);
    expect(pins[0]).toMatchObject({ alarmIn: 1, setting: { alarmType: 1 } });
  });

  it.each<[string, string, object, RegExp]>([
    ['an unknown channel', 'Motion', { channel: 5, setting: ofChannel }, /ChannelID=5/],
    ['an unknown channel, without setting', 'Motion', { channel: 5 }, /ChannelID=5/],
    ['an alarm-out pin as alarm in', 'GPIO', { alarmIn: 5, setting: { ...setting, alarmType: 1 } }, /alarmIn=5/],
    ['an alarm-in pin to switch on', 'Motion', output({ Pin: [5, 1] }), /Pin=1/],
    ['an unknown pin of a camera', 'Motion', output({ camOut: [{ channel: 1, outPin: 2 }] }), /camOut: channel 1/],
    ['a camera without pins', 'InputAlarm', output({ camOut: [{ channel: 3, outPin: 1 }] }), /camOut: channel 3/],
    [
      'an unknown channel to record',
      'Motion',
      { channel: 1, setting: { ...ofChannel, recordChannel: { ON: 1, IP: [6] } } },
      /ChannelID=6/,
    ],
    ['a pin where a channel is due', 'Motion', { alarmIn: 1 }, /settings\/1\/channel: is required/],
  ])('refuse %s, and change nothing', async (_case, alarmType, entry, why) => {
    const before = await get(alarmType);
    const good =
      alarmType === 'GPIO'
        ? { alarmIn: 1, setting: { ...setting, alarmType: 3 } }
        : { channel: 1, setting: { ...ofChannel, buzzer: 9 } };
    expect(await set(alarmType, good, entry)).toEqual({ Result: 'Error', Description: expect.stringMatching(why) });
    expect(await get(alarmType)).toEqual(before);
  });

  it('say when an alarm-in pin is an alarm', async () => {
    const { messages } = await visitor.socket('/meta/eventHook');
    const states = () =>
      messages.map((message) => (JSON.parse(message.toString()) as { Type: string; State: string }).State);
    const contact = (alarmType: number) => set('GPIO', { alarmIn: 2, setting: { ...setting, alarmType } });
    const expected: string[] = [];
    const expectNext = async (...next: string[]) => {
      expected.push(...next);
      await until('the events', () => states().length >= expected.length);
      expect(states()).toEqual(expected);
    };

    await contact(2);
    await expectNext('active');
    simulator.setPin(2, 1);
    await expectNext('inactive');
    simulator.setPin(2, 0);
    await expectNext('active');
    await contact(3);
    await expectNext('inactive');
    simulator.setPin(2, 1);
    simulator.setPin(2, 0);
    simulator.setPin(3, 1);
    await expectNext('active');
    simulator.setPin(3, 0);
    await expectNext('inactive');
    await contact(1);
    simulator.setPin(2, 1);
    await expectNext('active');
  });

  it.each([
    ['/system/setExceptionAlarm', '/system/getExceptionAlarm', { DiskFull: exception, VideoLoss: exception }],
    ['/device/setGPSEventSettings', '/device/getGPSEventSettings', { LongParking: { ...driving, overTime: 5 } }],
    ['/device/setGSensorEventSettings', '/device/getGSensorEventSettings', { Sharp: driving, Collision: driving }],
  ])('%s: what is set is what is got, what is left out is gone', async (setPath, getPath, settings) => {
    const more = { ...settings, Earthquake: { switch: true }, version: null };
    expect((await visitor.post(setPath, more)).json).toEqual({ Result: 'OK' });
    expect((await visitor.get(getPath)).json).toEqual(more);
    expect((await visitor.post(setPath, settings)).json).toEqual({ Result: 'OK' });
    expect((await visitor.get(getPath)).json).toEqual(settings);

    const [name = '', first] = Object.entries(settings)[0] ?? [];
    const wrong = { ...settings, [name]: { ...first, alarmOut: { Pin: [4], Time: 1 } } };
    expect((await visitor.post(setPath, wrong)).json).toEqual({
      Result: 'Error',
      Description: 'Pin=4: no such alarm-out pin',
    });
    expect((await visitor.get(getPath)).json).toEqual(settings);
  });

  it('remember the xFleet server', async () => {
    const config = { enable: true, DeviceID: '7', ServerIP: '10.0.0.9', ServerPort: '7000' };
    expect((await visitor.post('/ttxnet/setConfig', config)).json).toEqual({ Result: 'OK' });
    expect((await visitor.get('/ttxnet/getConfig')).json).toEqual(config);
    expect((await visitor.post('/ttxnet/setConfig', { ...config, ServerPort: 7000 })).json).toMatchObject({
      Result: 'Error',
    });
  });
});

describe('Alarm and disk settings in the configuration file', () => {
  it('come back with it, and are set back to what they were at first', () => {
    const nvr = new Nvr(settingsOf({}));
    const seen = () => [nvr.alarms.get('Motion'), nvr.alarms.get('GPIO'), nvr.alarms.gps.get(), nvr.storage.get()];
    const first = seen();
    nvr.alarms.set({ alarmType: 'Motion', settings: [{ channel: 2, setting: { ...ofChannel, switch: false } }] });
    nvr.alarms.set({ alarmType: 'GPIO', settings: [{ alarmIn: 1, setting: { ...setting, alarmType: 2 } }] });
    nvr.alarms.gps.set({ OverSpeed: driving });
    nvr.storage.setDisks([{ device: '/dev/sdc', active: false, group: 1 }]);
    expect(nvr.events.isActive(0)).toBe(true);
    const changed = seen();
    const file = nvr.configuration.backup();

    nvr.configuration.loadDefault(['alarm', 'record']);
    expect(seen()).toEqual(first);
    expect(nvr.events.isActive(0)).toBe(false);
    nvr.configuration.restore(file);
    expect(seen()).toEqual(changed);
    expect(nvr.events.isActive(0)).toBe(true);
  });

  it('do without those of cameras that are no more', () => {
    const nvr = new Nvr(settingsOf({}));
    const file = nvr.configuration.backup();
    nvr.cameras.delete(2);
    expect(() => nvr.configuration.restore(file)).not.toThrow();
  });
});

function output(part: object) {
  return { channel: 1, setting: { ...ofChannel, alarmOut: { ...alarmOut, ...part } } };
}
