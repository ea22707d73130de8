import {
  type Frame,
  type FrameReading,
  type Nvr,
  NvrTimeoutError,
  type RecordedInterval,
  recordedIntervals,
  sleep,
  type StreamName,
  type VideoFrame,
  within,
} from '../shared/index.js';
import { clockAhead, gapsOf, listed, say, showTime } from '../shared/internal.js';
import { bad, failed, good, type Patience, type SaidFinding, warning } from './finding.js';

/** What a stream turned out to be. */
export interface StreamFacts {
  readonly stream: StreamName;
  readonly codec: VideoFrame['codec'];
  readonly width: number;
  readonly height: number;
  /** Pictures a second; `undefined` where too few were seen. */
  readonly rate: number | undefined;
  /** s between keyframes; `undefined` where a second one was not seen. */
  readonly keyframes: number | undefined;
  readonly sound: boolean;
  /** kbit/s */
  readonly bitrate: number | undefined;
  /** Frames that were damaged, strange or withheld. */
  readonly faults: number;
  readonly reading: FrameReading;
}

/** Watches a live stream for a while. @throws {@link NvrTimeoutError} where nothing comes, and errors of the connection */
export async function watchStream(
  nvr: Nvr,
  channel: number,
  stream: StreamName,
  { clock, signal, patience, watch }: Patience,
): Promise<StreamFacts> {
  const feed = nvr.feed(channel, stream);
  const { promise: first, resolve, reject } = Promise.withResolvers<VideoFrame>();
  const seen: Frame[] = [];
  const subscription = feed.subscribe({
    frame: (frame) => {
      seen.push(frame);
      if (frame.kind === 'video' && frame.keyframe) resolve(frame);
    },
    interrupted: (error) => error && reject(error),
  });
  try {
    const late = () => {
      throw new NvrTimeoutError(`no keyframe within ${patience / 1000} s`);
    };
    const { codec, width, height } = await within(clock, patience, first, late, signal);
    await sleep(clock, watch, signal);
    const { oversized, strayBytes, truncated, unknownTypes, unreadable } = feed.faults;
    const faults = oversized + Math.sign(strayBytes) + truncated + unknownTypes + unreadable;
    return {
      stream,
      codec,
      width,
      height,
      sound: seen.some(({ kind }) => kind === 'audio'),
      faults,
      reading: feed.reading,
      ...paceOf(seen),
    };
  } finally {
    subscription.close();
  }
}

/** How fast pictures come, by their own timestamps. */
function paceOf(seen: readonly Frame[]): Pick<StreamFacts, 'rate' | 'keyframes' | 'bitrate'> {
  const pictures = seen.filter((frame) => frame.kind === 'video');
  const spanOf = (frames: readonly Frame[]) => ((frames.at(-1)?.timestamp ?? 0) - (frames[0]?.timestamp ?? 0)) / 1000;
  const span = spanOf(pictures);
  const keys = pictures.filter(({ keyframe }) => keyframe);
  const bytes = pictures.slice(1).reduce((sum, { data }) => sum + data.length, 0);
  return {
    rate: pictures.length > 4 && span > 0 ? Math.round((pictures.length - 1) / span) : undefined,
    keyframes: keys.length > 1 ? Math.round((10 * spanOf(keys)) / (keys.length - 1)) / 10 : undefined,
    bitrate: span > 0.5 ? Math.round((8 * bytes) / span / 1000) : undefined,
  };
}

/** A stream in words. */
export function describeStream({
  stream,
  codec,
  width,
  height,
  rate,
  keyframes,
  sound,
  bitrate,
  faults,
}: StreamFacts): SaidFinding {
  const words = listed([
    codec === 'h264' ? 'H.264' : 'H.265',
    `${width}x${height}`,
    ...(rate === undefined ? [] : [say`${rate} pictures/s`]),
    ...(keyframes === undefined ? [] : [say`a keyframe every ${keyframes} s`]),
    ...(bitrate === undefined ? [] : [`${bitrate} kbit/s`]),
    sound ? say`with sound` : say`no sound`,
  ]);
  if (faults === 0) return good(`live ${stream}`, words);
  return warning(
    `live ${stream}`,
    say`${words}; damaged or unknown frames: ${faults}`,
    say`A bad cable or a busy network? please report it, with what everfocus doctor --json says.`,
  );
}

