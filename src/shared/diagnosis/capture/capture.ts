import type { Nvr } from '../../nvr.js';
import { type Clock, sleep, systemClock, within } from '../../clock.js';
import { NvrError } from '../../errors.js';
import { type LimitName, limits } from '../../limits.js';
import type { NvrClientOptions } from '../../link/options.js';
import type { Tap } from '../../link/tap.js';
import type { FrameReading } from '../../media/frame-reassembler.js';
import { userList } from '../../sdk/account.js';
import { cameraList, cameraStatus } from '../../sdk/cameras.js';
import type { Operation } from '../../sdk/declaration.js';
import { getStorages } from '../../sdk/storage.js';
import { getSystemInfo } from '../../sdk/system.js';
import { getMapByMinute } from '../../sdk/record-maps.js';
import { getTime } from '../../sdk/time.js';
import type { Bundle } from './bundle.js';
import { scrubbed } from './make-bundle.js';
import {
  FEW,
  type Known,
  needsNothing,
  type Params,
  questionsFor,
  reads,
  readsLeftOut,
  recordedAt,
} from './questions.js';
import { Recorder } from './recorder.js';
import { Scrubber } from './scrubber.js';
import { StandIns } from './stand-ins.js';

export interface CaptureOptions {
  /** What is replaced wherever it stands, beside what the answers hold. */
  readonly account: Pick<NvrClientOptions, 'host' | 'username' | 'password'>;
  /** Makes the client, with the tap in its options; it is closed here. */
  readonly connect: (tap: Tap) => Nvr;
  /** Name and version of the program. */
  readonly by: string;
  readonly source?: Bundle['source'] | undefined;
  /** ms that push sockets are listened to. Default 20,000. */
  readonly listen?: number | undefined;
  /** ms until the second keyframe of a camera. Default 8000. */
  readonly patience?: number | undefined;
  /** Cameras whose live streams are looked at; a recording and the loudspeaker of the first, too. Default 2. */
  readonly cameras?: number | undefined;
  /** Pictures and payloads of frames go into it, too. */
  readonly pictures?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
  /** Is told what is being looked at. */
  readonly progress?: ((what: string) => void) | undefined;
}

/** ms in which an NVR that does not want a talk closes it. */
const SECOND_THOUGHTS = 1000;

/** Codes after which there is nothing more to ask. */
const HOPELESS: ReadonlySet<string> = new Set([
  'LOGIN_REJECTED',
  'UNTRUSTED_CERTIFICATE',
  'NVR_UNREACHABLE',
  'NOT_AN_NVR',
]);

/**
 * Looks at an NVR for a report of a fault: asks everything that only reads, listens to every push socket for a while,
 * takes the headers of some frames, live and recorded, and opens the way to a loudspeaker. What comes out holds nothing
 * that the declarations do not know as harmless.
 *
 * Nothing is changed at the NVR, and nothing said. What fails is part of the capture.
 *
 * @throws the signal's reason; `NVR_UNREACHABLE` where nothing answers: there is nothing to write down
 */
export async function capture(options: CaptureOptions): Promise<Bundle> {
  const { clock = systemClock, signal, account } = options;
  const leftOut = new Set(readsLeftOut());
  const begun = clock.now();
  const made = new Date(clock.wall()).toISOString();
  let exceeded: (limit: LimitName) => void = () => undefined;
  const recorder = new Recorder((limit) => exceeded(limit));
  await using nvr = options.connect(recorder.tap);
  exceeded = (limit) => {
    leftOut.add(`what goes beyond the limit ${limit} of a capture`);
    nvr.limits.hit(limit, 'capture', 'the rest is left out');
  };
  const look = new Look(nvr, options, leftOut, begun + limits.capture.time, () => exceeded('capture.time'));
  let frames: FrameReading | undefined;
  const hopeless = await look.first();
  if (!hopeless) {
    await look.askAll();
    frames = await look.listen((path) => recorder.leave(path));
  } else if (hopeless.code === 'NVR_UNREACHABLE') throw hopeless;
  signal?.throwIfAborted();
  const { dialect } = nvr;
  await nvr.close();
  recorder.end();

  const standIns = new StandIns();
  const username = standIns.ofAccount(account.username, 'user names');
  const password = standIns.ofAccount(account.password, 'passwords');
  standIns.ofAccount(account.host, 'addresses');
  const scrubber = new Scrubber(standIns);
  const pictures = options.pictures === true;
  // What is told last may be a secret in what came first.
  scrubbed(recorder, scrubber, begun, pictures);
  const told = scrubbed(recorder, scrubber, begun, pictures);
  return {
    ...{ format: 'everfocus-capture', version: 1, source: options.source ?? 'recorder', by: options.by, made },
    ...{ length: Math.round(clock.now() - begun), account: { username, password } },
    dialect: { ...dialect, ...(frames && { frames }) },
    ...{ replaced: standIns.counts, leftOut: [...leftOut], ...told },
  };
}

