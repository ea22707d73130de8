import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { operations } from '../../src/shared/index.js';
import { jpegSize } from '../../src/shared/codec/index.js';
import { recordOf } from '../../src/cli/commands/watch.js';
import { until } from '../support/until.js';
import { withProgram } from './program.js';

const program = withProgram({ cameras: 2, discoveryPort: 0 });
const at = (name: string) => join(program.folder, name);

describe('discover', () => {
  const search = () => [
    'discover',
    '--interface',
    '127.0.0.1',
    '--seconds',
    '2',
    '--udp-port',
    String(program.nvr.discoveryPort),
  ];

  it('lists what answers', async () => {
    const { code, stdout } = await program.run(search());
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Address +Port +Name/);
    expect(stdout).toMatch(new RegExp(`127\\.0\\.0\\.1 +${program.nvr.port} +AiO NVR .*00:11:14:00:00:01`));
    expect(await program.json(search())).toMatchObject({
      devices: [{ address: '127.0.0.1', name: 'AiO NVR' }],
      problems: [],
    });
  });

  it('says so where nothing answers', async () => {
    program.nvr.faults.silentDiscovery = true;
    const { code, stdout } = await program.run(search());
    program.nvr.faults.silentDiscovery = false;
    expect([code, stdout]).toEqual([1, expect.stringContaining('Nothing answered')]);
  });
});

describe('call', () => {
  it('lists every operation', async () => {
    const list = (await program.json(['call', '--list'])) as { id: string }[];
    expect(list.map(({ id }) => id)).toEqual(Object.keys(operations));
    expect((await program.run(['call', '--list'])).stdout).toMatch(/^format +9\.\S+ +destructive !/m);
  });

  it('tells the parameters of one', async () => {
    const { stdout } = await program.run(['call', 'gotoPreset', '--help']);
    expect(stdout).toMatch(/--ChannelID <integer>\s+Required\. Number of the camera/);
    expect(stdout).toContain('--preset_token');
  });

  it('prints a reply for people and for programs', async () => {
    expect(await program.json(['call', 'getPort'])).toMatchObject({ http_port: program.nvr.port });
    expect((await program.run(['call', 'getPort'])).stdout).toMatch(
      new RegExp(`^http_port +${program.nvr.port}$`, 'm'),
    );
    expect((await program.run(['call', 'cameraStatus'])).stdout).toMatch(/^ChannelID +Online.*\n +1 +true/);
  });

  it('takes parameters as options, as JSON and from stdin', async () => {
    expect(await program.json(['call', 'cameraDetail', '--ChannelID=2'])).toMatchObject({ ChannelID: 2 });
    expect(await program.json(['call', 'cameraDetail', '--params', '{"ChannelID": 2}'])).toMatchObject({
      ChannelID: 2,
    });
    expect(await program.json(['call', 'cameraDetail', '--params', '-'], { input: '{"ChannelID": 1}' })).toMatchObject({
      ChannelID: 1,
    });
  });

  it('changes something', async () => {
    expect((await program.run(['call', 'pinManualSetting', '--pinID', '6', '--pinValue', 'on'])).code).toBe(0);
    expect(program.nvr.pin(6)).toBe(1);
  });

  it('sends what can do harm only where it is asked twice', async () => {
    const { code, stderr } = await program.run(['call', 'deleteCamera', '--ChannelID', '2']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('CONFIRMATION_REQUIRED')]);
    expect(program.nvr.channels).toContain(2);
    expect(
      (await program.run(['call', 'setAdminAccount', '--username', 'admin', '--password', 'admin123', '--yes'])).code,
    ).toBe(0);
  });

  it('saves a file, whole or not at all', async () => {
    const { code, stdout } = await program.run(['call', 'backupConfig', '-o', at('backup.cfg')]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/backup\.cfg: \d+ bytes$/m)]);
    expect(readFileSync(join(program.folder, 'backup.cfg')).length).toBeGreaterThan(100);
    const failed = await program.run(['call', 'backupConfig', '-o', at('no/such/folder/backup.cfg')]);
    expect([failed.code, failed.stderr]).toEqual([7, expect.stringContaining('ENOENT')]);
    expect(readdirSync(program.folder).filter((name) => name.includes('.part'))).toEqual([]);
  });

  it('hands nothing to the terminal that could steer it', async () => {
    await program.run(['call', 'setSystemInfo', '--device_name', 'A\u001b[2J\u009bB\u202eC', '--device_id', '1']);
    const people = await program.run(['call', 'getSystemInfo']);
    const programs = await program.run(['call', 'getSystemInfo', '--json']);
    await program.run(['call', 'setSystemInfo', '--device_name', 'AiO NVR', '--device_id', '1']);
    for (const { stdout } of [people, programs]) expect(stdout).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    expect(JSON.parse(programs.stdout).device_name).toContain('\u001b[2J');
  });
});

