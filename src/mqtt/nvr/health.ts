import {
  type CallOptions,
  type Clock,
  type Disk,
  type Nvr,
  operations,
  type RecordedInterval,
  recordedIntervals,
} from '../../shared/index.js';
import { cleanText, clockAhead, gapsOf, limits } from '../../shared/internal.js';

const DAY = 86_400_000;
const MINUTE = 60_000;
/** ms at the end of the last day that may not be in the map yet. */
const MAP_DELAY = 5 * MINUTE;
/** Gaps of one channel that are told; the number of all is told too. */
const MAX_GAPS = 20;

const POLL: CallOptions = { priority: 'poll' };

/** What is told of one channel's recordings. */
export interface ChannelRecord {
  /** Minutes that lack a recording, or a part of one. */
  readonly missing: number;
  /** Of the time that was looked at, rounded down: 100 is without a gap. */
  readonly percent: number;
  /** The longest, in order of time. */
  readonly gaps: readonly { readonly from: string; readonly to: string }[];
}

/** Proof of recording: what the record maps of the NVR (SDK 5.2) show of the last day. */
export interface RecordingProof {
  readonly from: string;
  readonly to: string;
  readonly channels: Readonly<Record<string, ChannelRecord>>;
}

/** What an NVR is asked for; absent is what it does not tell, or this user may not know. */
export interface Checkup {
  /** s that its clock is ahead of this machine's. */
  readonly clockAhead?: number;
  readonly certificate?: { readonly fingerprint?: string; readonly validUntil?: string };
  /** Logins of the last day in the log of the NVR; how many of them failed, where it notes those. */
  readonly logins?: { readonly entries: number; readonly failed: number };
}

/** A disk without what HomeKit or a log would want of it. */
export function toldDisk({ slot, active, model, size, exception }: Disk): object {
  return { slot, active, model, size, exception };
}

/** Asks for what changes slowly: clock, certificate, logins. What fails is left out. */
export async function checkUp(nvr: Nvr, clock: Clock, https: boolean, signal: AbortSignal): Promise<Checkup> {
  const options = { ...POLL, signal };
  const [ahead, certificate] = await Promise.all([
    optional(secondsAhead(nvr, clock, options)),
    https ? optional(certificateOf(nvr, options)) : undefined,
  ]);
  const logins = await loginsOf(nvr, clock.wall() + (ahead ?? 0) * 1000, options);
  return {
    ...(ahead !== undefined && { clockAhead: ahead }),
    ...(certificate && { certificate }),
    ...(logins && { logins }),
  };
}

/** Which minutes of the last day each channel recorded. @throws what `call` throws */
export async function proveRecording(
  nvr: Nvr,
  channels: readonly number[],
  clock: Clock,
  ahead: number,
  signal: AbortSignal,
): Promise<RecordingProof> {
  const end = clock.wall() + ahead * 1000 - MAP_DELAY;
  const to = new Date(end - (end % MINUTE));
  const from = new Date(to.getTime() - DAY);
  const intervals = await recordedIntervals(nvr, { channels, stream: 'main', from, to }, { ...POLL, signal });
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    channels: Object.fromEntries(channels.map((channel) => [channel, recordOf(channel, intervals, from, to)])),
  };
}

/** What intervals leave out of a range. */
export function recordOf(channel: number, intervals: readonly RecordedInterval[], from: Date, to: Date): ChannelRecord {
  const found = gapsOf(intervals, channel, { from, to });
  const gaps = found.map((gap) => ({ from: gap.from.getTime(), to: gap.to.getTime() }));
  const missing = gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  const longest = [...gaps].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, MAX_GAPS);
  return {
    missing: Math.round(missing / MINUTE),
    percent: Math.floor(100 * (1 - missing / (to.getTime() - from.getTime()))),
    gaps: longest
      .sort((a, b) => a.from - b.from)
      .map((gap) => ({ from: new Date(gap.from).toISOString(), to: new Date(gap.to).toISOString() })),
  };
}

/** s */
async function secondsAhead(nvr: Nvr, clock: Clock, options: CallOptions): Promise<number | undefined> {
  const ahead = await clockAhead(nvr, clock, options);
  // Not -0.
  return ahead === undefined ? undefined : Math.round(ahead / 1000) || 0;
}

async function certificateOf(nvr: Nvr, options: CallOptions) {
  const fingerprint = await nvr.trustedCertificate();
  const info = await optional(nvr.call(operations.getCertificateInfo, {}, options));
  return {
    ...(fingerprint !== undefined && { fingerprint }),
    ...(info?.notAfter && { validUntil: cleanText(info.notAfter, limits.text.word) }),
  };
}

/** Entries of the log that are of a login, and of one that failed. */
const LOGIN = /\blog(ged)?[ _-]?(in|on)\b|\b(wrong|invalid|bad) password|\blocked\b/i;
const FAILED = /fail|denied|error|wrong|invalid|bad|\blocked\b/i;

/**
 * SDK 9.26 has logins among what concerns the system, and says nothing of failed ones: those may as well be with accounts.
 *
 * @param now by the clock of the NVR
 */
async function loginsOf(nvr: Nvr, now: number, options: CallOptions) {
  // What was noted since its clock was read is not missed.
  const range = { startTime: Math.floor(now - DAY), endTime: Math.floor(now + MINUTE) };
  const found = await Promise.all(
    (['System', 'Account'] as const).map((type) =>
      optional(nvr.call(operations.searchLogs, { type, ...range }, options)),
    ),
  );
  if (found.every((entries) => entries === undefined)) return undefined;
  const logins = found.flat().filter((entry) => LOGIN.test(entry?.description ?? ''));
  const failed = logins.filter((entry) => FAILED.test(entry?.description ?? ''));
  return { entries: logins.length, failed: failed.length };
}

async function optional<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch {
    return undefined;
  }
}
