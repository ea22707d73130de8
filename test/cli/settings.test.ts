import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { BEGINNING } from '../../src/cli/settings/files.js';
import { filedSettings, otherSettings } from '../../src/cli/settings/pairs.js';
import { Nvr, settingsPairs } from '../../src/shared/index.js';
import { startOddNvr } from '../shared/odd-nvr.js';
import { withProgram } from './program.js';

const program = withProgram();
const folder = () => join(program.folder, 'all');
const settings = (action: string, directory = folder(), ...more: string[]) =>
  program.run(['settings', action, directory, ...more]);
const read = (name: string) => JSON.parse(readFileSync(join(folder(), name), 'utf8'));
const write = (name: string, value: unknown, directory = folder()) =>
  writeFileSync(join(directory, name), JSON.stringify(value));
/** A directory with some of the files. */
const some = (name: string, files: Readonly<Record<string, unknown>>) => {
  const directory = join(program.folder, name);
  mkdirSync(directory);
  for (const [file, value] of Object.entries(files)) write(file, value, directory);
  return directory;
};

beforeAll(async () => {
  expect(await settings('read')).toMatchObject({ code: 0, stderr: '' });
});

describe('a directory of settings', () => {
  it('holds every group that the declarations have, or says that it does not', async () => {
    expect(otherSettings).toEqual(['getSchedulesByGroupMultiChannels']);
    expect(filedSettings.length + otherSettings.length).toBe(settingsPairs.length);
    expect(new Set(filedSettings.map(({ file }) => file)).size).toBe(filedSettings.length);
    const { stdout } = await program.run(['settings', '--help']);
    const help = stdout.replace(/\s+/g, ' ');
    expect(help).toContain(
      `The groups are ${filedSettings.map(({ file }) => file).join(', ')}. Left out: ${otherSettings.join()}`,
    );
  });

  it('has files of each camera, stream, group, kind of alarm and user', () => {
    const files = readdirSync(folder());
    const of = (file: string) => files.filter((name) => new RegExp(`^${file}(-[^.]+)?\\.json$`).test(name)).length;
    for (const { file } of filedSettings) expect([file, of(file)]).not.toEqual([file, 0]);
    expect(files).toEqual(
      expect.arrayContaining([
        ...['cameraDetail-1.json', 'cameraDetail-2.json', 'getDNS-1.json', 'getNTP-2.json', 'getUser-1.json'],
        ...['getVideoEncoderConfigurations-1-main.json', 'getVideoEncoderConfigurations-2-sub.json'],
        ...['getSchedulesByGroup-1-Record.json', 'getSchedulesByGroup-2-FTP.json', 'getImagingSettings-1-main.json'],
        ...['getAlarmSettings-Motion.json', 'getAlarmSettings-GPIO.json', 'getAnalyticsMotionSettings-2-sub.json'],
      ]),
    );
    for (const name of files)
      expect(readFileSync(join(folder(), name), 'utf8')).not.toMatch(/password"|pwd"|UseCount/i);
  });

  it('is no different from the NVR that it was read of', async () => {
    expect(await settings('diff')).toMatchObject({ code: 0, stdout: 'no difference\n', stderr: '' });
  });

  it('is applied to cameras, streams and schedules, and what it does not hold stays', async () => {
    const detail = 'cameraDetail-1.json';
    const encoder = 'getVideoEncoderConfigurations-1-main.json';
    const schedule = 'getSchedulesByGroup-2-Record.json';
    const week = read(schedule);
    week.Motion.Map[0] = `+${'-'.repeat(47)}`;
    const [stream] = read(encoder);
    stream.Configuration.Quality = '3';
    const directory = some('cameras', {
      [detail]: { ...read(detail), DeviceName: 'Loading bay' },
      [encoder]: [stream],
      [schedule]: week,
    });
    const before = program.nvr.requests.length;
    expect((await settings('diff', directory)).code).toBe(8);
    expect(program.nvr.requests.slice(before).filter(({ path }) => /set|update/i.test(path))).toEqual([]);
    expect(await settings('apply', directory, '--yes')).toMatchObject({ code: 0 });
    expect(await settings('diff', directory)).toMatchObject({ code: 0, stdout: 'no difference\n' });
    expect(await program.json(['call', 'cameraDetail', '--ChannelID', '1'])).toMatchObject({
      DeviceName: 'Loading bay',
    });
    expect(program.nvr.refused).toEqual([]);
  });
});

