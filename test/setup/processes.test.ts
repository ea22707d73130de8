import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtempSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, it } from '@jest/globals';
import { pathOutside } from '../../scripts/setup/processes.mjs';

const setup = (name: string) => JSON.stringify(new URL(`../../scripts/setup/${name}.mjs`, import.meta.url));

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends a command with all that it started', async (signal) => {
  const folder = mkdtempSync(join(tmpdir(), 'everfocus-run-'));
  const file = join(folder, 'started');
  const script = `
    import { run } from ${setup('processes')};
    import { reportProblems } from ${setup('problem')};
    await reportProblems(() => run('sh', ['-c', 'sleep 60 & touch ${file}; wait']));`;
  const watcher = watch(folder);
  const program = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  program.stderr.on('data', (data: Buffer) => (said += data.toString()));
  for await (const [, name] of on(watcher, 'change')) if (name === 'started') break;
  watcher.close();
  program.kill(signal);
  // It waits until nobody holds the command's output any more, `sleep` included.
  await expect(once(program, 'close')).resolves.toEqual([130, null]);
  expect(said).toContain('INTERRUPTED');
  rmSync(folder, { recursive: true });
});

it('npm is not looked for in the packages that it replaces', () => {
  const path = ['/checkout/node_modules/.bin', '/usr/bin', '/checkout/node_modules_old'].join(delimiter);
  expect(pathOutside(path, '/checkout')).toBe(['/usr/bin', '/checkout/node_modules_old'].join(delimiter));
});
