import type { TObject, TSchema } from 'typebox';
import type { Operation } from './declaration.js';

/** One field of a request, seen from the caller. */
export interface Parameter {
  /** Name in the caller's parameters. */
  readonly name: string;
  /** Names on the wire from the outside in; empty where the parameter is the whole body. */
  readonly wire: readonly string[];
  readonly in: 'query' | 'body';
  readonly schema: TSchema;
  readonly required: boolean;
}

/** The parameters of an operation in the order of the document, constants left out. */
export function parametersOf(operation: Operation): readonly Parameter[] {
  const places = placesOf(operation);
  return places.filter(({ name }, index) => places.findIndex((other) => other.name === name) === index);
}

/** Every place that a parameter travels in: one that query and body both have, and neither renames, in both (2.7). */
export function placesOf(operation: Operation): readonly Parameter[] {
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

/** Whether a field that is a number to the caller is text on the wire (9.11). */
export function travelsAsText(schema: TSchema): boolean {
  return 'wire' in schema && schema.wire === 'text';
}

/** The value that is sent where the caller gives none: some NVRs want a field that the document leaves open (2.9, 3.7). */
export function alwaysSent(schema: TSchema): unknown {
  return 'sent' in schema && schema.sent === 'always' && 'default' in schema ? schema.default : undefined;
}

/** Name of the file as which a form field travels, whose value may then be bytes, too (10.12). */
export function uploadName(schema: TSchema): string | undefined {
  return 'upload' in schema && typeof schema.upload === 'string' ? schema.upload : undefined;
}

function fields(operation: Operation, place: 'query' | 'body'): Parameter[] {
  const schema = operation[place];
  if (!schema) return [];
  if (!isObject(schema)) return [{ name: 'body', wire: [], in: 'body', schema, required: true }];
  const required = new Set(schema.required);
  return Object.entries(schema.properties)
    .filter(([, field]) => !isConstant(field))
    .flatMap(([wire, field]) => {
      if (place === 'body' && wire === operation.nested && isObject(field)) return nestedFields(wire, field);
      const name = (place === 'body' && operation.renamed?.[wire]) || wire;
      return [{ name, wire: [wire], in: place, schema: field, required: required.has(wire) }];
    });
}

function nestedFields(outer: string, { properties, required }: TObject): Parameter[] {
  const names = new Set<string>(required);
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    wire: [outer, name],
    in: 'body',
    schema: schema,
    required: names.has(name),
  }));
}

function isObject(schema: TSchema | undefined): schema is TObject {
  return schema !== undefined && 'properties' in schema;
}

function isConstant(schema: TSchema): schema is TSchema & { const: unknown } {
  return 'const' in schema;
}
