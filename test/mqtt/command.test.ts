import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withProgram } from '../cli/program.js';
import { until } from '../support/until.js';
import { Onlooker } from './rig.js';
import { TestBroker } from './test-broker.js';

describe('everfocus bridge', () => {
  const program = withProgram();
  let broker: TestBroker;
  beforeAll(async () => void (broker = await TestBroker.start()));
  afterAll(() => broker[Symbol.asyncDispose]());

  const file = (more: object = {}) => {
    const path = join(program.folder, 'bridge.json');
    const { host, port } = program.nvr;
    const nvrs = [{ host, port, https: false, username: 'admin', passwordEnv: 'SECRET_OF_NVR' }];
    const url = `mqtt://127.0.0.1:${broker.port}`;
    writeFileSync(path, JSON.stringify({ site: 'cli', broker: { url, version: '5' }, nvrs, ...more }), {
      mode: 0o600,
    });
    return path;
  };
  const env = { SECRET_OF_NVR: 'admin123' };

  it('checks a file, and says what is wrong with it and where', async () => {
    const good = await program.run(['bridge', '--check', file()], { env });
    expect(good).toMatchObject({ code: 0, stdout: 'site cli: 1 NVR; the file can be used\n', stderr: '' });
    expect(await program.json(['bridge', '--check', file()], { env })).toEqual({ site: 'cli', nvrs: 1, advice: [] });
    const bad = await program.run(['bridge', file({ site: '#' })], { env });
    expect(bad.code).toBe(2);
    expect(bad.stderr).toMatch(/bridge\.json cannot be used:\n {2}site does not fit: write a name/);
  });

  it('runs as a process: killed, it is offline by its will and its successor puts all in doubt; ended by SIGTERM, stopped', async () => {
    await using onlooker = await Onlooker.at(broker.port, 'everfocus/cli/#');
    const motion = 'everfocus/cli/SIM001114000001/ch/1/motion';
    let child = program.start(['bridge', file()], { env });
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    await onlooker.says(motion, 'OFF');
    program.nvr.throwEvent({ channel: 1, type: 'Motion', state: 'active' });
    await onlooker.says(motion, 'ON');
    // What it announced is on the disk before long.
    await until('nothing more to be told', () => onlooker.last('everfocus/cli/SIM001114000001/health'));
    child.kill('SIGKILL');
    await onlooker.says('everfocus/cli/status', 'offline');
    program.nvr.throwEvent({ channel: 1, type: 'Motion', state: 'inactive' });
    onlooker.seen.length = 0;
    child = program.start(['bridge', file()], { env });
    await onlooker.says(motion, 'OFF');
    expect(onlooker.all(motion)[0]).toBe('unknown');
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    await onlooker.says('everfocus/cli/status', 'stopped');
    expect(onlooker.last(motion)).toBe('unknown');
    expect(log).not.toContain('admin123');
  });
});
