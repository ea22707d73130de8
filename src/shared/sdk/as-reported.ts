import { Type, type TArray, type TObject, type TOptional, type TSchema } from 'typebox';
import { open } from './declaration.js';

/** See {@link asReported}. */
export type Reported<S extends TSchema> =
  S extends TObject<infer Fields>
    ? TObject<{ [K in keyof Fields]: TOptional<Reported<Fields[K]>> }>
    : S extends TArray<infer Item>
      ? TArray<Reported<Item>>
      : S;

/**
 * Settings as a device may report them, where the document says "same as … post data": any field may be missing at any
 * depth, and there may be more.
 */
export function asReported<S extends TSchema>(schema: S): Reported<S> {
  return reported(schema) as Reported<S>;
}

function reported(schema: TSchema): TSchema {
  if (Type.IsArray(schema)) {
    const { items, ...options } = schema;
    return Type.Array(reported(items), options);
  }
  if (!Type.IsObject(schema)) return schema;
  const fields = Object.entries(schema.properties).map(([name, field]) => [name, Type.Optional(reported(field))]);
  const options = Object.entries(schema).filter(([key]) => key !== 'properties' && key !== 'required');
  return Type.Object(Object.fromEntries(fields), { ...Object.fromEntries(options), ...open });
}
