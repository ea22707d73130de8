import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { EXIT, Failure, tell } from '../../src/cli/failure.js';
import { run } from '../../src/cli/run.js';
import { OutcomeUnknownError } from '../../src/shared/index.js';
import { until } from '../support/until.js';
import { ended, withProgram } from './program.js';

const program = withProgram();
const at = (name: string) => join(program.folder, name);

/**
 * Runs it at a terminal, at which somebody types an answer to each question.
 *
 * @param answers questions, or how they end, with what is typed then
 */
async function typed(args: readonly string[], answers: readonly (readonly [string, string])[] = [], env = {}) {
  const screen = () => Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
  const streams = { stdout: screen(), stderr: screen() };
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    streams[name].on('data', (part: Buffer) => (text[name] += part.toString()));
  const modes: boolean[] = [];
  const setRawMode = (isRaw: boolean) => void modes.push(isRaw);
  const stdin = Object.assign(new PassThrough(), { isTTY: true, isRaw: false, setRawMode });
  const { signal } = new AbortController();
  const all = { ...program.env, ...env } as Record<string, string>;
  const code = run({ args, env: all, stdin: stdin as unknown as NodeJS.ReadStream, ...streams, signal });
  for (const [question, answer] of answers) {
    await until(`the question ${question}`, () => text.stderr.endsWith(question));
    stdin.write(answer);
  }
  return { code: await code, ...text, modes };
}

describe('a password', () => {
  const asked = { EVERFOCUS_PASSWORD: undefined };
  const question = () => `Password of admin at ${program.nvr.host}: `;

  it('that is typed is used, and neither shown nor kept in the terminal', async () => {
    // Of what is mistyped a backspace takes away a character, whole.
    const answers = [[question(), 'admin😀\u007f12x\u007f3\r']] as const;
    const { code, stdout, stderr, modes } = await typed(['call', 'getSystemInfo'], answers, asked);
    expect([code, stdout]).toEqual([0, expect.stringContaining('SIM00')]);
    expect([stderr, modes]).toEqual([`${question()}\n`, [true, false]]);
  });

  it('that is empty in the environment is asked for', async () => {
    const { code } = await typed(['call', 'getSystemInfo'], [[question(), 'admin123\r']], { EVERFOCUS_PASSWORD: '' });
    expect([code, program.nvr.failedLogins]).toEqual([0, 0]);
  });

  it('that nobody types ends it', async () => {
    const { code, stderr } = await typed(['map'], [[question(), 'adm\u0004']], asked);
    expect([code, stderr]).toEqual([2, expect.stringContaining('CREDENTIALS_MISSING: the input ended')]);
  });
});

describe('what can do harm', () => {
  it('is done where somebody types its name, and not otherwise', async () => {
    const question = 'Type deleteCamera to do it: ';
    const no = await typed(['call', 'deleteCamera', '--ChannelID', '2'], [[question, 'yes\r']]);
    expect([no.code, program.nvr.channels]).toEqual([2, [1, 2]]);
    expect(no.stderr).toContain('nothing was sent');
    // What is no password is shown while it is typed.
    expect(no.stderr).toContain(`${question}yes\n`);
    const yes = await typed(['call', 'deleteCamera', '--ChannelID', '2'], [[question, 'deleteCamera\r']]);
    expect([yes.code, program.nvr.channels]).toEqual([0, [1]]);
  });
});

