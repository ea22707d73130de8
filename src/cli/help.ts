import { type Command, type Option, type Options, connectionOptions, generalOptions } from './command.js';
import { EXIT_MEANINGS } from './failure.js';
import { shapeOf } from './json-shape.js';

/** How a command is written, such as `everfocus clip [options]`. */
export function usageOf({ name, operands = [], optionsOf }: Command): string {
  const operand = ({ name: word, optional, choices }: NonNullable<Command['operands']>[number]) => {
    const text = choices ? choices.join('|') : `<${word}>`;
    return optional ? `[${text}]` : text;
  };
  return ['everfocus', name, ...operands.map(operand), '[options]', ...(optionsOf ? ['[--parameter value]'] : [])].join(
    ' ',
  );
}

/** Help with one command. @param operand whose options are listed too, where it brings some */
export function helpOf(command: Command, operand = ''): string {
  const more = operand === '' ? {} : (command.optionsOf?.(operand) ?? {});
  const { summary, description = [], operands = [], options = {}, connects, examples, answers } = command;
  const chapters = [
    `${usageOf(command)}\n\n${summary}.`,
    ...description.map((paragraph) => wrapped(paragraph, '')),
    ...(operands.length > 0
      ? [`Arguments:\n${list(operands.map(({ name, description: text }) => [`<${name}>`, text]))}`]
      : []),
    ...(Object.keys(more).length > 0 ? [`Parameters of ${operand}:\n${optionList(more)}`] : []),
    ...(Object.keys(options).length > 0 ? [`Options:\n${optionList(options)}`] : []),
    ...(connects ? [`Which NVR:\n${optionList(connectionOptions)}`] : []),
    `Always:\n${optionList(generalOptions)}`,
    ...(answers ? [answersText(command)] : []),
    `Examples:\n${examples.map(([line, does]) => `  ${line}\n      ${does}`).join('\n')}`,
  ];
  return `${chapters.join('\n\n')}\n`;
}

/** Help with the program. */
export function helpOfAll(commands: readonly Command[], version: string): string {
  return [
    `everfocus ${version}: EverFocus NVRs from the command line`,
    'Usage: everfocus <command> [options]; everfocus <command> --help tells more.',
    `Commands:\n${list(commands.map(({ name, summary }) => [name, summary]))}`,
    'Begin with:\n  everfocus discover\n  everfocus nvrs add garage --host 192.168.1.20 --https\n  everfocus doctor',
    `Exit codes:\n${list(EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning.replaceAll('`', '')]))}`,
    '',
  ].join('\n\n');
}

/** `--channel <n>, -c`. */
export function optionHead(name: string, { type, value, short }: Option): string {
  const word = type === 'flag' ? '' : ` <${value ?? (type === 'time' ? 'time' : 'text')}>`;
  return `${short === undefined ? '' : `-${short}, `}--${name}${word}`;
}

/** What an option does, with its choices and default. */
export function optionText({ description, choices, otherwise }: Option): string {
  return [
    description,
    ...(choices ? [`One of ${choices.join(', ')}.`] : []),
    ...(otherwise === undefined ? [] : [`Default: ${otherwise}.`]),
  ].join(' ');
}

function answersText(command: Command): string {
  const [head, answers] = [answersHead(command), answersOf(command)];
  const [[when, shape] = ['', '']] = answers;
  return `${head}\n${when === '' ? wrapped(shape, '  ') : list(answers)}`;
}

/** What a program gets, in words. */
export function answersHead({ lines }: Command): string {
  return lines ? 'With --json, a line each:' : 'With --json:';
}

/** When it gets which. */
export function answersOf({ answers = {} }: Command): readonly (readonly [when: string, shape: string])[] {
  return Object.entries(answers).map(([when, schema]) => [when, shapeOf(schema)]);
}

function optionList(options: Options): string {
  return list(Object.entries(options).map(([name, option]) => [optionHead(name, option), optionText(option)]));
}

/** Columns: a long word stands in a line of its own. */
function list(entries: readonly (readonly [string, string])[]): string {
  const width = Math.min(24, Math.max(...entries.map(([word]) => word.length)));
  const indent = ' '.repeat(width + 4);
  return entries
    .map(([word, text]) => {
      const lines = wrapped(text, indent).trimStart();
      return word.length > width ? `  ${word}\n${indent}${lines}` : `  ${word.padEnd(width)}  ${lines}`;
    })
    .join('\n');
}

/** Text in lines of at most 96 characters, each after the indent. */
function wrapped(text: string, indent: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && indent.length + last.length + 1 + word.length > 96) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line) => indent + line).join('\n');
}
