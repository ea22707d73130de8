import { type Nvr, operations } from '../../shared/index.js';
import { cleanText, limits } from '../../shared/internal.js';
import { channelNamed, listedCameras } from '../camera-names.js';
import { kindOf, kinds } from '../message-names.js';
import type { Reading } from './reading.js';

/** One suggestion of a picker; free text stays possible. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  /** What other rows become with it, where they are empty. */
  readonly also?: Readonly<Record<string, string>>;
}

/** What the rows of the form say besides. */
interface Asked {
  /** Number or name of the camera; empty where none is chosen. */
  readonly camera: string;
}

/** Lists by what a parameter's schema `picks`, read from the NVR. */
const lists: Readonly<Record<string, (client: Nvr, asked: Asked) => Promise<Choice[]>>> = {
  channel: async (client) =>
    (await client.call(operations.cameraList)).map(({ ChannelID, DeviceName }) =>
      choice(String(ChannelID), DeviceName),
    ),
  'alarm-in': (client) => pins(client, 'alarmIn', 'DI'),
  'alarm-out': (client) => pins(client, 'alarmOut', 'DO'),
  preset: presets,
  user: async (client) =>
    (await client.call(operations.userList)).map(({ userID, username }) => choice(String(userID), username)),
  disk: async (client) =>
    (await client.call(operations.getStorages)).flatMap(({ device, slot, model }) =>
      device === undefined ? [] : [choice(device, [slot, model].filter(Boolean).join(', '))],
    ),
  'camera-event': async ({ events }) => heard(events.types.filter((type) => !Object.hasOwn(kinds, kindOf(type)))),
  'nvr-event': async ({ exceptions, messages, metadata }) =>
    heard([...exceptions.types, ...messages.types, ...metadata.types]),
};

/** "2: operator" */
function choice(value: string, name = ''): Choice {
  const text = cleanText(name, limits.text.name);
  return { value, label: text === '' ? value : `${value}: ${text}` };
}

/** Types that came: an open set. What a list that commas separate could not hold is left out. */
function heard(types: readonly string[]): Choice[] {
  const plain = types.map((type) => type.trim()).filter((type) => type !== '' && !/[,$]/.test(type));
  return [...new Set(plain)].map((type) => ({ value: type, label: type }));
}

/** The NVR's own pins. */
async function pins(client: Nvr, direction: 'alarmIn' | 'alarmOut', sign: string): Promise<Choice[]> {
  const own = (await client.call(operations.getGPIOInfo)).filter(({ ch }) => ch === 0);
  return own.flatMap((device) => device[direction].map((pin) => ({ value: String(pin), label: `${sign} ${pin}` })));
}

/** The presets of a camera; where none is chosen, those of all, and each brings its camera along. */
async function presets(client: Nvr, { camera }: Asked): Promise<Choice[]> {
  const cameras = await listedCameras(client);
  const number = Number(camera.trim());
  if (camera.trim() !== '') {
    const channel = Number.isInteger(number) ? number : channelNamed(cameras, camera, 'camera');
    return (await presetsOf(client, channel)).map((value) => ({ value, label: value }));
  }
  const asked = cameras.filter(({ enabled }) => enabled).slice(0, limits.editor.askedCameras);
  const answers = await Promise.allSettled(asked.map(({ channel }) => presetsOf(client, channel)));
  const all = answers.flatMap((answer, index) => {
    const { channel, name = '' } = asked[index] ?? { channel: 0 };
    // A camera that does not move refuses the question.
    const names = answer.status === 'fulfilled' ? answer.value : [];
    return names.map((value) => ({ value, label: `${value} (${name || channel})`, also: { camera: String(channel) } }));
  });
  const counts = new Map<string, number>();
  for (const { value } of all) counts.set(value, (counts.get(value) ?? 0) + 1);
  // Of a name that two cameras have, the value could not tell which was chosen.
  return all.filter(({ value }) => counts.get(value) === 1);
}

async function presetsOf(client: Nvr, channel: number): Promise<string[]> {
  const { presets: found } = await client.call(operations.getPresets, { ChannelID: channel });
  return found.map(({ name, preset_token }) => cleanText(name?.trim() || preset_token, limits.text.name));
}

/** Serves the pick lists of an NVR. */
export function serveLists(reading: Reading): void {
  for (const [name, list] of Object.entries(lists)) {
    reading.serve(name, async (nvr, { query: { camera } }) => {
      const asked = { camera: typeof camera === 'string' ? camera.slice(0, limits.text.name) : '' };
      return (await list(nvr.client(), asked)).slice(0, limits.editor.choices);
    });
  }
}
