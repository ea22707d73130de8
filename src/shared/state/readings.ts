import { InvalidReplyError, NvrRefusedError } from '../errors.js';
import type { LimitCounters } from '../limit-counters.js';
import { type LimitName, sizeOf } from '../limits.js';
import type { CallOptions, NvrCalls } from '../link/caller.js';
import type { Hook } from '../push/hook.js';
import { type ChannelStatus, type NvrEvent, readStatuses as statusesIn } from '../push/messages.js';
import type { NvrException } from '../push/notices.js';
import { cameraList, cameraStatus } from '../sdk/cameras.js';
import type { ReplyOf } from '../sdk/declaration.js';
import { getGPIOInfo, getPinStatus } from '../sdk/gpio.js';
import { getStorages } from '../sdk/storage.js';
import { getSystemInfo } from '../sdk/system.js';
import { described, listedCameras } from './cameras.js';
import type { ListedCamera, NvrDevice, Pins, Readable } from './model.js';

/** What the state is derived from. */
export interface StateSources extends NvrCalls {
  readonly events: Hook<NvrEvent>;
  readonly cameraStatus: Hook<readonly ChannelStatus[]>;
  readonly exceptions: Hook<NvrException>;
}

/** What is read by itself: besides what people know of, the values of the pins, and which cameras are recorded by hand. */
export type Part = Readable | 'values' | 'manual';

/** ms between readings. A pin that somebody else sets shows within that of its values. */
export const INTERVALS: Readonly<Record<Part, number>> = {
  device: 180_000,
  list: 180_000,
  pins: 180_000,
  values: 3000,
  disks: 60_000,
  manual: 10_000,
};

const POLL: CallOptions = { priority: 'poll' };

export async function readDevice(nvr: NvrCalls): Promise<NvrDevice> {
  const system = await nvr.call(getSystemInfo, {}, POLL);
  return described({
    serial: system.serial?.trim() || system.device_id,
    model: system.model,
    software: system.software_version,
    name: system.device_name,
  });
}

export async function readCameras(nvr: NvrCalls, counters: LimitCounters): Promise<readonly ListedCamera[]> {
  return listedCameras(within('nvr.cameras', await nvr.call(cameraList, {}, POLL), cameraList.id, counters));
}

export async function readStatuses(nvr: NvrCalls): Promise<readonly ChannelStatus[]> {
  return statusesIn(await nvr.call(cameraStatus, {}, POLL));
}

/** Which cameras are recorded by hand: HTTP alone tells it (SDK 2.8). */
export async function readManual(nvr: NvrCalls): Promise<ReadonlyMap<number, boolean>> {
  const statuses = await nvr.call(cameraStatus, {}, POLL);
  return new Map(statuses.flatMap(({ ChannelID, Manual }) => (Manual === undefined ? [] : [[ChannelID, Manual]])));
}

/** `undefined`: a model without pins may refuse the question. */
export async function readPins(nvr: NvrCalls, counters: LimitCounters): Promise<Pins | undefined> {
  try {
    const devices = await nvr.call(getGPIOInfo, {}, POLL);
    const own = devices.find(({ ch }) => ch === 0);
    const some = (pins: readonly number[] = []) => within('state.pins', pins, getGPIOInfo.id, counters);
    const withInputs = devices.filter(({ ch, alarmIn }) => ch > 0 && alarmIn.length > 0).map(({ ch }) => ch);
    const camerasWithInputs = within('nvr.cameras', withInputs, getGPIOInfo.id, counters);
    return { inputs: some(own?.alarmIn), outputs: some(own?.alarmOut), camerasWithInputs };
  } catch (error) {
    if (error instanceof NvrRefusedError || error instanceof InvalidReplyError) return undefined;
    throw error;
  }
}

/** Whether each of the NVR's own pins is on. */
export async function readPinValues(nvr: NvrCalls, counters: LimitCounters): Promise<ReadonlyMap<number, boolean>> {
  const { pin_value } = await nvr.call(getPinStatus, {}, POLL);
  const values = within('state.pins', pin_value, getPinStatus.id, counters);
  return new Map(values.map(({ pinNum, pinVal }) => [pinNum, pinVal === 1]));
}

/** What the NVR says of its disks. */
export async function readStorages(
  nvr: NvrCalls,
  counters: LimitCounters,
): Promise<readonly ReplyOf<typeof getStorages>[number][]> {
  return within('state.disks', await nvr.call(getStorages, {}, POLL), getStorages.id, counters);
}

/** As many of them as are taken in. */
function within<T>(limit: LimitName, items: readonly T[], where: string, counters: LimitCounters): readonly T[] {
  const size = sizeOf(limit);
  if (items.length <= size) return items;
  counters.hit(limit, where, 'the other entries are passed over', items.length - size);
  return items.slice(0, size);
}
