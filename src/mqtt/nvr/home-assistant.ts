import type { NvrTopics, SiteTopics } from '../topics.js';

/** What Home Assistant is told of an NVR. */
export interface AnnouncedNvr {
  readonly id: string;
  readonly name?: string | undefined;
  readonly model?: string | undefined;
  readonly software?: string | undefined;
  readonly mac?: string | undefined;
  /** Alarm outputs that may be switched from the broker, or only looked at. */
  readonly outputs: readonly number[];
  readonly inputs: readonly number[];
  readonly maySwitch: boolean;
}

/** And of a camera. */
export interface AnnouncedCamera {
  readonly channel: number;
  readonly name?: string | undefined;
  readonly manufacturer?: string | undefined;
  readonly model?: string | undefined;
  readonly firmware?: string | undefined;
  readonly mac?: string | undefined;
  /** States that it has topics of, such as `motion`. */
  readonly kinds: readonly string[];
  readonly pictures: boolean;
}

/** A part of a device; one that is gone is said by its platform alone. */
export interface Component {
  readonly [name: string]: unknown;
}

/** The document of a device. */
export interface Device extends Component {
  readonly components: Readonly<Record<string, Component>>;
}

const ORIGIN = {
  name: 'homebridge-everfocus-nvr',
  support_url: 'https://github.com/everfocus-nvr/homebridge-everfocus-nvr',
};

/**
 * A message as JSON; empty where a topic is cleared. Of what is missing Home Assistant says `None`; where a template asks for
 * something of it, that is an error, and the entity keeps its old state: so each level of a template has its default.
 */
const JSON_OR_EMPTY = '(value_json | default({}))';

/** Everything but ON and OFF leaves Home Assistant in doubt. */
const ON_OFF = "{{ value if value in ['ON', 'OFF'] else 'None' }}";

/** What stands for which kind of sensor there; others are plain. */
const CLASSES: Readonly<Record<string, string>> = {
  motion: 'motion',
  video_loss: 'problem',
  input_alarm: 'safety',
  recording: 'running',
};

/** Topic of a device's description: its object id takes letters, digits, `-` and `_`. */
export function discoveryTopic(prefix: string, nvr: string, channel?: number): string {
  return `${prefix}/device/everfocus_${nvr}${channel === undefined ? '' : `_ch${channel}`}/config`;
}

/** Those of an NVR and its cameras. */
export function discoveryTopics(prefix: string, nvr: string, channels: Iterable<number>): string[] {
  // The NVR's own events have a channel, 0, and no device.
  const cameras = [...channels].filter((channel) => channel > 0);
  return [...cameras.map((channel) => discoveryTopic(prefix, nvr, channel)), discoveryTopic(prefix, nvr)];
}

/** The NVR as a device (https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload). */
export function nvrDevice(site: SiteTopics, topics: NvrTopics, nvr: AnnouncedNvr): Device {
  const { id, name = 'NVR', model, software, mac, outputs, inputs, maySwitch } = nvr;
  const own = `everfocus_${id}`;
  const health = (template: string) => ({ state_topic: topics.health, value_template: template });
  const disks = `${JSON_OR_EMPTY}.disks`;
  const disksTemplate = `{{ None if ${disks} is not defined else 'ON' if ${disks} | selectattr('exception', 'defined') | list else 'OFF' }}`;
  const components: Record<string, Component> = {
    disks: {
      ...{ platform: 'binary_sensor', unique_id: `${own}_disks`, name: 'Disks', device_class: 'problem' },
      ...health(disksTemplate),
    },
    clock: {
      ...{ platform: 'sensor', unique_id: `${own}_clock`, name: 'Clock ahead', unit_of_measurement: 's' },
      ...{ entity_category: 'diagnostic', ...health(`{{ ${JSON_OR_EMPTY}.clockAhead | default(None) }}`) },
    },
  };
  for (const pin of inputs) {
    components[`di_${pin}`] = onOff(own, `di_${pin}`, `Input ${pin}`, topics.input(pin));
  }
  for (const pin of outputs) {
    const key = `do_${pin}${maySwitch ? '_switch' : ''}`;
    const { platform, ...shown } = onOff(own, key, `Output ${pin}`, topics.output(pin));
    components[key] = maySwitch
      ? { platform: 'switch', ...shown, command_topic: `${topics.output(pin)}/set`, optimistic: false, retain: false }
      : { platform, ...shown };
  }
  return {
    device: {
      identifiers: [own],
      ...{ name, manufacturer: 'EverFocus', model, sw_version: software, serial_number: id },
      ...connectedBy(mac),
    },
    ...shared([...available(site.status), nvrAvailable(topics)]),
    components,
  };
}

/** A camera as a device of its own, reached by way of its NVR. */
export function cameraDevice(site: SiteTopics, topics: NvrTopics, nvr: string, camera: AnnouncedCamera): Device {
  const { channel, name = `Camera ${channel}`, manufacturer, model, firmware, mac, kinds, pictures } = camera;
  const own = `everfocus_${nvr}_ch${channel}`;
  const components: Record<string, Component> = {};
  for (const kind of kinds) components[kind] = onOff(own, kind, wordsOf(kind), topics.channel(channel, kind));
  const recordOfChannel = `(((${JSON_OR_EMPTY}.recording | default({})).channels | default({}))['${channel}'] | default({}))`;
  components['recorded'] = {
    ...{ platform: 'sensor', unique_id: `${own}_recorded`, name: 'Recorded in the last day', unit_of_measurement: '%' },
    ...{ entity_category: 'diagnostic', state_topic: topics.health },
    value_template: `{{ ${recordOfChannel}.percent | default(None) }}`,
  };
  if (pictures) {
    components['snapshot'] = {
      ...{ platform: 'image', unique_id: `${own}_snapshot`, name: 'Snapshot', content_type: 'image/jpeg' },
      image_topic: topics.channel(channel, 'snapshot'),
    };
  }
  return {
    device: {
      identifiers: [own],
      ...{ name, manufacturer, model, sw_version: firmware, via_device: `everfocus_${nvr}` },
      ...connectedBy(mac),
    },
    ...shared([...available(site.status), nvrAvailable(topics), ...available(topics.channel(channel, 'status'))]),
    components,
  };
}

function onOff(own: string, key: string, name: string, topic: string): Component {
  const device_class = CLASSES[key];
  return {
    ...{ platform: 'binary_sensor', unique_id: `${own}_${key}`, name, ...(device_class && { device_class }) },
    ...{ state_topic: topic, payload_on: 'ON', payload_off: 'OFF', value_template: ON_OFF },
  };
}

function shared(availability: readonly Component[]): Component {
  return { origin: ORIGIN, availability, availability_mode: 'all', qos: 1 };
}

/** It takes exactly two words; `stopped` and `unknown` would be passed over. */
function available(topic: string): readonly Component[] {
  return [{ topic, value_template: "{{ 'online' if value == 'online' else 'offline' }}" }];
}

function nvrAvailable(topics: NvrTopics): Component {
  return {
    topic: topics.status,
    value_template: `{{ 'online' if ${JSON_OR_EMPTY}.connection == 'connected' else 'offline' }}`,
  };
}

function wordsOf(kind: string): string {
  const words = kind.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** By the same MAC address Home Assistant knows what another integration found. */
function connectedBy(mac = ''): Component {
  const isMac = /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(mac) && !/^(00[:-]){5}00$/.test(mac);
  return isMac ? { connections: [['mac', mac.toLowerCase().replaceAll('-', ':')]] } : {};
}
