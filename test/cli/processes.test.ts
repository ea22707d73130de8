import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Type, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { commands } from '../../src/cli/commands/index.js';
import { shapeOf } from '../../src/cli/json-shape.js';
import { until } from '../support/until.js';
import { type Ended, ended, type RunOptions, withProgram } from './program.js';

const program = withProgram({ cameras: 2, discoveryPort: 0 });
const at = (name: string) => join(program.folder, name);
/** A file of its own for each run. */
const own = (name: string, json: boolean) => at(`${json ? 'programs' : 'people'}-${name}`);
/** A moment that is recorded: the simulator has a gap after every third hour of the day. */
const recorded = () => new Date(Math.floor((Date.now() - 7_200_000) / 10_800_000) * 10_800_000 + 3_600_000);

interface Case {
  readonly args: (json: boolean) => readonly string[];
  /** Which of the answers that the command declares. */
  readonly answer?: string;
  /** What people read on stdout. */
  readonly people: RegExp;
  /** And on stderr. Default: nothing. */
  readonly aside?: RegExp;
  readonly env?: (json: boolean) => RunOptions['env'];
  /** What Ctrl-C ends once something was written. */
  readonly endless?: true;
}

const nothing = /^$/;

/** Every command, as a person and as a script call it. */
const cases: Readonly<Record<string, Case>> = {
  discover: {
    args: () => [
      'discover',
      ...['--interface', '127.0.0.1', '--seconds', '3', '--udp-port', String(program.nvr.discoveryPort)],
    ],
    people: /^Address .*\n127\.0\.0\.1 .*\n$/,
  },
  nvrs: { args: () => ['nvrs'], answer: 'list', people: /^Name .*\nattic +127\.0\.0\.1 +\d+ +no +admin +kept\n$/ },
  'nvrs add': {
    args: () => ['nvrs', 'add', 'shop'],
    answer: 'add, remove',
    people: nothing,
    aside: /^shop is kept; everfocus doctor --nvr shop tries it\n$/,
    env: (json) => ({ EVERFOCUS_STORE: own('store', json) }),
  },
  trust: {
    args: () => ['trust'],
    people: /^trusted {2}([0-9A-F]{2}:){31}[0-9A-F]{2}\n$/,
    env: () => ({ EVERFOCUS_HTTPS: '1', EVERFOCUS_PORT: String(program.nvr.httpsPort) }),
    aside: /trusted from now on|^$/,
  },
  doctor: {
    args: () => ['doctor', '--watch', '0.5', '--patience', '20'],
    people: /^✓ address .*\n✓ port .*\n✓ device [^]*\n✓ dialect [^]*\n\n\d+ ✓ {2}\d+ ! {2}0 ✗\n$/,
  },
  capture: {
    args: (json) => ['capture', '--yes', '--seconds', '1', '--cameras', '0', '-o', own('bundle.json', json)],
    people: /^What is in it \(\d+ KiB\):\n[^]*bundle\.json is written\. /,
  },
  call: {
    args: () => ['call', 'getPort'],
    answer: 'the reply of the operation',
    people: /^http_port +\d+$/m,
  },
  'call --list': {
    args: () => ['call', '--list'],
    answer: '--list',
    people: /^Operation .*\n[^]*\ncameraStatus +2\.\d/,
    aside: /^! asks before it is sent, or needs --yes\n$/,
  },
  'call --output': {
    args: (json) => ['call', 'backupConfig', '-o', own('backup.cfg', json)],
    answer: '--output',
    people: /backup\.cfg: \d+ bytes\n$/,
  },
  'watch events': {
    args: () => ['watch', 'events', '--count', '2'],
    answer: 'events',
    people: /^(\S+ \S+ {2}camera \d +\w+ +(in)?active\n){2}$/,
  },
  'watch metadata': {
    args: () => ['watch', 'metadata', '--count', '2'],
    answer: 'metadata',
    people: /^(\S+ \S+ {2}camera 1 +(plate +B-XY 12|storm +\d)\n){2}$/,
  },
  'watch status': {
    args: () => ['watch', 'status', '--count', '2'],
    answer: 'status',
    people: /^\S+ \S+ {2}camera 1 +on line.*\n\S+ \S+ {2}camera 2 +on line.*\n$/,
  },
  'watch exceptions': {
    args: () => ['watch', 'exceptions', '--count', '2'],
    answer: 'exceptions',
    people: /^(\S+ \S+ {2}DiskError +\S+\n){2}$/,
  },
  'watch messages': {
    args: () => ['watch', 'messages', '--count', '2'],
    answer: 'messages',
    people: /^(\S+ \S+ {2}\w+ .*\n){2}$/,
  },
  snapshot: {
    args: (json) => ['snapshot', '-c', '2', '-o', own('gate.jpg', json)],
    people: /gate\.jpg: \d+ x \d+, \d+ bytes\n$/,
  },
  // It begins with a start code and parameter sets (NAL unit type 7).
  live: { args: () => ['live', '--count', '3'], people: /^\p{Cc}{3,4}g/u },
  clip: {
    args: (json) => ['clip', '--from', recorded().toISOString(), '--seconds', '2', '-o', own('clip.avi', json)],
    people: /clip\.avi: camera 1 from .* to .*, \d+ KiB\n$/,
  },
  map: { args: () => ['map'], people: /^ {12}\d{4}-.*\ncamera 1 +[·░▒▓█]+ +\d+ %\ncamera 2 .*\n$/ },
  talk: { args: () => ['talk', at('beep.ulaw'), '-c', '2'], people: /^0\.1 s were said\n$/ },
  ptz: { args: () => ['ptz', 'left', '--seconds', '0.05'], people: nothing },
  'ptz presets': { args: () => ['ptz', 'presets'], answer: 'presets', people: /^name .*\ngate +\S+\n/m },
  'settings read': {
    args: (json) => ['settings', 'read', own('settings', json)],
    answer: 'read',
    people: /^\d+ files in .*; passwords are not among them\n$/,
  },
  'settings diff': {
    args: () => ['settings', 'diff', at('settings')],
    answer: 'diff, apply',
    people: /^no difference\n$/,
  },
  'bridge --check': {
    args: () => ['bridge', '--check', at('bridge.json')],
    answer: '--check',
    people: /^site house: 1 NVR; the file can be used\n$/,
  },
  simulate: {
    args: () => ['simulate', '--port', '0', '--control-port', '0', '--cameras', '1'],
    people: /^NVR +http:\/\/127\.0\.0\.1:\d+ [^]*Ctrl-C stops it; .*\n$/,
    endless: true,
  },
  replay: {
    args: () => ['replay', join(import.meta.dirname, '../captures/simulator-text-values.json'), '--port', '0'],
    people: /^Replay +http:\/\/127\.0\.0\.1:\d+ [^]*Ctrl-C stops it\.\n$/,
    endless: true,
  },
  completion: { args: () => ['completion', 'bash'], people: /^_everfocus\(\) \{\n[^]*\n}\ncomplete .* everfocus\n$/ },
};

