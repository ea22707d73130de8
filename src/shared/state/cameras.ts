import { cleanText } from '../clean-text.js';
import { limits } from '../limits.js';
import type { ReplyOf } from '../sdk/declaration.js';
import type { cameraList } from '../sdk/cameras.js';
import type { ChannelStatus } from '../push/messages.js';
import type { CameraState, ListedCamera } from './model.js';

/** What cameras do, by channel. */
export type CameraStates = ReadonlyMap<number, CameraState>;

/** The states after a status of all channels, and the channels where they are different. A channel that it lacks is known no more. */
export function afterStatus(
  before: CameraStates,
  statuses: readonly ChannelStatus[],
): { readonly states: CameraStates; readonly changed: readonly number[] } {
  const states = new Map<number, CameraState>();
  const changed: number[] = [];
  for (const { channel, online, recording } of statuses) {
    const known = before.get(channel);
    const same = known !== undefined && known.online === online && known.recording === recording;
    const state = same
      ? known
      : { channel, ...(online !== undefined && { online }), ...(recording !== undefined && { recording }) };
    states.set(channel, state);
    if (!same) changed.push(channel);
  }
  for (const channel of before.keys()) if (!states.has(channel)) changed.push(channel);
  return { states, changed };
}

/** Whether the list may have changed: a channel that it lacks, or a camera that came on line, whose MAC it may learn now. */
export function isListDoubtful(
  listed: readonly ListedCamera[],
  before: CameraStates,
  statuses: readonly ChannelStatus[],
): boolean {
  const channels = new Map(listed.map((camera) => [camera.channel, camera]));
  return statuses.some(({ channel, online }) => {
    if (online !== true) return false;
    const camera = channels.get(channel);
    return !camera || (camera.mac === undefined && before.get(channel)?.online === false);
  });
}

export function listedCameras(reply: Readonly<ReplyOf<typeof cameraList>>): ListedCamera[] {
  return reply.map((camera) => ({
    channel: camera.ChannelID,
    enabled: camera.Enable !== false,
    ...described({
      name: camera.DeviceName,
      mac: camera.MacAddress,
      manufacturer: camera.Manufacturer,
      model: camera.Model,
      firmware: camera.FirmwareVersion,
    }),
  }));
}

/** The texts that are there, as people may see them. */
export function described<Key extends string>(
  texts: Readonly<Record<Key, string | undefined>>,
): { readonly [K in Key]?: string } {
  const clean = Object.entries<string | undefined>(texts).flatMap(([key, text]) => {
    const shown = cleanText(text ?? '', limits.text.name);
    return shown === '' ? [] : [[key, shown] as const];
  });
  return Object.fromEntries(clean) as { readonly [K in Key]?: string };
}
