import { type Static, Type } from 'typebox';
import { limits } from '../../shared/internal.js';

/*
 * Every setting of the MQTT bridge, once: what is checked, the defaults, the table of docs/mqtt.md and the published
 * schema come from here (`npm run docs`; tests fail where they are stale). `write` says what to write, for messages.
 */

/** A level of a topic: what a broker, Home Assistant and a file name take without escapes. */
const LEVEL = '[A-Za-z0-9][A-Za-z0-9_-]*';

const secret = (whose: string) => ({
  password: Type.Optional(
    Type.String({ description: `Password of ${whose}.`, write: 'a password', otherwise: 'one of the two below' }),
  ),
  passwordEnv: Type.Optional(
    Type.String({
      description: 'Name of the environment variable that holds the password instead.',
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
      write: 'the name of an environment variable',
    }),
  ),
  passwordFile: Type.Optional(
    Type.String({
      description: 'File that holds the password instead, on its first line.',
      minLength: 1,
      write: 'the path of a file',
    }),
  ),
});

const file = (description: string, otherwise?: string) =>
  Type.Optional(
    Type.String({ description, minLength: 1, write: 'the path of a PEM file', ...(otherwise && { otherwise }) }),
  );

/** How to reach the broker. */
export const brokerOptions = Type.Object({
  url: Type.String({
    description: 'Address of the broker. `mqtts` is encrypted, and its certificate must be valid.',
    pattern: '^mqtts?://[^\\s/?#@]+/?$',
    examples: ['mqtts://broker.example:8883'],
    write: 'an address such as mqtts://broker.example:8883 (no user name or password in it)',
  }),
  username: Type.Optional(
    Type.String({
      description: 'User of the broker.',
      minLength: 1,
      write: 'a user of the broker',
      otherwise: 'anonymous',
    }),
  ),
  ...secret('that user'),
  ca: file('Certificate of the authority that signed that of the broker.', 'the authorities that Node.js knows'),
  cert: file('Certificate of this client, where the broker asks for one.'),
  key: file('Key of that certificate.'),
  clientId: Type.Optional(
    Type.String({
      description: 'Id of the client. A broker has one client of an id. Two bridges need different sites all the same.',
      pattern: '^[\\x21-\\x7e]{1,128}$',
      write: 'letters, digits, - and _',
      otherwise: '`everfocus-` and the site',
    }),
  ),
  version: Type.Optional(
    Type.Enum(['5', '3.1.1'], {
      description: 'Version of MQTT; 3.1.1 for brokers that know no other.',
      default: '5',
      write: '"5" or "3.1.1"',
    }),
  ),
});

/** What may be done from the broker. */
export const commandOptions = Type.Object({
  outputs: Type.Optional(
    Type.Boolean({ description: 'Switch and pulse alarm outputs.', default: false, write: 'true or false' }),
  ),
  ptz: Type.Optional(Type.Boolean({ description: 'Move cameras.', default: false, write: 'true or false' })),
  record: Type.Optional(
    Type.Boolean({ description: 'Start and stop manual recording.', default: false, write: 'true or false' }),
  ),
  snapshot: Type.Optional(
    Type.Boolean({
      description: 'Ask for pictures (where `snapshots` is there).',
      default: false,
      write: 'true or false',
    }),
  ),
  call: Type.Optional(
    Type.Array(Type.String({ write: 'the name of an operation' }), {
      description:
        'Operations (see docs/operations.md) that may be called by name. Destructive ones are refused here already.',
      maxItems: 200,
      write: 'a list such as ["gotoPreset"]',
      otherwise: 'none',
    }),
  ),
});

/** Pictures of an NVR's cameras. */
export const snapshotOptions = Type.Object({
  onEvent: Type.Optional(
    Type.Boolean({
      description: 'A picture when an event begins, every 5 s of a camera at most.',
      default: true,
      write: 'true or false',
    }),
  ),
  everySeconds: Type.Optional(
    Type.Integer({
      description: 'A picture of every camera that often.',
      minimum: 5,
      maximum: 86_400,
      write: 'a number of seconds',
      otherwise: 'not by time',
    }),
  ),
});