/** What is done to look at one NVR. */
class Look {
  readonly #nvr: Nvr;
  readonly #options: CaptureOptions;
  readonly #clock: Clock;
  readonly #leftOut: Set<string>;
  readonly #end: number;
  readonly #late: () => void;
  #channels: readonly number[] = [];
  #online: readonly number[] = [];
  /** Channel, and a second (since 1970 UTC) that is recorded there. */
  #recorded: { readonly channel: number; readonly second: number } | undefined;

  /** @param end `Clock.now()` at which nothing new is begun; @param late is told that it has passed */
  constructor(nvr: Nvr, options: CaptureOptions, leftOut: Set<string>, end: number, late: () => void) {
    this.#nvr = nvr;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#leftOut = leftOut;
    this.#end = end;
    this.#late = late;
  }

  /** @returns why it is not worth to go on */
  async first(): Promise<NvrError | undefined> {
    const answer = await this.#ask(getSystemInfo);
    return 'error' in answer && HOPELESS.has(answer.error.code) ? answer.error : undefined;
  }

  async askAll(): Promise<void> {
    const [simple, others] = [reads().filter(needsNothing), reads().filter((operation) => !needsNothing(operation))];
    const answers = new Map<Operation, unknown>();
    for (const operation of simple) {
      const answer = await this.#ask(operation);
      if ('value' in answer) answers.set(operation, answer.value);
    }
    const cameras = listOf(answers.get(cameraList));
    const statuses = listOf(answers.get(cameraStatus));
    const all = [...new Set([...cameras, ...statuses].map((entry) => Number(entry['ChannelID'])))].filter(
      (one) => one > 0,
    );
    this.#channels = all.toSorted((one, other) => one - other).slice(0, limits.capture.cameras);
    if (this.#channels.length < all.length) {
      this.#leftOut.add(`${all.length - this.#channels.length} cameras beyond the first ${limits.capture.cameras}`);
      this.#nvr.limits.hit('capture.cameras', 'capture', 'the others are not asked about');
    }
    const online = statuses.filter(({ Online }) => Online === true).map(({ ChannelID }) => Number(ChannelID));
    this.#online = online.length > 0 ? online : this.#channels;
    const time = (answers.get(getTime) ?? {}) as { readonly time?: number; readonly time_zone?: number };
    let known: Known = {
      channels: this.#channels,
      users: listOf(answers.get(userList))
        .map(({ userID }) => Number(userID))
        .slice(0, FEW),
      disks: listOf(answers.get(getStorages))
        .map(({ device }) => String(device))
        .slice(0, FEW),
      snapshots: [],
      now: time.time ?? this.#clock.wall(),
      zone: time.time_zone ?? 0,
    };
    for (const operation of others) {
      const questions = questionsFor(operation, known);
      if (questions.length === 0) this.#leftOut.add(`${operation.id}: the NVR told nothing that it could be asked for`);
      for (const question of questions) {
        const answer = await this.#ask(operation, question);
        // A picture can be asked for as soon as its path is known.
        const paths =
          'value' in answer
            ? listOf(answer.value).flatMap(({ snapshotPath: path }) => (typeof path === 'string' ? [path] : []))
            : [];
        if (paths.length > 0) known = { ...known, snapshots: paths };
        if (operation === getMapByMinute && 'value' in answer)
          this.#recorded ??= recordedAt(this.#online, Number(question['StartTime']), answer.value);
      }
    }
  }

