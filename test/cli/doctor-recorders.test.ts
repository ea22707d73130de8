import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findFfmpeg, noFfmpeg } from '../../src/shared/ffmpeg/index.js';
import { Nvr, silentLogger } from '../../src/shared/index.js';
import { Simulator, type SimulatorOptions } from '../../packages/simulator/src/index.js';
import { type Alterations, AlteredNvr } from '../support/altered-nvr.js';
import { BriskClock } from '../support/brisk-clock.js';
import { freePort } from '../support/free-port.js';
import { tellsFailure } from '../../src/doctor/disks.js';
import { examined, words } from './examined.js';
import { withProgram } from './program.js';

const clock = new BriskClock(4);
afterAll(() => clock[Symbol.dispose]());

/** What it says of each check, at a recorder that answers otherwise. */
async function said(
  answers: Alterations['answers'] = {},
  options: SimulatorOptions = {},
  prepare: (simulator: Simulator) => Promise<void> | void = () => undefined,
): Promise<Readonly<Record<string, string>>> {
  await using simulator = await Simulator.start({ cameras: 1, clock, ...options });
  await prepare(simulator);
  await using nvr = await AlteredNvr.start(simulator, { answers });
  nvr.alter();
  const found = await examined(nvr, clock);
  return Object.fromEntries(Object.entries(found).map(([check, finding]) => [check, words(finding)]));
}

const statusOf = (online: readonly boolean[]) => ({
  'GET /device/cameraStatus': JSON.stringify(online.map((Online, index) => ({ ChannelID: index + 1, Online }))),
});
const powered = 'Are they powered and connected? Are their passwords right at the NVR?';
const loggedIn = ({ host, port }: Simulator, password = 'admin123') =>
  new Nvr({ host, port, username: 'admin', password, clock });

