import type { TObject } from 'typebox';
import { listed, readAddress, say } from '../shared/internal.js';
import { readRinger, type Ringer } from './config/ringer.js';
import { cameraOptions, inputOptions, nvrOptions, outputOptions, platformOptions } from './config/options.js';
import { mqttOptions } from './config/mqtt-options.js';
import type { Problem } from './config/problem.js';
import { isObject, messageOf, ObjectReader, type Place } from './config/reader.js';

export { describeProblem, describeProblems, type Problem, type ProblemCode } from './config/problem.js';

/** One alarm output (DO pin) that the user described. */
export interface OutputConfiguration {
  readonly pin: number;
  readonly name?: string;
  /** The output goes off by itself after this time, s [0.1…3600]. */
  readonly pulse?: number;
}

/** One alarm input (DI pin) that the user described. */
export interface InputConfiguration {
  readonly pin: number;
  readonly name?: string;
  /** Normally open, normally closed, or nothing is wired to it. */
  readonly contact: 'open' | 'closed' | 'none';
}

/** What the user wants of one camera. */
export interface CameraConfiguration {
  readonly channel: number;
  /** Its name in Home; absent where that is the NVR's. */
  readonly name?: string;
  /** It has no place in Home. */
  readonly hidden: boolean;
  /** Whether it may be heard. */
  readonly sound: boolean;
  /** Whether Home may record it, where the NVR's cameras offer that. */
  readonly recording: boolean;
  /** What rings; absent where the camera is no doorbell. */
  readonly doorbell?: Ringer;
  /** Types of events that count as motion. */
  readonly motion: readonly string[];
  /** s [0…3600] that motion lasts on. */
  readonly hold: number;
  /** s [1…3600] that its occupancy sensor stays on after the last motion; absent where it has none. */
  readonly occupancy?: number;
  /** Types of events that mean that somebody tampers with it. */
  readonly tamper: readonly string[];
  /** Whether a switch has the NVR record it. */
  readonly manualRecord: boolean;
  /** It has a loudspeaker, and phones may talk there. */
  readonly talk: boolean;
}

/** One NVR, checked and completed. */
export interface NvrConfiguration {
  readonly name: string;
  readonly host: string;
  /** TCP port of the NVR's web server. Default 80; 443 with https. */
  readonly port: number;
  readonly https: boolean;
  /** SHA-256 of the one certificate to trust, `AA:BB:…`. */
  readonly fingerprint?: string;
  readonly username: string;
  readonly password: string;
  /** Whether cameras offer HomeKit Secure Video. */
  readonly recording: boolean;
  /** Whether sub streams are kept open for live views to begin with. */
  readonly instant: boolean;
  /** Whether faults have sensors of their own. */
  readonly faults: boolean;
  /** Whether a camera plays what was recorded. */
  readonly past: boolean;
  readonly outputs: readonly OutputConfiguration[];
  readonly inputs: readonly InputConfiguration[];
  readonly cameras: readonly CameraConfiguration[];
}

/** Who is told of the NVRs by MQTT, and of what. */
export interface MqttConfiguration {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Path of a PEM file. */
  readonly ca?: string;
  readonly site: string;
  readonly homeAssistant: boolean;
  /** Whether alarm outputs may be switched from the broker. */
  readonly outputs: boolean;
}

export interface PlatformConfiguration {
  readonly nvrs: readonly NvrConfiguration[];
  /** Whether `nvrs` is there at all, be it empty. */
  readonly listed: boolean;
  /** Path of the ffmpeg to use instead of the one that is found. */
  readonly ffmpeg?: string;
  /** Absent: MQTT is off. */
  readonly mqtt?: MqttConfiguration;
  /** What can't be used, in the order of the configuration. */
  readonly problems: readonly Problem[];
  /** What is used otherwise than it is written, or not at all. */
  readonly advice: readonly Problem[];
}

/**
 * Checks the platform's section of Homebridge's configuration. Never throws: an NVR entry that can't be used is left
 * out with a problem, the others go on. Nothing that is written there is passed over in silence.
 */
