import type { TObject, TSchema } from 'typebox';
import type { Operation } from './declaration.js';

/** One field of a request, seen from the caller. */
export interface Parameter {
  /** Name in the caller's parameters. */
  readonly name: string;
  /** Name on the wire; empty where the parameter is the whole body. */
  readonly wire: string;
  readonly in: 'query' | 'body';
  readonly schema: TSchema;
  readonly required: boolean;
}

/** The parameters of an operation in the order of the document, constants left out. */
export function parametersOf(operation: Operation): readonly Parameter[] {
  return [...fields(operation, 'query'), ...fields(operation, 'body')];
}

/** The constant fields of an operation's body, such as the command of 2.10. */
export function constantsOf(operation: Operation): Readonly<Record<string, unknown>> {
  const { body } = operation;
  if (!isObject(body)) return {};
  return Object.fromEntries(
    Object.entries(body.properties).flatMap(([wire, schema]) => (isConstant(schema) ? [[wire, schema.const]] : [])),
  );
}

function fields(operation: Operation, place: 'query' | 'body'): Parameter[] {
  const schema = operation[place];
  if (!schema) return [];
  if (!isObject(schema)) return [{ name: 'body', wire: '', in: 'body', schema, required: true }];
  const required = new Set(schema.required);
  return Object.entries(schema.properties)
    .filter(([, field]) => !isConstant(field))
    .map(([wire, field]) => ({
      name: (place === 'body' && operation.renamed?.[wire]) || wire,
      wire,
      in: place,
      schema: field,
      required: required.has(wire),
    }));
}

function isObject(schema: TSchema | undefined): schema is TObject {
  return schema !== undefined && 'properties' in schema;
}

function isConstant(schema: TSchema): schema is TSchema & { const: unknown } {
  return 'const' in schema;
}