describe('doctor, at a recorder', () => {
  it.each([
    [[true, false], '! 2, of which 2 is off line'],
    [[false, true, false], '! 3, of which 1, 3 are off line'],
  ])('with cameras that are off line (%j), names them and looks at one that is not', async (online, cameras) => {
    const seen = await said(statusOf(online), { cameras: online.length });
    expect(seen).toMatchObject({
      cameras: `${cameras} → ${powered}`,
      'live main': expect.stringMatching(/^✓ H\.264/),
      talk: `✓ camera ${online.indexOf(true) + 1} takes sound (nothing was said)`,
    });
  });

  it('with nothing at all: no camera on line, no disk, no outputs', async () => {
    const seen = await said({
      ...statusOf([false]),
      ...{ 'GET /storage/getStorages': '[]', 'GET /dio/GetGPIOInfo': '[]' },
    });
    const none = '– no camera is on line';
    expect(seen).toMatchObject({
      cameras: `! 1, of which 1 is off line → ${powered}`,
      disks: '! none → Without a disk nothing is recorded.',
      outputs: '✓ this NVR has none',
      ...{ 'live main': none, 'live sub': none, playback: none, talk: none, RTSP: none },
      HomeKit: '– cannot be told without live pictures',
    });
  });

  it('whose disks are not in use, whose outputs are on and whose RTSP cannot be reached', async () => {
    const closed = await freePort();
    const disk = { device: '/dev/sda', slot: 'HDD-1', active: false };
    const answers = {
      'GET /storage/getStorages': JSON.stringify([disk, { ...disk, device: '/dev/sdb' }]),
      'GET /network/getPort': JSON.stringify({ http_port: 80, https_port: closed, rtsp_port: closed }),
    };
    const seen = await said(answers, {}, (simulator) => {
      for (const pin of [5, 7]) simulator.setPin(pin, 1);
    });
    expect(seen).toMatchObject({
      disks: '! 2, none of which is in use → Take a disk into use at the NVR: without one nothing is recorded.',
      outputs: '✓ pins 5, 6, 7, 8; on: 5, 7 (nothing was switched)',
      RTSP: expect.stringMatching(
        /^! .* → Only players and other recorders need it; does a firewall close that port\?$/,
      ),
      encryption: `! nothing is encrypted; HTTPS is offered at port ${closed}, where nothing listens there → Use HTTPS (--https) at port ${closed}.`,
    });
  });

  const disks = JSON.stringify([
    { device: '/dev/sda', slot: 'HDD-1', active: true },
    { device: '/dev/sdb', active: true },
  ]);
  const logged = 'No.2 HDD read error';
  it.each([
    ['which tell that they fail', { health: 'FAILED' }, `bad`],
    ['of which the log tells trouble', { health: 'PASSED' }, 'warning'],
    ['of which neither may be asked', undefined, 'good'],
  ] as const)('with disks %s, says so', async (_, smart, verdict) => {
    const entry = { type: 'Storage', createTime: Date.now(), hasRecord: 0 };
    const newest = { ...entry, createTime: Date.now() + 1, description: logged };
    const log = [
      { ...entry, description: 'No.1 HDD Smart Check' },
      newest,
      { ...entry, description: 'HDD lost' },
      { ...entry, createTime: Date.now() + 2, description: 'No.1 HDD Smart Check: no errors, 0 bad sectors' },
    ];
    const seen = await said({
      'GET /storage/getStorages': disks,
      'GET /storage/smart': smart ? JSON.stringify(smart) : [403, ''],
      'POST /system/searchLogs': smart ? JSON.stringify(log) : [403, ''],
    });
    expect(seen['disks']).toBe(
      {
        bad: '✗ by its own S.M.A.R.T. data failing: HDD-1, /dev/sdb → Save what you need of its recordings, and have it replaced.',
        warning: `! 2; the NVR logged in the last 24 h: ${logged} → Look at the disks at the NVR: one that goes on failing must be replaced.`,
        good: '✓ 2',
      }[verdict],
    );
  });

  const text = (health: string, row: string) =>
    `SMART overall-health self-assessment test result: ${health}\nID# ATTRIBUTE_NAME WHEN_FAILED RAW_VALUE\n${row}\n`;
  it.each([
    [{ health: 'PASSED', attributes: [{ name: 'Program Fail Count', raw: '0', type: 'Pre-fail' }] }, false],
    [text('PASSED', '171 Program_Fail_Count - 0'), false],
    [text('FAILED!', '171 Program_Fail_Count - 0'), true],
    [text('PASSED', '  5 Reallocated_Sector_Ct FAILING_NOW 4000'), true],
    [{ smart_status: { passed: false } }, true],
    [{ smart_status: { passed: true }, attributes: [{ when_failed: 'past' }, { when_failed: '' }] }, false],
    [{ attributes: [{ when_failed: 'now' }] }, true],
    [[{ state: 'Bad' }], true],
    [{ note: 'Bad sectors: 0' }, false],
    [{ message: 'Failed to open /dev/sda' }, false],
    ['SMART Status: Failed to get', false],
    ['Failed Attributes: none', false],
    [undefined, false],
  ])('whose S.M.A.R.T. data are %j has a disk that fails: %j', (data, fails) => {
    expect(tellsFailure(data)).toBe(fails);
  });

  it('whose cameras are all switched off, or which has none', async () => {
    const off = await said({}, { cameras: 2 }, async (simulator) => {
      await using nvr = loggedIn(simulator);
      for (const ChannelID of [1, 2]) await nvr.camera.updateCamera({ ChannelID, Enable: false });
    });
    expect(off['cameras']).toBe('! 2, all switched off → Switch them on at the NVR.');
    const none = await said({ 'GET /device/cameraList': '[]' });
    expect(none['cameras']).toBe('! none → Add cameras at the NVR.');
  });

  it('which records nothing', async () => {
    const seen = await said({ 'POST /record/getMapByMinute': '{}' });
    expect(seen['playback']).toBe(
      '! nothing was recorded in the last 24 h → Is recording scheduled for this camera, and is there a disk?',
    );
  });

  it('that has locked the account, says so', async () => {
    let logins = 0;
    const seen = await said({}, {}, async (simulator) => {
      simulator.faults.lockout = true;
      for (let count = 0; simulator.failedLogins < 3; count += 1) {
        await using nvr = loggedIn(simulator, `wrong ${count}`);
        await expect(nvr.system.getSystemInfo()).rejects.toMatchObject({ code: 'LOGIN_REJECTED' });
      }
      logins = simulator.loginAttempts;
    });
    expect(logins).toBeGreaterThan(2);
    expect(seen['login']).toMatch(/^✗ the NVR rejected user "admin".*account is locked.* → .*is he locked out\?/);
  });

  it('that is well says so where RTSP is off, and plays where it is on', async () => {
    expect((await said())['RTSP']).toBe('! is off at the NVR → Only players and other recorders need it.');
    expect((await said({}, { rtspPort: 0 }))['RTSP']).toMatch(/^✓ plays at port \d+: H264/);
  });
});

