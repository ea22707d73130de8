import { types } from 'node:util';
import { Value } from 'typebox/value';
import { InvalidParameterError } from '../../shared/index.js';
import { type Shape, timePattern } from '../../shared/values/index.js';
import type { Parameter } from './action.js';

/**
 * Checks what no operation of the driver will: each parameter against its declaration. A Date may stand for the text of
 * a time: that is how flows have them.
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
    if (types.isDate(value) && (schema as Shape).pattern === timePattern) continue;
    const [error] = Value.Check(schema, value) ? [] : Value.Errors(schema, value);
    if (error) throw new InvalidParameterError(`${name}${error.instancePath}`, error.message);
  }
}

/** A number, also as text. @throws InvalidParameterError */
export function numberOf(name: string, value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && !Number.isNaN(number)) return number;
  throw new InvalidParameterError(name, 'must be a number');
}
