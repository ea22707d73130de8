import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { readAddress } from '../shared/internal.js';
import { type Command, type Options, optionsFor } from './command.js';
import { Failure } from './failure.js';
import { Given, type Value } from './given.js';

/** @throws {@link Failure} `USAGE` */
export function readArguments(command: Command, args: readonly string[]): Given {
  const options = optionsFor(command);
  const first = command.optionsOf && firstOperand(options, args);
  if (!command.optionsOf || !first) {
    const { values, positionals } = parse(options, args);
    return checked(command, positionals, values, {});
  }
  // What stands behind the operand belongs to it where it has an option of that name: a password, say, of somebody else.
  const more = command.optionsOf(first.operand);
  const before = parse(options, args.slice(0, first.index));
  const behind = parse({ ...options, ...more }, args.slice(first.index));
  const isParameter = ([name]: [string, unknown]) => Object.hasOwn(more, name);
  const entries = Object.entries(behind.values);
  const parameters = Object.fromEntries(entries.filter(isParameter).map(([name, value]) => [name, String(value)]));
  const others = Object.fromEntries(entries.filter((entry) => !isParameter(entry)));
  return checked(command, behind.positionals, { ...before.values, ...others }, parameters);
}

function checked(
  command: Command,
  operands: readonly string[],
  given: Readonly<Record<string, unknown>>,
  parameters: Readonly<Record<string, string>>,
): Given {
  const options = optionsFor(command);
  const values: Record<string, Value> = {};
  for (const [name, value] of Object.entries(given)) {
    const option = options[name];
    if (option && value !== undefined) values[name] = checkedValue(name, option, value as string | boolean);
  }
  // Help needs nothing else.
  if (values['help'] !== true) checkOperands(command, operands);
  return new Given(operands, values, parameters);
}

function checkOperands({ name, operands = [], connects }: Command, given: readonly string[]): void {
  const missing = operands[given.length];
  if (missing && !missing.optional) {
    const choices = missing.choices ? `: ${missing.choices.join(', ')}` : '';
    throw new Failure('USAGE', `${name}: <${missing.name}> is missing${choices}`);
  }
  const more = given[operands.length];
  if (more !== undefined) {
    const remedy = connects && readAddress(more) ? '; an NVR is named by --nvr, an address by --host' : '';
    throw new Failure('USAGE', `${name}: "${more}" is one argument too many${remedy}`);
  }
  for (const [index, { name: operand, choices }] of operands.entries()) {
    const value = given[index];
    if (value !== undefined && choices && !choices.includes(value)) {
      throw new Failure('USAGE', `${name}: <${operand}> must be one of ${choices.join(', ')}, not "${value}"`);
    }
  }
}

function checkedValue(
  name: string,
  { type, choices, minimum, maximum }: Options[string],
  value: string | boolean,
): Value {
  if (typeof value === 'boolean') return value;
  if (choices && !choices.includes(value))
    throw new Failure('USAGE', `--${name} must be one of ${choices.join(', ')}, not "${value}"`);
  if (type !== 'number') return value;
  const number = value.trim() === '' ? NaN : Number(value);
  const low = minimum ?? -Infinity;
  const high = maximum ?? Infinity;
  if (!(number >= low && number <= high)) {
    throw new Failure('USAGE', `--${name} must be a number from ${low} to ${high}, not "${value}"`);
  }
  return number;
}

/** The first operand and where it stands; nothing is checked yet. */
function firstOperand(options: Options, args: readonly string[]): { operand: string; index: number } | undefined {
  const { tokens } = parseArgs({
    args: [...args],
    options: configOf(options),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const token = tokens.find(({ kind }) => kind === 'positional');
  return token?.kind === 'positional' ? { operand: token.value, index: token.index } : undefined;
}

function parse(options: Options, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: configOf(options), allowPositionals: true, strict: true });
  } catch (error) {
    // The first sentence says it; the others speak of parseArgs.
    const { message } = error as Error;
    throw new Failure('USAGE', message.replace(/\. To specify a positional[^]*$/, ''));
  }
}

function configOf(options: Options): ParseArgsOptionsConfig {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [
      name,
      { type: type === 'flag' ? 'boolean' : 'string', ...(short !== undefined && { short }) } as const,
    ]),
  );
}
