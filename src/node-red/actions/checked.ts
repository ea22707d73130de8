import { Value } from 'typebox/value';
import { InvalidParameterError } from '../../shared/index.js';
import type { Parameter } from './action.js';

/**
 * Checks what no operation of the driver will: each parameter against its declaration. A Date may stand for a text: that is
 * how flows have times.
 *
 * @throws InvalidParameterError
 */
export function checkParameters(parameters: readonly Parameter[], params: Readonly<Record<string, unknown>>): void {
  for (const { name, schema, required } of parameters) {
    const value = params[name];
    if (value === undefined) {
      if (required) throw new InvalidParameterError(name, 'is needed');
      continue;
    }
    if (value instanceof Date) continue;
    const [error] = Value.Check(schema, value) ? [] : Value.Errors(schema, value);
    if (error) throw new InvalidParameterError(`${name}${error.instancePath}`, error.message);
  }
}
