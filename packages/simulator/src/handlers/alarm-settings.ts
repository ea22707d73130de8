import { checkOutputs } from '../nvr/pins.js';
import { type Handlers, done } from './handler.js';

export const alarmSettings: Pick<
  Handlers,
  | 'setAlarmSettings'
  | 'getAlarmSettings'
  | 'setExceptionAlarm'
  | 'getExceptionAlarm'
  | 'setGPSEventSettings'
  | 'getGPSEventSettings'
  | 'setGSensorEventSettings'
  | 'getGSensorEventSettings'
> = {
  setAlarmSettings: (params, { nvr }) => {
    nvr.alarms.set(params);
    return done();
  },
  getAlarmSettings: ({ alarmType }, { nvr }) => ({ settings: nvr.alarms.get(alarmType) }),
  setExceptionAlarm: (settings, { nvr }) => {
    checkOutputs(...Object.values(settings));
    nvr.alarms.exceptions.set(settings);
    return done();
  },
  getExceptionAlarm: (_, { nvr }) => nvr.alarms.exceptions.get(),
  setGPSEventSettings: (settings, { nvr }) => {
    checkOutputs(...Object.values(settings));
    nvr.alarms.gps.set(settings);
    return done();
  },
  getGPSEventSettings: (_, { nvr }) => nvr.alarms.gps.get(),
  setGSensorEventSettings: (settings, { nvr }) => {
    checkOutputs(...Object.values(settings));
    nvr.alarms.gSensor.set(settings);
    return done();
  },
  getGSensorEventSettings: (_, { nvr }) => nvr.alarms.gSensor.get(),
};
