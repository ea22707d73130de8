import {
  findOperation,
  type Operation,
  operations,
  parametersOf,
  ReplyTooLargeError,
  UnknownOperationError,
} from '../shared/index.js';
import { checkJsonBudget } from '../shared/internal.js';
import { kindOf, NoJsonError, optionsOf, readText, type Shape } from '../shared/values/index.js';
import type { Options } from './command.js';
import { Failure } from './failure.js';

/** The operation of that name, whatever its case. @throws {@link UnknownOperationError} */
export function operationOf(id: string): Operation {
  const exact = findOperation(id);
  if (exact) return exact;
  const ids = Object.keys(operations);
  const folded = ids.find((each) => each.toLowerCase() === id.toLowerCase());
  const found = folded === undefined ? undefined : findOperation(folded);
  if (found) return found;
  const near = ids
    .filter((each) =>
      each.toLowerCase().includes(
        id
          .slice(0, 64)
          .toLowerCase()
          .replace(/^(get|set)/, ''),
      ),
    )
    .slice(0, 5);
  const hint = near.length > 0 ? `; did you mean ${near.join(', ')}?` : '; everfocus call --list tells all';
  throw new UnknownOperationError(`there is no operation "${id.slice(0, 64)}"${hint}`);
}

/** The parameters of an operation as options. */
export function parameterOptions(operation: Operation): Options {
  return Object.fromEntries(
    parametersOf(operation).map(({ name, required, schema }) => {
      const shape = schema as Shape;
      const choices = optionsOf(shape);
      const words = Object.keys(shape.words ?? {});
      const text = [
        required ? 'Required.' : '',
        shape.description ?? shape.title ?? '',
        choices ? `One of ${choices.join(', ')}.` : '',
        words.length > 0 ? `Or ${words.join(', ')}.` : '',
      ];
      return [
        name,
        {
          value: kindOf(shape) === 'json' ? 'json' : (shape.unit ?? shape.type ?? 'value'),
          description: text.filter((part) => part !== '').join(' '),
        },
      ];
    }),
  );
}

/**
 * What was written as options, as the declarations of the parameters say.
 *
 * @param written by parameter
 * @param json parameters as a JSON object, below those that are written one by one
 * @throws {@link Failure} `USAGE`
 */
export function readParameters(
  operation: Operation,
  written: Readonly<Record<string, string>>,
  json: string | undefined,
): Record<string, unknown> {
  const params = json === undefined ? {} : readObject(json);
  for (const { name, schema } of parametersOf(operation)) {
    const text = written[name];
    if (text === undefined) continue;
    try {
      const value = readText(schema, text);
      if (value !== undefined) params[name] = value;
    } catch (error) {
      if (error instanceof NoJsonError)
        throw new Failure('USAGE', `--${name} must be JSON: ${operation.id} wants a structure there`);
      throw error;
    }
  }
  return params;
}

function readObject(json: string): Record<string, unknown> {
  let value: unknown;
  try {
    checkJsonBudget(json);
    value = JSON.parse(json);
  } catch (error) {
    throw new Failure('USAGE', `--params is ${error instanceof ReplyTooLargeError ? error.message : 'no JSON'}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Failure('USAGE', '--params must be a JSON object, parameter by parameter');
}
