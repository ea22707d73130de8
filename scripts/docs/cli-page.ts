import { type Command, connectionOptions, generalOptions, type Options } from '../../src/cli/command.js';
import { commands } from '../../src/cli/commands/index.js';
import { EXIT_MEANINGS } from '../../src/cli/failure.js';
import { answersHead, answersOf, optionHead, optionText, usageOf } from '../../src/cli/help.js';

/** The page of the command line, from the declarations of its commands. */
export function cliPage(): string {
  return [
    '# The command line',
    '`everfocus` speaks with EverFocus NVRs from a terminal and from scripts. It comes with the package:',
    '```sh\nnpm install -g homebridge-everfocus-nvr\neverfocus discover\neverfocus nvrs add garage --host 192.168.1.20 --https\neverfocus doctor\n```',
    ...commands.map((command) => `- [\`${command.name}\`](#${command.name}): ${command.summary}`),
    '## Results, errors and exit codes',
    'Results go to stdout, everything else to stderr. People get tables and lines, in colour where stdout is a terminal and ' +
      '`NO_COLOR` is not set; progress is shown where stderr is a terminal. With `--json` programs get one JSON document, or ' +
      'one per line where more follow. An error is a line on stderr, `everfocus: CODE: words`, or with `--json` ' +
      '`{"error":{"code","message","exit"}}`; its codes are those of [the driver](driver.md#errors) and a few of its own. Text ' +
      'from an NVR is cleaned of whatever could steer a terminal. Files appear under their name once they are whole.',
    table(
      ['Exit code', 'Meaning'],
      EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning]),
    ),
    '## Which NVR, and as whom',
    'By `--nvr` and a name from the store; by `--host`; by the environment (`EVERFOCUS_HOST`, `_PORT`, `_HTTPS`, ' +
      '`_FINGERPRINT`, `_USERNAME`, `_PASSWORD`, or `EVERFOCUS_NVR`); or the only one in the store. What is missing is asked ' +
      'for where a person sits at the terminal. `--password` works, and warns: others can read it in the list of processes.',
    'The store is the folder `~/.config/everfocus` (`--store`, `EVERFOCUS_STORE`). Its `nvrs.json` holds named NVRs with their ' +
      'passwords and is refused where others can read it; beside it lie the certificates that were trusted on first use, and ' +
      'how each NVR reads what the document leaves open.',
    optionTable(connectionOptions),
    'Every command takes these:',
    optionTable(generalOptions),
    ...commands.flatMap(chapterOf),
    '',
  ]
    .join('\n\n')
    .replace(/(\n- .*)\n(?=\n- )/g, '$1');
}

function chapterOf(command: Command): string[] {
  const { name, summary, description = [], operands = [], options = {}, connects, examples } = command;
  return [
    `## ${name}`,
    `${summary}.`,
    `\`\`\`sh\n${usageOf(command)}\n\`\`\``,
    ...description,
    ...(operands.length > 0
      ? [
          table(
            ['Argument', ''],
            operands.map((operand) => [`\`${operand.name}\``, operandText(operand)]),
          ),
        ]
      : []),
    ...(Object.keys(options).length > 0 ? [optionTable(options)] : []),
    ...(connects ? [] : ['It needs no NVR.']),
    ...answersText(command),
    `\`\`\`sh\n${examples.map(([line, does]) => `${line}   # ${does}`).join('\n')}\n\`\`\``,
  ];
}

function answersText(command: Command): string[] {
  const answers = answersOf(command);
  if (answers.length === 0) return ['What it prints is the same with `--json`; its errors are JSON.'];
  const head = answersHead(command).replace('--json', '`--json`');
  const [[when, shape] = ['', '']] = answers;
  if (when === '') return [`${head} \`${shape}\``];
  return [head, ...answers.map(([word, answer]) => `- ${word.replace(/^--\w+$/, '`$&`')}: \`${answer}\``)];
}

function operandText({ description, choices, optional }: NonNullable<Command['operands']>[number]): string {
  return `${description}${choices ? ` One of ${choices.join(', ')}.` : ''}${optional ? ' May be left out.' : ''}`;
}

function optionTable(options: Options): string {
  return table(
    ['Option', ''],
    Object.entries(options).map(([name, option]) => [`\`${optionHead(name, option)}\``, optionText(option)]),
  );
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, heads.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}
