// What every npm script starts. It must run on Node 20 with nothing installed: it brings the rest itself.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { help, readOptions } from './demo/options.mjs';
import { CALLS_FOLDER } from './docs/calls.mjs';
import { quickTests } from './quick-tests.mjs';
import { jinjaPython } from './jinja.mjs';
import { mosquitto } from './mosquitto.mjs';
import { zsh } from './zsh.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { root } from './setup/paths.mjs';
import { runQuietly } from './setup/processes.mjs';
import { step } from './setup/progress.mjs';
import { Problem, reportProblems } from './setup/problem.mjs';

const modules = join(root, 'node_modules');
const jest = ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules', join(modules, 'jest/bin/jest.js')];
const prettier = [join(modules, 'prettier/bin/prettier.cjs'), '--log-level=warn'];
const eslint = [join(modules, 'eslint/bin/eslint.js'), '--max-warnings=0'];
// Who imports whom; ESLint looks at one file at a time.
const imports = [
  join(modules, 'dependency-cruiser/bin/dependency-cruise.mjs'),
  '--config',
  '--',
  'src',
  'packages/simulator/src',
];
const tsc = [join(modules, 'typescript/bin/tsc'), '-p', root];
const build = [join(root, 'scripts/build.mjs')];
// The scripts in TypeScript run from source, by Node itself.
const typescript = [
  '--disable-warning=ExperimentalWarning',
  '--experimental-transform-types',
  `--import=${join(root, 'scripts/typescript.mjs')}`,
];

/** @typedef {{ step: string, run: string[] }} Step */

/** @type {Record<string, (args: string[]) => Array<Step | { lanes: Step[][] } | { run: string[], env?: Record<string, string> }>>} */
const tasks = {
  build: () => [{ step: 'build', run: build }],
  lint: (args) => [{ run: [...eslint, ...(args.length > 0 ? args : ['.'])] }, { run: imports }],
  format: (args) => [{ run: [...prettier, '--write', ...(args.length > 0 ? args : ['.'])] }],
  types: () => [{ run: tsc }],
  // With arguments only what they select: `npm test -- test/shared`.
  test: (args) =>
    args.length > 0
      ? [{ run: [...jest, ...args] }]
      : [
          {
            // Lint takes as long as everything else.
            lanes: [
              [{ step: 'lint', run: [...eslint, '.'] }],
              [
                { step: 'formatting', run: [...prettier, '--check', '.'] },
                { step: 'imports', run: imports },
                { step: 'types', run: tsc },
                { step: 'build and package', run: [join(root, 'scripts/pack.mjs')] },
              ],
            ],
          },
          { run: [...jest, ...leftOut()], env: { EVERFOCUS_CALLS: newFolder(CALLS_FOLDER) } },
        ],
  // What needs no process, browser, ffmpeg or Node-RED.
  'test:quick': (args) => [{ run: [...jest, ...quickTests(), ...args] }],
  docs: () => [{ step: 'build', run: build }, { run: [...typescript, join(root, 'scripts/docs/index.ts')] }],
  demo: (args) => [
    { step: 'build', run: build },
    { run: [...typescript, join(root, 'scripts/demo/index.ts'), ...args] },
  ],
  bench: (args) => [
    { step: 'build and package', run: [join(root, 'scripts/pack.mjs')] },
    { run: [...typescript, join(root, 'bench/index.ts'), ...args] },
  ],
};

/** npm has neither Mosquitto nor Python nor zsh: what needs one that the system lacks is left out, and said. */
function leftOut() {
  /** @type {[folder: string, isLeftOut: boolean, words: string][]} */
  const parts = [
    [
      '/test/mqtt/',
      !mosquitto,
      'of the MQTT bridge are left out: they need Mosquitto (Debian: apt install mosquitto, macOS: brew install mosquitto)',
    ],
    [
      '/test/mqtt/home-assistant-templates',
      Boolean(mosquitto) && !jinjaPython,
      "of Home Assistant's templates are left out: they need Jinja2 (Debian: apt install python3-jinja2)",
    ],
    ['/test/cli/zsh', !zsh, 'of completion in zsh are left out: they need zsh (Debian: apt install zsh)'],
  ];
  const out = parts.filter(([, isLeftOut]) => isLeftOut);
  if (out.length === 0) return [];
  for (const [, , words] of out) process.stdout.write(`· The tests ${words}.\n`);
  return ['/node_modules/', ...out.map(([folder]) => folder)].map((folder) => `--testPathIgnorePatterns=${folder}`);
}

/** @param {string} folder */
function newFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
  return folder;
}

/**
 * Goes through several lists of steps at a time, and tells what is wrong with each.
 *
 * @param {string} node
 * @param {Step[][]} lanes
 */
async function runInLanes(node, lanes) {
  const names = lanes.flat().map((one) => one.step);
  await step(names.join(', '), async () => {
    const all = lanes.map(async (lane) => {
      for (const { run } of lane) await runQuietly(node, run);
    });
    const reasons = (await Promise.allSettled(all)).flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    const other = reasons.find((reason) => !(reason instanceof Problem && reason.code === 'STEP_FAILED'));
    if (other) throw other;
    if (reasons.length > 0) throw new Problem('STEP_FAILED', reasons.map(({ message }) => message).join('\n\n'));
  });
}

/**
 * Runs in the foreground; signals reach it, and this process outlives it.
 *
 * @param {string} node
 * @param {string[]} args
 * @param {Record<string, string>} [variables]
 * @returns {Promise<number>} its exit code
 */
function runInForeground(node, args, variables = {}) {
  return new Promise((resolve) => {
    const path = [join(modules, '.bin'), process.env.PATH].join(delimiter);
    const child = spawn(node, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...variables, PATH: path } });
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      process.on(signal, () => child.kill(signal));
    }
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

await reportProblems(async () => {
  const [name = '', ...args] = process.argv.slice(2);
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (!task) throw new Problem('UNKNOWN_TASK', `usage: node scripts/run.mjs ${Object.keys(tasks).join('|')}`);
  // Neither help nor a typing error costs an installation.
  if (name === 'demo' && !readOptions(args, root)) return void process.stdout.write(help);
  const node = await ensureInstalled();
  for (const part of task(args)) {
    if ('lanes' in part) await runInLanes(node, part.lanes);
    else if ('step' in part) await step(part.step, () => runQuietly(node, part.run));
    else process.exitCode = await runInForeground(node, part.run, part.env);
    if (process.exitCode) return;
  }
});
