import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { commands } from '../../src/cli/commands/index.js';
import { Output } from '../../src/cli/output.js';
import { helpOf, helpOfAll } from '../../src/cli/help.js';
import { columns } from '../../src/cli/table.js';
import { wrapped } from '../../src/cli/wrapped.js';
import { ended, withProgram } from './program.js';

const program = withProgram();
const secret = 'admin123';

describe('everfocus', () => {
  it('tells what it can do, and which version it is', async () => {
    const { code, stdout } = await program.run([]);
    expect(code).toBe(0);
    for (const { name, summary } of commands) {
      expect(stdout).toMatch(new RegExp(`^ +${name} +`, 'm'));
      expect(summary).not.toBe('');
    }
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect((await program.run(['--version'])).stdout).toBe(`${version}\n`);
  });

  it.each(commands.map(({ name }) => [name]))('%s --help shows its usage, options and examples', async (name) => {
    const { code, stdout } = await program.run([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^everfocus ${name}\\b`));
    expect(stdout).toMatch(/Examples:\n {2}.*everfocus/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThan(110);
  });

  it.each([
    [['nonsense'], /USAGE: there is no command "nonsense"/],
    [['watch'], /USAGE: watch: <what> is missing/],
    [['watch', 'paint'], /USAGE: watch: <what> must be one of events, .*, not "paint"/],
    [['snapshot', 'x'], /USAGE: snapshot: "x" is one argument too many/],
    [['snapshot', '--chanel', '1'], /USAGE: Unknown option '--chanel'/],
    [['snapshot', '--channel', 'two'], /USAGE: --channel must be a number from 1 to 4096, not "two"/],
    [['snapshot', '--nvr', 'attic'], /USAGE: the store knows no NVR "attic"/],
    [['call', 'cameraLst'], /UNKNOWN_OPERATION: .*everfocus call --list/],
    [['call', 'gotoPreset'], /INVALID_PARAMETER: .*required/],
    [['call', 'gotoPreset', '--ChannelID', 'x', '--preset_token', '1'], /INVALID_PARAMETER: ChannelID/],
  ])('%j is refused as wrong usage, and nothing is sent', async (args, message) => {
    const before = program.nvr.requests.length;
    const { code, stdout, stderr } = await program.run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(program.nvr.requests.length).toBe(before);
  });

  it('tells an error as JSON where results are', async () => {
    const { code, stderr } = await program.run(['call', 'cameraLst', '--json']);
    expect(JSON.parse(stderr)).toEqual({ error: { code: 'UNKNOWN_OPERATION', message: expect.any(String), exit: 2 } });
    expect(code).toBe(2);
  });

  it.each([
    ['nobody answers', ['call', 'getPort'], { EVERFOCUS_PORT: '1' }, 3, 'NVR_UNREACHABLE'],
    ['the password is wrong', ['call', 'getPort'], { EVERFOCUS_PASSWORD: 'wrong' }, 4, 'LOGIN_REJECTED'],
    ['the NVR refuses', ['call', 'cameraDetail', '--ChannelID', '99'], {}, 1, 'NVR_REFUSED'],
    [
      'nobody can be asked for a password',
      ['call', 'getPort'],
      { EVERFOCUS_USERNAME: undefined },
      2,
      'CREDENTIALS_MISSING',
    ],
  ])('ends with its own exit code where %s', async (_, args, env, code, name) => {
    const result = await program.run(args, { env });
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(`everfocus: ${name}: `);
    expect(result.stderr).not.toContain(secret);
  });

  it('warns of a password that others can read, and of it only', async () => {
    const { code, stderr } = await program.run(['call', 'getPort', '--password', secret]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/--password can be read by others/);
    expect(stderr).not.toContain(secret);
    expect((await program.run(['call', 'getPort'])).stderr).toBe('');
  });

  it('warns of a password among the parameters that others can read, and of it only', async () => {
    const call = (...args: string[]) => program.run(['call', 'setAdminAccount', '--username', 'root', ...args]);
    const body = JSON.stringify({ password: 'new secret' });
    // Refused for want of --yes: nothing is sent.
    for (const args of [
      ['--password', 'new secret'],
      ['--params', body],
    ]) {
      const { code, stderr } = await call(...args);
      expect([code, stderr]).toEqual([2, expect.stringMatching(/--params @file, or "--params -"/)]);
      expect(stderr).not.toContain('new secret');
    }
    writeFileSync(join(program.folder, 'params.json'), body);
    const quiet = await Promise.all([
      call('--params', `@${join(program.folder, 'params.json')}`),
      program.run(['call', 'setAdminAccount', '--username', 'root', '--params', '-'], { input: body }),
    ]);
    for (const { code, stderr } of quiet) {
      expect([code, stderr]).toEqual([2, expect.stringContaining('CONFIRMATION_REQUIRED')]);
      expect(stderr).not.toContain('list of processes');
    }
  });

  it('ends quietly where nobody reads on', async () => {
    const child = program.start(['watch', 'status', '--json']);
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await ended(child)).toMatchObject({ code: 0, stderr: '' });
  });

  it('ends cleanly when it is interrupted', async () => {
    const child = program.start(['watch', 'status', '--json']);
    child.stdout.once('data', () => child.kill('SIGINT'));
    expect(await ended(child)).toMatchObject({ code: 130, stderr: '' });
    expect(program.nvr.openSessions).toBe(0);
  });
});

describe('bytes', () => {
  it('wait for a slow reader, until the end', async () => {
    const stdout = new PassThrough({ highWaterMark: 1 });
    const out = new Output({ stdout, stderr: new PassThrough(), json: false, env: {} });
    const end = new AbortController();
    let written = false;
    const first = out.bytes(Buffer.from('ab'), end.signal).then(() => (written = true));
    await setImmediate();
    expect(written).toBe(false);
    expect(stdout.read()).toEqual(Buffer.from('ab'));
    await first;
    const second = out.bytes(Buffer.from('cd'), end.signal);
    end.abort();
    await expect(second).rejects.toThrow('aborted');
    await expect(out.bytes(Buffer.from('ef'), end.signal)).rejects.toThrow('aborted');
    expect(stdout.listenerCount('drain')).toBe(0);
  });
});

describe('lines', () => {
  it('are broken between words, and stay apart where they were', () => {
    const text = 'bridge.json cannot be used:\n  site does not fit: write a name';
    expect(wrapped(text, '', 20).split('\n')).toEqual([
      ...['bridge.json cannot', 'be used:', '  site does not fit:', '  write a name'],
    ]);
    expect(wrapped('a wordthatislongerthantheline b', '> ', 10).split('\n')).toEqual([
      ...['> a', '> wordthatislongerthantheline', '> b'],
    ]);
    expect(wrapped('門口 門口 門口', '', 10)).toBe('門口 門口\n門口');
  });

  it.each(commands)('of the help with $name fit into a terminal of 80 columns', (command) => {
    const [usage, ...lines] = helpOf(command, '', 80).split('\n');
    expect(usage).toMatch(/^everfocus /);
    // Examples are for copying.
    const others = lines.filter((line) => !/^ {2}(\S.* )?everfocus /.test(line));
    expect(others.filter((line) => line.length > 80)).toEqual([]);
  });

  it('of the help with everything fit, too', () => {
    const lines = helpOfAll(commands, '1.0.0', 80).split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it('of errors are broken in a terminal, and for programs never', () => {
    const said = (isTTY: boolean, columns: number, json = false) => {
      const stderr = Object.assign(new PassThrough(), { isTTY, columns });
      new Output({ stdout: new PassThrough(), stderr, json, env: {} }).note('everfocus: USAGE: which NVR?');
      return String(stderr.read());
    };
    expect(said(true, 20)).toBe('everfocus: USAGE:\nwhich NVR?\n');
    for (const whole of [said(false, 20), said(true, 20, true), said(true, 0)]) {
      expect(whole).toBe('everfocus: USAGE: which NVR?\n');
    }
  });

  it('are 100 characters long in a terminal whose size nobody has set', () => {
    const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 0 });
    expect(new Output({ stdout, stderr: new PassThrough(), json: false, env: {} }).width).toBe(100);
  });
});

describe('a table', () => {
  it('cuts its widest column, and counts East Asian characters twice', () => {
    expect(columns(['Name', 'Port'], [['garage', '80']], 80)).toEqual(['Name    Port', 'garage    80']);
    expect(
      columns(
        ['Name', 'Port'],
        [
          ['正門カメラ一号', '80'],
          ['the gate in the yard', '8080'],
        ],
        16,
      ),
    ).toEqual(['Name        Port', '正門カメ…     80', 'the gate …  8080']);
  });
});

describe('a list for programs without --json', () => {
  it('is cut in a terminal, and not in a pipe', async () => {
    const { stdout } = await program.run(['call', '--list']);
    expect(stdout).not.toContain('…');
    expect(stdout).toMatch(/setScheduleByGroup .* Set the schedule of a channel .* ChannelID GroupID /);
    expect((await program.run(['call', '--list'], { terminal: true })).stdout).toContain('…');
  });
});

describe('the store', () => {
  const nvrs = () => join(program.folder, 'store/nvrs.json');
  const none = undefined;
  const unnamed = { EVERFOCUS_HOST: none, EVERFOCUS_PORT: none, EVERFOCUS_USERNAME: none, EVERFOCUS_PASSWORD: none };
  const add = (name: string) => program.run(['nvrs', 'add', name]);
  afterEach(() => writeFileSync(nvrs(), '{}'));

  it('keeps NVRs for their owner alone, and one of them needs no name', async () => {
    expect((await add('garage')).code).toBe(0);
    expect(statSync(nvrs()).mode & 0o777).toBe(0o600);
    expect(await program.json(['call', 'getPort'], { env: unnamed })).toMatchObject({ http_port: program.nvr.port });
    const { stdout } = await program.run(['nvrs'], { env: unnamed });
    expect(stdout).toMatch(/garage +127\.0\.0\.1 +\d+ +no +admin +kept/);
    expect(stdout).not.toContain(secret);
  });

  it('asks which, where there are several', async () => {
    await add('garage');
    await add('shop');
    const { code, stderr } = await program.run(['call', 'getPort'], { env: unnamed });
    expect([code, stderr]).toEqual([2, expect.stringContaining('The store knows garage, shop')]);
    expect((await program.run(['call', 'getPort', '--nvr', 'shop'], { env: unnamed })).code).toBe(0);
    expect((await program.run(['nvrs', 'remove', 'shop'])).code).toBe(0);
    expect((await program.run(['call', 'getPort'], { env: unnamed })).code).toBe(0);
  });

  it('is refused where others can read it', async () => {
    await add('garage');
    chmodSync(nvrs(), 0o640);
    const { code, stderr } = await program.run(['call', 'getPort'], { env: unnamed });
    expect([code, stderr]).toEqual([7, expect.stringContaining('STORE_NOT_PRIVATE')]);
    chmodSync(nvrs(), 0o600);
  });

  it('does not give the password of one user, or place, to another', async () => {
    await add('garage');
    const other = await program.run(['call', 'getPort', '--nvr', 'garage', '--username', 'bob'], { env: unnamed });
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('CREDENTIALS_MISSING')]);
    const elsewhere = await program.run(['call', 'getPort', '--host', '127.0.0.2', '-u', 'admin'], { env: unnamed });
    expect([elsewhere.code, elsewhere.stderr]).toEqual([2, expect.stringContaining('CREDENTIALS_MISSING')]);
  });

  it('remembers the first certificate, and refuses another until a person trusts it', async () => {
    const env = { EVERFOCUS_HTTPS: '1', EVERFOCUS_PORT: String(program.nvr.httpsPort) };
    const first = await program.run(['call', 'getPort'], { env });
    expect([first.code, first.stderr]).toEqual([0, expect.stringContaining(program.nvr.fingerprint)]);
    expect(first.stderr.match(/trusted from now on/g)).toHaveLength(1);
    expect(await program.json(['trust'], { env })).toMatchObject({ trusted: program.nvr.fingerprint });
    const warned = await program.run(['trust', '--password', secret], { env });
    expect(warned.stderr.match(/--password can be read/g)).toHaveLength(1);
    program.nvr.faults.changedCertificate();
    const changed = await program.run(['call', 'getPort'], { env });
    expect([changed.code, changed.stderr]).toEqual([5, expect.stringContaining('UNTRUSTED_CERTIFICATE')]);
    expect((await program.run(['trust', program.nvr.fingerprint], { env })).code).toBe(0);
    expect((await program.run(['call', 'getPort'], { env })).code).toBe(0);
    expect(readdirSync(join(program.folder, 'store')).some((name) => name.startsWith('certificate'))).toBe(true);
  });
});
