import { type Clock, type Logger, Nvr, silentLogger, systemClock } from '../shared/index.js';
import { cleanText, limits, safeJson, versionOf } from '../shared/internal.js';
import { readArguments } from './arguments.js';
import { type Account, findAccount } from './account.js';
import type { Command, Context } from './command.js';
import { commands } from './commands/index.js';
import { Ending, EXIT, Failure, isUsage, tell } from './failure.js';
import type { Given } from './given.js';
import { helpOf, helpOfAll } from './help.js';
import { loggerOf, Output, type Sink } from './output.js';
import { ask as askAt } from './prompt.js';

/** The world around one run. */
export interface World {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Its reason is an {@link Ending}. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/** Carries out a command line. @returns its exit code */
export async function run(world: World): Promise<number> {
  const { args, env, stdout, stderr, signal } = world;
  const json = args.includes('--json');
  const out = new Output({ stdout, stderr, json, env });
  let command: Command | undefined;
  try {
    const [name = 'help', ...others] = args;
    if (name === '--version' || name === '-v') return say(out, versionOf());
    if (name === 'help' || name === '--help' || name === '-h') return help(out, others[0]);
    command = findCommand(name);
    const given = readArguments(command, others);
    if (given.flag('help')) return say(out, helpOf(command, given.operand(0), out.width).trimEnd());
    return await perform(command, given, out, world);
  } catch (error) {
    if (signal.aborted && signal.reason instanceof Ending) return signal.reason.exit;
    return complain(error, command, out);
  } finally {
    out.endProgress();
  }
}

async function perform(command: Command, given: Given, out: Output, world: World): Promise<number> {
  const { env, stdin, stderr, signal, clock = systemClock } = world;
  const clients: Nvr[] = [];
  const logger = loggerFor(given, out);
  const ask: Context['ask'] = stdin.isTTY
    ? (question, hidden = false) => askAt(question, { stdin, stderr, signal, hidden })
    : undefined;
  let found: Promise<Account> | undefined;
  const account = () =>
    (found ??= findAccount({ given, env, logger, warn: (text) => out.note(text), ask }).then((options) => ({
      ...options,
      // Whoever asked for everything is told of it anyway.
      ...(!given.flag('verbose') && {
        trustedFirst: (fingerprint: string) => logger.warn(trusts(options.host, fingerprint)),
      }),
    })));
  const connect: Context['connect'] = async (changes) => {
    const client = new Nvr({ ...(await account()), ...changes });
    clients.push(client);
    return client;
  };
  const context: Context = { given, out, clock, signal, env, stdin, commands, ask, account, connect };
  try {
    return (await command.run(context)) ?? EXIT.ok;
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

function trusts(host: string, fingerprint: string): string {
  return `${host}: its certificate is trusted from now on, as the first seen: SHA-256 ${fingerprint}`;
}

/** What the driver says: warnings always, everything else where it is asked for. */
function loggerFor(given: Given, out: Output): Logger {
  const logger = loggerOf(out);
  if (given.flag('verbose')) return logger;
  const { warn } = logger;
  return { ...silentLogger, warn };
}

function complain(error: unknown, command: Command | undefined, out: Output): number {
  const told = tell(error);
  const { exit, code } = told;
  // It may repeat an argument, which a script has from anywhere.
  const message = cleanText(told.message, limits.text.line);
  if (out.json) out.note(safeJson({ error: { code, message, exit } }));
  else {
    out.note(`everfocus: ${code}: ${message}`);
    if (isUsage(error)) out.note(`everfocus ${command ? `${command.name} --help` : 'help'} shows how it is used`);
  }
  return exit;
}

function help(out: Output, name: string | undefined): number {
  const text =
    name === undefined || name.startsWith('-')
      ? helpOfAll(commands, versionOf(), out.width)
      : helpOf(findCommand(name), '', out.width);
  return say(out, text.trimEnd());
}

function say(out: Output, text: string): number {
  out.line(text);
  return EXIT.ok;
}

/** @throws {@link Failure} `USAGE` */
function findCommand(name: string): Command {
  const command = commands.find((each) => each.name === name);
  if (command) return command;
  const near = commands.filter((each) => each.name.startsWith(name.slice(0, 2))).map((each) => each.name);
  throw new Failure(
    'USAGE',
    `there is no command "${name.slice(0, 64)}"${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''}`,
  );
}