export function readConfiguration(raw: unknown): PlatformConfiguration {
  const reader = new ObjectReader(platformOptions, raw, { path: '', label: '' });
  const { problems, advice } = reader;
  explainNvrAtTop(reader, raw);
  const ffmpeg = reader.text('ffmpeg');
  const mqtt = readMqtt(reader, { problems, advice });
  const nvrs: NvrConfiguration[] = [];
  reader.list('nvrs').forEach((entry, index) => {
    const place = { path: `nvrs[${index}]`, label: labelOf(entry, index) };
    const nvr = readNvr(entry, place, { problems, advice });
    if (!nvr) return;
    const twin = nvrs.find((other) => addressOf(other) === addressOf(nvr));
    if (!twin) return void nvrs.push(nvr);
    const message = say`${addressOf(nvr)} is the address of "${twin.name}" already: remove one of the two.`;
    problems.push({
      code: 'DUPLICATE',
      path: `${place.path}.host`,
      label: `${place.label}, Address`,
      ...messageOf(message),
    });
  });
  const others = { ...(ffmpeg !== undefined && { ffmpeg }), ...(mqtt && { mqtt }) };
  return { nvrs, listed: reader.has('nvrs'), ...others, problems, advice };
}

/** Off where no broker is named: the form of the settings page leaves an empty section behind. */
function readMqtt(platform: ObjectReader, findings: Findings): MqttConfiguration | undefined {
  const written = platform.object('mqtt');
  if (!written) return undefined;
  const reader = new ObjectReader(mqttOptions, written, { path: 'mqtt', label: 'MQTT' });
  const [url, username, password, ca] = ['url', 'username', 'password', 'ca'].map((key) => reader.text(key));
  const homeAssistant = reader.choice('homeAssistant') !== 'off';
  const outputs = reader.choice('outputs') === 'on';
  const site = reader.text('site') ?? 'home';
  if (url !== undefined && !/^mqtts?:\/\/[^\s/?#@]+\/?$/.test(url))
    reader.problem('INVALID', 'url', say`must be ${reader.wanted('url')}.`);
  if (url === undefined && username !== undefined)
    reader.advise('MISSING', 'url', say`is missing: nothing is told by MQTT without ${reader.wanted('url')}.`);
  findings.problems.push(...reader.problems);
  findings.advice.push(...reader.advice);
  if (url === undefined || reader.problems.length > 0) return undefined;
  const account = { ...(username !== undefined && { username }), ...(password !== undefined && { password }) };
  return { url, ...account, ...(ca !== undefined && { ca }), site, homeAssistant, outputs };
}

/** How an NVR is told apart from the others in the configuration: `host:port`. */
export function addressOf({ host, port }: Pick<NvrConfiguration, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host.toLowerCase()}:${port}`;
}

interface Findings {
  readonly problems: Problem[];
  readonly advice: Problem[];
}

/** Whoever has one NVR only is tempted to do without the list. */
function explainNvrAtTop(reader: ObjectReader, raw: unknown): void {
  if (!isObject(raw)) return;
  const keys = Object.keys(nvrOptions.properties).filter((key) => key !== 'name' && key in raw);
  if (keys.length === 0) return;
  // Told once and whole, in place of a line for each of them.
  const others = reader.advice.filter(({ path }) => !keys.includes(path));
  reader.advice.splice(0, Infinity, ...others);
  const written = keys.map((key) => `"${key}"`).join(', ');
  const entry = listed(keys.map((key) => `"${key}": …`));
  const message = say`belongs into an entry of "nvrs": "nvrs": [{ "name": "Garage", ${entry} }].`;
  reader.problems.push({
    code: 'INVALID',
    path: keys[0] ?? '',
    label: `what is written as ${written}`,
    ...messageOf(message),
  });
}

/** What the user knows an entry by. */
function labelOf(entry: unknown, index: number): string {
  const { name, host } = isObject(entry) ? entry : {};
  const known = [name, host].find((text): text is string => typeof text === 'string' && text.trim() !== '');
  // Somebody may have written user and password into the address.
  const shown = known === host ? known?.replace(/^.*@/, '') : known;
  return `NVR ${index + 1}${shown === undefined ? '' : ` "${shown.trim()}"`}`;
}

function readNvr(entry: unknown, place: Place, findings: Findings): NvrConfiguration | undefined {
  const reader = new ObjectReader(nvrOptions, entry, place);
  const nvr = isObject(entry) ? readFields(reader) : undefined;
  // A list of outputs that is none costs the outputs their names, not the user the cameras.
  const usable = reader.problems.length === 0;
  const [outputs, inputs, cameras] = ['outputs', 'inputs', 'cameras'].map((key) => reader.list(key));
  findings.problems.push(...reader.problems);
  findings.advice.push(...reader.advice);
  if (!nvr || !usable) return undefined;
  return {
    ...nvr,
    outputs: readEntries({ ...PARTS.outputs, nvr: place, entries: outputs, findings }),
    inputs: readEntries({ ...PARTS.inputs, nvr: place, entries: inputs, findings }),
    cameras: readEntries({ ...PARTS.cameras, nvr: place, entries: cameras, findings }),
  };
}

function readFields(reader: ObjectReader): Omit<NvrConfiguration, keyof typeof PARTS> | undefined {
  const written = reader.text('host');
  const address = written === undefined ? undefined : readAddress(written);
  if (written !== undefined && !address) {
    reader.problem(
      'INVALID',
      'host',
      say`is no address: write the IP address or host name alone, such as 192.168.1.20.`,
    );
  }
  if (address?.more) {
    reader.advise('INVALID', 'host', say`is taken as ${address.host}: a user or a path in it is not used.`);
  }
  // Whoever wrote either of the two wanted it encrypted.
  const https = reader.flag('https') || address?.https === true;
  const port = reader.number('port');
  if (port !== undefined && address?.port !== undefined && port !== address.port) {
    reader.problem('INVALID', 'port', say`says ${port}, and the address says ${address.port}: write one of the two.`);
  }
  const fingerprint = readFingerprint(reader, https);
  const username = reader.text('username');
  const password = reader.text('password');
  const name = reader.text('name');
  const [recording, instant] = [reader.flag('recording'), reader.flag('instant')];
  const [faults, past] = [reader.flag('faults'), reader.flag('past')];
  if (!address || username === undefined || password === undefined) return undefined;
  return {
    name: name ?? address.host,
    host: address.host,
    port: port ?? address.port ?? (https ? 443 : 80),
    https,
    ...(fingerprint !== undefined && { fingerprint }),
    username,
    password,
    recording,
    instant,
    faults,
    past,
  };
}

/** As browsers and tools show it: with or without colons or blanks, in any case, after a "sha256" or not. */
function readFingerprint(reader: ObjectReader, https: boolean): string | undefined {
  const digits = reader
    .text('fingerprint')
    ?.replace(/^sha-?256[\s:=]+/i, '')
    .replace(/[\s:]/g, '');
  if (digits === undefined) return undefined;
  if (!/^[0-9a-f]{64}$/i.test(digits)) {
    reader.problem('INVALID', 'fingerprint', say`is no fingerprint: write ${reader.wanted('fingerprint')}.`);
    return undefined;
  }
  if (!https) {
    reader.advise('INVALID', 'fingerprint', say`is not used without HTTPS.`);
    return undefined;
  }
  return (digits.toUpperCase().match(/../g) ?? []).join(':');
}

/** The lists of an NVR, whose entries are known by a number. */
const PARTS = {
  outputs: { list: 'outputs', word: 'alarm output', id: 'pin', schema: outputOptions, read: readOutput },
  inputs: { list: 'inputs', word: 'alarm input', id: 'pin', schema: inputOptions, read: readInput },
  cameras: { list: 'cameras', word: 'camera', id: 'channel', schema: cameraOptions, read: readCamera },
} as const;

interface Part<Entry> {
  readonly list: string;
  readonly word: string;
  /** Option that tells its entries apart. */
  readonly id: string;
  readonly schema: TObject;
  readonly read: (id: number, reader: ObjectReader) => Entry;
  readonly nvr: Place;
  readonly entries: readonly unknown[] | undefined;
  readonly findings: Findings;
}

/** An entry that can't be used is left out: what it describes is shown all the same, as if nothing was said of it. */
function readEntries<Entry>({ list, word, id, schema, read, nvr, entries, findings }: Part<Entry>): Entry[] {
  const known = new Map<number, Entry>();
  entries?.forEach((entry, index) => {
    const place = { path: `${nvr.path}.${list}[${index}]`, label: `${nvr.label}, ${word} ${index + 1}` };
    const reader = new ObjectReader(schema, entry, place);
    const number = isObject(entry) ? reader.number(id) : undefined;
    const made = read(number ?? 0, reader);
    if (number !== undefined && known.has(number)) {
      reader.problem('DUPLICATE', id, say`${number} is described already: remove one of the two.`);
    }
    findings.problems.push(...reader.problems);
    findings.advice.push(...reader.advice);
    if (number !== undefined && reader.problems.length === 0) known.set(number, made);
  });
  return [...known.values()];
}

function readOutput(pin: number, reader: ObjectReader): OutputConfiguration {
  const [name, pulse] = [reader.text('name'), reader.number('pulse')];
  return { pin, ...(name !== undefined && { name }), ...(pulse !== undefined && { pulse }) };
}

function readInput(pin: number, reader: ObjectReader): InputConfiguration {
  const name = reader.text('name');
  const contact = (reader.choice('contact') ?? 'open') as InputConfiguration['contact'];
  return { pin, ...(name !== undefined && { name }), contact };
}

function readCamera(channel: number, reader: ObjectReader): CameraConfiguration {
  const written = reader.text('doorbell');
  const doorbell = written === undefined ? undefined : readRinger(written);
  if (written !== undefined && !doorbell) {
    reader.problem('INVALID', 'doorbell', say`is nothing that can ring: write ${reader.wanted('doorbell')}.`);
  }
  const motion = eventTypes(reader.text('motion'));
  if (motion?.length === 0) reader.problem('INVALID', 'motion', say`names no event: write ${reader.wanted('motion')}.`);
  const [hold = 0, occupancy, name] = [reader.number('hold'), reader.number('occupancy'), reader.text('name')];
  const is = (key: string, word: string) => reader.choice(key) === word;
  const [hidden, sound, talk] = [is('hidden', 'yes'), !is('sound', 'off'), is('talk', 'on')];
  if (talk && !sound)
    reader.advise('INVALID', 'talk', say`is not used, since "Sound" is off: HomeKit knows no talk without it.`);
  return {
    ...{ channel, hidden, sound, recording: !is('recording', 'off') },
    ...{ motion: motion ?? MOTION, hold, talk: talk && sound },
    ...{ tamper: eventTypes(reader.text('tamper')) ?? [], manualRecord: is('manualRecord', 'switch') },
    ...(name !== undefined && { name }),
    ...(doorbell && { doorbell }),
    ...(occupancy !== undefined && { occupancy }),
  };
}

/** What counts as motion where nothing else is said. */
const MOTION: readonly string[] = ['Motion'];

/** Of a camera of which nothing is said. */
export function plainCamera(channel: number): CameraConfiguration {
  return {
    ...{ channel, hidden: false, sound: true, recording: true, motion: MOTION, hold: 0, talk: false },
    ...{ tamper: [], manualRecord: false },
  };
}

/** Types in a text, each once. */
function eventTypes(text: string | undefined): string[] | undefined {
  const types = text
    ?.split(/[,;]/)
    .map((type) => type.trim())
    .filter((type) => type !== '');
  return types && [...new Map(types.map((type) => [type.toLowerCase(), type])).values()];
}
