import { type Command, type Option, type Options, connectionOptions, generalOptions } from './command.js';
import { EXIT_MEANINGS } from './failure.js';
import { shapeOf } from './json-shape.js';
import { wrapped } from './wrapped.js';

/** Longest line that is read with ease, characters. */
const LINE = 96;

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

/**
 * Help with one command.
 *
 * @param operand whose options are listed too, where it brings some
 * @param width characters of a line
 */
export function helpOf(command: Command, operand = '', width = LINE): string {
  const more = operand === '' ? {} : (command.optionsOf?.(operand) ?? {});
  const { summary, description = [], operands = [], options = {}, connects, examples, answers } = command;
  const chapters = [
    `${usageOf(command)}\n\n${summary}.`,
    ...description.map((paragraph) => wrapped(paragraph, '', lineOf(width))),
    ...(operands.length > 0
      ? [
          `Arguments:\n${list(
            operands.map(({ name, description: text }) => [`<${name}>`, text]),
            width,
          )}`,
        ]
      : []),
    ...(Object.keys(more).length > 0 ? [`Parameters of ${operand}:\n${optionList(more, width)}`] : []),
    ...(Object.keys(options).length > 0 ? [`Options:\n${optionList(options, width)}`] : []),
    ...(connects ? [`Which NVR:\n${optionList(connectionOptions, width)}`] : []),
    `Always:\n${optionList(generalOptions, width)}`,
    ...(answers ? [answersText(command, width)] : []),
    `Examples:\n${examples.map(([line, does]) => `  ${line}\n      ${does}`).join('\n')}`,
  ];
  return `${chapters.join('\n\n')}\n`;
}

/** Help with the program. @param width characters of a line */
export function helpOfAll(commands: readonly Command[], version: string, width = LINE): string {
  return [
    `everfocus ${version}: EverFocus NVRs from the command line`,
    'Usage: everfocus <command> [options]; everfocus <command> --help tells more.',
    `Commands:\n${list(
      commands.map(({ name, summary }) => [name, summary]),
      width,
    )}`,
    'Begin with:\n  everfocus discover\n  everfocus nvrs add garage --host 192.168.1.20 --https\n  everfocus doctor',
    `Exit codes:\n${list(
      EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning.replaceAll('`', '')]),
      width,
    )}`,
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

function answersText(command: Command, width: number): string {
  const [head, answers] = [answersHead(command), answersOf(command)];
  const [[when, shape] = ['', '']] = answers;
  return `${head}\n${when === '' ? wrapped(shape, '  ', lineOf(width)) : list(answers, width)}`;
}

/** What a program gets, in words. */
export function answersHead({ lines }: Command): string {
  return lines ? 'With --json, a line each:' : 'With --json:';
}

/** When it gets which. */
export function answersOf({ answers = {} }: Command): readonly (readonly [when: string, shape: string])[] {
  return Object.entries(answers).map(([when, schema]) => [when, shapeOf(schema)]);
}

function optionList(options: Options, width: number): string {
  return list(
    Object.entries(options).map(([name, option]) => [optionHead(name, option), optionText(option)]),
    width,
  );
}

/** Columns: a long word stands in a line of its own. */
function list(entries: readonly (readonly [string, string])[], lineWidth: number): string {
  const width = Math.min(24, Math.max(...entries.map(([word]) => word.length)));
  const indent = ' '.repeat(width + 4);
  return entries
    .map(([word, text]) => {
      const lines = wrapped(text, indent, lineOf(lineWidth)).trimStart();
      return word.length > width ? `  ${word}\n${indent}${lines}` : `  ${word.padEnd(width)}  ${lines}`;
    })
    .join('\n');
}

function lineOf(width: number): number {
  return Math.min(LINE, width);
}
