import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../../packages/simulator/src/cli-arguments.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { obey } from '../../packages/simulator/src/terminal.js';
import { packedPackage } from '../support/packed-package.js';
import { until } from '../support/until.js';

describe('everfocus-simulator', () => {
  let command: string;
  const running = new Set<ChildProcess>();

  beforeAll(async () => {
    command = `${await packedPackage('simulator')}/node_modules/.bin/everfocus-simulator`;
  });
  afterAll(() => {
    for (const child of running) child.kill('SIGKILL');
  });

  const run = (...args: string[]) => {
    const child = spawn(process.execPath, [command, ...args], { stdio: 'pipe' });
    running.add(child);
    const output = { out: '', error: '', code: undefined as number | null | undefined };
    child.stdout.on('data', (chunk) => (output.out += String(chunk)));
    child.stderr.on('data', (chunk) => (output.error += String(chunk)));
    child.on('close', (code) => {
      output.code = code;
      running.delete(child);
    });
    return { child, output, ended: () => until('its end', () => output.code !== undefined) };
  };

  it.each(['SIGINT', 'SIGTERM'] as const)('serves, obeys what is typed, and ends cleanly by %s', async (signal) => {
    const { child, output, ended } = run('--port', '0', '--control-port', '0', '--cameras', '2', '--username', 'anna');
    await until('its greeting', () => output.out.includes('help lists'));
    const [, nvr] = /NVR +(http:\S+) +\(2 cameras, user anna\)/.exec(output.out) ?? [];
    expect((await fetch(`${nvr}/device/cameraList`)).status).toBe(401);
    child.stdin.write('m 2\n');
    await until('its answer', () => output.out.includes('motion on channel 2'));
    child.kill(signal);
    await ended();
    expect(output).toMatchObject({ code: 0, error: '' });
  });

  it('serves a capture, and says what is wrong with one that is none', async () => {
    const file = fileURLToPath(new URL('../captures/simulator-document.json', import.meta.url));
    const { child, output, ended } = run('--port', '0', '--replay', file);
    await until('its greeting', () => output.out.includes('Ctrl-C'));
    const [, nvr] = /Replay +(http:\S+) /.exec(output.out) ?? [];
    expect(await (await fetch(`${nvr}/device/cameraStatus`)).json()).toMatchObject([{ ChannelID: 1, Online: true }]);
    child.kill('SIGTERM');
    await ended();
    expect(output).toMatchObject({ code: 0, error: '' });

    const other = run('--replay', fileURLToPath(import.meta.url));
    await other.ended();
    expect(other.output).toEqual({
      code: 2,
      out: '',
      error: 'everfocus-simulator: INVALID_BUNDLE: it is no JSON: is the file whole?\n',
    });
  });

  it('says in one line what is wrong with its arguments', async () => {
    const { output, ended } = run('--cameras', '9');
    await ended();
    const error = 'everfocus-simulator: INVALID_PARAMETER: cameras: must be a whole number from 1 to 8\n';
    expect(output).toEqual({ code: 2, out: '', error });
  });
});

describe('arguments of everfocus-simulator', () => {
  it('has defaults', () => {
    expect(readArguments([])).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      controlPort: 8081,
      cameras: 4,
      scene: false,
    });
    expect(readArguments(['--help', '--port', 'x'])).toBe('help');
  });

  it('takes every option', () => {
    const args = '--host ::1 --port 1 --control-port 2 --cameras 3 --codec h265 --username a --password b --scene 9';
    expect(readArguments([...args.split(' '), '--https-port', '4'])).toMatchObject({
      httpsPort: 4,
      ...{ host: '::1', port: 1, controlPort: 2, cameras: 3, codec: 'h265', username: 'a', password: 'b', scene: 9 },
    });
  });

  it.each([
    [['--bogus'], /--bogus/],
    [['extra'], /extra/],
    [['--port'], /--port/],
    [['--port', '-1'], /port/i],
    [['--https-port', 'x'], /^https-port: must be a whole number, not "x"/],
    [['--port', '99999'], /^port: must be a whole number from 0 to 65535/],
    [['--cameras', '2.5'], /^cameras: must be a whole number, not "2.5"/],
    [['--codec', 'mjpeg'], /^codec: must be h264 or h265, not "mjpeg"/],
    [['--scene', '0'], /^scene/],
  ])('refuses %j', (args, message) => {
    expect(() => readArguments(args)).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETER', message: expect.stringMatching(message) }),
    );
  });
});

describe('terminal of everfocus-simulator', () => {
  let simulator: Simulator;
  beforeAll(async () => void (simulator = await Simulator.start({ cameras: 2 })));
  afterAll(() => simulator.stop());

  it.each([
    ['m 2', /motion on channel 2/],
    [' p  5 1 ', /pin 5 is 1/],
    ['f slowReplies 0', /fault slowReplies/],
    ['f silentLive', /fault silentLive on/],
    ['f silentLive off', /fault silentLive off/],
    ['r', /restarted/],
    ['help', /motion on channel 2/],
    ['', /^$/],
  ])('obeys "%s"', async (line, said) => {
    expect(await obey(line, simulator)).toMatch(said);
  });

  it.each(['m', 'm 9', 'm x', 'p 9 1', 'p 5 2', 'p 5', 'f nothing', 'f slowReplies soon', 'f silentLive 5', 'dance'])(
    'refuses "%s"',
    async (line) => {
      await expect(obey(line, simulator)).rejects.toMatchObject({ code: 'INVALID_PARAMETER' });
    },
  );
});
