import {
  type Clock,
  type DeviceStore,
  LoginRejectedError,
  Nvr,
  NvrError,
  NvrRefusedError,
  UntrustedCertificateError,
  within,
} from '../../shared/index.js';
import {
  addressOfHost,
  cleanText,
  limits,
  meet,
  otherOpenPorts,
  ReadOnlyStore,
  tryPort,
} from '../../shared/internal.js';
import type { NvrConfiguration } from '../config.js';
import type { Verdict } from './protocol.js';

/** ms that each look at the address may take. */
const PATIENCE = 6000;
/** ms that a camera has for its first frame. */
const PICTURE = 3000;
/** ms that the NVR has to let the user in and to say what it is. */
const ANSWER = 20_000;

export interface ConnectionTestOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What the plugin has learnt; a test adds nothing to it. */
  readonly store: DeviceStore;
}

/**
 * Tries an NVR as the plugin would use it: first what stands at the address, to which no password is sent unless it offers
 * the login of an NVR, then the user. Nothing that it learns is kept.
 */
export async function testConnection(nvr: NvrConfiguration, options: ConnectionTestOptions): Promise<Verdict> {
  const { host, port, https } = nvr;
  const { clock, signal } = options;
  const place = { host, clock, signal, patience: PATIENCE };
  if ((await addressOfHost(place)) === undefined) return { is: 'no-address' };
  if ((await tryPort(port, place)) !== undefined) return { is: 'closed', open: await otherOpenPorts(port, place) };
  const met = await meet(port, https, place);
  if (met.is === 'another-family' || met.is === 'another-device') return { is: met.is, what: clean(met.what) };
  // A port of TLS leaves whoever speaks HTTP without an answer.
  if (met.is === 'silent' && !https && (await meet(port, true, place)).is === 'nvr') return { is: 'tls' };
  if (met.is !== 'nvr') return { is: met.is };
  try {
    return await within(clock, ANSWER, (end) => ask(nvr, options, end), tooLate, signal);
  } catch (error) {
    return verdictOf(error);
  }
}

async function ask(
  { host, port, https, fingerprint, username, password }: NvrConfiguration,
  { clock, store }: ConnectionTestOptions,
  signal: AbortSignal,
): Promise<Verdict> {
  let firstSeen: string | undefined;
  await using client = new Nvr({
    ...{ host, port, https, fingerprint, username, password, clock },
    store: new ReadOnlyStore(store),
    trustedFirst: (shown) => void (firstSeen = shown),
  });
  const call = { signal };
  const [info, cameras, pins] = await Promise.all([
    unlessRefused(client.system.getSystemInfo({}, call)),
    unlessRefused(client.camera.cameraList({}, call)),
    unlessRefused(client.io.getGPIOInfo({}, call)),
  ]);
  const [first] = cameras ?? [];
  const live = first ? await mayWatch(client, first.ChannelID, clock, signal) : true;
  const own = pins?.filter(({ ch }) => ch === 0);
  return {
    is: info && cameras && pins && live ? 'good' : 'restricted',
    live,
    model: cleanText(info?.model ?? '', limits.text.name),
    software: cleanText(info?.software_version ?? '', limits.text.name),
    cameras: cameras
      ?.filter(({ Enable }) => Enable !== false)
      .map(({ ChannelID, DeviceName }) => ({
        channel: ChannelID,
        name: cleanText(DeviceName ?? '', limits.text.name),
      })),
    inputs: own?.flatMap(({ alarmIn }) => alarmIn),
    outputs: own?.flatMap(({ alarmOut }) => alarmOut),
    fingerprint: firstSeen,
  };
}

/** Whether the user may see live pictures; a camera that is off line is no reason against it. */
async function mayWatch(client: Nvr, channel: number, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const subscription = client.feed(channel, 'sub').subscribe({
    frame: () => resolve(true),
    interrupted: (error) => resolve(!(error instanceof NvrRefusedError)),
  });
  try {
    return await within(clock, PICTURE, promise, () => true, signal);
  } finally {
    subscription.close();
  }
}

/** What a user may not read, others may. */
function unlessRefused<T>(reply: Promise<T>): Promise<T | undefined> {
  return reply.catch((error: unknown) => {
    if (error instanceof NvrRefusedError) return undefined;
    throw error;
  });
}

function verdictOf(error: unknown): Verdict {
  if (error instanceof UntrustedCertificateError) {
    return { is: 'certificate', fingerprint: error.fingerprint, trusted: error.pinned };
  }
  const what = clean(error instanceof Error ? error.message : String(error));
  if (error instanceof LoginRejectedError) return { is: 'wrong-password', what };
  return { is: 'failed', what, ...(error instanceof NvrError && { code: error.code }) };
}

function tooLate(): Verdict {
  return { is: 'failed', what: `no answer within ${ANSWER / 1000} s`, code: 'NVR_TIMEOUT' };
}

function clean(text: string): string {
  return cleanText(text, limits.text.words);
}