/** One NVR. */
export const nvrOptions = Type.Object({
  host: Type.String({
    description: 'IP address or host name of the NVR.',
    examples: ['192.168.1.20'],
    minLength: 1,
    write: "the NVR's address, such as 192.168.1.20",
  }),
  port: Type.Optional(
    Type.Integer({
      description: "TCP port of the NVR's web page.",
      minimum: 1,
      maximum: 65535,
      write: 'a port number',
      otherwise: '443, without HTTPS 80',
    }),
  ),
  https: Type.Optional(Type.Boolean({ description: 'Connect encrypted.', default: true, write: 'true or false' })),
  fingerprint: Type.Optional(
    Type.String({
      description: 'SHA-256 fingerprint of the one certificate to trust.',
      pattern: '^([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}$',
      write: '32 bytes such as AB:CD:…',
      otherwise: 'the first that it shows is trusted from then on',
    }),
  ),
  username: Type.String({
    description: 'A user of the NVR.',
    minLength: 1,
    examples: ['admin'],
    write: 'a user of the NVR',
  }),
  ...secret('that user'),
  id: Type.Optional(
    Type.String({
      description: 'What it is called in topics. It must stay when the address changes.',
      pattern: `^${LEVEL}$`,
      maxLength: 64,
      write: 'letters, digits, - and _',
      otherwise: 'its serial number, else its MAC address',
    }),
  ),
  events: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: limits.text.word, write: 'a type of event' }), {
      description:
        "Types of events, in the NVR's words, that have a state from the beginning; others from their first on.",
      default: ['Motion', 'VideoLoss'],
      maxItems: 16,
      write: 'a list such as ["Motion", "VideoLoss"]',
    }),
  ),
  snapshots: Type.Optional(snapshotOptions),
  commands: Type.Optional(commandOptions),
});

/** How much waits for a broker that is away. */
export const queueOptions = Type.Object({
  events: Type.Optional(
    Type.Integer({
      description: 'Events that wait for a broker that is away; of more, the oldest of the NVR with most are dropped.',
      minimum: 100,
      maximum: 1_000_000,
      default: 10_000,
      write: 'a number of events',
    }),
  ),
  megabytes: Type.Optional(
    Type.Integer({ description: 'And their size.', minimum: 1, maximum: 1024, default: 16, write: 'a number of MB' }),
  ),
});

/** The configuration file. */
export const bridgeOptions = Type.Object({
  site: Type.String({
    description: 'Name of the place in topics. Two bridges of one broker need different ones.',
    pattern: `^${LEVEL}$`,
    maxLength: 64,
    examples: ['home'],
    write: 'a name such as "home": letters, digits, - and _',
  }),
  broker: brokerOptions,
  nvrs: Type.Array(nvrOptions, {
    description: 'The network video recorders.',
    minItems: 1,
    maxItems: limits.bridge.nvrs,
    write: 'a list such as [{ "host": "192.168.1.20", "username": "admin", "passwordEnv": "NVR_PASSWORD" }]',
  }),
  prefix: Type.Optional(
    Type.String({
      description: 'What all topics begin with.',
      pattern: `^${LEVEL}(/${LEVEL})*$`,
      maxLength: 64,
      default: 'everfocus',
      write: 'letters, digits, - and _, levels parted by /',
    }),
  ),
  homeAssistant: Type.Optional(
    Type.Boolean({ description: 'Tell Home Assistant what there is.', default: true, write: 'true or false' }),
  ),
  homeAssistantPrefix: Type.Optional(
    Type.String({
      description: "Home Assistant's discovery prefix.",
      pattern: `^${LEVEL}(/${LEVEL})*$`,
      maxLength: 64,
      default: 'homeassistant',
      write: 'letters, digits, - and _',
    }),
  ),
  data: Type.Optional(
    Type.String({
      description: 'Folder where certificates and what was announced are remembered.',
      minLength: 1,
      default: 'everfocus-bridge',
      write: 'the path of a folder',
    }),
  ),
  queue: Type.Optional(queueOptions),
});

/** Options of which those have been filled in that have a default. */
type Filled<Options, Name extends keyof Options> = Options & Required<Pick<Options, Name>>;

export type FilledBroker = Filled<Static<typeof brokerOptions>, 'version'>;
export type FilledNvr = Filled<Static<typeof nvrOptions>, 'https' | 'events'>;
export type FilledCommands = Filled<Static<typeof commandOptions>, 'outputs' | 'ptz' | 'record' | 'snapshot'>;
export type FilledSnapshots = Filled<Static<typeof snapshotOptions>, 'onEvent'>;
export type FilledQueue = Filled<Static<typeof queueOptions>, 'events' | 'megabytes'>;
export type FilledBridge = Filled<Static<typeof bridgeOptions>, 'prefix' | 'homeAssistantPrefix' | 'data'>;
