import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Clock, MemoryStore, type NvrClientOptions, systemClock, type Timer } from '../../src/shared/index.js';
import type { Finding } from '../../src/doctor/finding.js';
import { judgeHomeKit } from '../../src/doctor/homekit.js';
import type { StreamFacts } from '../../src/doctor/media.js';
import { tryPort } from '../../src/shared/diagnosis/place.js';
import { type Faults, faultActions, faultSettings } from '../../packages/simulator/src/faults/fault-table.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { BriskClock } from '../support/brisk-clock.js';
import { examined as examinedBy, words } from './examined.js';
import { withProgram } from './program.js';

/** Of the doctor and of what it examines. */
const clock = new BriskClock(4);
afterAll(() => clock[Symbol.dispose]());

const examined = (
  nvr: Pick<Simulator, 'host' | 'port'>,
  options: Partial<NvrClientOptions> = {},
  slow = Infinity,
  by: Clock = clock,
) => examinedBy(nvr, by, options, slow);

const verdicts = (found: Record<string, Finding>, ...wanted: Finding['verdict'][]) =>
  Object.values(found)
    .filter(({ verdict }) => wanted.includes(verdict))
    .map(({ check }) => check);

type FaultName = keyof Faults;

const damaged = { 'live main': /! .*damaged or unknown frames/, 'live sub': /! .*damaged or unknown frames/ };

/** What is said of each fault: which checks are not good, and what they say. Of `{}` nothing is to be seen. */
const expected: Readonly<Record<FaultName, Readonly<Record<string, RegExp>>>> = {
  rejectLogin: { login: /✗ the NVR rejected user "admin".*→ Check user name and password/ },
  lockout: {},
  shortLoginUri: { dialect: /✓ login \/login/ },
  implicitSession: {},
  htmlReplies: { answers: /✗ getSystemInfo: got a web page/ },
  errorReplies: { answers: /✗ .*the NVR refused: simulated error/ },
  brokenReplies: { answers: /✗ .*→ The firmware answers otherwise than the document says/ },
  stringReplies: {},
  bareReplies: {},
  slowReplies: { pace: /! the first answer took \d+(\.\d)? s/ },
  stalledReplies: { device: /✗ no answer: none within 6 s → It takes connections and does not answer/ },
  resetReplies: { device: /✗ no answer: / },
  silentLive: {
    'live main': /✗ no keyframe within 6 s/,
    'live sub': /✗ no keyframe/,
    playback: /✗ the recording of .* shows nothing/,
  },
  halfOpenSockets: {
    hooks: /✗ all are open, and the status that is due every second does not come/,
    'live main': /✗/,
    'live sub': /✗/,
    playback: /✗/,
  },
  bigEndianFrames: { dialect: /✓ .*frames big-endian/ },
  headerCountedFrames: { dialect: /✓ .*datalen with the header/ },
  joinedFrames: {},
  splitFrames: {},
  textControlOnly: { dialect: /✓ .*playback controlled by text/ },
  stopClosesPlayback: {},
  rejectTalk: { talk: /! .*the NVR closed the connection → Has this camera a loudspeaker/ },
  swappedDiscovery: {},
  headedDiscovery: {},
  oversizedDiscovery: {},
  silentDiscovery: {},
  expireSessions: {},
  badMagicFrame: { ...damaged, advice: /! / },
  truncatedFrame: { ...damaged, advice: /! / },
  oversizedFrame: { ...damaged, advice: /! /, limits: /! frame\.bytes was hit/ },
  unknownFrame: { ...damaged },
  unknownEvent: {},
  badHookMessage: { hooks: /! .*messages were not understood/, advice: /! / },
  changedCertificate: { login: /✗ the certificate of the NVR has changed.*→ Compare the fingerprint/ },
  expiredCertificate: { advice: /! .*its certificate expired/ },
  noticeStorm: {},
  clockJump: { clock: /✗ 90(\.\d)? s ahead of this machine.*→ Switch NTP on/ },
  eventStorm: {},
};

/** Values that make a fault felt. */
const values: Readonly<Partial<Record<FaultName, number>>> = {
  slowReplies: 350,
  noticeStorm: 5,
  clockJump: 90,
  eventStorm: 5,
};

/** Faults that were to happen while it was looked at, and did not, or were not noticed by the driver. */
const unfelt: FaultName[] = [];