/** ms; so much of a recording is on the disk. */
const SETTLED = 120_000;
const MINUTE = 60_000;
const DAY = 86_400_000;

/** ms at the end of the day that may not be in the map yet. */
const MAP_DELAY = 300_000;
/** ms after which the newest recording is told as old. */
const OLD = 3_600_000;

/** How many stretches of a time (ms since 1970 UTC) a channel recorded nothing in, its beginning and end too. */
export function gapsIn(recorded: readonly RecordedInterval[], channel: number, from: number, to: number): number {
  const gaps = gapsOf(recorded, channel, { from: new Date(from), to: new Date(to) });
  // The map tells whole minutes.
  return gaps.filter((gap) => gap.to.getTime() - gap.from.getTime() >= MINUTE).length;
}

/** Whether recordings are there and can be played. */
export async function examinePlayback(
  nvr: Nvr,
  channel: number,
  { clock, signal, patience }: Patience,
): Promise<SaidFinding> {
  const now = clock.wall() + ((await clockAhead(nvr, clock, { signal })) ?? 0);
  const recorded = await recordedIntervals(
    nvr,
    { channels: [channel], stream: 'main', from: now - DAY, to: now },
    { signal },
  );
  const last = recorded.at(-1);
  if (!last)
    return warning(
      'playback',
      say`nothing was recorded in the last 24 h`,
      say`Is recording scheduled for this camera, and is there a disk?`,
    );
  // Of a recording that has just begun there may be nothing to play yet; the map tells minutes.
  const played = recorded.findLast(({ from, to }) => to.getTime() - from.getTime() >= SETTLED) ?? last;
  const from = new Date(Math.max(played.from.getTime(), played.to.getTime() - 60_000));
  await using playback = nvr.playback({ channel, stream: 'main', from, signal });
  const shown = async (end: AbortSignal) => {
    for await (const frame of playback.frames({ signal: end })) if (frame.kind === 'video') return true;
    return false;
  };
  if (!(await within(clock, patience, shown, () => false, signal))) {
    return bad(
      'playback',
      say`the recording of ${showTime(from)} shows nothing`,
      say`The NVR says that it is recorded: try it at its own display.`,
      'NVR_TIMEOUT',
    );
  }
  // Finds out by which way this NVR takes commands.
  await playback.pause();
  const until = showTime(last.to);
  if (now - last.to.getTime() > OLD) {
    return warning(
      'playback',
      say`plays; nothing was recorded since ${until}`,
      say`Fine where this camera records on motion only. Otherwise look at its schedule and at the disks.`,
    );
  }
  const gaps = gapsIn(recorded, channel, now - DAY, now - MAP_DELAY);
  if (gaps === 0) return good('playback', say`plays; recorded until ${until}, without a gap in 24 h`);
  if (gaps === 1) return good('playback', say`plays; recorded until ${until}, 1 gap in 24 h`);
  return good('playback', say`plays; recorded until ${until}, ${gaps} gaps in 24 h`);
}

/** ms in which an NVR that does not want a talk closes it. */
const SECOND_THOUGHTS = 1000;

/** Whether the way to the loudspeaker opens; nothing is said. */
export async function examineTalk(
  nvr: Nvr,
  channel: number,
  { clock, signal, patience }: Patience,
): Promise<SaidFinding> {
  try {
    await using talk = await nvr.talk(channel, { signal });
    await sleep(clock, Math.min(SECOND_THOUGHTS, patience), signal);
    await talk.flush();
    return good('talk', say`camera ${channel} takes sound (nothing was said)`);
  } catch (error) {
    signal.throwIfAborted();
    return {
      ...failed(
        'talk',
        error,
        say`Has this camera a loudspeaker? Does somebody else talk there? Everything else works without.`,
      ),
      verdict: 'warning',
    };
  }
}
