import type { OperationParams } from '../../../../src/shared/sdk/index.js';
import type { Cameras } from './cameras.js';
import { ChannelSettings } from './channel-settings.js';
import { ALARM_IN, type Pins, checkCameraOutput, checkOutputs } from './pins.js';
import { Refusal } from './refusal.js';
import { KeptSettings } from './kept-settings.js';

type Params = OperationParams<'setAlarmSettings'>;
type Entry = Params['settings'][number];
type Setting = NonNullable<Entry['setting']>;
type Exceptions = OperationParams<'setExceptionAlarm'>;
type GPSEvents = OperationParams<'setGPSEventSettings'>;
type GSensorEvents = OperationParams<'setGSensorEventSettings'>;

const silent = { buzzer: 0, alarmOut: { Pin: [], Time: 5 }, sendEmail: 0 };
const initial: Setting = {
  ...silent,
  recordChannel: { ON: 0, IP: [] },
  alarmOut: { ...silent.alarmOut, camOut: [] },
  preRecord: 5,
  postRecord: 10,
  showMessage: 0,
  fullScreen: 0,
};
const exception = { ...silent, ON: 1, showMessage: 1 };
const driving = { ...silent, switch: false, sendToXfleet: 0 };
const shock = { ...driving, limit: { x: 1.5, y: 1.5, z: 1.5 } };

/** What the NVR does on alarms (SDK 9.17, 9.23, 10.24, 10.26). */
export class AlarmSettings {
  readonly exceptions = new KeptSettings<Exceptions>({
    DiskFull: exception,
    DiskError: exception,
    VideoLoss: exception,
  });
  readonly gps = new KeptSettings<GPSEvents>({
    OverSpeed: { ...driving, limit: 100, unit: 'kmph', overTime: 10 },
    LowSpeed: { ...driving, limit: 20, unit: 'kmph', overTime: 60 },
    LongParking: { ...driving, overTime: 600 },
  });
  readonly gSensor = new KeptSettings<GSensorEvents>({
    RapidAcceleration: shock,
    RapidDeceleration: shock,
    Collision: shock,
    Sharp: shock,
  });
  readonly #cameras: Cameras;
  readonly #pins: Pins;
  readonly #channels: Readonly<Record<'Motion' | 'InputAlarm', ChannelSettings<Setting>>>;
  readonly #inputs = new Map<number, Setting>(ALARM_IN.map((pin) => [pin, { ...initial, alarmType: 1 }]));

  constructor(cameras: Cameras, pins: Pins) {
    this.#cameras = cameras;
    this.#pins = pins;
    this.#channels = {
      Motion: new ChannelSettings<Setting>(cameras, { ...initial, switch: true, ftpPicture: false }),
      InputAlarm: new ChannelSettings<Setting>(cameras, { ...initial, ftpPicture: false }),
    };
  }

  get(kind: Params['alarmType']): Params['settings'] {
    if (kind !== 'GPIO') return this.#channels[kind].all.map(([channel, setting]) => ({ channel, setting }));
    return structuredClone([...this.#inputs]).map(([alarmIn, setting]) => ({ alarmIn, setting }));
  }

  /** All of them or none. @throws {@link Refusal} where the NVR has no such channel or pin */
  set({ alarmType, settings }: Params): void {
    for (const { setting } of settings) if (setting) this.#check(setting);
    this.#put({ alarmType, settings });
  }

  /** Sets what was kept; of channels that are no more it is forgotten. */
  restore({ alarmType, settings }: Params): void {
    this.#put({
      alarmType,
      settings: settings.filter(({ channel = 0 }) => channel === 0 || this.#cameras.has(channel)),
    });
  }

  #put({ alarmType, settings }: Params): void {
    if (alarmType === 'GPIO') this.#setInputs(settings);
    else this.#channels[alarmType].set(settings.map(({ channel = 0, setting }) => [channel, setting]));
  }

  #check(setting: Setting): void {
    const { recordChannel, alarmOut } = setting;
    for (const channel of recordChannel.IP) this.#cameras.on(channel);
    checkOutputs(setting);
    for (const { channel, outPin } of alarmOut.camOut) checkCameraOutput(this.#cameras.on(channel).channel, outPin);
  }

  #setInputs(entries: readonly Entry[]): void {
    for (const { alarmIn = 0 } of entries) {
      if (!this.#inputs.has(alarmIn)) throw new Refusal(`alarmIn=${alarmIn}: no such alarm-in pin`);
    }
    for (const { alarmIn = 0, setting } of entries) {
      if (!setting) continue;
      this.#inputs.set(alarmIn, structuredClone(setting));
      this.#pins.setContact(alarmIn, setting.alarmType ?? 1);
    }
  }
}
