import {
  type DigestUri,
  type Logger,
  Nvr,
  type NvrClientOptions,
  NvrError,
  type NvrErrorCode,
  operations,
  silentLogger,
} from '../shared/index.js';
import { type Ffmpeg, findFfmpeg, firstProven, hardwareEncoders, missingCapabilities } from '../shared/ffmpeg/index.js';
import { listed, type Said, say, tryPort, verbatim } from '../shared/internal.js';
import { examineDisks } from './disks.js';
import {
  bad,
  type CheckName,
  clean,
  failed,
  good,
  type Patience,
  type SaidFinding,
  skipped,
  warning,
} from './finding.js';
import { judgeHomeKit } from './homekit.js';
import { examineHooks } from './hooks.js';
import { describeStream, examinePlayback, examineTalk, type StreamFacts, watchStream } from './media.js';
import { examinePlace, placeOf } from './place.js';
import { examineRights } from './rights.js';

export interface Examination extends Patience {
  readonly account: NvrClientOptions;
  /** ms; an answer that takes longer is slow. */
  readonly slow: number;
  /** Camera for pictures, playback and talk. Default: the first that is on line. */
  readonly channel?: number | undefined;
  /** Finds the ffmpeg of this machine. */
  readonly ffmpeg?: () => Promise<Ffmpeg>;
  /** Is told each finding as soon as it and those before it are known. */
  readonly report: (finding: SaidFinding) => void;
}

/** How patient a person is with it. */
export const usual = {
  patience: 8000,
  /** Two keyframes of nearly every camera. */
  watch: 4500,
  /** An answer that takes longer is felt everywhere. */
  slow: 1000,
} as const;

/** ms; a clock that is off by more shows in recordings and events. */
const SMALL_DRIFT = 2000;
const LARGE_DRIFT = 60_000;

/**
 * Looks at everything that can be looked at without changing, moving or saying anything, and tells what was found: what
 * is wrong is a finding, not an error.
 *
 * @throws the signal's reason
 */
export async function examine(examination: Examination): Promise<void> {
  const { account, signal, report } = examination;
  if (!(await examinePlace(examination, report))) return;
  const said: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (message) => void said.push(message) };
  let isNew = false;
  await using nvr = new Nvr({ ...account, logger, trustedFirst: () => (isNew = true) });
  const begun = examination.clock.now();
  if (!(await examineLogin(nvr, examination, () => isNew))) return;
  const pace = examination.clock.now() - begun;
  if (pace > examination.slow)
    report(
      warning(
        'pace',
        say`the first answer took ${Math.round(pace / 100) / 10} s`,
        say`The NVR or the way to it is slow: wired instead of wireless, fewer clients?`,
      ),
    );

  const streams: StreamFacts[] = [];
  const channel = examination.channel ?? (await firstOnline(nvr, signal));
  const at = (check: CheckName, work: (channel: number) => Promise<SaidFinding>) => async () =>
    channel === undefined ? skipped(check, say`no camera is on line`) : work(channel);
  const live = (stream: 'main' | 'sub') =>
    at(`live ${stream}`, async (number) => {
      const facts = await watchStream(nvr, number, stream, examination);
      streams.push(facts);
      return describeStream(facts);
    });
  // Together, since most of it is waiting; told one after the other.
  const checks: readonly (readonly [CheckName, () => Promise<SaidFinding>])[] = [
    ['permissions', () => examineRights(nvr, account.username, signal)],
    ['encryption', () => examinePorts(nvr, examination)],
    ['clock', () => examineClock(nvr, examination)],
    ['cameras', () => examineCameras(nvr, signal)],
    ['disks', () => examineDisks(nvr, examination)],
    ['hooks', () => examineHooks(nvr, examination)],
    ['live main', live('main')],
    ['live sub', live('sub')],
    ['playback', at('playback', (number) => examinePlayback(nvr, number, examination))],
    ['talk', at('talk', (number) => examineTalk(nvr, number, examination))],
    ['outputs', () => examineOutputs(nvr, signal)],
    ['RTSP', at('RTSP', (number) => examineRtsp(nvr, number, signal))],
  ];
  const running = checks.map(([check, work]) => work().catch((error: unknown) => failed(check, error)));
  for (const finding of running) {
    const found = await finding;
    signal.throwIfAborted();
    report(found);
  }
  const encoders = await examineFfmpeg(
    examination,
    streams.some(({ codec }) => codec === 'h265'),
  );
  report(judgeHomeKit({ streams: streams.toSorted((one, other) => one.stream.localeCompare(other.stream)), encoders }));
  report(dialectOf(nvr, streams));
  for (const { limit, count, first } of nvr.limits.hits)
    report(
      warning(
        'limits',
        count === 1 ? say`${limit} was hit once, by ${first}` : say`${limit} was hit ${count} times, first by ${first}`,
        say`A device that exceeds a limit is a reason for a bug report.`,
      ),
    );
  for (const message of new Set(said)) report(warning('advice', verbatim(message)));
}