  /** Push sockets, streams, a talk. @param leave is told the path of what has been seen enough of, none: of all */
  async listen(leave: (path?: string) => void): Promise<FrameReading | undefined> {
    const { events, metadata, exceptions, messages, cameraStatus: status } = this.#nvr;
    const { listen = 20_000, signal, cameras = 2, progress } = this.#options;
    progress?.('push sockets and live streams');
    const nothing = { message: () => undefined };
    const subscriptions = [events, metadata, exceptions, messages, status].map((hook) => hook.subscribe(nothing));
    try {
      const live = this.#online
        .slice(0, cameras)
        .flatMap((channel) => [this.#watch(channel, 'main', leave), this.#watch(channel, 'sub', leave)]);
      const others = cameras > 0 ? [this.#play(leave), this.#talk(leave)] : [];
      const time = Math.max(1, Math.min(listen, this.#end - this.#clock.now()));
      const [readings] = await Promise.all([Promise.all(live), sleep(this.#clock, time, signal), ...others]);
      return readings.find((reading) => reading !== undefined);
    } finally {
      leave();
      for (const subscription of subscriptions) subscription.close();
    }
  }

  /** Watches a stream until a second keyframe has come, so that it can be repeated; one that does not open is tried twice. */
  async #watch(
    channel: number,
    stream: 'main' | 'sub',
    leave: (path?: string) => void,
  ): Promise<FrameReading | undefined> {
    const { patience = 8000, signal } = this.#options;
    const feed = this.#nvr.feed(channel, stream);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    let keyframes = 0;
    let failures = 0;
    const subscription = feed.subscribe(
      {
        frame: (frame) => {
          if (frame.kind === 'video' && frame.keyframe && (keyframes += 1) > 1) resolve(undefined);
        },
        interrupted: () => {
          if (keyframes === 0 && (failures += 1) > 1) resolve(undefined);
        },
      },
      { linger: false },
    );
    try {
      await within(this.#clock, patience, promise, () => undefined, signal);
      return keyframes > 0 ? feed.reading : undefined;
    } finally {
      leave(`/live/${channel}/${stream === 'main' ? 0 : 1}`);
      subscription.close();
    }
  }

  /** Plays a recording until a second keyframe has come, and pauses it: that tells by which way commands are taken. */
  async #play(leave: (path: string) => void): Promise<void> {
    const { patience = 8000, signal } = this.#options;
    if (!this.#recorded) return void this.#leftOut.add('playback: the NVR told of nothing that is recorded');
    const { channel, second } = this.#recorded;
    await using playback = this.#nvr.playback({ channel, stream: 'main', from: second * 1000, signal });
    let keyframes = 0;
    const shown = async (end: AbortSignal) => {
      for await (const frame of playback.frames({ signal: end }))
        if (frame.kind === 'video' && frame.keyframe && (keyframes += 1) > 1) return;
    };
    try {
      await within(this.#clock, patience, shown, () => undefined, signal);
      await playback.pause();
    } catch (error) {
      this.#isSeen(error);
    } finally {
      leave(`/playback/${channel}/`);
    }
  }

  /** Opens the way to a loudspeaker, and waits whether the NVR closes it; nothing is said. */
  async #talk(leave: (path: string) => void): Promise<void> {
    const [channel] = this.#online;
    if (channel === undefined) return;
    const { signal } = this.#options;
    try {
      await using talk = await this.#nvr.talk(channel, { signal });
      await sleep(this.#clock, SECOND_THOUGHTS, signal);
      await talk.flush();
      leave('/audioBackchannel');
    } catch (error) {
      this.#isSeen(error);
    }
  }

  /** What fails at the NVR is in the capture. @throws anything else */
  #isSeen(error: unknown): void {
    this.#options.signal?.throwIfAborted();
    if (!(error instanceof NvrError)) throw error;
  }

  async #ask(
    operation: Operation,
    params: Params = {},
  ): Promise<{ readonly value: unknown } | { readonly error: NvrError }> {
    const { signal, progress } = this.#options;
    signal?.throwIfAborted();
    if (this.#clock.now() > this.#end) {
      this.#late();
      return { value: undefined };
    }
    progress?.(operation.id);
    try {
      return { value: await this.#nvr.call<Operation>(operation, params, { signal }) };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof NvrError) return { error };
      throw error;
    }
  }
}

function listOf(answer: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(answer) ? (answer as Readonly<Record<string, unknown>>[]) : [];
}
