import type { TSchema } from 'typebox';

const known = new WeakMap<object, TSchema>();

/** The schema of what is sent, with unknown fields forbidden at every depth where it does not invite them. */
export function closed(schema: TSchema): TSchema {
  const before = known.get(schema);
  if (before) return before;
  const made = close(schema) as TSchema;
  known.set(schema, made);
  return made;
}

function close(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(close);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, close(value)]));
  const isOpen = copy['type'] !== 'object' || Object.hasOwn(copy, 'additionalProperties');
  return isOpen ? copy : { ...copy, additionalProperties: false };
}
