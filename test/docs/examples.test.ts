import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Nvr, operations } from '../../src/shared/index.js';
import { Simulator } from '../../packages/simulator/src/index.js';
import { packedPackage } from '../support/packed-package.js';
import { until } from '../support/until.js';
import { type Ended, ExampleProject, type ExampleRun } from './example-project.js';

const loopback = fileURLToPath(new URL('loopback.mjs', import.meta.url));
const DATE = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;

describe('The examples of the documentation, run as users run them', () => {
  let project: ExampleProject;
  let nvr: Simulator;
  let client: Nvr;
  const tried = new Set(['connection']);

  beforeAll(async () => {
    project = await ExampleProject.create(await packedPackage());
  }, 300_000);
  afterAll(() => project.close());

  beforeEach(async () => {
    nvr = await Simulator.start({ cameras: 2, httpsPort: 0, rtspPort: 0, discoveryPort: 0 });
    const { host, port } = nvr;
    client = new Nvr({ host, port, username: 'admin', password: 'admin123' });
  });
  afterEach(async () => {
    await client.close();
    await until('nothing to be open', () => nvr.openSockets === 0 && nvr.rtspSessions === 0);
    await nvr.stop();
  });

  const start = (example: string, { port = nvr.port, ...run }: ExampleRun & { port?: number } = {}) => {
    tried.add(example);
    const login = { NVR_HOST: nvr.host, NVR_PORT: String(port), NVR_USER: 'admin', NVR_PASSWORD: 'admin123' };
    return project.start(example, { ...run, env: { ...login, ...run.env } });
  };
  /** What it printed; all must be well. */
  const outputOf = async (ended: Promise<Ended>) => {
    const { code, output, errors } = await ended;
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    return output;
  };

  it.each([
    ['connect', /^1: Camera 1\n2: Camera 2\n$/],
    ['call', /^channel 1: online\nchannel 2: online\n\{ http_port: \d+, .*\}\n\[[^]*ChannelID: 2,[^]*\]\n$/],
    ['errors', /^0: nothing was sent, see ChannelID\n99: the NVR says "ChannelID=99: .*"\n1: fine\n$/],
    ['playback', /^paused a minute later\n$/],
    ['rtsp', /^rtsp:\/\/127\.0\.0\.1:\d+\/live\/1\/0\nrtc?p of [\w-]+: \d+ bytes\n$/],
    ['motion-cells', /^(\.{22}\n){9}(#{22}\n){9}$/],
    ['time-zone', /^\+01:00, <\+01>-1<\+02>-2,M3\.5\.0\/2,M10\.5\.0\/3, like \d+ zones such as Europe\/Berlin\n$/],
    ['diagnose', /^ok login: .*\n(ok .*\n)+\{\n {2}loginUri: '\/admin\/login',[^]*\}\n$/],
  ])('%s', async (example, expected) => {
    expect(await outputOf(start(example).ended)).toMatch(expected);
  });

  it('settings', async () => {
    const before = await client.call(operations.getEMail);
    expect(await outputOf(start('settings').ended)).toBe('a mail every 600 s at most\n');
    expect(await client.call(operations.getEMail)).toEqual({ ...before, interval: 600 });
  });

  it('schedules', async () => {
    await outputOf(start('schedules').ended);
    expect(await outputOf(start('schedules').ended)).toBe('sunday 00:00–18:30\nsaturday 00:00–24:00\n');
  });

  it('timed', async () => {
    expect(await outputOf(start('timed').ended)).toBe('stopped and off\n');
    const commands = nvr.requests.map(({ body }) => /"(?:command|pinValue)":"?(\w+)/.exec(body)?.[1]);
    expect(commands.filter(Boolean)).toEqual(['pan_left', 'stop', '1', '0']);
  });

  it('talk', async () => {
    expect(await outputOf(start('talk').ended)).toBe('said\n');
    expect(nvr.talk(1).audio).toHaveLength(4000);
  });

  it('live', async () => {
    await client.call(operations.getSnapshot, { ChannelID: 1 });
    const printed = new RegExp(`^h264, 1280 x 720\nManual, ${DATE}\n$`);
    expect(await outputOf(start('live').ended)).toMatch(printed);
    expect(project.read('picture.h264').toString('hex', 0, 4)).toBe('00000001');
    expect(project.read('fresh.jpg').toString('hex', 0, 2)).toBe('ffd8');
    expect(nvr.snapshotPaths).toHaveLength(1);
  });

  it('recordings', async () => {
    const printed = new RegExp(`^(${DATE} – ${DATE}\n){8,10}$`);
    expect(await outputOf(start('recordings').ended)).toMatch(printed);
    expect(project.read('clip.avi').toString('latin1', 0, 4)).toBe('RIFF');
    expect(project.read('clip.mp4').toString('latin1', 4, 8)).toBe('ftyp');
  });

  it('events', async () => {
    const example = start('events');
    await example.printed('connected\n');
    nvr.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    nvr.throwEvent({ channel: 1, type: 'Motion', state: 'inactive' });
    await example.printed('ends');
    example.interrupt();
    expect(await outputOf(example.ended)).toBe('connected\nMotion at 1 begins\nMotion at 1 ends\n');
  });

  it('stream', async () => {
    const example = start('stream');
    await until('it to listen', () => nvr.openSockets === 1);
    nvr.throwEvent({ channel: 2, type: 'InputAlarm', state: 'active' });
    nvr.throwEvent({ channel: 2, type: 'InputAlarm', state: 'inactive' });
    expect(await outputOf(example.ended)).toBe(
      'InputAlarm at 2: active\nInputAlarm at 2: inactive\n2 of 2 cameras online\n',
    );
  });

  it('https', async () => {
    const { httpsPort: port = 0, fingerprint: first } = nvr;
    const run = async (...args: string[]) => {
      const { code, output, errors } = await start('https', { port, args }).ended;
      expect(code).toBe(0);
      return output + errors;
    };
    const encrypted = 'Simulated NVR, encrypted\n';
    expect(await run()).toBe(encrypted);
    nvr.faults.changedCertificate();
    const warning = `It shows ${nvr.fingerprint}, but ${first} is known. Compare it with the NVR's own display.\n`;
    expect(await run()).toBe(warning);
    expect(await run('--trust')).toBe(warning);
    expect(await run()).toBe(encrypted);
  });

  it('discovery', async () => {
    const env = { NVR_DISCOVERY_PORT: String(nvr.discoveryPort) };
    const { ended } = start('discovery', { node: ['--import', loopback], env });
    expect(await outputOf(ended)).toBe(`127.0.0.1:${nvr.port} is AiO NVR\n1 found\n`);
  });

  it('have all been run', () => {
    const files = readdirSync(new URL('../../docs/examples/', import.meta.url));
    expect([...tried].sort()).toEqual(files.map((file) => file.replace('.ts', '')).sort());
  });
});