/** @returns whether to go on */
async function examineLogin(
  nvr: Nvr,
  { account, signal, report }: Examination,
  isNew: () => boolean,
): Promise<boolean> {
  try {
    const { model, software_version, device_name } = await nvr.system.getSystemInfo({}, { signal });
    report(good('login', loginWords(account, nvr.dialect.loginUri)));
    if (account.https === true) report(good('certificate', await certificateWords(nvr, isNew())));
    const firmware = software_version && say`firmware ${software_version}`;
    const named = [device_name, model, firmware].flatMap((part) =>
      typeof part === 'object' || clean(part ?? '') !== '' ? [part ?? ''] : [],
    );
    report(good('model', named.length === 0 ? say`not told` : listed(named)));
    return true;
  } catch (error) {
    signal.throwIfAborted();
    const entered = nvr.dialect.loginUri !== undefined && !isBeforeLogin(error);
    if (entered) report(good('login', loginWords(account, nvr.dialect.loginUri)));
    const finding = failed(entered ? 'answers' : 'login', error);
    report({ ...finding, verdict: 'bad' });
    return false;
  }
}

/** Errors that may come before anybody is let in: that the reading of the login is known may be from an earlier day. */
const BEFORE_LOGIN: ReadonlySet<string> = new Set<NvrErrorCode>([
  ...(['LOGIN_REJECTED', 'UNTRUSTED_CERTIFICATE', 'NOT_AN_NVR', 'STORE_FAILED'] as const),
  ...(['NVR_UNREACHABLE', 'NVR_TIMEOUT', 'NVR_UNAVAILABLE', 'SESSION_LOST'] as const),
]);

function isBeforeLogin(error: unknown): boolean {
  return error instanceof NvrError && BEFORE_LOGIN.has(error.code);
}

function loginWords({ username, digest }: NvrClientOptions, uri: DigestUri | undefined): Said {
  return say`user ${username} is let in, digest over ${digest ?? uri ?? say`what was configured`}`;
}

async function certificateWords(nvr: Nvr, isNew: boolean): Promise<Said> {
  const trusted = await nvr.trustedCertificate();
  if (trusted === undefined) return say`signed by a known authority`;
  return isNew
    ? say`SHA-256 ${trusted}, seen for the first time: compare it with what the NVR displays`
    : say`SHA-256 ${trusted} is the trusted one`;
}