describe('a directory of an older version', () => {
  it('is no different where it holds what the NVR tells and nobody sets', async () => {
    const encoder = 'getVideoEncoderConfigurations-2-main.json';
    const [stream] = read(encoder);
    const directory = some('older', {
      'getDDNS.json': { ...read('getDDNS.json'), mac: '00:11', server: 'old', status: 'Off' },
      'getSystemInfo.json': { ...read('getSystemInfo.json'), model: 'old', serial: '1', software_version: '1' },
      [encoder]: [{ ...stream, Options: {}, Configuration: { ...stream.Configuration, UseCount: 99 } }],
    });
    expect(await settings('diff', directory)).toMatchObject({ code: 0, stdout: 'no difference\n', stderr: '' });
    expect(await settings('apply', directory, '--yes')).toMatchObject({ code: 0, stdout: 'no difference to apply\n' });
  });

  it('differs by a password that somebody put in', async () => {
    const directory = some('password', { 'getEMail.json': { ...read('getEMail.json'), password: 'Put-in-1' } });
    expect(await settings('diff', directory)).toMatchObject({ code: 8, stdout: expect.stringContaining('password') });
  });
});

describe('a JSON file of others', () => {
  it('is passed over with a note', async () => {
    const directory = some('foreign', {
      'package.json': {},
      'cameras.json': [],
      'getFTP.json': read('getFTP.json'),
    });
    for (const [action, stdout] of [
      ['diff', 'no difference\n'],
      ['apply', 'no difference to apply\n'],
    ] as const) {
      expect(await settings(action, directory)).toMatchObject({
        ...{
          code: 0,
          stdout,
          stderr: expect.stringMatching(/^cameras\.json is passed over.*\npackage\.json is passed/),
        },
      });
    }
    expect(await settings('diff', directory, '--json')).toMatchObject({ code: 0, stdout: '[]\n', stderr: '' });
  });

  it('is told from settings by how the name of every group begins', () => {
    for (const { file } of filedSettings) expect(file).toMatch(BEGINNING);
  });
});

describe('files of users', () => {
  it('are passed over where the NVR keeps its users to itself', async () => {
    const { host, port } = program.nvr;
    await using nvr = new Nvr({ host, port, username: 'admin', password: 'admin123' });
    const [user] = await nvr.account.getUser({ userID: 2 });
    if (!user) throw new Error('there is no second account');
    const [username, password] = ['guard', 'Guard-1234'];
    await nvr.account.setUser({ userID: 2, body: [{ ...user, active: true, username, password }] });
    const env = { EVERFOCUS_USERNAME: username, EVERFOCUS_PASSWORD: password };
    const directory = some('users', { 'getUser-1.json': read('getUser-1.json'), 'getFTP.json': read('getFTP.json') });
    const diff = (...more: string[]) => program.run(['settings', 'diff', directory, ...more], { env });
    expect(await diff()).toMatchObject({
      ...{ code: 0, stdout: 'no difference\n', stderr: expect.stringContaining('files of users are passed over') },
    });
    expect(await diff('--only', 'getUser')).toMatchObject({
      ...{ code: 1, stdout: '', stderr: expect.stringContaining('NVR_REFUSED') },
    });
    write('getUsre-1.json', {}, directory);
    expect(await diff()).toMatchObject({ code: 7, stderr: expect.stringContaining('getUsre-1.json fits no settings') });
  });
});

describe('a file that fits no settings', () => {
  const mail = () => ({ ...read('getEMail.json'), interval: 99 });

  it.each([
    'getEMial.json',
    'getemail.json',
    'getEMail.jsn',
    'getEMail-1.json',
    'getUser-77.json',
    'cameraDetail-9.json',
  ])('is complained about, and nothing is said or written as if it were none: %s', async (name) => {
    const directory = some(`strange-${name}`, {
      [name]: mail(),
      'getFTP.json': read('getFTP.json'),
      'README.md': '',
      '.git': '',
    });
    const complaint = `FILE_FAILED: ${name} fits no settings of this NVR`;
    expect(await settings('diff', directory)).toMatchObject({
      ...{ code: 7, stdout: '', stderr: expect.stringContaining(complaint) },
    });
    expect(await settings('diff', directory, '--json')).toMatchObject({ code: 7, stdout: '[]\n' });
    expect(await settings('apply', directory, '--yes')).toMatchObject({
      ...{ code: 7, stdout: '', stderr: expect.stringContaining(complaint) },
    });
  });

  it('is told by read, and is left for a person to delete', async () => {
    const directory = some('gone', { 'getFTP-3.json': {} });
    const { code, stderr } = await settings('read', directory, '--only', 'getFTP');
    expect([code, stderr]).toEqual([0, expect.stringContaining('getFTP-3.json fits no settings')]);
    expect(readdirSync(directory)).toEqual(['getFTP-3.json', 'getFTP.json']);
  });

  it('keeps no difference from being shown', async () => {
    const directory = some('both', { 'getEMail.json': mail(), 'getFPT.json': {} });
    expect(await settings('diff', directory)).toMatchObject({
      ...{ code: 7, stdout: expect.stringContaining('interval'), stderr: expect.stringContaining('getFPT.json fits') },
    });
  });

  it('is none where it is of a group that was not asked for', async () => {
    const directory = some('others', {
      'getEMail.json': mail(),
      'cameraDetail-9.json': {},
      'getFTP.json': read('getFTP.json'),
    });
    expect(await settings('diff', directory, '--only', 'getFTP')).toMatchObject({ code: 0, stdout: 'no difference\n' });
    renameSync(join(directory, 'getFTP.json'), join(directory, 'getFPT.json'));
    expect(await settings('diff', directory, '--only', 'getFTP')).toMatchObject({ code: 7 });
  });

  it('is not needed to say that there are none at all', async () => {
    expect(await settings('diff', some('none', {}))).toMatchObject({
      ...{ code: 7, stdout: '', stderr: expect.stringContaining('holds no such settings') },
    });
  });
});

