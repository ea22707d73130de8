import { Type } from 'typebox';
import { mqttOptions } from './mqtt-options.js';

/*
 * Every setting of the Homebridge plugin, once: the form of the settings page, the table of the README, defaults, checks
 * and messages come from here (`npm run docs`; tests fail where they are stale).
 *
 * `title` is the label in the form, `description` the text below it. Beside JSON Schema's own keywords:
 */

/** What an option says beyond JSON Schema. */
export interface OptionHints {
  /** What to write, for messages: "is missing: write …". */
  readonly write?: string;
  /** What it is where nothing is written, for form and README, if `default` does not say it. */
  readonly otherwise?: string;
  /** Grey text of the empty field. */
  readonly placeholder?: string;
  /** Blanks around it belong to it. */
  readonly verbatim?: boolean;
  /** The form needs no description of it. */
  readonly selfEvident?: boolean;
  /** How the form shows it. */
  readonly form?: Readonly<Record<string, unknown>>;
}

/** A number of 32 bits would do for a pin; no NVR has that many. */
const MAX_PIN = 65535;
/** s; longer ones are no pulse. */
const MAX_PULSE = 3600;
/** s; what lasts longer than an hour is no reaction to a motion. */
const MAX_HOLD = 3600;
/** No NVR has that many; the SDK gives no bound. */
const MAX_CHANNEL = 1024;

/** What is on or off. */
const yesOrNo = (options: { readonly title: string; readonly description: string; readonly default: boolean }) =>
  Type.Optional(Type.Boolean({ ...options, write: 'true or false' }));

/** One alarm output (DO pin) that the user describes. */
export const outputOptions = Type.Object(
  {
    pin: Type.Integer({
      title: 'Pin',
      description: 'Number of the pin, as the NVR numbers it.',
      minimum: 1,
      maximum: MAX_PIN,
      placeholder: '5',
      write: 'the number of an alarm output',
    }),
    name: Type.Optional(
      Type.String({
        title: 'Name',
        description: 'Name of its switch in Apple Home.',
        placeholder: 'Gate',
        write: 'the name of the output',
        otherwise: '"Output" and the pin',
      }),
    ),
    pulse: Type.Optional(
      Type.Number({
        title: 'Pulse (seconds)',
        description: 'It switches off by itself after this time.',
        minimum: 0.1,
        maximum: MAX_PULSE,
        placeholder: '1',
        write: 'a time in seconds',
        otherwise: 'it stays on until it is switched off',
      }),
    ),
  },
  { title: 'Alarm output' },
);

// Entries of lists within an NVR have no `default` and no boolean: the form would write them into an entry that nobody
// added.

/** One alarm input (DI pin) that the user describes. */
export const inputOptions = Type.Object(
  {
    pin: Type.Integer({
      title: 'Pin',
      description: 'Number of the pin, as the NVR numbers it.',
      minimum: 1,
      maximum: MAX_PIN,
      placeholder: '1',
      write: 'the number of an alarm input',
    }),
    name: Type.Optional(
      Type.String({
        title: 'Name',
        description: 'Name of its contact sensor in Apple Home.',
        placeholder: 'Back door',
        write: 'the name of the input',
        otherwise: '"Input" and the pin',
      }),
    ),
    contact: Type.Optional(
      Type.String({
        title: 'Contact',
        description:
          'What is wired to it: a contact that is normally "open" or normally "closed" (then the sensor is open while the ' +
          'input is off), or "none": it is not shown in Apple Home.',
        enum: ['open', 'closed', 'none'],
        write: '"open", "closed" or "none"',
        otherwise: 'normally open',
      }),
    ),
  },
  { title: 'Alarm input' },
);

