import { Type, type TObject, type TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { checkValue } from '../wire/request.js';
import { InvalidParameterError } from '../errors.js';
import { changedFields, isFields } from '../wire/fields.js';
import { isPassword } from '../wire/passwords.js';

/**
 * Whether settings fit what is declared, wherever they differ from what was read: what the device itself says, or does
 * not say, is not held against the caller, nor what it has beyond the document; but for the password that it keeps to
 * itself, which must then be supplied.
 *
 * @param path of the settings, for the error
 * @throws {@link InvalidParameterError}
 */
export function checkDifference(path: string, schema: TSchema, before: unknown, wanted: unknown): void {
  if (Value.Equal(before, wanted)) return;
  const below = (name: string | number) => (path === '' ? `${name}` : `${path}/${name}`);
  if (isObject(schema) && isFields(before) && isFields(wanted)) {
    const { properties } = schema as TObject<Record<string, TSchema>>;
    const required: readonly string[] = schema.required ?? [];
    for (const name of changedFields(before, wanted)) {
      const field = properties[name];
      if (!field) continue;
      if (wanted[name] !== undefined) checkDifference(below(name), field, before[name], wanted[name]);
      else if (required.includes(name)) throw new InvalidParameterError(below(name), 'is required');
    }
    const hidden = required.find((name) => isPassword(name) && wanted[name] === undefined);
    if (hidden === undefined) return;
    throw new InvalidParameterError(below(hidden), 'is required: the NVR keeps it to itself, so it must be supplied');
  } else if (isList(schema) && Array.isArray(before) && Array.isArray(wanted)) {
    checkValue(path, { ...schema, items: Type.Unknown() }, wanted);
    const old: readonly unknown[] = before;
    for (const [index, item] of (wanted as readonly unknown[]).entries()) {
      const same = wanted.length === old.length ? old[index] : old.find((other) => Value.Equal(other, item));
      checkDifference(below(index), schema.items, same, item);
    }
  } else {
    checkValue(path, schema, Value.Clean(schema, Value.Clone(wanted)));
  }
}

function isObject(schema: TSchema): schema is TObject {
  return 'properties' in schema;
}

function isList(schema: TSchema): schema is TSchema & { readonly items: TSchema } {
  return 'items' in schema;
}