const names = Object.keys(cases);
const commandOf = (name: string) => commands.find((command) => command.name === name.split(' ', 1)[0]);

/** A schema that takes nothing which it does not name. */
function closed(schema: TSchema): TSchema {
  return JSON.parse(JSON.stringify(schema), (_, value: Record<string, unknown>) =>
    value?.['type'] === 'object' && value['properties'] ? { ...value, additionalProperties: false } : value,
  ) as TSchema;
}

async function execute(name: string, json: boolean): Promise<Ended> {
  const { args, env, endless } = cases[name] as Case;
  const child = program.start([...args(json), ...(json ? ['--json'] : [])], { env: { ...env?.(json) } });
  const done = ended(child);
  // What it writes comes in pieces; the last line is the one that says how it ends.
  let text = '';
  if (endless) {
    child.stdout.on('data', (part: Buffer) => {
      if (!text.includes('Ctrl-C') && (text += part.toString()).includes('Ctrl-C')) child.kill('SIGINT');
    });
  }
  return done;
}

describe('Every command, as a process,', () => {
  const found = new Map<string, Ended>();
  beforeAll(async () => {
    const { host, port } = program.nvr;
    writeFileSync(at('beep.ulaw'), Buffer.alloc(800, 0xff));
    const nvr = { host, port, https: false, username: 'admin', passwordEnv: 'EVERFOCUS_PASSWORD' };
    const file = { site: 'house', broker: { url: 'mqtt://127.0.0.1' }, nvrs: [nvr] };
    writeFileSync(at('bridge.json'), JSON.stringify(file), { mode: 0o600 });
    mkdirSync(at('settings'));
    for (const args of [
      ['nvrs', 'add', 'attic'],
      ['call', 'setPreset', '--ChannelID', '1', '--preset_name', 'gate'],
      ['settings', 'read', at('settings'), '--only', 'getEMail,getDDNS'],
    ])
      expect(await program.run(args)).toMatchObject({ code: 0 });
    const runs = [...names];
    const worker = async () => {
      for (let name = runs.shift(); name; name = runs.shift()) {
        // One after the other: two cannot talk to one camera at a time.
        for (const json of [false, true]) found.set(`${name} ${json}`, await execute(name, json));
      }
    };
    let over = false;
    const all = Promise.all(Array.from({ length: 3 }, worker)).finally(() => (over = true));
    all.catch(() => undefined);
    // Something happens all the time at this NVR.
    let turn = 0;
    await until(
      () => `still to do: ${JSON.stringify(runs)}`,
      () => {
        // Ten times a second.
        if ((turn += 1) % 10 > 0) return over;
        program.nvr.throwEvent({ channel: 1, type: 'Motion', state: turn % 20 ? 'active' : 'inactive' });
        program.nvr.throwMeta({ channel: 1, type: 'plate', data: 'B-XY 12' });
        program.nvr.throwException({ exception: 'DiskError', target: 'sda' });
        program.nvr.faults.noticeStorm(1);
        return over;
      },
      240_000,
    );
    await all;
  }, 300_000);

  it('is in this table, with each of its answers', () => {
    const declared = commands.flatMap(({ name, answers = {} }) =>
      Object.keys(answers).map((word) => `${name} ${word}`),
    );
    const tried = Object.entries(cases).flatMap(([name, { answer = '' }]) => `${name.split(' ', 1)[0]} ${answer}`);
    expect(
      commands.map(({ name }) => name).filter((name) => !names.some((one) => commandOf(one)?.name === name)),
    ).toEqual([]);
    expect(declared.filter((one) => !tried.includes(one))).toEqual([]);
  });

  it.each(names)('%s tells people, and nothing else on stdout', (name) => {
    const { people, aside = nothing, endless } = cases[name] as Case;
    const { code, stdout, stderr } = found.get(`${name} false`) as Ended;
    expect({ code, stdout, stderr }).toEqual({
      code: endless ? 130 : 0,
      stdout: expect.stringMatching(people),
      stderr: expect.stringMatching(aside),
    });
  });

  it.each(names.filter((name) => commandOf(name)?.answers))('%s --json answers as it declares', (name) => {
    const { answers = {}, lines } = commandOf(name) ?? {};
    const { answer = '' } = cases[name] as Case;
    const { code, stdout } = found.get(`${name} true`) as Ended;
    expect(code).toBe(0);
    const documents = (lines ? stdout.trimEnd().split('\n') : [stdout]).map((text) => JSON.parse(text) as unknown);
    expect(documents.length).toBeGreaterThan(0);
    const schema = closed(answers[answer] ?? Type.Never());
    for (const document of documents) expect([...Value.Errors(schema, document)]).toEqual([]);
  });

  it.each(names.filter((name) => !commandOf(name)?.answers))('%s prints the same for programs', (name) => {
    const { people, endless } = cases[name] as Case;
    const { code, stdout, stderr } = found.get(`${name} true`) as Ended;
    expect([code, stdout, stderr]).toEqual([endless ? 130 : 0, expect.stringMatching(people), '']);
  });

  it('says nothing aside to programs but lines of JSON', () => {
    const aside = names.flatMap((name) =>
      found
        .get(`${name} true`)
        ?.stderr.split('\n')
        .filter((line) => line !== '')
        .map((line) => ({ name, ...(JSON.parse(line) as object) })),
    );
    expect(aside).toEqual(aside.map(() => ({ name: 'trust', level: 'warning', message: expect.any(String) })));
  });
});

