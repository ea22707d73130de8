import { Type } from 'typebox';

/** The MQTT bridge, declared as everything is in `options.ts`. */
export const mqttOptions = Type.Object(
  {
    url: Type.Optional(
      Type.String({
        title: 'Broker',
        description: 'Address of an MQTT broker, which is told of the NVRs. With "mqtts" it is spoken to encrypted.',
        placeholder: 'mqtts://broker.example:8883',
        examples: ['mqtts://broker.example:8883'],
        write: 'an address such as mqtts://broker.example:8883, without user name and password',
        otherwise: 'nothing is told by MQTT',
      }),
    ),
    username: Type.Optional(
      Type.String({
        title: 'User name',
        description: 'A user of the broker.',
        write: 'a user of the broker',
        otherwise: 'anonymous',
      }),
    ),
    password: Type.Optional(
      Type.String({
        title: 'Password',
        description: 'Password of that user.',
        write: 'the password of that user',
        verbatim: true,
        otherwise: 'none',
        form: { type: 'password' },
      }),
    ),
    ca: Type.Optional(
      Type.String({
        title: 'Certificate authority',
        description: "Path of a PEM file: the certificate of the authority that signed the broker's.",
        placeholder: '/etc/ssl/my-ca.pem',
        write: 'the path of a PEM file',
        otherwise: 'the authorities that Node.js knows',
      }),
    ),
    site: Type.Optional(
      Type.String({
        title: 'Site',
        description:
          'Name of the place in topics: letters, digits, - and _. Two bridges of one broker need different ones.',
        write: 'a name such as home',
        otherwise: '"home"',
      }),
    ),
    homeAssistant: Type.Optional(
      Type.String({
        title: 'Home Assistant',
        description: 'Whether Home Assistant finds the cameras by itself.',
        enum: ['on', 'off'],
        write: '"on" or "off"',
        otherwise: 'on',
      }),
    ),
    outputs: Type.Optional(
      Type.String({
        title: 'Alarm outputs',
        description: 'Whether alarm outputs may be switched from the broker.',
        enum: ['on', 'off'],
        write: '"on" or "off"',
        otherwise: 'off',
      }),
    ),
  },
  {
    title: 'MQTT',
    description: 'Tells an MQTT broker of the NVRs, by the connections that the plugin has.',
    otherwise: 'nothing is told by MQTT',
  },
);