describe('snapshot', () => {
  it('saves a picture, and tells about it', async () => {
    const about = await program.json(['snapshot', '-c', '2', '-o', at('gate.jpg')]);
    const jpeg = readFileSync(join(program.folder, 'gate.jpg'));
    expect(about).toEqual({ file: at('gate.jpg'), channel: 2, bytes: jpeg.length, ...jpegSize(jpeg) });
    await until('its file to be deleted at the NVR', () => program.nvr.snapshotPaths.length === 0);
  });

  it('hands a picture to the next program', async () => {
    const { code, bytes } = await program.run(['snapshot']);
    expect([code, bytes.subarray(0, 2).toString('hex')]).toEqual([0, 'ffd8']);
  });

  it('--stored fetches the newest that the NVR keeps of that camera, which stays there', async () => {
    await until('those of before to be deleted', () => program.nvr.snapshotPaths.length === 0);
    const stored = ['snapshot', '--stored', '-c', '2'];
    expect(await program.run([...stored, '-o', at('none.jpg')])).toMatchObject({
      ...{ code: 1, stdout: '', stderr: 'everfocus: NOTHING_FOUND: the NVR keeps no picture of channel 2\n' },
    });
    expect(existsSync(at('none.jpg'))).toBe(false);
    for (const channel of ['2', '1']) {
      const { code } = await program.run(['call', 'getSnapshot', '--ChannelID', channel]);
      expect(code).toBe(0);
    }
    const kept = program.nvr.snapshotPaths;
    const [path = ''] = kept;
    const seconds = Number(/\/CH02\/(\d+)_/.exec(path)?.[1]);
    const about = await program.json([...stored, '-o', at('stored.jpg')]);
    const jpeg = readFileSync(at('stored.jpg'));
    const taken = new Date(seconds * 1000).toISOString();
    expect(about).toEqual({ file: at('stored.jpg'), channel: 2, bytes: jpeg.length, ...jpegSize(jpeg), taken });
    const { stdout } = await program.run([...stored, '-o', at('stored.jpg')]);
    expect(stdout).toMatch(/stored\.jpg: \d+ x \d+, \d+ bytes, taken \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n$/);
    const { code, bytes } = await program.run(stored);
    expect([code, bytes.equals(jpeg)]).toEqual([0, true]);
    expect(program.nvr.snapshotPaths).toEqual(kept);
    const fresh = program.nvr.requests.filter(({ path: asked }) => asked === '/device/getSnapshot').length;
    await program.run([...stored, '-o', at('stored.jpg')]);
    expect(program.nvr.requests.filter(({ path: asked }) => asked === '/device/getSnapshot')).toHaveLength(fresh);
  });

  it('leaves no file where there is no picture', async () => {
    const { code } = await program.run(['snapshot', '-c', '99', '-o', at('none.jpg')]);
    expect([code, existsSync(join(program.folder, 'none.jpg'))]).toEqual([1, false]);
  });
});

describe('watch', () => {
  /** Throws until it has been seen. */
  async function seen(args: readonly string[], happen: () => void): Promise<string> {
    let over = false;
    const done = program.run(['watch', ...args, '--count', '1']).finally(() => (over = true));
    await until('it to be seen', () => {
      if (!over) happen();
      return over;
    });
    const { code, stdout, stderr } = await done;
    expect([code, stderr]).toEqual([0, '']);
    return stdout;
  }
  const motion = () => {
    program.nvr.throwEvent({ channel: 1, type: 'VideoLoss', state: 'once' });
    program.nvr.throwEvent({ channel: 2, type: 'Motion', state: 'active' });
  };

  it('shows the events that are wanted', async () => {
    expect(await seen(['events', '-c', '2', '-t', 'motion'], motion)).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}camera 2 {4}Motion {10}active\n$/,
    );
    expect(JSON.parse(await seen(['events', '--json', '-c', '2'], motion))).toEqual({
      time: expect.any(String),
      channel: 2,
      type: 'Motion',
      state: 'active',
    });
  });

  it.each([
    [
      'metadata',
      () => program.nvr.throwMeta({ channel: 1, type: 'plate', data: 'B-XY 12' }),
      /camera 1 +plate +B-XY 12/,
    ],
    ['exceptions', () => program.nvr.throwException({ exception: 'DiskError', target: 'sda' }), /DiskError +sda/],
    ['messages', () => program.nvr.faults.noticeStorm(1), /\n/],
    ['status', () => undefined, /camera 1 +on line/],
  ])('shows %s', async (what, happen, line) => {
    expect(await seen([what], happen)).toMatch(line);
  });

  it.each([
    [1_750_000_000_000, { nvrTime: '2025-06-15T15:06:40.000Z' }],
    [1e18, {}],
    [undefined, {}],
  ])('tells programs when it was heard, and when the NVR says that it was: %s', (time, told) => {
    const said = { exception: 'DiskFull' };
    const notice = { ...said, ...(time !== undefined && { time }) } as Parameters<typeof recordOf>[0];
    expect(recordOf(notice, 0)).toEqual({ time: '1970-01-01T00:00:00.000Z', ...told, ...said });
  });

  it('shows the status of one camera to programs, too', async () => {
    expect(JSON.parse(await seen(['status', '--json', '-c', '2'], () => undefined))).toEqual([
      expect.objectContaining({ channel: 2, online: true }),
    ]);
  });

  it('ends after the time that it was given', async () => {
    expect(await program.run(['watch', 'events', '--seconds', '0.3'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });
});