/** Examines a simulator of its own with that fault, which happens while it is looked at where it happens once. */
async function withFault(name: FaultName): Promise<Record<string, Finding>> {
  await using nvr = await Simulator.start({ cameras: 1, rtspPort: 0, httpsPort: 0, clock });
  const account: Partial<NvrClientOptions> = {};
  if (name in faultSettings) Object.assign(nvr.faults, { [name]: values[name] ?? true });
  if (name === 'changedCertificate' || name === 'expiredCertificate') {
    if (name === 'expiredCertificate') nvr.faults.expiredCertificate();
    Object.assign(account, { https: true, port: nvr.httpsPort, fingerprint: nvr.fingerprint });
    if (name === 'changedCertificate') nvr.faults.changedCertificate();
  } else if (name in faultActions) {
    const happen = nvr.faults[name] as (count?: number) => void;
    if (name === 'clockJump') happen(values[name]);
    else {
      // Once the sockets are open, and on and on, since nobody can say when frames are looked at. Sessions last for some
      // requests, however slow this machine is: for all that run at a time, the login, and all once more.
      const expires = name === 'expireSessions';
      const lasts = expires ? 30 : 0;
      let next = 0;
      let times = 0;
      // All is asked before frames are looked at, and quickly.
      const pause = expires ? 1 : 150;
      let timer: Timer;
      const again = () => void (timer = clock.after(pause, look));
      const look = () => {
        again();
        if (nvr.openSockets < 2 || nvr.requests.length < next) return;
        next = nvr.requests.length + lasts;
        times += 1;
        happen(values[name]);
      };
      again();
      const found = await examined(nvr, account).finally(() => timer.cancel());
      const logins = nvr.requests.filter(({ method, path }) => method === 'POST' && path === '/admin/login').length;
      if (times === 0 || (expires && logins < 2)) unfelt.push(name);
      return found;
    }
  }
  return await examined(nvr, account, name === 'slowReplies' ? 300 : Infinity);
}

