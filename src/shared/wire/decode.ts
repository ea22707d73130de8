import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';

/** A place in which a device's data is not what the document says. */
export interface Drift {
  /** Such as `0/Port`. */
  readonly path: string;
  readonly problem: string;
}

/** Data brought into the declared shape, with what had to be bent or left out. */
export interface Decoded {
  readonly value: unknown;
  readonly drift: readonly Drift[];
}

/** The value cannot be what the schema says. */
const impossible = Symbol('impossible');

/** A time from here on that should be seconds is milliseconds: as seconds, the year 5138. */
const MILLISECONDS_FROM = 1e11;

/**
 * Reads a device's data leniently: declared types are coerced (`"true"`, `"1920"`, `1`), a list of one may be bare and an
 * empty one null, `""` or `{}`, an empty object `[]`, unknown keys are kept, an odd optional field or list item is left
 * out, a default stands in for what is missing or no use. `undefined` where nothing can be made of it.
 */
export function decode(schema: TSchema, value: unknown): Decoded | undefined {
  const drift: Drift[] = [];
  const result = decodeValue(schema, value, '', drift);
  return result === impossible ? undefined : { value: result, drift };
}

function decodeValue(schema: TSchema, value: unknown, path: string, drift: Drift[]): unknown {
  if (isArraySchema(schema)) return decodeList(schema, value, path, drift);
  if (isUnionSchema(schema)) return decodeUnion(schema, value, path, drift);
  const coerced = coerce(schema, value, path, drift);
  if (coerced === impossible) return impossible;
  if (isObjectSchema(schema)) return decodeFields(schema, coerced as Record<string, unknown>, path, drift);
  return Value.Check(schema, coerced) ? coerced : impossible;
}

function decodeList(schema: ArraySchema, value: unknown, path: string, drift: Drift[]): unknown {
  const { items: item, minItems = 0, maxItems = Infinity } = schema;
  const items = Array.isArray(value) ? decodeItems(item, value, path, drift) : decodeBare(item, value, path, drift);
  // Where the number counts, as with the days of a week (6.3), one left out would move the others.
  return items && items.length >= minItems && items.length <= maxItems ? items : impossible;
}

/** One of several kinds: as it is where it is one of them, else as the first kind that it can be bent into. */
function decodeUnion(schema: UnionSchema, value: unknown, path: string, drift: Drift[]): unknown {
  if (Value.Check(schema as unknown as TSchema, value)) return value;
  for (const kind of schema.anyOf) {
    const bent: Drift[] = [];
    const decoded = decodeValue(kind, value, path, bent);
    if (decoded === impossible) continue;
    drift.push(...bent);
    return decoded;
  }
  return impossible;
}

function decodeBare(item: TSchema, value: unknown, path: string, drift: Drift[]): unknown[] | undefined {
  drift.push({ path, problem: `${describe(value)} where array is due` });
  if (isNothing(value)) return [];
  if (!looksLike(item, value)) return undefined;
  const only = decodeValue(item, value, join(path, '0'), drift);
  return only === impossible ? undefined : [only];
}

/** Whether a value may be what is due: almost every field may be missing, but an object without any is another one. */
export function looksLike(schema: TSchema, value: unknown): boolean {
  if (!isObjectSchema(schema) || typeof value !== 'object' || value === null || Array.isArray(value)) return true;
  const names = Object.keys(schema.properties);
  return names.length === 0 || names.some((name) => Object.hasOwn(value, name));
}

/** What stands for an empty list: languages that do not tell lists from objects write `{}`. */
function isNothing(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === '';
  return typeof value === 'object' && Object.keys(value ?? {}).length === 0;
}

function decodeItems(item: TSchema, values: unknown[], path: string, drift: Drift[]): unknown[] {
  return values.flatMap((value, index) => {
    const at = join(path, String(index));
    const decoded = decodeValue(item, value, at, drift);
    if (decoded !== impossible) return [decoded];
    drift.push({ path: at, problem: `left out: ${describe(value)} where ${kind(item)} is due` });
    return [];
  });
}

