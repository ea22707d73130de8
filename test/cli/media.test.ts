import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { nalUnits, samplesOfWav } from '../../src/shared/codec/index.js';
import { sharesOf } from '../../src/cli/commands/map.js';
import { convert } from '../../src/cli/commands/talk.js';
import { differences, merged, withoutSecrets } from '../../src/cli/settings/compare.js';
import { filedSettings } from '../../src/cli/settings/pairs.js';
import { findFfmpeg } from '../../src/shared/ffmpeg/index.js';
import { silentLogger } from '../../src/shared/index.js';
import { showTime } from '../../src/shared/internal.js';
import { examine } from '../support/mp4.js';
import { until } from '../support/until.js';
import { ended, withProgram } from './program.js';

const program = withProgram();
const at = (name: string) => join(program.folder, name);

describe('live', () => {
  it('hands the elementary stream on, beginning with parameter sets', async () => {
    const { code, bytes, stderr } = await program.run(['live', '-c', '2', '--count', '3']);
    expect([code, stderr]).toEqual([0, '']);
    const [first] = nalUnits('h264', bytes);
    expect(first?.type).toBe(7);
  });

  it('tells about frames, and hands on sound', async () => {
    const { stdout } = await program.run(['live', '--json', '--count', '1', '-s', 'sub']);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'video', codec: 'h264', keyframe: true, width: 640, height: 360 });
    const { bytes } = await program.run(['live', '--sound', '--count', '2']);
    expect(bytes.length).toBe(640);
  });

  it.each([
    ['video', []],
    ['sound', ['--sound']],
  ])('ends where the NVR has no such camera, instead of waiting for its %s', async (_, more) => {
    const { code, stdout, stderr } = await program.run(['live', '-c', '9', '--count', '1', ...more]);
    expect([code, stdout, stderr]).toEqual([3, '', expect.stringMatching(/^everfocus: NVR_UNREACHABLE: \/live\/9\//)]);
    expect(stderr).toMatch(/: there is no camera 9, but 1, 2\n$/);
  });

  it('ends when its seconds are over, also where nothing is to be seen', async () => {
    program.nvr.faults.silentLive = true;
    expect(await program.run(['live', '--json', '--seconds', '0.3'])).toMatchObject({ code: 0, stdout: '' });
    program.nvr.faults.silentLive = false;
  });

  it('does not upset a terminal', async () => {
    const { code, stdout } = await program.run(['live'], { terminal: true });
    expect([code, stdout]).toEqual([2, '']);
  });

  /** Runs it with a program in place of ffplay, which writes its arguments down, takes so much and ends. */
  async function played(args: readonly string[], exit: number) {
    writeFileSync(at('ffplay'), `#!/bin/sh\necho "$@" > told; head -c 2000 > shown; exit ${exit}\n`, { mode: 0o700 });
    const env = { PATH: `${program.folder}:${process.env['PATH']}` };
    const { code, stdout, stderr } = await ended(program.start(['live', '--play', ...args], { env }));
    return { code, stdout, stderr, told: readFileSync(at('told'), 'utf8'), shown: readFileSync(at('shown')) };
  }

  it('is shown by a player until somebody closes its window', async () => {
    const video = await played(['-c', '2'], 0);
    expect(video).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(video.told).toMatch(/-window_title camera 2 .*-f h264 -i -\n$/);
    const [unit] = nalUnits('h264', video.shown);
    expect(unit?.type).toBe(7);
    const sound = await played(['--sound'], 0);
    expect([sound.code, sound.told]).toEqual([0, expect.stringMatching(/-f mulaw -sample_rate 8000 -i -\n$/)]);
  });

  it('says what became of a player that is not there, or fails', async () => {
    const failed = await played([], 3);
    expect([failed.code, failed.stderr]).toEqual([7, 'everfocus: PLAYER_FAILED: ffplay ended by exit code 3\n']);
    const none = await program.run(['live', '--play'], { terminal: true, env: { PATH: '/nowhere' } });
    expect([none.code, none.stderr]).toEqual([7, expect.stringMatching(/NOT_INSTALLED: ffplay, which ffmpeg brings/)]);
  });

  it('ends quietly as a process where nobody looks any more', async () => {
    const child = program.start(['live']);
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await ended(child)).toMatchObject({ code: 0, stderr: '' });
  });
});

/** A moment that is recorded: the simulator has a gap after every third hour of the day. */
function recordedMoment(): string {
  const gaps = 3 * 3600_000;
  const hour = 3600_000;
  return new Date(Math.floor((Date.now() - 2 * hour) / gaps) * gaps + hour).toISOString();
}