describe('Every command that fails', () => {
  const connecting = names.filter((name) => commandOf(name)?.connects);
  // These two are answered without an NVR.
  const asks = connecting.filter((name) => !/^nvrs|--list$/.test(name));

  it.each(asks)('%s tells an NVR that cannot be reached, by its code', async (name) => {
    const { args } = cases[name] as Case;
    const env = { EVERFOCUS_PORT: '1', ...(name === 'trust' && { EVERFOCUS_HTTPS: '1' }) };
    const people = await program.run(args(false), { env });
    const programs = await program.run([...args(true), '--json'], { env });
    expect([people.code, programs.code]).toEqual([3, 3]);
    if (name === 'doctor') return;
    expect(people).toMatchObject({ stdout: '', stderr: expect.stringMatching(/^everfocus: NVR_UNREACHABLE: .*\n$/) });
    expect(programs.stdout).toBe('');
    expect(JSON.parse(programs.stderr)).toEqual({
      error: { code: 'NVR_UNREACHABLE', message: expect.any(String), exit: 3 },
    });
  });

  it.each([
    ['bridge', ['bridge', 'none.json'], 'INVALID_CONFIGURATION', 2],
    ['replay', ['replay', 'none.json'], 'FILE_FAILED', 7],
    ['completion', ['completion', 'fish'], 'USAGE', 2],
    ['simulate', ['simulate', '--cameras', '99'], 'USAGE', 2],
    ['discover', ['discover', '--interface', '203.0.113.1'], 'USAGE', 2],
    ['nvrs', ['nvrs', 'remove', 'moon'], 'USAGE', 2],
  ])('%s tells what is wrong by a code', async (_, args, code, exit) => {
    const people = await program.run(args);
    const programs = await program.run([...args, '--json']);
    expect(people).toMatchObject({ code: exit, stdout: '', stderr: expect.stringContaining(`everfocus: ${code}: `) });
    expect(programs).toMatchObject({ code: exit, stdout: '' });
    expect(JSON.parse(programs.stderr)).toMatchObject({ error: { code, exit } });
  });
});

describe('The shape of an answer', () => {
  it.each([
    [
      Type.Array(Type.Object({ at: Type.Integer(), who: Type.Optional(Type.String()) })),
      '{ at: integer, who?: string }[]',
    ],
    [Type.Array(Type.Enum(['on', 'off'])), '("on" | "off")[]'],
    [Type.Record(Type.String(), Type.Union([Type.Literal(1), Type.Boolean()])), '{ […]: 1 | boolean }'],
    [Type.Unknown(), 'unknown'],
  ])('%j is told as TypeScript would', (schema, text) => expect(shapeOf(schema)).toBe(text));
});