describe('settings of which one cannot be', () => {
  const mail = () => program.json(['call', 'getEMail']);

  it('are not applied by halves', async () => {
    const before = await mail();
    const directory = some('halves', {
      'getEMail.json': { ...read('getEMail.json'), interval: 77 },
      'getFTP.json': { ...read('getFTP.json'), colour: 1 },
    });
    for (const more of [[], ['--json']]) {
      const { code, stderr } = await settings('apply', directory, '--yes', ...more);
      expect([code, stderr]).toEqual([2, expect.stringContaining('INVALID_PARAMETER')]);
      expect(await mail()).toEqual(before);
    }
  });

  it('say which were applied, where the NVR refuses one', async () => {
    const users = (await program.json(['call', 'userList'])) as { userID: number; username: string }[];
    const own = users.find(({ username }) => username === 'admin')?.userID ?? -1;
    const account = `getUser-${own}.json`;
    const [user] = read(account);
    const directory = some('refused', {
      'getEMail.json': { ...read('getEMail.json'), interval: 78 },
      [account]: [{ ...user, permissions: { ...user.permissions, parameter: false } }],
      'getFTP.json': { ...read('getFTP.json'), port: '2121' },
    });
    const { code, stdout, stderr } = await settings(
      'apply',
      directory,
      '--yes',
      '--json',
      '--only',
      'getEMail,getUser,getFTP',
    );
    expect([code, stderr]).toEqual([1, expect.stringContaining('NVR_REFUSED')]);
    expect(JSON.parse(stdout)).toMatchObject([{ file: 'getEMail.json' }, { file: account }]);
  });

  it('say that they are applied in part, where what was applied before makes the next unfit', async () => {
    const [email, ftp] = (await Promise.all(
      ['getEMail', 'getFTP'].map((operation) => program.json(['call', operation])),
    )) as [object, object];
    // A setting of its own, which it has as long as mail is as it was.
    let ofMail: object = email;
    const nvr = await startOddNvr({
      'GET /network/getEMail': () => ofMail,
      'POST /network/setEMail': (_request, _response, body) => {
        ofMail = JSON.parse(body) as object;
        return { Result: 'OK', Description: '' };
      },
      'GET /network/getFTP': () => (ofMail === email ? { ...ftp, colour: 1 } : ftp),
    });
    const file = { ...read('getFTP.json'), colour: 2 };
    const directory = some('partly', {
      'getEMail.json': { ...read('getEMail.json'), interval: 79 },
      'getFTP.json': file,
    });
    const env = { EVERFOCUS_PORT: String(nvr.port) };
    const apply = ['settings', 'apply', directory, '--yes', '--only', 'getEMail,getFTP'];
    const words = /colour.*; 1 of 2 files were applied before/;
    const people = await program.run(apply, { env });
    expect(people.code).toBe(1);
    const [first, second, error] = people.stderr.split('\n');
    expect([first, second]).toEqual(['getEMail.json: applied', 'getFTP.json: not applied']);
    expect(error).toMatch(/^everfocus: PARTLY_APPLIED: /);
    expect(error).toMatch(words);
    ofMail = email;
    const { code, stdout, stderr } = await program.run([...apply, '--json'], { env });
    expect([code, JSON.parse(stderr)]).toEqual([
      1,
      { error: { code: 'PARTLY_APPLIED', message: expect.stringMatching(words), exit: 1 } },
    ]);
    expect(JSON.parse(stdout)).toMatchObject([{ file: 'getEMail.json' }]);
    expect(nvr.count('POST /network/setFTP')).toBe(0);
  });
});
