import { type ReplyOf, Type, defineOperation, json, open, status } from './declaration.js';
import { ChannelOrNvrID } from './fields.js';

export const PinNumber = Type.Integer({ minimum: 1, title: 'Pin', description: 'Number of the pin.', examples: [5] });
const PinValue = Type.Integer({ minimum: 0, maximum: 1, title: 'Value', description: '0: off, 1: on.' });

export const getGPIOInfo = defineOperation({
  id: 'getGPIOInfo',
  section: '10.19',
  title: 'List the pins',
  description: 'Lists the alarm-in (DI) and alarm-out (DO) pins of the NVR (channel 0) and of each camera.',
  domain: 'io',
  method: 'GET',
  path: '/dio/GetGPIOInfo',
  reply: json(
    Type.Array(
      Type.Object(
        {
          ch: ChannelOrNvrID,
          alarmIn: Type.Array(PinNumber, { title: 'Alarm in', description: 'DI pins.', default: [] }),
          alarmOut: Type.Array(PinNumber, { title: 'Alarm out', description: 'DO pins.', default: [] }),
        },
        open,
      ),
    ),
  ),
  effect: 'read',
});

export const getPinStatus = defineOperation({
  id: 'getPinStatus',
  section: '10.20',
  title: 'Read the pins',
  description: "Reads the value of each of the NVR's own pins.",
  domain: 'io',
  method: 'GET',
  path: '/dio/GetPinStatus',
  reply: json(
    Type.Object(
      {
        pin_value: Type.Array(Type.Object({ pinNum: PinNumber, pinVal: PinValue }, open), {
          title: 'Pin values',
          description: 'Each pin and its value.',
        }),
      },
      open,
    ),
  ),
  effect: 'read',
});

export const pinManualSetting = defineOperation({
  id: 'pinManualSetting',
  section: '10.21',
  title: 'Set an alarm output',
  description: "Sets one of the NVR's own alarm-out (DO) pins.",
  domain: 'io',
  method: 'POST',
  path: '/dio/pinManualSetting',
  body: Type.Object({ pinID: Type.Integer({ ...PinNumber, picks: 'alarm-out' }), pinValue: PinValue }),
  reply: status,
  readBack: () => ({
    by: getPinStatus,
    shows: ({ pin_value }: ReplyOf<typeof getPinStatus>, { pinID, pinValue }: { pinID: number; pinValue: number }) =>
      pin_value.some(({ pinNum, pinVal }) => pinNum === pinID && pinVal === pinValue),
  }),
  effect: 'write',
});

export const gpioOperations = { getGPIOInfo, getPinStatus, pinManualSetting } as const;
