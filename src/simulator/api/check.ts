import type { TObject, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Refusal } from '../nvr/refusal.js';

type Values = Readonly<Record<string, unknown>>;

/** The fields of a query or a path, with the types that the document gives them. @throws {@link Refusal} */
export function checkFields(schema: TObject | undefined, fields: Iterable<[string, string]>): Values {
  const values: Record<string, unknown> = {};
  for (const [name, text] of fields) {
    if (Object.hasOwn(values, name)) throw new Refusal(`${name}: given twice`);
    const field: TSchema | undefined = schema?.properties[name];
    if (!field) throw new Refusal(`${name}: unknown parameter`);
    values[name] = valueOf(field, text);
  }
  if (schema) check(schema, values);
  return values;
}

/** A body as the document has it. @throws {@link Refusal} */
export function checkBody(schema: TSchema | undefined, text: string): unknown {
  if (!schema) {
    if (text !== '') throw new Refusal('the operation takes no body');
    return undefined;
  }
  const value = parse(text);
  check(schema, value);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal('the body is no JSON');
  }
}

/** Text from a URL carries no type: the first reading that fits the field. */
function valueOf(field: TSchema, text: string): unknown {
  const readings: unknown[] = [text];
  if (/^-?\d+(\.\d+)?$/.test(text)) readings.push(Number(text));
  if (text === 'true' || text === 'false') readings.push(text === 'true');
  const validator = Compile(field);
  return readings.find((reading) => validator.Check(reading)) ?? readings.at(-1);
}

function check(schema: TSchema, value: unknown): void {
  const validator = strictly(schema);
  if (validator.Check(value)) return;
  const [error] = validator.Errors(value);
  const where = error?.instancePath.slice(1) ?? '';
  const detail = error?.keyword === 'required' ? `: ${error.params.requiredProperties.join(', ')}` : '';
  throw new Refusal(`${where === '' ? '' : `${where}: `}${error?.message ?? 'wrong'}${detail}`);
}

const strictValidators = new WeakMap<TSchema, ReturnType<typeof Compile>>();

function strictly(schema: TSchema): ReturnType<typeof Compile> {
  const known = strictValidators.get(schema);
  if (known) return known;
  const validator = Compile(closed(schema) as TSchema);
  strictValidators.set(schema, validator);
  return validator;
}

/** The schema with unknown fields forbidden wherever it does not invite them. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isOpen = copy['type'] !== 'object' || Object.hasOwn(copy, 'additionalProperties');
  return isOpen ? copy : { ...copy, additionalProperties: false };
}
