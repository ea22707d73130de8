import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readArguments } from '../../src/cli/arguments.js';
import { commands } from '../../src/cli/commands/index.js';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/mqtt.md', root), 'utf8');
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
  readonly name: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string };
  readonly optionalDependencies: object;
};
const block = (language: string, beginning: string) =>
  [...page.matchAll(new RegExp('```' + language + '\\n([^]*?)```', 'g'))]
    .map(([, text = '']) => text)
    .find((text) => text.startsWith(beginning)) ?? '';

/** The file that a command line of the bridge is given. @throws where the program would not take it */
function fileOf([program = '', name = '', ...args]: readonly string[]): string {
  expect(Object.keys(manifest.bin)).toContain(program.replace(/^\/usr\/bin\//, ''));
  const command = commands.find((one) => one.name === name);
  if (!command) throw new Error(`there is no command ${name}`);
  return readArguments(command, args).operand(0);
}

describe('The systemd unit of docs/mqtt.md', () => {
  const unit = block('ini', '[Unit]');
  const fields = Object.fromEntries(
    [...unit.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );

  it('starts the bridge as a user who may write its data, and nothing else', () => {
    expect(fileOf((fields['ExecStart'] ?? '').split(' '))).toBe('/etc/everfocus/bridge.json');
    expect(fields).toMatchObject({ DynamicUser: 'yes', ProtectSystem: 'strict', Restart: 'on-failure' });
    expect(page).toContain(`"data": "/var/lib/${fields['StateDirectory']}"`);
  });

  it('has no key that systemd does not know, where that can be asked', () => {
    const folder = mkdtempSync(join(tmpdir(), 'everfocus-unit-'));
    const path = join(folder, 'everfocus-bridge.service');
    // It looks for the program, too.
    writeFileSync(path, unit.replace('/usr/bin/everfocus', process.execPath));
    const asked = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8', timeout: 20_000 });
    rmSync(folder, { recursive: true });
    const lines = asked.error ? [] : asked.stderr.split('\n');
    // It misses other units, too, where systemd is not what runs the machine.
    const faults = lines.filter((line) => /unknown|invalid|failed to parse/i.test(line));
    expect(faults.filter((line) => line.includes('everfocus-bridge.service'))).toEqual([]);
  });
});

describe('The container file of docs/mqtt.md', () => {
  const file = block('dockerfile', 'FROM');

  it('installs this package on a Node that it runs on, and starts the bridge with what is mounted', () => {
    expect(manifest.engines.node).toContain(`^${/^FROM node:(\d+)-slim$/m.exec(file)?.[1]}`);
    expect(file).toMatch(new RegExp(`^RUN npm install --global --omit=optional ${manifest.name}$`, 'm'));
    const command = JSON.parse(/^CMD (\[.*\])$/m.exec(file)?.[1] ?? '[]') as string[];
    const [folder = ''] = /^\/\w+/.exec(fileOf(command)) ?? [];
    expect(block('sh', 'docker build')).toContain(`:${folder}:ro `);
    const data = /^VOLUME (.*)$/m.exec(file)?.[1] ?? '';
    expect(block('sh', 'docker build')).toContain(`:${data} `);
    expect(page).toContain(`"data": "${data}"`);
    expect(file).toMatch(new RegExp(`^RUN install -d -o node -g node ${data}$`, 'm'));
    expect(file).toMatch(/^USER node$/m);
  });
});
