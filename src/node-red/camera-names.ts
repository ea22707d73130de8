import {
  abortable,
  InvalidParameterError,
  type ListedCamera,
  type Nvr,
  NvrTimeoutError,
  operations,
  systemClock,
  type Timer,
  within,
} from '../shared/index.js';
import { picksCamera, type Shape } from '../shared/values/index.js';
import type { Parameter } from './actions/action.js';
import { folded } from './words.js';

/** ms that the list of cameras is kept up to date after a name was looked up: flows look up the same ones again. */
const LINGER = 60_000;
/** ms that a message waits for the name of its camera. */
const PATIENCE = 1000;
/** Cameras that an error names. */
const NAMED = 12;

type Params = Readonly<Record<string, unknown>>;

/** The camera that a call is about, where it is about one. */
export function channelOf(parameters: readonly Parameter[], params: Params): number | undefined {
  const name = parameters.find(({ schema }) => (schema as Shape).picks === 'channel')?.name;
  const channel = name === undefined ? undefined : params[name];
  return typeof channel === 'number' ? channel : undefined;
}

/**
 * The parameters with the numbers of the cameras that they name: "Gate" is what the NVR calls so. Numbers stay as they are,
 * and nothing is asked for them.
 *
 * @throws InvalidParameterError where no camera is called so, or several are; NvrError where the NVR does not tell
 */
export async function withChannels(
  parameters: readonly Parameter[],
  params: Params,
  client: Nvr,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const named = parameters
    .filter(({ schema }) => picksCamera(schema))
    .flatMap(({ name }) => (Object.hasOwn(params, name) && namesIn(params[name]).length > 0 ? name : []));
  if (named.length === 0) return { ...params };
  const cameras = await listedCameras(client, signal);
  const resolved = named.map((name) => {
    const value = params[name];
    const number = (item: unknown) => (isName(item) ? channelNamed(cameras, item, name) : item);
    return [name, Array.isArray(value) ? value.map(number) : number(value)] as const;
  });
  return { ...params, ...Object.fromEntries(resolved) };
}

/** What messages tell of a camera: its name only where it is known without asking. */
export function cameraOf(client: Nvr, channel: number | undefined): { channel?: number; camera?: string } {
  if (channel === undefined) return {};
  const camera = client.state.cameras?.find((listed) => listed.channel === channel)?.name;
  return { channel, ...(camera && { camera }) };
}

/** Until when NVRs are not asked for names again, by the time of the system's clock. */
const silent = new WeakMap<Nvr, number>();

/** What messages tell of a camera, its name asked for. An NVR that does not tell it holds up nothing: not for long, and not soon again. */
export async function cameraAsked(
  client: Nvr,
  channel: number | undefined,
  signal: AbortSignal,
): Promise<ReturnType<typeof cameraOf>> {
  const isAsked = channel !== undefined && systemClock.now() >= (silent.get(client) ?? -Infinity);
  if (isAsked) {
    const late = () => {
      throw new NvrTimeoutError('the NVR does not tell its cameras');
    };
    try {
      await within(systemClock, PATIENCE, (ends) => listedCameras(client, ends), late, signal);
    } catch {
      silent.set(client, systemClock.now() + LINGER);
    }
  }
  return cameraOf(client, channel);
}

function namesIn(value: unknown): unknown[] {
  return (Array.isArray(value) ? value : [value]).filter(isName);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** @throws InvalidParameterError */
export function channelNamed(cameras: readonly ListedCamera[], name: string, parameter: string): number {
  const wanted = folded(name.trim());
  const alike = cameras.filter((camera) => folded(camera.name?.trim() ?? '') === wanted);
  const exact = alike.filter((camera) => camera.name?.trim() === name.trim());
  const found = exact.length === 1 ? exact : alike;
  if (found.length === 1 && found[0]) return found[0].channel;
  const list = (found.length > 1 ? found : cameras)
    .slice(0, NAMED)
    .map((camera) => `${camera.channel}: ${camera.name ?? ''}`.trim())
    .join(', ');
  const problem = found.length > 1 ? `several cameras are called "${name}"` : `no camera is called "${name}"`;
  throw new InvalidParameterError(parameter, `${problem} (${list || 'the NVR lists none'})`);
}

/** Who keeps the list of one NVR up to date. */
interface Lease {
  /** The list has been read since. */
  readonly ready: Promise<void>;
  prolong(): void;
}

const leases = new WeakMap<Nvr, Lease>();

/** The cameras by the driver's state, which is watched for as long as names are looked up. @throws NvrError */
export async function listedCameras(client: Nvr, signal?: AbortSignal): Promise<readonly ListedCamera[]> {
  const lease = leases.get(client) ?? openLease(client);
  lease.prolong();
  await (signal ? abortable(lease.ready, signal) : lease.ready);
  return client.state.cameras ?? [];
}

function openLease(client: Nvr): Lease {
  let read = false;
  let timer: Timer | undefined;
  const subscription = client.state.watch({ list: true }, (change) => {
    // What is known from before nobody watched may be long past.
    if (change.kind === 'cameras' && change.first !== true) read = true;
  });
  const end = () => {
    timer?.cancel();
    subscription.close();
    leases.delete(client);
    forget();
  };
  const forget = client.beforeClose(() => Promise.resolve(end()));
  const reading = async () => {
    await client.state.refresh('list');
    // Says why, or finds that it does answer.
    if (!read) await client.call(operations.cameraList);
    if (!read) await client.state.refresh('list');
  };
  const lease: Lease = {
    ready: reading(),
    prolong() {
      timer?.cancel();
      timer = systemClock.after(LINGER, end);
    },
  };
  leases.set(client, lease);
  lease.ready.catch(end);
  return lease;
}
