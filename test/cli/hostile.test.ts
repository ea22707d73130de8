import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { Ending } from '../../src/cli/failure.js';
import { run } from '../../src/cli/run.js';
import { columns } from '../../src/cli/table.js';
import { until, within } from '../support/until.js';
import { withProgram } from './program.js';

const program = withProgram({ cameras: 1 });

describe('An NVR that floods the command line', () => {
  it('fills no memory while nobody reads what watch writes, and Ctrl-C ends it', async () => {
    // A pager in which somebody has stopped to look.
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    const end = new AbortController();
    const stdin = Object.assign(Readable.from([]), { isTTY: false }) as unknown as NodeJS.ReadStream;
    const { env } = program;
    const ended = run({ args: ['watch', 'events', '--json'], env, stdin, stdout, stderr, signal: end.signal });
    await until('the hook', () => program.nvr.openSockets > 0);
    const waiting = () => stdout.readableLength + stdout.writableLength;
    let most = 0;
    for (let round = 0; round < 40; round += 1) {
      for (let count = 0; count < 200; count += 1) {
        program.nvr.throwEvent({ channel: 1, type: 'x'.repeat(60), state: 'once' });
      }
      await new Promise(setImmediate);
      most = Math.max(most, waiting());
    }
    await until('something to be written', () => waiting() > 16_384);
    // What it was to hold, and a message; a megabyte came.
    expect(Math.max(most, waiting())).toBeLessThan(2 * stdout.writableHighWaterMark + 1024);
    end.abort(new Ending(130));
    expect(await ended).toBe(130);
  });

  it('with long lists has them in columns', () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => [String(index)]);
    expect(columns(['Number'], rows, 80)).toHaveLength(rows.length + 1);
  });
});

describe('Arguments from anywhere', () => {
  it.each([
    ['what steers a terminal', '\u001b[2J\u202ex\r\n'],
    ['a megabyte', 'x'.repeat(1_000_000)],
    ['half a character', '\ud800'],
  ])('are repeated in an error as one line that a person can read: %s', async (_, odd) => {
    for (const args of [[odd], ['nvrs', odd, '1'], ['snapshot', odd], ['ptz', '1', odd], ['watch', odd]]) {
      const { code, stdout, stderr } = await program.run(args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr.length).toBeLessThan(2300);
      expect(stderr).not.toMatch(/(?!\n)\p{Cc}|\u202e|\n\s+at /u);
    }
  });

  it('that are files of settings are refused where they are no settings, and nothing is written', async () => {
    const folder = join(program.folder, 'settings');
    await program.run(['settings', 'read', folder]);
    const [file = ''] = readdirSync(folder);
    for (const text of [
      '['.repeat(500_000) + ']'.repeat(500_000),
      '{"__proto__":{"a":1}}',
      '\0',
      `[${'{},'.repeat(300_000)}{}]`,
    ]) {
      writeFileSync(join(folder, file), text);
      const { code, stderr } = await program.run(['settings', 'apply', folder, '--yes']);
      expect([2, 7]).toContain(code);
      expect(stderr).not.toMatch(/\n\s+at |INTERNAL|: applied/);
    }
  });
});

describe('What is read from elsewhere', () => {
  it.each([
    ['talk', (file: string) => [file]],
    ['call', (file: string) => ['cameraDetail', '--params', file === '-' ? file : `@${file}`]],
  ])('is given up at Ctrl-C, though nobody ever writes into the pipe or ends the input: %s', async (name, args) => {
    const pipe = join(program.folder, `pipe of ${name}`);
    execFileSync('mkfifo', [pipe]);
    for (const file of [pipe, '-']) {
      const end = new AbortController();
      const stdin = Object.assign(new PassThrough(), { isTTY: false });
      const [stdout, stderr, { env }] = [new PassThrough(), new PassThrough(), program];
      const world = { env, stdin: stdin as unknown as NodeJS.ReadStream, stdout, stderr, signal: end.signal };
      const ended = run({ args: [name, ...args(file)], ...world });
      // Who writes may open a pipe once somebody reads it.
      const writer = file === '-' ? undefined : await until('a reader', () => writerOf(pipe));
      end.abort(new Ending(130));
      expect(await ended).toBe(130);
      if (writer !== undefined) closeSync(writer);
    }
  });
});

function writerOf(pipe: string): number | undefined {
  try {
    return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}

describe('An output that takes nothing', () => {
  it.each([[['nvrs']], [['help']], [['call', 'getSystemInfo']]])('is told by the exit code: %j', async (args) => {
    const file = join(program.folder, 'output');
    writeFileSync(file, '');
    // As a full disk would, it refuses whatever is written.
    const child = program.start(args, { stdout: openSync(file, 'r') });
    const stderr: Buffer[] = [];
    child.stderr.on('data', (part: Buffer) => stderr.push(part));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(7);
    expect(Buffer.concat(stderr).toString()).toMatch(/^everfocus: EBADF: .*\n$/);
  });

  it.each([[['watch', 'status', '--json']], [['live']]])('ends work that has no end of its own: %j', async (args) => {
    const file = join(program.folder, 'output');
    writeFileSync(file, '');
    const child = program.start(args, { stdout: openSync(file, 'r') });
    const stderr: Buffer[] = [];
    child.stderr.on('data', (part: Buffer) => stderr.push(part));
    try {
      const [code] = (await within(30_000, 'the process', once(child, 'close'))) as [number];
      expect(code).toBe(7);
    } finally {
      child.kill('SIGKILL');
    }
    expect(Buffer.concat(stderr).toString()).toMatch(/^everfocus: EBADF: .*\n$/);
    await until('nobody to be there', () => program.nvr.openSockets === 0);
  });
});
