import { cleanText } from '../clean-text.js';
import { limits } from '../limits.js';
import type { ReplyOf } from '../sdk/declaration.js';
import type { cameraList } from '../sdk/cameras.js';
import type { ChannelStatus } from '../push/messages.js';
import type { CameraState, ListedCamera } from './model.js';

/** What cameras do, by channel. */
export type CameraStates = ReadonlyMap<number, CameraState>;

/**
 * The states after a status of all channels, and the channels where they are different. A channel that it lacks is known
 * no more.
 *
 * @param manual which channels are recorded by hand, as far as that is known
 */
export function afterStatus(
  before: CameraStates,
  statuses: readonly ChannelStatus[],
  manual: ReadonlyMap<number, boolean> = new Map(),
): { readonly states: CameraStates; readonly changed: readonly number[] } {
  const states = new Map<number, CameraState>();
  const changed: number[] = [];
  for (const { channel, online, recording } of statuses) {
    const known = before.get(channel);
    const byHand = manual.get(channel);
    const same =
      known !== undefined && known.online === online && known.recording === recording && known.manual === byHand;
    const state = same
      ? known
      : {
          channel,
          ...(online !== undefined && { online }),
          ...(recording !== undefined && { recording }),
          ...(byHand !== undefined && { manual: byHand }),
        };
    states.set(channel, state);
    if (!same) changed.push(channel);
  }
  for (const channel of before.keys()) if (!states.has(channel)) changed.push(channel);
  return { states, changed };
}

/** What cameras do: the status that comes every second (SDK 2.8), and what only a reading tells, who is recorded by hand. */
export class CamerasNow {
  readonly #tell: (channel: number, camera: CameraState | undefined) => void;
  #states: CameraStates = new Map();
  #statuses: readonly ChannelStatus[] | undefined;
  #manual: ReadonlyMap<number, boolean> = new Map();
  /** Counts begins and ends of writes: a reading that one of them overtakes is not believed. */
  #writes = 0;

  constructor(tell: (channel: number, camera: CameraState | undefined) => void) {
    this.#tell = tell;
  }

  get states(): CameraStates {
    return this.#states;
  }

  /** The last status of all; `undefined` where none has come since the connection was lost. */
  get statuses(): readonly ChannelStatus[] | undefined {
    return this.#statuses;
  }

  /** @param statuses `undefined`: not known any more */
  take(statuses: readonly ChannelStatus[] | undefined): void {
    this.#statuses = statuses;
    this.#update();
  }

  /** Nobody watches any more: nothing is told. */
  clear(): void {
    this.#states = new Map();
    this.#statuses = undefined;
  }

  forgetManual(): void {
    if (this.#manual.size === 0) return;
    this.#manual = new Map();
    this.#update();
  }

  async readManual(read: () => Promise<ReadonlyMap<number, boolean>>): Promise<void> {
    const writes = this.#writes;
    const manual = await read();
    if (writes !== this.#writes) return;
    this.#manual = manual;
    this.#update();
  }

  /** Somebody starts or stops a recording by hand. */
  overtake(): void {
    this.#writes += 1;
  }

  /** It was done. */
  written(channel: number, manual: boolean): void {
    this.#manual = new Map(this.#manual).set(channel, manual);
    this.#update();
  }

  #update(): void {
    const { states, changed } = afterStatus(this.#states, this.#statuses ?? [], this.#manual);
    this.#states = states;
    for (const channel of changed) this.#tell(channel, states.get(channel));
  }
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
