import { InvalidParameterError } from '../shared/index.js';

/**
 * The parts of a list that a form stores as text, separated by commas. A flow made by hand may hold anything.
 *
 * @throws InvalidParameterError when it is no text
 */
export function wordsOf(list: unknown, field: string): string[] {
  if (typeof list !== 'string') throw new InvalidParameterError(field, 'must be text, separated by commas');
  return list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** For comparing names and types: people and devices are not consistent in their case. */
export function folded(word: string): string {
  return word.toLowerCase();
}
