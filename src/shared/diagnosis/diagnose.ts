import type { Nvr } from '../nvr.js';
import type { Dialect } from '../link/dialect.js';
import { cleanText } from '../clean-text.js';
import { type Clock, inSeconds, systemClock, within } from '../clock.js';
import { NvrError, NvrTimeoutError } from '../errors.js';
import type { LimitHits } from '../limit-counters.js';
import { limits } from '../limits.js';
import type { Hook } from '../push/hook.js';
import type { FrameReading } from '../media/frame-reassembler.js';
import type { StreamName } from '../sdk/stream-name.js';
import { cameraList, cameraStatus } from '../sdk/cameras.js';
import type { Operation } from '../sdk/declaration.js';
import { operations } from '../sdk/index.js';
import { parametersOf } from '../sdk/parameters.js';
import { getSystemInfo } from '../sdk/system.js';
import { getTime } from '../sdk/time.js';

/** ms that a socket may take until it is open, and a live stream until its first keyframe. */
const SOCKET_LIMIT = 10_000;

/** One thing that was tried. */
export interface Check {
  /** Such as `login`, `eventHook`, `live 1/main`, `getNetwork`. */
  readonly name: string;
  readonly passed: boolean;
  /** What was found, or what went wrong; no secrets. */
  readonly finding: string;
  /** Where it failed: code of the error. */
  readonly code?: string;
}

export interface Diagnosis {
  readonly checks: readonly Check[];
  /** How the NVR reads the open points of the document, as far as it turned out. */
  readonly dialect: Dialect & { readonly frames?: FrameReading };
  /** Limits of the driver that the NVR has run into since the client was made. */
  readonly limits: readonly LimitHits[];
}

export interface DiagnoseOptions {
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * Tries everything that can be tried without changing anything: login, every read that needs no parameters, every hook,
 * and both live streams of the first camera that is on line. What fails is a finding, not an error.
 *
 * @throws the signal's reason
 */
export async function diagnose(client: Nvr, options: DiagnoseOptions = {}): Promise<Diagnosis> {
  const { signal, clock = systemClock } = options;
  const checks: Check[] = [];
  const attempt = async (name: string, find: () => Promise<string>): Promise<void> => {
    signal?.throwIfAborted();
    try {
      // In it are words of the NVR.
      checks.push({ name, passed: true, finding: cleanText(await find(), limits.text.line) });
    } catch (error) {
      signal?.throwIfAborted();
      checks.push({
        name,
        passed: false,
        finding: cleanText(String(error), limits.text.line),
        ...(error instanceof NvrError && { code: error.code }),
      });
    }
  };
  const call = { signal };

  await attempt('login', async () => {
    const { model, software_version } = await client.call(getSystemInfo, {}, call);
    return `digest over ${client.dialect.loginUri}; ${model ?? 'model unknown'}, firmware ${software_version ?? 'unknown'}`;
  });
  if (!checks[0]?.passed) return { checks, dialect: client.dialect, limits: client.limits.hits };

  await attempt('clock', async () => {
    const { time } = await client.call(getTime, {}, call);
    return time === undefined ? 'not told' : `${Math.round((time - clock.wall()) / 1000)} s ahead of this machine`;
  });
  for (const operation of readsWithoutParameters()) {
    await attempt(operation.id, async () => {
      const reply: unknown = await client.call(operation, {}, call);
      return Array.isArray(reply) ? `${reply.length} entries` : 'understood';
    });
  }
  for (const [name, hook] of hooksOf(client)) await attempt(name, () => opened(hook, signal, clock));

  let frames: FrameReading | undefined;
  const channel = await firstOnline(client, signal);
  for (const stream of channel === undefined ? [] : (['main', 'sub'] as const)) {
    await attempt(`live ${channel}/${stream}`, async () => {
      const { reading, finding } = await watched(client, channel ?? 0, stream, signal, clock);
      frames ??= reading;
      return finding;
    });
  }
  return { checks, dialect: { ...client.dialect, ...(frames && { frames }) }, limits: client.limits.hits };
}

/** Every read that anybody can make: neither a scan nor a download, nor the login itself. */
function readsWithoutParameters(): readonly Operation[] {
  return Object.values<Operation>(operations).filter(
    ({ effect, pace, anonymous, ...rest }) =>
      effect === 'read' &&
      pace === undefined &&
      !anonymous &&
      parametersOf({ effect, ...rest }).every(({ required }) => !required),
  );
}

function hooksOf(client: Nvr): readonly [string, Hook<unknown>][] {
  const { events, metadata, exceptions, messages } = client;
  return [
    ['eventHook', events],
    ['metaHook', metadata],
    ['exceptionListen', exceptions],
    ['messageListen', messages],
    ['cameraStatusHook', client.cameraStatus],
  ];
}

function opened(hook: Hook<unknown>, signal: AbortSignal | undefined, clock: Clock): Promise<string> {
  return first(signal, clock, (done, failed) =>
    hook.subscribe({
      message: () => undefined,
      connected: () => done('open'),
      disconnected: (error) => error && failed(error),
    }),
  );
}

function watched(client: Nvr, channel: number, stream: StreamName, signal: AbortSignal | undefined, clock: Clock) {
  const feed = client.feed(channel, stream);
  return first<{ reading: FrameReading; finding: string }>(signal, clock, (done, failed) =>
    feed.subscribe({
      frame: (frame) => {
        if (frame.kind !== 'video' || !frame.keyframe) return;
        const { reading } = feed;
        const length = reading.headerCounted ? 'counts the header' : 'leaves the header out';
        const finding = `${frame.codec} ${frame.width}x${frame.height}, ${reading.byteOrder}-endian, datalen ${length}`;
        done({ reading, finding });
      },
      interrupted: (error) => error && failed(error),
    }),
  );
}

/** The channel of the first camera that shows something. */
async function firstOnline(client: Nvr, signal: AbortSignal | undefined): Promise<number | undefined> {
  try {
    const statuses = await client.call(cameraStatus, {}, { signal });
    const online = statuses.find(({ Online }) => Online)?.ChannelID;
    return online ?? (await client.call(cameraList, {}, { signal }))[0]?.ChannelID;
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

/** The first word of a source that is listened to, within {@link SOCKET_LIMIT}. */
async function first<T>(
  signal: AbortSignal | undefined,
  clock: Clock,
  listen: (done: (value: T) => void, failed: (error: Error) => void) => { close(): void },
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const late = () => {
    throw new NvrTimeoutError(`nothing came within ${inSeconds(SOCKET_LIMIT)}`);
  };
  const subscription = listen(resolve, reject);
  try {
    return await within(clock, SOCKET_LIMIT, promise, late, signal);
  } finally {
    subscription.close();
  }
}
