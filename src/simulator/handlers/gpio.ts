import { ALARM_IN, ALARM_OUT } from '../nvr/pins.js';
import { type Handlers, done } from './handler.js';

export const gpio: Pick<Handlers, 'getGPIOInfo' | 'getPinStatus' | 'pinManualSetting'> = {
  getGPIOInfo: (_, { nvr }) => [
    { ch: 0, alarmIn: [...ALARM_IN], alarmOut: [...ALARM_OUT] },
    ...CAMERA_PINS.slice(0, nvr.cameras.all.length),
  ],
  getPinStatus: (_, { nvr }) => ({
    pin_value: [...nvr.pins.all].map(([pinNum, pinVal]) => ({ pinNum, pinVal })),
  }),
  pinManualSetting: ({ pinID, pinValue }, { nvr }) => {
    nvr.pins.setOutput(pinID, pinValue);
    return done();
  },
};

/** As in the document's example; no operation of this API reads or sets them. */
const CAMERA_PINS = [
  { ch: 1, alarmIn: [1], alarmOut: [1] },
  { ch: 2, alarmIn: [1], alarmOut: [1, 2] },
];