/** One camera that the user describes. */
export const cameraOptions = Type.Object(
  {
    channel: Type.Integer({
      title: 'Camera',
      description: 'Number of the camera, as the NVR numbers it.',
      minimum: 1,
      maximum: MAX_CHANNEL,
      placeholder: '1',
      write: 'the number of a camera',
    }),
    name: Type.Optional(
      Type.String({
        title: 'Name',
        description: 'Name of the camera in Apple Home. A name that was given there stays.',
        placeholder: 'Front door',
        write: 'the name of the camera',
        otherwise: 'the name that it has at the NVR',
      }),
    ),
    hidden: Type.Optional(
      Type.String({
        title: 'Hidden',
        description:
          '"yes": the camera is not in Apple Home, which then forgets its room and its automations. Shown again, it is a new ' +
          'camera there.',
        enum: ['yes', 'no'],
        write: '"yes" or "no"',
        otherwise: 'no',
      }),
    ),
    sound: Type.Optional(
      Type.String({
        title: 'Sound',
        description: '"off": its live view and its recordings in Apple Home are silent, and nobody can talk there.',
        enum: ['on', 'off'],
        write: '"on" or "off"',
        otherwise: 'on',
      }),
    ),
    recording: Type.Optional(
      Type.String({
        title: 'Recording in Home',
        description:
          '"off": Apple Home does not offer to record this camera (HomeKit Secure Video), and forgets whether it was to.',
        enum: ['on', 'off'],
        write: '"on" or "off"',
        otherwise: 'as for all cameras of the NVR',
      }),
    ),
    doorbell: Type.Optional(
      Type.String({
        title: 'Doorbell',
        description:
          'What rings: "input 3" (an alarm input of the NVR), "input" (the alarm input of the camera), or a type of event of ' +
          'the camera, such as Motion.',
        placeholder: 'input 3',
        write: '"input 3", "input", or a type of event such as Motion',
        otherwise: 'the camera is no doorbell',
      }),
    ),
    motion: Type.Optional(
      Type.String({
        title: 'Motion',
        description: 'The types of events of the NVR that count as motion, with commas between them.',
        placeholder: 'Motion',
        write: 'types of events, such as "Motion, Intellegent"',
        otherwise: 'Motion',
      }),
    ),
    hold: Type.Optional(
      Type.Number({
        title: 'Motion lasts on (seconds)',
        description: 'Motion stays detected for so long after the NVR said that it ended.',
        minimum: 0,
        maximum: MAX_HOLD,
        placeholder: '0',
        write: 'a time in seconds',
        otherwise: '0',
      }),
    ),
    occupancy: Type.Optional(
      Type.Number({
        title: 'Occupancy (seconds)',
        description: 'Adds an occupancy sensor that stays on for so long after the last motion.',
        minimum: 1,
        maximum: MAX_HOLD,
        placeholder: '300',
        write: 'a time in seconds',
        otherwise: 'no occupancy sensor',
      }),
    ),
    tamper: Type.Optional(
      Type.String({
        title: 'Tampering',
        description:
          'The types of events that tell that somebody covers or turns the camera, with commas between them; they are the ' +
          "camera's own to name.",
        placeholder: 'Tamper',
        write: 'types of events, such as "Tamper"',
        otherwise: 'none',
      }),
    ),
    manualRecord: Type.Optional(
      Type.String({
        title: 'Manual recording',
        description:
          '"switch": adds a switch in Apple Home, by which the NVR records this camera, whatever its schedule says.',
        enum: ['switch', 'none'],
        write: '"switch" or "none"',
        otherwise: 'none',
      }),
    ),
    talk: Type.Optional(
      Type.String({
        title: 'Talk',
        description:
          '"on": the camera has a loudspeaker, and Apple Home shows a button to talk there. The NVR does not tell which ' +
          'cameras have one.',
        enum: ['on', 'off'],
        write: '"on" or "off"',
        otherwise: 'off',
      }),
    ),
  },
  { title: 'Camera' },
);

