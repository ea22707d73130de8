import { ALARM_IN, ALARM_OUT, CAMERA_PINS } from '../nvr/pins.js';
import { type Handlers, done } from './handler.js';

export const gpio: Pick<Handlers, 'getGPIOInfo' | 'getPinStatus' | 'pinManualSetting'> = {
  getGPIOInfo: (_, { nvr }) => [
    { ch: 0, alarmIn: [...ALARM_IN], alarmOut: [...ALARM_OUT] },
    ...CAMERA_PINS.filter(({ ch }) => nvr.cameras.has(ch)),
  ],
  getPinStatus: (_, { nvr }) => ({
    pin_value: [...nvr.pins.all].map(([pinNum, pinVal]) => ({ pinNum, pinVal })),
  }),
  pinManualSetting: ({ pinID, pinValue }, { nvr }) => {
    nvr.pins.setOutput(pinID, pinValue);
    return done();
  },
};
