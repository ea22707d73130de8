import { describe, expect, it } from '@jest/globals';
import { judgeReply } from '../../src/shared/wire/reply.js';
import { buildRequest } from '../../src/shared/wire/request.js';
import { InvalidParameterError } from '../../src/shared/errors.js';
import { operations } from '../../src/shared/sdk/index.js';
import { withNvr } from './with-nvr.js';

const alarmOut = { Pin: [5], camOut: [], Time: 5 };
const flags = { showMessage: 0, sendEmail: 0, fullScreen: 0 };
const setting = { buzzer: 0, recordChannel: { ON: 0, IP: [] }, alarmOut, preRecord: 5, postRecord: 5, ...flags };
const ofChannel = { ...setting, ftpPicture: false };
const silent = { ...ofChannel, sendEmail: undefined };

describe('alarm settings', () => {
  it.each<[string, string, object, string]>([
    ['no channel', 'Motion', { setting: ofChannel }, 'settings/1/channel'],
    ['no channel', 'InputAlarm', { setting: ofChannel }, 'settings/1/channel'],
    ['a pin', 'Motion', { channel: 1, alarmIn: 1, setting: ofChannel }, 'settings/1/alarmIn'],
    [
      'a contact',
      'InputAlarm',
      { channel: 1, setting: { ...ofChannel, alarmType: 1 } },
      'settings/1/setting/alarmType',
    ],
    ['a switch', 'InputAlarm', { channel: 1, setting: { ...ofChannel, switch: true } }, 'settings/1/setting/switch'],
    ['no ftpPicture', 'Motion', { channel: 1, setting }, 'settings/1/setting/ftpPicture'],
    ['no sendEmail', 'Motion', { channel: 1, setting: silent }, 'settings/1/setting/sendEmail'],
    [
      'true for 1',
      'Motion',
      { channel: 1, setting: { ...ofChannel, sendEmail: true } },
      'settings/1/setting/sendEmail',
    ],
    [
      'a pin 0',
      'Motion',
      { channel: 1, setting: { ...ofChannel, alarmOut: { ...alarmOut, Pin: [0] } } },
      'settings/1/setting/alarmOut/Pin/0',
    ],
    ['no pin', 'GPIO', { setting: { ...setting, alarmType: 1 } }, 'settings/1/alarmIn'],
    ['a channel', 'GPIO', { alarmIn: 1, channel: 1 }, 'settings/1/channel'],
    ['no contact', 'GPIO', { alarmIn: 1, setting }, 'settings/1/setting/alarmType'],
    [
      'a contact of no kind',
      'GPIO',
      { alarmIn: 1, setting: { ...setting, alarmType: 4 } },
      'settings/1/setting/alarmType',
    ],
    [
      'a switch',
      'GPIO',
      { alarmIn: 1, setting: { ...setting, alarmType: 1, switch: true } },
      'settings/1/setting/switch',
    ],
  ])('with %s are refused for %s, by the path of the field', (_case, alarmType, entry, path) => {
    const first = alarmType === 'GPIO' ? { alarmIn: 2 } : { channel: 2 };
    const act = () => buildRequest(operations.setAlarmSettings, { alarmType, settings: [first, entry] });
    expect(act).toThrow(InvalidParameterError);
    expect(act).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER', path }));
  });

  it('keep what the document does not know', () => {
    const settings = [{ channel: 1, setting: { ...ofChannel, siren: 3 }, zone: 'yard' }];
    const { body } = buildRequest(operations.setAlarmSettings, { alarmType: 'Motion', settings, version: 2 });
    expect(JSON.parse(body as string)).toEqual({ settings, version: 2 });
  });

  it.each([
    ['setExceptionAlarm', { RaidError: { ON: 1 } }],
    ['setGPSEventSettings', { Geofence: { switch: true } }],
    ['setGSensorEventSettings', { Rollover: { switch: true } }],
    ['setXFleetConfig', { enable: true, DeviceID: '1', ServerIP: '10.0.0.1', ServerPort: '1', Protocol: 'tcp' }],
  ] as const)('of %s, too', (id, settings) => {
    expect(JSON.parse(buildRequest(operations[id], settings).body as string)).toEqual(settings);
  });
});