describe('clip', () => {
  it('saves the AVI of the NVR', async () => {
    const about = await program.json(['clip', '--from', recordedMoment(), '--seconds', '3', '-o', at('clip.avi')]);
    const file = readFileSync(at('clip.avi'));
    expect(about).toMatchObject({ channel: 1, stream: 'main', bytes: file.length });
    expect(file.toString('latin1', 0, 4)).toBe('RIFF');
  });

  it('saves an MP4 of pictures and sound, which any player plays', async () => {
    const { path: ffmpeg } = await findFfmpeg({ logger: silentLogger });
    const asked = ['clip', '-c', '2', '--from', recordedMoment(), '--seconds', '3', '-o', at('clip.mp4')];
    const about = await program.json([...asked, '--ffmpeg', ffmpeg]);
    const file = readFileSync(at('clip.mp4'));
    expect(about).toMatchObject({ channel: 2, stream: 'main', bytes: file.length });
    const { complaints, streams } = await examine(ffmpeg, file);
    expect(complaints).toBe('');
    expect(streams).toEqual([expect.stringMatching(/h264/), expect.stringMatching(/aac/)]);
  });

  it('leaves nothing where nothing is recorded, or where it is interrupted', async () => {
    const none = await program.run(['clip', '--from', '2001-01-01', '-o', at('none.avi')]);
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('NVR_REFUSED')]);
    const child = program.start(['clip', '--from', '20h', '--seconds', '7200', '-o', at('long.avi')]);
    const done = ended(child);
    await until('it to be written', () => readdirSync(program.folder).some((name) => name.includes('.part')));
    child.kill('SIGINT');
    expect(await done).toMatchObject({ code: 130 });
    expect(readdirSync(program.folder).filter((name) => /none|long/.test(name))).toEqual([]);
  });

  it.each([
    [['clip'], /--from is missing/],
    [['clip', '--from', 'yesterday', '-o', 'x.avi'], /--from must be a time such as/],
    [['clip', '--from', '1h', '-o', 'x.mkv'], /must end in \.avi or \.mp4/],
  ])('%j is wrong usage', async (args, words) => {
    const { code, stderr } = await program.run(args, { terminal: true });
    expect([code, stderr]).toEqual([2, expect.stringMatching(words)]);
  });
});

