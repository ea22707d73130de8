import { InvalidParameterError } from '../../../src/shared/errors.js';
import { Refusal } from './nvr/refusal.js';

/** What the API refuses, the caller of the class gets as an error with a code. */
export function checked<T>(parameter: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof Refusal ? new InvalidParameterError(parameter, error.message) : error;
  }
}
