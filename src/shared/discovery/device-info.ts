import { cleanText } from '../clean-text.js';
import { limits } from '../limits.js';

/** What a device says of itself (SDK 1). Anybody on the network can answer: nothing of it is proven. */
export interface DeviceInfo {
  /** IPv4 address of the device. */
  readonly address: string;
  /** Its HTTP port. */
  readonly port: number;
  readonly name?: string;
  readonly model?: string;
  /** Firmware version. */
  readonly firmware?: string;
  /** `NVR` for recorders. */
  readonly category?: string;
  /** IPv4 netmask. */
  readonly netmask?: string;
  /** `00:04:4b:e6:32:f7`, lower case. */
  readonly mac?: string;
  /** Number of IP camera channels. */
  readonly ipChannels?: number;
  /** Number of analog camera channels. */
  readonly analogChannels?: number;
}

/**
 * Reads an answer: XML, bare or behind a header. `undefined` where it is none.
 *
 * @param sender IPv4 address that it came from, for an answer that names none
 */
export function readDeviceInfo(answer: Buffer, sender: string): DeviceInfo | undefined {
  if (answer.length > limits.discovery.answer) return undefined;
  const fields = fieldsIn(answer.toString('utf8'));
  if (!fields) return undefined;
  const text = (tag: string) => textIn(fields.get(tag));
  const port = numberIn(text('HttpPort'), 1, 65_535);
  const mac = text('MacAddr')?.toLowerCase().replaceAll('-', ':');
  return {
    address: ipv4(text('Addr')) ?? sender,
    port: port ?? 80,
    ...present('name', text('DeviceName')),
    ...present('model', text('ModelName')),
    ...present('firmware', text('FwVer')),
    ...present('category', text('Category')),
    ...present('netmask', ipv4(text('Mask'))),
    ...present('mac', mac !== undefined && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) ? mac : undefined),
    ...present('ipChannels', numberIn(text('IPChannels'), 0, 4096)),
    ...present('analogChannels', numberIn(text('AnalogChannels'), 0, 4096)),
  };
}

function present<Name extends string, T>(name: Name, value: T | undefined): { [K in Name]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { [K in Name]: T });
}

/** The texts of the elements that hold nothing else, the first of each name, found in one pass. */
function fieldsIn(document: string): ReadonlyMap<string, string> | undefined {
  const start = document.search(/<DeviceInfo[\s>]/);
  const end = start < 0 ? -1 : document.indexOf('</DeviceInfo>', start);
  if (end < 0) return undefined;
  const xml = document.slice(start, end);
  // No comments, no DTDs.
  if (xml.includes('<!')) return undefined;
  const fields = new Map<string, string>();
  for (const [, tag = '', text = '', closing] of xml.matchAll(/<(\w{1,32})>([^<]*)<\/(\w{1,32})>/g)) {
    if (tag === closing && !fields.has(tag)) fields.set(tag, text);
  }
  return fields;
}

/** Firmware writes `undefined` for what it does not know. */
function textIn(raw: string | undefined): string | undefined {
  const text = cleanText(unescapeXml((raw ?? '').trim().slice(0, LONGEST_TEXT)), limits.text.name);
  return text === '' || text === 'undefined' ? undefined : text;
}

/** Characters as they travel: some take six and more. */
const LONGEST_TEXT = 8 * limits.text.name;

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|\w+);/gi, (whole, entity: string) => {
    if (!entity.startsWith('#')) return entities[entity] ?? whole;
    const code = /^#x/i.test(entity) ? parseInt(entity.slice(2), 16) : parseInt(entity.slice(1), 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function ipv4(text: string | undefined): string | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text ?? '')?.slice(1);
  return parts?.every((part) => Number(part) <= 255) && text !== '0.0.0.0' ? text : undefined;
}

function numberIn(text: string | undefined, minimum: number, maximum: number): number | undefined {
  const number = /^\d{1,6}$/.test(text ?? '') ? Number(text) : NaN;
  return number >= minimum && number <= maximum ? number : undefined;
}
