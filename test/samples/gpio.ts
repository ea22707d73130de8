import type { Sample } from './sample.js';

export const gpioSamples: readonly Sample[] = [
  {
    operation: 'getGPIOInfo',
    reply: [
      { ch: 0, alarmIn: [1, 2, 3, 4], alarmOut: [5, 6, 7, 8] },
      { ch: 1, alarmIn: [1], alarmOut: [1] },
      { ch: 2, alarmIn: [1], alarmOut: [1, 2] },
    ],
  },
  {
    operation: 'getPinStatus',
    reply: { pin_value: [1, 2, 3, 4, 5, 6, 7, 8].map((pinNum) => ({ pinNum, pinVal: 0 })) },
  },
  {
    operation: 'pinManualSetting',
    params: { pinID: 5, pinValue: 1 },
    body: { pinID: 5, pinValue: 1 },
    reply: { Result: 'OK' },
  },
];
