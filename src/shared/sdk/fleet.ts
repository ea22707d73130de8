import { Type, defineOperation, json, open, status } from './declaration.js';
import { alarmOut, buzzer, oneOrZeroOrBoolean, seconds } from './alarm-actions.js';
import { asReported } from './as-reported.js';
import { flag, maybe, text } from './fields.js';

const xFleetConfig = Type.Object(
  {
    enable: flag('Enabled', 'Whether the NVR reports to the xFleet server.'),
    DeviceID: text('Device id', 'What the xFleet server knows this NVR by.', ['30005']),
    ServerIP: text('Server', 'Address of the xFleet server.', ['172.20.4.169']),
    ServerPort: Type.String({
      pattern: '^[0-9]{0,5}$',
      harmless: true,
      title: 'Port',
      description: 'Port of the xFleet server, as text.',
      examples: ['6608'],
    }),
  },
  open,
);

export const getXFleetConfig = defineOperation({
  id: 'getXFleetConfig',
  section: '10.22',
  title: 'Get xFleet settings',
  description: 'Reads which xFleet server the NVR reports to.',
  domain: 'fleet',
  method: 'GET',
  path: '/ttxnet/getConfig',
  reply: json(asReported(xFleetConfig)),
  effect: 'read',
});

export const setXFleetConfig = defineOperation({
  id: 'setXFleetConfig',
  section: '10.23',
  title: 'Set xFleet settings',
  description: 'Sets which xFleet server the NVR reports to.',
  domain: 'fleet',
  method: 'POST',
  path: '/ttxnet/setConfig',
  body: xFleetConfig,
  reply: status,
  readBack: () => ({ by: getXFleetConfig }),
  settings: () => ({ by: getXFleetConfig, words: 'telematics server' }),
  effect: 'write',
});

const alarmSwitch = { switch: flag('On', 'Whether the NVR looks out for this.') };

const actions = {
  buzzer,
  sendEmail: oneOrZeroOrBoolean('Send e-mail', 'an e-mail is sent'),
  sendToXfleet: oneOrZeroOrBoolean('Send to xFleet', 'the xFleet server is told'),
  alarmOut,
};

const overTime = { overTime: maybe(seconds('Longer than', 'How long it must last before it counts.')) };

const speed = {
  limit: maybe(Type.Number({ minimum: 0, title: 'Limit', description: 'Speed in the given unit.', examples: [100] })),
  unit: maybe(Type.Enum(['kmph', 'mph'], { title: 'Unit', description: 'Kilometres or miles per hour.' })),
};

const gpsEvents = Type.Object(
  {
    OverSpeed: maybe(
      Type.Object(
        { ...alarmSwitch, ...speed, ...overTime, ...actions },
        { ...open, title: 'Over speed', description: 'What the NVR does when the vehicle is faster than the limit.' },
      ),
    ),
    LowSpeed: maybe(
      Type.Object(
        { ...alarmSwitch, ...speed, ...overTime, ...actions },
        { ...open, title: 'Low speed', description: 'What the NVR does when the vehicle is slower than the limit.' },
      ),
    ),
    LongParking: maybe(
      Type.Object(
        { ...alarmSwitch, ...overTime, ...actions },
        { ...open, title: 'Long parking', description: 'What the NVR does when the vehicle stands for long.' },
      ),
    ),
  },
  open,
);

export const setGPSEventSettings = defineOperation({
  id: 'setGPSEventSettings',
  section: '10.24',
  title: 'Set GPS events',
  description: 'Sets what the NVR does on a speed too high or too low and on long parking.',
  domain: 'alarm',
  method: 'POST',
  path: '/device/setGPSEventSettings',
  body: gpsEvents,
  reply: status,
  readBack: () => ({ by: getGPSEventSettings }),
  settings: () => ({ by: getGPSEventSettings, words: 'speed, parking, vehicle, alarm actions' }),
  effect: 'write',
});

export const getGPSEventSettings = defineOperation({
  id: 'getGPSEventSettings',
  section: '10.25',
  title: 'Get GPS events',
  description: 'Reads what the NVR does on a speed too high or too low and on long parking.',
  domain: 'alarm',
  method: 'GET',
  path: '/device/getGPSEventSettings',
  reply: json(asReported(gpsEvents)),
  effect: 'read',
});

function axis(name: string) {
  return Type.Number({
    title: name,
    description: `Limit along ${name}; the document does not name its unit.`,
    examples: [1.5],
  });
}

function shock(title: string, description: string) {
  const limit = Type.Object(
    { x: axis('x'), y: axis('y'), z: axis('z') },
    { ...open, title: 'Limit', description: 'Acceleration from which it counts.' },
  );
  return maybe(Type.Object({ ...alarmSwitch, limit: maybe(limit), ...actions }, { ...open, title, description }));
}

const gSensorEvents = Type.Object(
  {
    RapidAcceleration: shock('Rapid acceleration', 'What the NVR does when the vehicle speeds up sharply.'),
    RapidDeceleration: shock('Rapid deceleration', 'What the NVR does when the vehicle brakes sharply.'),
    Collision: shock('Collision', 'What the NVR does when the vehicle is hit.'),
    Sharp: shock('Sharp turn', 'What the NVR does when the vehicle turns sharply.'),
  },
  open,
);

export const setGSensorEventSettings = defineOperation({
  id: 'setGSensorEventSettings',
  section: '10.26',
  title: 'Set G-sensor events',
  description: 'Sets what the NVR does on sharp acceleration, braking and turning, and on a collision.',
  domain: 'alarm',
  method: 'POST',
  path: '/device/setGSensorEventSettings',
  body: gSensorEvents,
  reply: status,
  readBack: () => ({ by: getGSensorEventSettings }),
  settings: () => ({ by: getGSensorEventSettings, words: 'crash, harsh braking, vehicle, alarm actions' }),
  effect: 'write',
});

export const getGSensorEventSettings = defineOperation({
  id: 'getGSensorEventSettings',
  section: '10.27',
  title: 'Get G-sensor events',
  description: 'Reads what the NVR does on sharp acceleration, braking and turning, and on a collision.',
  domain: 'alarm',
  method: 'GET',
  path: '/device/getGSensorEventSettings',
  reply: json(asReported(gSensorEvents)),
  effect: 'read',
});

export const fleetOperations = {
  getXFleetConfig,
  setXFleetConfig,
  setGPSEventSettings,
  getGPSEventSettings,
  setGSensorEventSettings,
  getGSensorEventSettings,
} as const;