describe('doctor, on a machine', () => {
  let simulator: Simulator;
  let folder: string;
  beforeAll(async () => {
    simulator = await Simulator.start({ cameras: 1, clock });
    folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  });
  afterAll(async () => {
    await simulator.stop();
    await rm(folder, { recursive: true });
  });

  /** What it says of ffmpeg and HomeKit where ffmpeg has these encoders. */
  async function saidWith(encoders: readonly string[] | undefined): Promise<readonly string[]> {
    const path = join(folder, `ffmpeg ${encoders?.join(' ')}`);
    const lines = (encoders ?? []).map((name) => ` V....D ${name} an encoder`);
    await writeFile(
      path,
      `#!/bin/sh\ncat <<'END'\nffmpeg version 7.1 Copyright\nEncoders:\n ------\n${lines.join('\n')}\nEND\n`,
    );
    await chmod(path, 0o700);
    const ffmpeg = encoders ? await findFfmpeg({ path, logger: silentLogger }) : noFfmpeg;
    const found = await examined(simulator, clock, {}, Infinity, ffmpeg);
    return ['ffmpeg', 'HomeKit'].flatMap((check) =>
      found[check] ? [words(found[check]).replace(path, 'ffmpeg')] : [],
    );
  }
  const install = 'Install an ffmpeg with libx264 and libopus.';
  const mute =
    '! pictures are passed on as they are; sound needs an ffmpeg with libopus or libfdk_aac → Install ffmpeg.';
  const ready = '✓ ready: the main and sub streams are passed on as they are';

  it.each([
    [
      undefined,
      '! none on this machine → Install ffmpeg: MP4 clips, sound in live view and H.265 cameras need it.',
      mute,
    ],
    [['libx264', 'libopus'], '✓ 7.1 (ffmpeg)', ready],
    [['libx264', 'libfdk_aac'], '✓ 7.1 (ffmpeg)', ready],
    [
      ['libx264', 'aac'],
      `! 7.1 (ffmpeg): this ffmpeg has neither libfdk_aac nor libopus: live view has no sound → ${install}`,
      mute,
    ],
    [['libopus'], `! 7.1 (ffmpeg): this ffmpeg has no libx264: H.265 cameras show no live view → ${install}`, ready],
    [
      ['aac'],
      `! 7.1 (ffmpeg): this ffmpeg has neither libfdk_aac nor libopus: live view has no sound; this ffmpeg has no libx264: H.265 cameras show no live view → ${install}`,
      mute,
    ],
  ])('whose ffmpeg has %j, says what is missing and what to do', async (encoders, ffmpeg, homekit) => {
    expect(await saidWith(encoders)).toEqual([ffmpeg, homekit]);
  });
});

describe('everfocus doctor', () => {
  const program = withProgram({ cameras: 1 });

  it('says once what helps against several things, one after the other', async () => {
    program.nvr.faults.silentLive = true;
    const quick = ['doctor', '--patience', '3', '--watch', '0'];
    const [{ stdout }, json] = await Promise.all([program.run(quick), program.json(quick)]);
    expect(stdout).toMatch(
      /✗ live main +no keyframe within 3 s\n +→ The NVR is too busy.*\n✗ live sub +no keyframe within 3 s\n✗ playback .*\n +→ /,
    );
    const { findings } = json as { findings: { check: string; remedy?: string }[] };
    const remedies = findings.filter(({ check }) => check.startsWith('live')).map(({ remedy }) => remedy);
    expect(remedies).toEqual([expect.stringMatching(/^The NVR is too busy/), remedies[0]]);
  });
});