describe('settings of a device', () => {
  it.each<[string, keyof typeof operations, unknown, unknown]>([
    [
      'lack what the document requires',
      'getAlarmSettings',
      { settings: [{ channel: '1', setting: { buzzer: '3', alarmOut: { Pin: 5 } } }] },
      { settings: [{ channel: 1, setting: { buzzer: 3, alarmOut: { Pin: [5] } } }] },
    ],
    ['lack whole parts', 'getExceptionAlarm', { DiskFull: { ON: true } }, { DiskFull: { ON: 1 } }],
    [
      'keep the type of what may be a number or a boolean',
      'getGPSEventSettings',
      { OverSpeed: { sendEmail: true, sendToXfleet: 1, unit: 'KMPH' } },
      { OverSpeed: { sendEmail: true, sendToXfleet: 1, unit: 'kmph' } },
    ],
    ['name the port by its number', 'getXFleetConfig', { ServerPort: 6608 }, { ServerPort: '6608' }],
    ['have more than the document says', 'getDiskGroups', [{ name: 'A', raid: 5 }], [{ name: 'A', raid: 5 }]],
  ])('may %s', (_case, id, reply, value) => {
    const body = Buffer.from(JSON.stringify(reply));
    expect(judgeReply(operations[id], { status: 200, body })).toMatchObject({ is: 'value', value });
  });
});

describe('settings that are read as text, or without their lists', () => {
  const context = withNvr();

  it('are what they are otherwise', async () => {
    const { alarm, fleet, imaging, storage } = context.client;
    const stream = { ChannelID: 1, mainsub: 0 };
    const readAll = () =>
      Promise.all([
        ...(['Motion', 'InputAlarm', 'GPIO'] as const).map((alarmType) => alarm.getAlarmSettings({ alarmType })),
        ...[alarm.getExceptionAlarm(), alarm.getGPSEventSettings(), alarm.getGSensorEventSettings()],
        ...[alarm.getAnalyticsMotionSettings(stream), imaging.getImagingSettings(stream)],
        ...[imaging.getImagingOptions(stream), fleet.getXFleetConfig(), storage.getStorages()],
        ...[storage.getUSBStorages(), storage.getDiskGroups(), storage.getOverwrite()],
      ]);
    const plain = await readAll();
    context.nvr.faults.stringReplies = true;
    context.nvr.faults.bareReplies = true;
    expect(await readAll()).toEqual(plain);
  });
});

describe('the results of setAnalyticsMotionSettings', () => {
  const judge = (reply: unknown) =>
    judgeReply(operations.setAnalyticsMotionSettings, { status: 200, body: Buffer.from(JSON.stringify(reply)) });

  it.each<[string, unknown, string]>([
    [
      'one that failed',
      [
        { channel: 1, moduleResult: 'SUCCESS' },
        { channel: 2, cellResult: 'FAIL' },
      ],
      'channel 2: cellResult FAIL',
    ],
    [
      'both, with the reason',
      [{ channel: '3', moduleResult: 'FAIL', cellResult: 'fail', description: 'busy' }],
      'channel 3: moduleResult FAIL, cellResult fail (busy)',
    ],
    [
      'a word that the document does not know',
      { channel: 1, moduleResult: 'TIMEOUT' },
      'channel 1: moduleResult TIMEOUT',
    ],
    ['one without its channel', [{ moduleResult: 'FAIL' }], 'channel ?: moduleResult FAIL'],
  ])('are a refusal: %s', (_case, reply, words) => {
    expect(judge(reply)).toEqual({ is: 'refused', words });
  });

  it('are a value where nothing failed', () => {
    const results = [
      { channel: 1, moduleResult: ' success', cellResult: 'OK' },
      { channel: 2, moduleResult: '' },
    ];
    expect(judge(results)).toMatchObject({ is: 'value', value: results });
    expect(judge([])).toMatchObject({ is: 'value', value: [] });
  });
});
