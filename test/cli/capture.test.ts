import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../src/cli/run.js';
import { until } from '../support/until.js';
import { withProgram } from './program.js';

const program = withProgram({ cameras: 1 });
const quick = ['capture', '--seconds', '1', '--cameras', '0'];

/** Runs it at a terminal at which somebody types. */
async function typed(args: readonly string[], ...answers: string[]) {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const text = { stdout: '', stderr: '' };
  streams.stdout.on('data', (part: Buffer) => (text.stdout += part.toString()));
  streams.stderr.on('data', (part: Buffer) => (text.stderr += part.toString()));
  const stdin = Object.assign(new PassThrough(), { isTTY: true, isRaw: false, setRawMode: () => stdin });
  const { signal } = new AbortController();
  const ended = run({ args, env: program.env, stdin: stdin as unknown as NodeJS.ReadStream, ...streams, signal });
  for (const [index, answer] of answers.entries()) {
    await until('the question', () => text.stderr.split('see all of it: ').length === index + 2);
    stdin.write(`${answer}\r`);
  }
  return { code: await ended, ...text };
}

describe('everfocus capture', () => {
  it('writes what it found, for this user only, and says what is in it', async () => {
    const file = join(program.folder, 'one.json');
    const told = await program.json([...quick, '--yes', '-o', file]);
    expect(told).toMatchObject({ file, pictures: false, unanswered: 0, replaced: { passwords: expect.any(Number) } });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    expect(JSON.parse(text)).toMatchObject({ format: 'everfocus-capture', version: 1, source: 'recorder' });
    expect(text).not.toMatch(/admin123|00:11:14/);
    expect(program.nvr.refused).toEqual([]);
  });

  it('writes nothing, and asks the NVR nothing, where nobody could say yes', async () => {
    const file = join(program.folder, 'two.json');
    const before = program.nvr.requests.length;
    expect(await program.run([...quick, '-o', file])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('CONFIRMATION_REQUIRED: there is no terminal to ask: nothing was written'),
    });
    expect(program.nvr.requests).toHaveLength(before);
    expect(existsSync(file)).toBe(false);
  });

  it('shows what is in it, all of it where that is asked for, and writes nothing without a yes', async () => {
    const file = join(program.folder, 'three.json');
    const { code, stdout, stderr } = await typed([...quick, '-o', file], 's', '');
    expect({ code, written: existsSync(file) }).toEqual({ code: 2, written: false });
    expect(stdout).toMatch(/answers to \d\d operations\n.* messages of push sockets\n.*headers only\n.*replaced/s);
    expect(stdout).toContain('"format": "everfocus-capture"');
    expect(stderr).toContain('you did not say yes: nothing was written');
  });

  it('writes after a yes', async () => {
    const file = join(program.folder, 'four.json');
    expect(await typed([...quick, '-o', file], 'y')).toMatchObject({ code: 0 });
    expect(existsSync(file)).toBe(true);
  });

  it('is of use also where the login fails: that is what it shows then', async () => {
    const file = join(program.folder, 'five.json');
    await program.run([...quick, '--yes', '-o', file], { env: { EVERFOCUS_PASSWORD: 'wrong-0815' } });
    const { exchanges } = JSON.parse(readFileSync(file, 'utf8')) as { exchanges: { operation: string }[] };
    expect(exchanges.map(({ operation }) => operation)).toEqual([
      ...['getLoginParameters', 'login'],
      ...['getLoginParameters', 'login'],
    ]);
    expect(readFileSync(file, 'utf8')).not.toContain('wrong-0815');
  });
});

describe('everfocus replay', () => {
  it('says what is wrong with the file before anything starts', async () => {
    expect(await program.run(['replay', join(program.folder, 'none.json')])).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('FILE_FAILED'),
    });
    expect(await program.run(['replay', program.folder])).toMatchObject({ code: 7 });
  });
});