describe('map', () => {
  it('draws what is recorded', async () => {
    const { code, stdout } = await program.run(['map']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {12}\d{4}-\d\d-\d\d \d\d:\d\d .*\d\d:\d\d\ncamera 1 {4}[░▒▓█]{60,} +9\d %\ncamera 2 /);
    expect(await program.json(['map', '-c', '2', '--from', '2h'])).toContainEqual({
      channel: 2,
      from: expect.any(String),
      to: expect.any(String),
    });
  });

  it('counts how much of each part is recorded', () => {
    const hour = (from: number, to: number) => ({ from: new Date(from), to: new Date(to) });
    expect(sharesOf([hour(0, 50), hour(75, 100)], { from: 0, to: 100 }, 4)).toEqual([1, 1, 0, 1]);
    expect(sharesOf([hour(-50, 5)], { from: 0, to: 100 }, 10)).toEqual([0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });
});

describe('how long ago', () => {
  const drifting = withProgram({ cameras: 1 });
  const day = 86_400_000;

  it('is by the clock of the NVR, which dates what it records', async () => {
    drifting.nvr.faults.clockJump(day / 1000);
    const { code, stdout, stderr } = await drifting.run(['map', '--from', '2h', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const recorded = JSON.parse(stdout) as { from: string }[];
    expect(recorded).not.toEqual([]);
    for (const { from } of recorded) expect(Date.parse(from)).toBeGreaterThan(Date.now() + day / 2);
    const ago = (Date.now() - Date.parse(recordedMoment())) / 1000 - 30;
    const clip = ['clip', '--from', `${Math.round(ago)}s`, '--seconds', '3', '-o', join(drifting.folder, 'ago.avi')];
    const told = await drifting.run(clip);
    expect([told.code, told.stderr]).toEqual([
      0,
      expect.stringMatching(/^the NVR's clock is 86\d{3} s ahead of this machine's, and dates what it records\n/),
    ]);
    const tomorrow = new Date(Date.now() + day - ago * 1000);
    expect(told.stdout).toContain(` from ${showTime(tomorrow).slice(0, -3)}`);
  });
});

describe('ptz', () => {
  it('moves a camera and stops it', async () => {
    expect((await program.run(['ptz', 'left', '--seconds', '0.05'])).code).toBe(0);
    const { pan, moving } = program.nvr.ptz(1) as unknown as { pan: number; moving: unknown };
    expect(pan).toBeLessThan(0);
    expect(JSON.stringify(moving ?? {})).not.toMatch(/[1-9]/);
  });

  it('lists presets, and goes to one by name', async () => {
    await program.run(['call', 'setPreset', '--ChannelID', '1', '--preset_name', 'gate']);
    expect(await program.json(['ptz', 'presets'])).toContainEqual(expect.objectContaining({ name: 'gate' }));
    expect((await program.run(['ptz', 'goto', 'gate'])).code).toBe(0);
    expect((await program.run(['ptz', 'goto', 'moon'])).stderr).toContain('NOTHING_FOUND');
  });
});

describe('talk', () => {
  it('says where the NVR has no such camera', async () => {
    writeFileSync(at('short.ulaw'), Buffer.alloc(80, 0xff));
    const { code, stderr } = await program.run(['talk', at('short.ulaw'), '-c', '9']);
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(/^everfocus: NVR_UNREACHABLE: .*: there is no camera 9, but 1, 2\n$/),
    ]);
  });

  /** A WAV of so many samples of silence. */
  const wav = (rate: number, samples: number) => {
    const head = Buffer.alloc(44);
    head.write('RIFF', 0).toString();
    head.write('WAVEfmt ', 8);
    head.writeUInt32LE(16, 16);
    for (const [offset, value] of [
      [20, 1],
      [22, 1],
      [34, 16],
    ] as const)
      head.writeUInt16LE(value, offset);
    head.writeUInt32LE(rate, 24);
    head.write('data', 36);
    head.writeUInt32LE(2 * samples, 40);
    return Buffer.concat([head, Buffer.alloc(2 * samples)]);
  };

  it('plays a WAV at a camera', async () => {
    writeFileSync(at('say.wav'), wav(8000, 1600));
    expect(await program.json(['talk', at('say.wav'), '-c', '2'])).toEqual({ target: 2, seconds: 0.2 });
    expect(program.nvr.talk(2).audio.length).toBe(1600);
    expect(program.nvr.talk(2).audio[0]).toBe(0xff);
  });

  it('converts minutes of sound', async () => {
    const { signal } = new AbortController();
    const minutes = await convert(wav(11_025, 150 * 11_025), undefined, signal);
    expect(minutes.length / 8000).toBeCloseTo(150, 0);
    const page = convert(Buffer.from('<html></html>'), undefined, signal);
    await expect(page).rejects.toMatchObject({ code: 'FILE_FAILED' });
    const given = convert(wav(11_025, 1000), undefined, AbortSignal.abort(new Error('enough')));
    await expect(given).rejects.toThrow('enough');
  });

  it('tells what ffmpeg did where it was ended for that', async () => {
    const { signal } = new AbortController();
    const { path: ffmpeg } = await findFfmpeg({ logger: silentLogger });
    const flooding = at('flooding');
    const line = 'case "$*" in *pipe:0*) head -c 3000000 /dev/zero >&2; exec sleep 60;; esac';
    writeFileSync(flooding, `#!/bin/sh\n${line}\nexec ${ffmpeg} "$@"\n`, { mode: 0o755 });
    await expect(convert(wav(11_025, 1000), flooding, signal)).rejects.toMatchObject({
      code: 'FILE_FAILED',
      message: 'ffmpeg makes no sound of it: it wrote more to stderr than it may',
    });
  });

  it('takes no other WAV for sound of 8 kHz', () => {
    expect(samplesOfWav(wav(8000, 10))?.length).toBe(10);
    expect(samplesOfWav(wav(44_100, 10))).toBeUndefined();
    expect(samplesOfWav(Buffer.from('RIFF'))).toBeUndefined();
    expect(samplesOfWav(Buffer.concat([wav(8000, 10).subarray(0, 40), Buffer.from('ffffffff', 'hex')]))?.length).toBe(
      0,
    );
  });
});

describe('settings', () => {
  const folder = () => at('settings');
  const mail = () => join(folder(), 'getEMail.json');
  const write = (change: object) =>
    writeFileSync(mail(), JSON.stringify({ ...JSON.parse(readFileSync(mail(), 'utf8')), ...change }));
  beforeAll(async () => {
    mkdirSync(folder());
    expect((await program.run(['settings', 'read', folder()])).code).toBe(0);
  });

  it('come in pairs', () => {
    const ids = filedSettings.map(({ read }) => read.id);
    expect(ids).toEqual(expect.arrayContaining(['getEMail', 'getTime', 'getNetwork']));
    expect(filedSettings.filter(({ guarded }) => guarded).map(({ read }) => read.id)).toEqual(
      expect.arrayContaining(['getTime', 'getNetwork', 'getPort', 'getIPFilter']),
    );
  });

  it('are read without passwords and clocks, and are then no different', async () => {
    for (const name of readdirSync(folder()))
      expect(readFileSync(join(folder(), name), 'utf8')).not.toMatch(/password"|pwd"|localtime/i);
    expect(existsSync(mail())).toBe(true);
    expect(await program.run(['settings', 'diff', folder()])).toMatchObject({ code: 0, stdout: 'no difference\n' });
  });

  it('are compared and applied, and nothing else is written', async () => {
    const before = await program.json(['call', 'getEMail']);
    write({ interval: 123 });
    const diff = await program.run(['settings', 'diff', folder()]);
    expect([diff.code, diff.stdout]).toEqual([8, expect.stringMatching(/^getEMail\.json\n {2}interval: \d+ → 123\n$/)]);
    const refused = await program.run(['settings', 'apply', folder()]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('CONFIRMATION_REQUIRED')]);
    expect((await program.run(['settings', 'apply', folder(), '--yes'])).code).toBe(0);
    expect(await program.json(['call', 'getEMail'])).toEqual({ ...(before as object), interval: 123 });
    write({ interval: 124 });
    // Who gets JSON is shown it once it is done: a person at a terminal would agree to something unseen.
    const unseen = { input: 'yes\r', person: true };
    expect((await program.run(['settings', 'apply', folder(), '--json'], unseen)).code).toBe(2);
    const { code, stdout, stderr } = await program.run(['settings', 'apply', folder(), '--json', '--yes']);
    expect([code, stderr]).toEqual([0, '']);
    const changes = [{ path: 'interval', from: 123, to: 124 }];
    expect(JSON.parse(stdout)).toEqual([{ file: 'getEMail.json', changes }]);
  });

  it('are not waited for where a pipe stands in place of a file', async () => {
    const pipes = at('pipes');
    mkdirSync(pipes);
    execFileSync('mkfifo', [join(pipes, 'getEMail.json')]);
    const { code, stderr } = await program.run(['settings', 'diff', pipes]);
    expect([code, stderr]).toEqual([7, expect.stringContaining('getEMail.json is no plain file')]);
  });

  it('that cannot be applied are told with their file', async () => {
    const whole = readFileSync(mail(), 'utf8');
    write({ colour: 3 });
    const { code, stdout, stderr } = await program.run(['settings', 'apply', folder(), '--yes']);
    expect([code, stdout]).toEqual([2, 'getEMail.json\n  colour: nothing → 3\n']);
    expect(stderr).toMatch(/^getEMail\.json: not applied\neverfocus: INVALID_PARAMETER: colour/);
    writeFileSync(mail(), whole);
  });

  it('that could lock out are applied only where they are named', async () => {
    const path = join(folder(), 'getPort.json');
    const ports = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...ports, rtsp_port: 5554 }));
    const { code, stdout, stderr } = await program.run(['settings', 'apply', folder(), '--yes']);
    expect([code, stdout]).toEqual([0, 'no difference to apply\n']);
    expect(stderr).toBe('getPort.json differs and is left as it is at the NVR: --only getPort applies it\n');
    expect(await program.json(['call', 'getPort'])).toEqual(ports);
    expect((await program.run(['settings', 'apply', folder(), '--yes', '--only', 'getPort'])).code).toBe(0);
    expect(await program.json(['call', 'getPort'])).toEqual({ ...ports, rtsp_port: 5554 });
  });

  it('are compared leaf by leaf', () => {
    const now = { a: 1, list: [{ b: 1, password: 'x' }], kept: true };
    expect(withoutSecrets(now)).toEqual({ a: 1, list: [{ b: 1 }], kept: true });
    expect(merged(now, { list: [{ b: 2 }] })).toEqual({ ...now, list: [{ b: 2, password: 'x' }] });
    expect(differences(now, merged(now, { list: [{ b: 2 }] }))).toEqual([{ path: 'list/0/b', from: 1, to: 2 }]);
  });
});

describe('completion', () => {
  it('completes commands, choices and operations', async () => {
    const { bytes } = await program.run(['completion', 'bash']);
    writeFileSync(at('completion.bash'), bytes);
    const { execFileSync } = await import('node:child_process');
    const complete = (words: string[]) => {
      const ask = `source ${at('completion.bash')}; COMP_WORDS=(everfocus ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _everfocus; echo \${COMPREPLY[@]}`;
      return execFileSync('bash', ['-c', ask], { encoding: 'utf8' }).trim();
    };
    expect(complete(['wa'])).toBe('watch');
    expect(complete(['clip', '--stream', ''])).toBe('main sub');
    expect(complete(['call', 'cameraS'])).toBe('cameraStatus');
    expect(complete(['settings', 'ap'])).toBe('apply');
    expect((await program.run(['completion', 'zsh'])).stdout).toMatch(/^autoload -U \+X bashcompinit/);
  });
});
