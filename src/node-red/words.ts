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

/**
 * The text of a field, without blanks around it. A flow made by hand may hold anything.
 *
 * @throws InvalidParameterError when it is neither text nor a number
 */
export function textOf(stored: unknown, field: string): string {
  if (stored === undefined || stored === null) return '';
  if (typeof stored === 'string' || typeof stored === 'number') return String(stored).trim();
  throw new InvalidParameterError(field, 'must be text');
}

/** For comparing names and types: people and devices are not consistent in their case. */
export function folded(word: string): string {
  return word.toLowerCase();
}