function decodeFields(schema: ObjectSchema, value: Record<string, unknown>, path: string, drift: Drift[]): unknown {
  const result = Object.entries(value).flatMap(([name, raw]): [string, unknown][] => {
    if (Object.hasOwn(schema.properties, name)) return [];
    const pattern = Object.keys(schema.patternProperties ?? {}).find((one) => new RegExp(one).test(name));
    const field = pattern !== undefined && schema.patternProperties?.[pattern];
    if (!field) return [[name, raw]];
    const decoded = decodeValue(field, raw, join(path, name), drift);
    if (decoded !== impossible) return [[name, decoded]];
    drift.push({ path: join(path, name), problem: `left out: ${describe(raw)} where ${kind(field)} is due` });
    return [];
  });
  for (const [name, field] of Object.entries(schema.properties)) {
    const required = schema.required?.includes(name) ?? false;
    const raw = value[name];
    const at = join(path, name);
    if (raw === undefined || (raw === null && !(required && isArraySchema(field)))) {
      if ('default' in field) result.push([name, field.default]);
      else if (required) return impossible;
      continue;
    }
    const decoded = decodeValue(field, raw, at, drift);
    if (decoded !== impossible) {
      result.push([name, decoded]);
    } else if ('default' in field) {
      result.push([name, field.default]);
      drift.push({ path: at, problem: `the default in place of ${describe(raw)} where ${kind(field)} is due` });
    } else if (required) {
      return impossible;
    } else {
      drift.push({ path: at, problem: `left out: ${describe(raw)} where ${kind(field)} is due` });
    }
  }
  return Object.fromEntries(result);
}

function coerce(schema: TSchema, value: unknown, path: string, drift: Drift[]): unknown {
  const bent = (result: unknown): unknown => {
    drift.push({ path, problem: `${describe(value)} where ${kind(schema)} is due` });
    return result;
  };
  switch ('type' in schema ? schema.type : undefined) {
    case 'object':
      if (Array.isArray(value) && value.length === 0) return bent({});
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : impossible;
    case 'integer':
    case 'number': {
      const number = coerceNumber(schema, value);
      return number === value ? value : bent(number);
    }
    case 'boolean':
      return coerceBoolean(value, bent);
    case 'string':
      return typeof value === 'number' || typeof value === 'boolean' ? bent(String(value)) : value;
    default: {
      const word = declaredWord(schema, value);
      return word === value ? value : bent(word);
    }
  }
}

function coerceNumber(schema: TSchema, value: unknown): unknown {
  if (typeof value === 'boolean') return kind(schema) === 'integer' ? Number(value) : value;
  const number = typeof value === 'string' && /^\s*[-+]?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value;
  const isTime = 'format' in schema && schema.format === 'epoch-seconds';
  if (!isTime || typeof number !== 'number') return number;
  return Math.floor(number >= MILLISECONDS_FROM ? number / 1000 : number);
}

/** The declared word that a text is but for its case and the space around it, a number or a yes; else the value as it is. */
function declaredWord(schema: object, value: unknown): unknown {
  if (!('enum' in schema && Array.isArray(schema.enum))) return value;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return value;
  const words: readonly unknown[] = schema.enum;
  const named = (text: string) => words.find((word) => String(word).toLowerCase() === text.trim().toLowerCase());
  return named(String(value)) ?? (typeof value === 'boolean' ? named(String(Number(value))) : undefined) ?? value;
}

function coerceBoolean(value: unknown, bent: (result: boolean) => unknown): unknown {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (word === 1 || word === '1' || word === 'true' || word === 'on') return bent(true);
  if (word === 0 || word === '0' || word === 'false' || word === 'off') return bent(false);
  return impossible;
}

interface ObjectSchema {
  readonly properties: Readonly<Record<string, TSchema>>;
  readonly patternProperties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
}

function isObjectSchema(schema: object): schema is ObjectSchema {
  return 'properties' in schema;
}

interface ArraySchema {
  readonly items: TSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
}

interface UnionSchema {
  readonly anyOf: readonly TSchema[];
}

function isUnionSchema(schema: object): schema is UnionSchema {
  return 'anyOf' in schema;
}

function isArraySchema(schema: object): schema is ArraySchema {
  return 'items' in schema;
}

function kind(schema: object): string {
  return 'type' in schema ? String(schema.type) : 'one of the declared values';
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}