describe('doctor', () => {
  const names = Object.keys(expected) as FaultName[];
  const found = {} as Record<FaultName, Record<string, Finding>>;
  let healthy: Record<string, Finding>;
  beforeAll(async () => {
    await using nvr = await Simulator.start({ cameras: 1, rtspPort: 0, httpsPort: 0, clock });
    healthy = await examined(nvr, { https: true, port: nvr.httpsPort ?? 0, fingerprint: nvr.fingerprint });
    // Most of it is waiting: several at a time, and not so many that they wait for this machine.
    const left = [...names];
    const worker = async () => {
      for (let name = left.shift(); name; name = left.shift()) found[name] = await withFault(name);
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    expect(nvr.refused).toEqual([]);
    // Where the machine is busy, the clock waits for it.
  }, 300_000);

  it('finds nothing wrong with a healthy NVR, and looks at everything', () => {
    expect(Object.values(healthy).filter(({ verdict }) => verdict !== 'good')).toEqual([]);
    expect(Object.keys(healthy).join(' ')).toBe(
      'address port device login certificate model permissions encryption clock cameras disks hooks live main live sub playback talk outputs RTSP ffmpeg HomeKit dialect',
    );
  });

  it('knows every fault of the simulator', () => {
    expect(names.toSorted()).toEqual([...Object.keys(faultSettings), ...Object.keys(faultActions)].toSorted());
  });

  it.each(names)('with the fault %s says what to do about each thing that is wrong', (name) => {
    // What the driver advises says so itself.
    const wrong = Object.values(found[name]).filter(
      ({ check, verdict }) => check !== 'advice' && (verdict === 'bad' || verdict === 'warning'),
    );
    for (const finding of wrong) expect(finding).toMatchObject({ remedy: expect.stringMatching(/\w+ \w+ .*[.?]$/) });
    expect(wrong.every(({ remedy }) => remedy !== undefined)).toBe(true);
  });

  it.each(names)('with the fault %s says what is wrong, and nothing else', (name) => {
    expect(unfelt).not.toContain(name);
    const seen = found[name];
    // Of an NVR that cannot show pictures, HomeKit cannot be judged; without HTTPS nothing is encrypted.
    const told = new Set(verdicts(seen, 'warning', 'bad').filter((check) => check !== 'encryption'));
    for (const check of Object.keys(expected[name])) told.add(check);
    expect(Object.fromEntries([...told].map((check) => [check, words(seen[check] as Finding)]))).toEqual(
      Object.fromEntries(
        Object.entries(expected[name]).map(([check, pattern]) => [check, expect.stringMatching(pattern)]),
      ),
    );
  });
});

describe('doctor, at an NVR of its own kind,', () => {
  it('finds nothing wrong with one that reads every open point in the other way', async () => {
    await using nvr = await Simulator.start({ cameras: 1, rtspPort: 0, clock });
    Object.assign(nvr.faults, {
      ...{ shortLoginUri: true, implicitSession: true, stringReplies: true, bareReplies: true },
      ...{ bigEndianFrames: true, headerCountedFrames: true, splitFrames: true, textControlOnly: true },
    });
    const found = await examined(nvr);
    expect(verdicts(found, 'bad', 'warning')).toEqual(['encryption']);
    expect(words(found['dialect'] as Finding)).toBe(
      '✓ login /login; playback controlled by text; frames big-endian, datalen with the header',
    );
  });

  it('that wants the other digest than the one that was typed says so', async () => {
    await using nvr = await Simulator.start({ cameras: 1, clock });
    nvr.faults.shortLoginUri = true;
    const found = await examined(nvr, { digest: 'POST:/admin/login' });
    expect(words(found['login'] as Finding)).toMatch(/✗ the NVR rejected user "admin".*--digest/);
    expect(words((await examined(nvr, { digest: 'POST:/login' }))['login'] as Finding)).toMatch(/✓ .*POST:\/login/);
  });

  it('says that nobody is let in whose password is wrong, also where an earlier login is remembered', async () => {
    await using nvr = await Simulator.start({ cameras: 1, clock });
    const store = new MemoryStore();
    expect(words((await examined(nvr, { store }))['login'] as Finding)).toMatch(/^✓ user admin is let in/);
    const found = await examined(nvr, { store, password: 'wrong' });
    expect(words(found['login'] as Finding)).toMatch(/^✗ the NVR rejected user "admin"/);
    expect(found['answers']).toBeUndefined();
  });

  it('looks at a recording that is long enough to play, where the newest has just begun', async () => {
    // The simulator records nothing in the first ten minutes of every three hours before its start (camera 1: a minute earlier).
    const pause = Math.floor(Date.now() / 10_800_000) * 10_800_000;
    using later = new BriskClock(4, pause + 330_000);
    await using nvr = await Simulator.start({ cameras: 1, clock: later });
    later.advance(5000);
    const found = await examined(nvr, {}, Infinity, later);
    expect(words(found['playback'] as Finding)).toMatch(/^✓ plays; .*gap/);
    const asked = nvr.requests.find(({ path }) => path.startsWith('/playback/'))?.query ?? '';
    // The last minute before the pause.
    expect(Number(new URLSearchParams(asked).get('time'))).toBe(pause / 1000 - 120);
    expect(nvr.refused).toEqual([]);
  });
});

describe('doctor, at the wrong place,', () => {
  const program = withProgram({ cameras: 1 });

  async function at(listener: RequestListener): Promise<{ code: number | null; stdout: string; asked: string[] }> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
      listener(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stdout } = await program.run(['doctor'], { env: { EVERFOCUS_PORT: String(port) } });
    server.close();
    return { code, stdout, asked };
  }

  it.each<[string, RequestListener, RegExp]>([
    [
      'a router',
      (_, response) => response.writeHead(200, { server: 'lighttpd/1.4' }).end('<html><title>FRITZ!Box</title>'),
      /✗ device +something else answers: a FRITZ!Box \(HTTP status 200, server "lighttpd\/1\.4"/,
    ],
    [
      'a recorder of another family',
      (_, response) => response.writeHead(401, { 'www-authenticate': 'Basic realm="EverFocus ECOR"' }).end(),
      /✗ device +looks like an EverFocus device of another family/,
    ],
    [
      'a recorder of another make',
      (_, response) => response.writeHead(302, { location: '/doc/page/login.asp', server: 'App-webs/' }).end(),
      /a Hikvision device/,
    ],
    [
      'one that hurts terminals',
      (_, response) => response.end('<title>\u009b2J\u202eevil</title>'),
      /title " ?2Jevil"/,
    ],
  ])('knows %s, and gives it no password', async (_, listener, line) => {
    const { code, stdout, asked } = await at(listener);
    expect(stdout).toMatch(line);
    expect(stdout).not.toMatch(/[\u0080-\u009f\u202e]/);
    expect(code).toBe(3);
    expect(asked).toHaveLength(1);
    expect(asked.join()).toMatch(/^GET \/admin\/login /);
    expect(asked.join()).not.toMatch(/authorization|cookie|admin123/);
  });

  it.each([
    [
      'a name that nobody has',
      { EVERFOCUS_HOST: 'nobody.invalid' },
      /✗ address +no address belongs to the name nobody\.invalid/,
      3,
    ],
    [
      'a port that nobody serves',
      { EVERFOCUS_PORT: '1' },
      /✗ port +127\.0\.0\.1:1 cannot be reached: nothing listens there/,
      3,
    ],
    ['a wrong password', { EVERFOCUS_PASSWORD: 'wrong' }, /✗ login +the NVR rejected user "admin"/, 4],
    ['HTTPS at the HTTP port', { EVERFOCUS_HTTPS: '1' }, /✗ device +no answer.*\n +→ That port does not speak TLS/, 3],
  ])('tells %s', async (_, env, line, exit) => {
    const { code, stdout } = await program.run(['doctor'], { env });
    expect(stdout).toMatch(line);
    expect(code).toBe(exit);
  });

  it('tells HTTP at the HTTPS port', async () => {
    const { code, stdout } = await program.run(['doctor'], { env: { EVERFOCUS_PORT: String(program.nvr.httpsPort) } });
    expect([code, stdout]).toEqual([3, expect.stringMatching(/✗ device .*\n.*--https/)]);
  });

  it('tries the ports of IP addresses in brackets, too', async () => {
    const options = { clock: systemClock, signal: new AbortController().signal, patience: 6000 };
    expect(await tryPort(program.nvr.port, { ...options, host: '[127.0.0.1]' })).toBeUndefined();
  });

  it('is read by programs, too', async () => {
    expect(await program.json(['doctor'], { env: { EVERFOCUS_PORT: '1' } })).toEqual({
      host: '127.0.0.1',
      healthy: false,
      findings: [
        { check: 'address', verdict: 'good', finding: '127.0.0.1' },
        {
          check: 'port',
          verdict: 'bad',
          finding: expect.any(String),
          remedy: expect.any(String),
          code: 'NVR_UNREACHABLE',
        },
      ],
    });
  });
});

describe('HomeKit', () => {
  const stream = (facts: Partial<StreamFacts>): StreamFacts => ({
    stream: 'main',
    codec: 'h264',
    width: 1280,
    height: 720,
    rate: 15,
    keyframes: 2,
    sound: true,
    bitrate: 1000,
    faults: 0,
    reading: { byteOrder: 'little', headerCounted: false },
    ...facts,
  });
  const all = new Set(['libx264', 'libopus']);
  it.each<[string, StreamFacts[], ReadonlySet<string> | undefined, string]>([
    ['copies H.264', [stream({})], all, '✓ ready: the main stream is passed on'],
    [
      'takes the sub stream where the main one is H.265',
      [stream({ codec: 'h265' }), stream({ stream: 'sub' })],
      all,
      '✓ ready: the sub stream',
    ],
    ['transcodes H.265', [stream({ codec: 'h265' })], all, '! live view has to be transcoded'],
    ['can do nothing with H.265 and no ffmpeg', [stream({ codec: 'h265' })], undefined, '✗ no stream is H.264'],
    [
      'can do nothing with 4K and no ffmpeg',
      [stream({ width: 3840, height: 2160 })],
      new Set(),
      '✗ no stream is H.264 of 1920x1080 at most',
    ],
    ['wants keyframes', [stream({ keyframes: 10 })], all, '! the main stream has a keyframe every 10 s only'],
    [
      'wants an encoder for sound',
      [stream({})],
      new Set(['libx264']),
      '! pictures are passed on as they are; sound needs',
    ],
    ['needs none where there is no sound', [stream({ sound: false })], undefined, '✓ ready'],
    ['cannot tell without pictures', [], all, '– cannot be told'],
  ])('%s', (_, streams, encoders, verdict) => expect(words(judgeHomeKit({ streams, encoders }))).toContain(verdict));
});