/** One NVR. */
export const nvrOptions = Type.Object(
  {
    name: Type.Optional(
      Type.String({
        title: 'Name',
        description: 'Name of the NVR in Apple Home and in the log.',
        placeholder: 'Garage',
        write: 'the name of the NVR',
        otherwise: 'the address',
      }),
    ),
    host: Type.String({
      title: 'Address',
      description: 'IP address or host name of the NVR; the address of its web page will do.',
      placeholder: '192.168.1.20',
      examples: ['192.168.1.20'],
      write: "the NVR's address on your network, such as 192.168.1.20",
    }),
    username: Type.String({
      title: 'User name',
      description: 'A user of the NVR who may see its cameras and set its alarm outputs.',
      examples: ['admin'],
      write: 'a user of the NVR',
    }),
    password: Type.String({
      title: 'Password',
      description: 'Password of that user.',
      write: 'the password of that user',
      verbatim: true,
      form: { type: 'password' },
    }),
    https: yesOrNo({
      title: 'HTTPS',
      description: 'Connect encrypted.',
      default: false,
    }),
    port: Type.Optional(
      Type.Integer({
        title: 'Port',
        description: "TCP port of the NVR's web page.",
        minimum: 1,
        maximum: 65535,
        placeholder: '80',
        write: 'a port number',
        otherwise: '80, with HTTPS 443',
      }),
    ),
    fingerprint: Type.Optional(
      Type.String({
        title: 'Certificate fingerprint',
        description:
          'SHA-256 fingerprint of the one certificate to trust. When the NVR shows another than the trusted one, nothing is ' +
          'sent to it, and the log says what to write here.',
        placeholder: 'AB:CD:… (32 pairs)',
        write: 'the 32 bytes of the SHA-256 fingerprint, such as AB:CD:…',
        otherwise: 'the certificate that the NVR shows first is trusted from then on, and the log says which',
      }),
    ),
    recording: yesOrNo({
      title: 'HomeKit Secure Video',
      description:
        'Cameras can be recorded in Apple Home (with iCloud+ and a home hub): each is set to record there. While one is, ' +
        'its main stream stays open, and its newest seconds are kept in memory (some 5 MB). Switched off here, the choice ' +
        'made in Apple Home is forgotten.',
      default: true,
    }),
    instant: yesOrNo({
      title: 'Live view at once',
      description:
        'The small stream of each camera stays open, so that a live view has a picture at any time: some hundred kbit/s a ' +
        'camera, all day, 32 cameras at most. Switched off, it begins with the next keyframe where nobody has looked ' +
        'just before.',
      default: true,
    }),
    faults: yesOrNo({
      title: 'Fault sensors',
      description:
        'For automations: contact sensors that open while something is wrong, one of the NVR for its disks, one of each ' +
        'camera for its picture, and one where "Tampering" is set. Their icons show faults in any case.',
      default: false,
    }),
    past: yesOrNo({
      title: 'Camera of the past',
      description:
        'One more camera that plays what the NVR has recorded, and switches for what it plays: the last event, 30 seconds ' +
        'back, yesterday at this time, the next event.',
      default: false,
    }),
    outputs: Type.Optional(
      Type.Array(outputOptions, {
        title: 'Alarm outputs',
        description:
          'Every alarm output (DO) of the NVR is a switch. Here an output gets a name, or a time after which it switches ' +
          'off by itself.',
        write: 'a list such as [{ "pin": 5, "name": "Gate", "pulse": 1 }]',
        otherwise: 'every output is a plain switch',
      }),
    ),
    inputs: Type.Optional(
      Type.Array(inputOptions, {
        title: 'Alarm inputs',
        description:
          'Every alarm input (DI) of the NVR is a contact sensor, open while the input is on. Here an input gets a name, or ' +
          'it is said what is wired to it.',
        write: 'a list such as [{ "pin": 1, "name": "Back door" }]',
        otherwise: 'every input is shown',
      }),
    ),
    cameras: Type.Optional(
      Type.Array(cameraOptions, {
        title: 'Cameras',
        description:
          'Every camera is shown. Here one gets another name, is hidden, becomes a doorbell, gets other events than motion, or ' +
          'a button to talk.',
        write: 'a list such as [{ "channel": 1, "doorbell": "input 3" }]',
        otherwise: 'every camera has a motion sensor',
      }),
    ),
  },
  { title: 'NVR' },
);

/** The platform's section of Homebridge's `config.json`. */
export const platformOptions = Type.Object({
  name: Type.Optional(
    Type.String({
      title: 'Name',
      description: "Name of the plugin in Homebridge's log.",
      default: 'EverFocus NVR',
      write: 'a name',
    }),
  ),
  nvrs: Type.Optional(
    Type.Array(nvrOptions, {
      title: 'NVRs',
      description: 'The network video recorders.',
      selfEvident: true,
      write: 'a list such as [{ "name": "Garage", "host": "192.168.1.20", "username": "admin", "password": "…" }]',
      otherwise: 'none',
    }),
  ),
  ffmpeg: Type.Optional(
    Type.String({
      title: 'ffmpeg',
      description: 'Path of an ffmpeg program.',
      placeholder: '/usr/local/bin/ffmpeg',
      examples: ['/usr/local/bin/ffmpeg'],
      write: 'the path of an ffmpeg program',
      otherwise: 'the one that comes with the plugin, else the one of the system',
    }),
  ),
  mqtt: Type.Optional(mqttOptions),
});
