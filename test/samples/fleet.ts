import type { Sample } from './sample.js';

const xFleet = { enable: true, DeviceID: '30005', ServerIP: '172.20.4.169', ServerPort: '6608' };

const actions = { buzzer: 3, sendEmail: 1, sendToXfleet: true, alarmOut: { Pin: [5, 6], Time: 10 } };
const gps = {
  OverSpeed: { switch: true, limit: 110, unit: 'kmph', overTime: 10, ...actions },
  LowSpeed: { switch: false, limit: 10, unit: 'mph', overTime: 60, ...actions },
  LongParking: { switch: true, overTime: 600, ...actions },
};
const shock = { switch: true, limit: { x: 0.5, y: 0.5, z: 1.5 }, ...actions };
const gSensor = { RapidAcceleration: shock, RapidDeceleration: shock, Collision: shock, Sharp: shock };

export const fleetSamples: readonly Sample[] = [
  { operation: 'getXFleetConfig', reply: xFleet },
  { operation: 'setXFleetConfig', params: xFleet, body: xFleet, reply: { Result: 'OK' } },
  { operation: 'setGPSEventSettings', params: gps, body: gps, reply: { Result: 'OK' } },
  { operation: 'getGPSEventSettings', reply: gps },
  { operation: 'setGSensorEventSettings', params: gSensor, body: gSensor, reply: { Result: 'OK' } },
  { operation: 'getGSensorEventSettings', reply: gSensor },
];
