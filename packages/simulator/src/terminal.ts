import { InvalidParameterError } from '../../../src/shared/errors.js';
import { setFault } from './faults/faults.js';
import type { Simulator } from './simulator.js';

export const TERMINAL_HELP = `m 2          motion on channel 2
p 5 1        pin 5 on (0: off)
f <name> [v] fault on (or off, or a number); GET / of the control server lists them
r            restart the NVR
help         this`;

/** Does what a line typed at the terminal asks for. @returns what to print @throws {@link InvalidParameterError} */
export async function obey(line: string, simulator: Simulator): Promise<string> {
  const [word = '', first = '', second = ''] = line.trim().split(/\s+/);
  switch (word) {
    case '':
      return '';
    case 'm':
      if (first === '') throw new InvalidParameterError('m', 'which channel? m 2 is motion on channel 2');
      simulator.motion(numberOf(first));
      return `motion on channel ${first}`;
    case 'p':
      if (second === '') throw new InvalidParameterError('p', 'which pin, and how? p 5 1 switches pin 5 on');
      simulator.setPin(numberOf(first), numberOf(second));
      return `pin ${first} is ${simulator.pin(numberOf(first))}`;
    case 'f':
      setFault(simulator.faults, first, faultValue(second));
      return `fault ${first} ${second || 'on'}`;
    case 'r':
      await simulator.restart();
      return 'restarted';
    case 'help':
      return TERMINAL_HELP;
    default:
      throw new InvalidParameterError(word, 'unknown; type help');
  }
}

/** `NaN`, which nothing takes, for what is no number. */
function numberOf(word: string): number {
  return /^\d+$/.test(word) ? Number(word) : NaN;
}

function faultValue(word: string): boolean | number {
  if (word === '') return true;
  return word === 'off' ? false : numberOf(word);
}