describe('a terminal', () => {
  const colour = '\u001b[';

  it('has colours, unless somebody does not want them or a program reads on', async () => {
    expect((await typed(['map'])).stdout.replaceAll(colour, '<')).toMatch(/camera 1 +<32m[█▓▒░·]+<39m/);
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }])
      expect((await typed(['map'], [], env)).stdout).not.toContain(colour);
    expect((await typed(['map', '--json'])).stdout).not.toContain(colour);
    expect((await program.run(['map'])).stdout).not.toContain(colour);
  });

  it('is shown how far it is, which is taken away again', async () => {
    const moment = new Date(Math.floor((Date.now() - 7_200_000) / 10_800_000) * 10_800_000 + 3_600_000).toISOString();
    const clip = ['clip', '--from', moment, '--seconds', '3', '-o', at('clip.avi')];
    const { code, stderr } = await typed(clip);
    expect([code, stderr.replaceAll('\r\u001b[K', '<')]).toEqual([0, expect.stringMatching(/^(\d+\.\d MiB<)+$/)]);
    expect((await typed([...clip, '--json'])).stderr).toBe('');
    expect((await program.run(clip)).stderr).toBe('');
  });

  it('is shown a month by days', async () => {
    const { code, stdout } = await typed(['map', '--from', '30d'], [], { NO_COLOR: '1' });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^camera 1 {4}[░▒▓█·]{82} +\d+ %$/m)]);
  });
});

describe('the other ways', () => {
  it('talk at the NVR, and stop a camera or send it to a preset', async () => {
    // Of five whole packets.
    const sound = 'x'.repeat(800);
    const { code } = await program.run(['talk', '-', '--at-nvr'], { input: sound });
    await until('all of it', () => program.nvr.talk(0).audio.length >= sound.length);
    expect([code, program.nvr.talk(0).audio.toString()]).toEqual([0, sound]);
    expect(await program.run(['ptz', 'presets'])).toMatchObject({ stdout: '', stderr: 'camera 1 has no presets\n' });
    await program.run(['call', 'setPreset', '--ChannelID', '1', '--preset_name', 'gate']);
    for (const action of [['stop'], ['goto', 'gate']])
      expect(await program.json(['ptz', ...action])).toEqual({ channel: 1, action: action[0], done: true });
    const bodies = program.nvr.requests.filter(({ path }) => path === '/device/ptzControl').map(({ body }) => body);
    expect(bodies.filter((body) => /"(stop|goto_preset)"/.test(body))).toHaveLength(2);
  });

  it('capture pictures where that is asked for', async () => {
    const capture = ['capture', '--seconds', '3', '--cameras', '1', '--yes'];
    expect(await program.json([...capture, '--pictures', '-o', at('p.json')])).toMatchObject({ pictures: true });
    const { sockets } = JSON.parse(readFileSync(at('p.json'), 'utf8')) as { sockets: { path: string }[] };
    const live = JSON.stringify(sockets.filter(({ path }) => path.startsWith('/live/1/')));
    // More than headers of 32 bytes.
    expect(live).toMatch(/[A-Za-z0-9+/]{400}/);
  });
});

describe('an exit code', () => {
  it.each([
    [EXIT.unknown, 'OUTCOME_UNKNOWN', new OutcomeUnknownError('the answer was lost')],
    [EXIT.bug, 'INTERNAL', new TypeError('x is not a function')],
    [EXIT.local, 'ENOSPC', Object.assign(new Error('no space left'), { code: 'ENOSPC' })],
    [EXIT.failed, 'PARTLY_APPLIED', new Failure('PARTLY_APPLIED', 'one of two')],
  ])('of %j is that of %s', (exit, code, error) => {
    expect(tell(error)).toMatchObject({ exit, code });
  });

  it('of 7 goes with a code of the system, which is said once', async () => {
    const { code, stderr } = await program.run(['snapshot', '-o', at('no such folder/gate.jpg')]);
    expect([code, stderr]).toEqual([
      EXIT.local,
      expect.stringMatching(/^everfocus: ENOENT: no such file or directory/),
    ]);
  });

  it('of 143 says that SIGTERM ended it, and it has logged out', async () => {
    const child = program.start(['watch', 'status', '--json']);
    child.stdout.once('data', () => child.kill('SIGTERM'));
    expect(await ended(child)).toMatchObject({ code: 143, stderr: '' });
    expect(program.nvr.openSessions).toBe(0);
  });
});