async function firstOnline(nvr: Nvr, signal: AbortSignal): Promise<number | undefined> {
  try {
    return (await nvr.camera.cameraStatus({}, { signal })).find(({ Online }) => Online)?.ChannelID;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

async function examinePorts(nvr: Nvr, examination: Examination): Promise<SaidFinding> {
  const { account, signal } = examination;
  const { https_port: port = 0 } = await nvr.call(operations.getPort, {}, { signal });
  if (account.https === true) return good('encryption', say`calls, hooks and pictures are encrypted`);
  if (port === 0)
    return warning(
      'encryption',
      say`nothing is encrypted, and HTTPS is off at the NVR`,
      say`Switch HTTPS on at the NVR, and use it (--https).`,
    );
  const problem = await tryPort(port, placeOf(examination));
  return warning(
    'encryption',
    problem === undefined
      ? say`nothing is encrypted; HTTPS is offered at port ${port}`
      : say`nothing is encrypted; HTTPS is offered at port ${port}, where ${say(problem)}`,
    say`Use HTTPS (--https) at port ${port}.`,
  );
}

async function examineClock(nvr: Nvr, { clock, signal }: Examination): Promise<SaidFinding> {
  const asked = clock.now();
  const { time, ntp_enable } = await nvr.time.getTime({}, { signal });
  if (time === undefined) return warning('clock', say`the NVR does not tell its time`);
  // The answer was made about half way.
  const drift = time - (clock.wall() - (clock.now() - asked) / 2);
  const seconds = Math.abs(Math.round(drift / 100) / 10);
  const ahead = drift < 0 ? say`${seconds} s behind this machine` : say`${seconds} s ahead of this machine`;
  const words = ntp_enable === false ? say`${ahead}, NTP is off` : ahead;
  const remedy = say`Switch NTP on at the NVR (and see that this machine has the right time): recordings are found by time.`;
  if (Math.abs(drift) > LARGE_DRIFT) return bad('clock', words, remedy);
  return Math.abs(drift) > SMALL_DRIFT ? warning('clock', words, remedy) : good('clock', words);
}

async function examineCameras(nvr: Nvr, signal: AbortSignal): Promise<SaidFinding> {
  const [list, statuses] = await Promise.all([
    nvr.camera.cameraList({}, { signal }),
    nvr.camera.cameraStatus({}, { signal }),
  ]);
  const enabled = list.filter(({ Enable }) => Enable !== false).map(({ ChannelID }) => ChannelID);
  const online = new Set(statuses.filter(({ Online }) => Online).map(({ ChannelID }) => ChannelID));
  const missing = enabled.filter((channel) => !online.has(channel));
  if (list.length === 0) return warning('cameras', say`none`, say`Add cameras at the NVR.`);
  if (enabled.length === 0)
    return warning('cameras', say`${list.length}, all switched off`, say`Switch them on at the NVR.`);
  if (missing.length === 0) return good('cameras', say`${enabled.length}, all on line`);
  return warning(
    'cameras',
    missing.length === 1
      ? say`${enabled.length}, of which ${listed(missing)} is off line`
      : say`${enabled.length}, of which ${listed(missing)} are off line`,
    say`Are they powered and connected? Are their passwords right at the NVR?`,
  );
}

async function examineOutputs(nvr: Nvr, signal: AbortSignal): Promise<SaidFinding> {
  const [pins, { pin_value: values }] = await Promise.all([
    nvr.io.getGPIOInfo({}, { signal }),
    nvr.io.getPinStatus({}, { signal }),
  ]);
  const outputs = pins.filter(({ ch }) => ch === 0).flatMap(({ alarmOut }) => alarmOut);
  if (outputs.length === 0) return good('outputs', say`this NVR has none`);
  const on = outputs.filter((pin) => values.some(({ pinNum, pinVal }) => pinNum === pin && pinVal === 1));
  const states = on.length === 0 ? say`none is on` : say`on: ${listed(on)}`;
  return good('outputs', say`pins ${listed(outputs)}; ${states} (nothing was switched)`);
}

async function examineRtsp(nvr: Nvr, channel: number, signal: AbortSignal): Promise<SaidFinding> {
  const { rtsp_port: port = 0 } = await nvr.call(operations.getPort, {}, { signal });
  if (port === 0) return warning('RTSP', say`is off at the NVR`, say`Only players and other recorders need it.`);
  try {
    await using stream = await nvr.rtsp.open({ channel, stream: 'sub' }, () => undefined, { signal });
    return good('RTSP', say`plays at port ${port}: ${listed(stream.tracks.map(({ encoding }) => encoding))}`);
  } catch (error) {
    signal.throwIfAborted();
    return {
      ...failed('RTSP', error, say`Only players and other recorders need it; does a firewall close that port?`),
      verdict: 'warning',
    };
  }
}

/** @param converts live views will have to be encoded */
async function examineFfmpeg(examination: Examination, converts: boolean): Promise<ReadonlySet<string> | undefined> {
  const { report, ffmpeg = () => findFfmpeg({ logger: silentLogger }) } = examination;
  const found = await ffmpeg();
  const { path, version, encoders } = found;
  if (path === '') {
    report(
      warning(
        'ffmpeg',
        say`none on this machine`,
        say`Install ffmpeg: MP4 clips, sound in live view and H.265 cameras need it.`,
      ),
    );
    return undefined;
  }
  const missing = missingCapabilities(encoders);
  const { clock, signal } = examination;
  // By which Homebridge on this machine would convert.
  const hardware =
    converts && missing.length === 0
      ? await firstProven(hardwareEncoders(encoders), { ffmpeg: found, clock, signal })
      : undefined;
  signal.throwIfAborted();
  report(
    missing.length === 0
      ? good(
          'ffmpeg',
          hardware === undefined
            ? verbatim(`${version} (${path})`)
            : say`${version} (${path}); live views can be encoded by hardware (${hardware.name})`,
        )
      : warning(
          'ffmpeg',
          say`${version} (${path}): ${listed(
            missing.map((text) => say(text)),
            '; ',
          )}`,
          say`Install an ffmpeg with libx264 and libopus.`,
        ),
  );
  return encoders;
}

/** How this NVR reads what the document leaves open. */
function dialectOf(nvr: Nvr, streams: readonly StreamFacts[]): SaidFinding {
  const { loginUri, playbackControl } = nvr.dialect;
  const reading = streams[0]?.reading;
  const words = [
    ...(loginUri ? [say`login ${loginUri}`] : []),
    ...(playbackControl ? [say`playback controlled by ${playbackControl}`] : []),
    ...(reading
      ? [
          reading.headerCounted
            ? say`frames ${reading.byteOrder}-endian, datalen with the header`
            : say`frames ${reading.byteOrder}-endian, datalen without the header`,
        ]
      : []),
  ];
  return good('dialect', words.length === 0 ? say`unknown` : listed(words, '; '));
}
