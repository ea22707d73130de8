import { operations } from '../../shared/index.js';
import { type Command, optionsFor } from '../command.js';
import { EXIT } from '../failure.js';

export const completion: Command = {
  name: 'completion',
  summary: 'Print what lets a shell complete commands and options',
  operands: [{ name: 'shell', description: 'Which shell.', choices: ['bash', 'zsh'] }],
  examples: [
    ['source <(everfocus completion bash)', 'in ~/.bashrc'],
    ['source <(everfocus completion zsh)', 'in ~/.zshrc, after compinit'],
  ],
  async run({ given, out, commands }) {
    if (given.operand(0) === 'zsh') out.line('autoload -U +X bashcompinit && bashcompinit');
    out.line(script(commands));
    return EXIT.ok;
  },
};

/** A function of bash that knows the commands, their operands and options, as they are now. */
function script(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `_everfocus() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} words=
  if [ "$COMP_CWORD" -eq 1 ]; then words="${names} help"
  else
    case "\${COMP_WORDS[1]} $previous" in
${commands.flatMap(choicesOf).join('\n')}
    esac
    if [ -z "$words" ]; then
      case "\${COMP_WORDS[1]}" in
        help) words="${names}" ;;
${commands.map(wordsOf).join('\n')}
      esac
    fi
  fi
  COMPREPLY=( $(compgen -W "$words" -- "$current") )
}
complete -o default -F _everfocus everfocus`;
}

/** What an option may be. */
function choicesOf(command: Command): string[] {
  return Object.entries(optionsFor(command)).flatMap(([name, { choices, short }]) => {
    if (!choices) return [];
    const options = [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
    return [
      `      ${options.map((option) => `"${command.name} ${option}"`).join(' | ')}) words="${choices.join(' ')}" ;;`,
    ];
  });
}

/** Operands and options. */
function wordsOf(command: Command): string {
  const operands =
    command.name === 'call' ? Object.keys(operations) : (command.operands ?? []).flatMap(({ choices = [] }) => choices);
  const options = Object.keys(optionsFor(command)).map((name) => `--${name}`);
  return `        ${command.name}) words="${[...operands, ...options].join(' ')}" ;;`;
}
