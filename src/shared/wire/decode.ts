import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { limits } from '../limits.js';

/** A place in which a device's data is not what the document says. */
export interface Drift {
  /** Such as `0/Port`. */
  readonly path: string;
  readonly problem: string;
}

/** Data brought into the declared shape, with what had to be bent or left out. */
export interface Decoded {
  /** Shares with the given data what needed no change. */
  readonly value: unknown;
  /** The first places of them, see {@link limits}. */
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
 *
 * It takes time in proportion to what the schema names: what is unknown, and what fits, is handed on as it is.
 */
export function decode(schema: TSchema, value: unknown): Decoded | undefined {
  const log = new DriftLog();
  const result = decoderOf(schema)(value, log);
  return result === impossible ? undefined : { value: result, drift: log.drift };
}

/** Where the decoding is, and what it found. */
class DriftLog {
  readonly #path: (string | number)[] = [];
  readonly #drift: Drift[] = [];

  get drift(): readonly Drift[] {
    return this.#drift;
  }

  note(problem: string): void {
    if (this.#drift.length < limits.json.drift) this.#drift.push({ path: this.#path.join('/'), problem });
  }

  /** Decodes what stands there. */
  at(name: string | number, decoder: Decoder, value: unknown): unknown {
    this.#path.push(name);
    const decoded = decoder(value, this);
    this.#path.pop();
    return decoded;
  }

  noteAt(name: string | number, problem: string): void {
    this.#path.push(name);
    this.note(problem);
    this.#path.pop();
  }

  /** Forgets what was found since there were so many. */
  backTo(length: number): void {
    this.#drift.length = length;
  }
}

type Decoder = (value: unknown, log: DriftLog) => unknown;

const decoders = new WeakMap<TSchema, Decoder>();

/** What decodes data of that schema, made once. */
function decoderOf(schema: TSchema): Decoder {
  let decoder = decoders.get(schema);
  if (!decoder) {
    decoder = makeDecoder(schema);
    decoders.set(schema, decoder);
  }
  return decoder;
}

function makeDecoder(schema: TSchema): Decoder {
  if (isArraySchema(schema)) return listDecoder(schema);
  if (isUnionSchema(schema)) return unionDecoder(schema);
  if (isObjectSchema(schema)) return objectDecoder(schema);
  const fits = checkOf(schema);
  return (value, log) => {
    const coerced = coerce(schema, value, log);
    return coerced !== impossible && fits(coerced) ? coerced : impossible;
  };
}

/** Annotations, and what {@link checkOf} checks by itself. */
const CHECKED: ReadonlySet<string> = new Set(
  'type title description examples unit format picks default minimum maximum enum harmless'.split(' '),
);

/** Whether a value fits, without the cost of a general validator for each of many thousand numbers and texts. */
function checkOf(schema: TSchema): (value: unknown) => boolean {
  if (!Object.keys(schema).every((key) => CHECKED.has(key))) return (value) => Value.Check(schema, value);
  const { type, minimum = -Infinity, maximum = Infinity, enum: words } = schema as LeafSchema;
  if (words) return (value) => words.includes(value);
  switch (type) {
    case undefined:
      return () => true;
    case 'string':
      return (value) => typeof value === 'string';
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'number':
    case 'integer':
      return (value) =>
        (type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
        (value as number) >= minimum &&
        (value as number) <= maximum;
    default:
      return (value) => Value.Check(schema, value);
  }
}

function listDecoder({ items: item, minItems = 0, maxItems = Infinity }: ArraySchema): Decoder {
  const decoder = decoderOf(item);
  return (value, log) => {
    const items = Array.isArray(value) ? decodeItems(item, decoder, value, log) : decodeBare(item, decoder, value, log);
    // Where the number counts, as with the days of a week (6.3), one left out would move the others.
    return items && items.length >= minItems && items.length <= maxItems ? items : impossible;
  };
}

/** One of several kinds: as it is where it is one of them, else as the first kind that it can be bent into. */
function unionDecoder(schema: UnionSchema): Decoder {
  const kinds = schema.anyOf.map(decoderOf);
  return (value, log) => {
    if (Value.Check(schema as unknown as TSchema, value)) return value;
    const before = log.drift.length;
    for (const decoder of kinds) {
      const decoded = decoder(value, log);
      if (decoded !== impossible) return decoded;
      log.backTo(before);
    }
    return impossible;
  };
}

function decodeBare(item: TSchema, decoder: Decoder, value: unknown, log: DriftLog): readonly unknown[] | undefined {
  log.note(`${describe(value)} where array is due`);
  if (isNothing(value)) return [];
  if (!looksLike(item, value)) return undefined;
  const only = log.at(0, decoder, value);
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
  if (typeof value !== 'object') return false;
  for (const name in value) if (Object.hasOwn(value, name)) return false;
  return true;
}

/** The list itself where all of its items are as they should be. */
function decodeItems(item: TSchema, decoder: Decoder, values: readonly unknown[], log: DriftLog): readonly unknown[] {
  let changed: unknown[] | undefined;
  for (const [index, value] of values.entries()) {
    const decoded = log.at(index, decoder, value);
    if (decoded !== value) changed ??= values.slice(0, index);
    if (decoded === impossible) log.noteAt(index, `left out: ${describe(value)} where ${kind(item)} is due`);
    else changed?.push(decoded);
  }
  return changed ?? values;
}

function objectDecoder(schema: ObjectSchema): Decoder {
  const required = new Set(schema.required);
  const fields = Object.entries(schema.properties).map(([name, field]) => ({
    ...{ name, field, decoder: decoderOf(field), required: required.has(name) },
    hasDefault: 'default' in field,
    whenNull: required.has(name) && isArraySchema(field),
  }));
  const patterns = Object.entries(schema.patternProperties ?? {}).map(([pattern, field]) => ({
    ...{ pattern: new RegExp(pattern), field, decoder: decoderOf(field) },
  }));

  return (given, log) => {
    const object = asObject(given, log);
    if (!object) return impossible;
    /** Fields that are not as they should be; {@link impossible} goes. */
    const changes = new Map<string, unknown>();
    if (patterns.length > 0) {
      for (const name of Object.keys(object)) {
        if (Object.hasOwn(schema.properties, name)) continue;
        const known = patterns.find(({ pattern }) => pattern.test(name));
        if (!known) continue;
        const decoded = log.at(name, known.decoder, object[name]);
        if (decoded !== object[name]) changes.set(name, decoded);
        if (decoded === impossible) log.noteAt(name, `left out: ${misfit(object[name], known.field)}`);
      }
    }
    for (const { name, field, decoder, required, hasDefault, whenNull } of fields) {
      const raw = object[name];
      if (raw === undefined || (raw === null && !whenNull)) {
        if (hasDefault) changes.set(name, (field as { default?: unknown }).default);
        else if (required) return impossible;
        else if (raw === null) changes.set(name, impossible);
        continue;
      }
      const decoded = log.at(name, decoder, raw);
      if (decoded === raw) continue;
      if (decoded !== impossible) {
        changes.set(name, decoded);
      } else if (hasDefault) {
        changes.set(name, (field as { default?: unknown }).default);
        log.noteAt(name, `the default in place of ${misfit(raw, field)}`);
      } else if (required) {
        return impossible;
      } else {
        changes.set(name, impossible);
        log.noteAt(name, `left out: ${misfit(raw, field)}`);
      }
    }
    return changes.size === 0 ? object : changed(object, changes);
  };
}

type Fields = Readonly<Record<string, unknown>>;

function asObject(value: unknown, log: DriftLog): Fields | undefined {
  if (Array.isArray(value) && value.length === 0) {
    log.note(`${describe(value)} where object is due`);
    return {};
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** Entries, since assigning a field of the name `__proto__` would set something else. */
function changed(object: Fields, changes: ReadonlyMap<string, unknown>): Fields {
  const entries: [string, unknown][] = [];
  for (const name of Object.keys(object)) if (!changes.has(name)) entries.push([name, object[name]]);
  for (const entry of changes) if (entry[1] !== impossible) entries.push(entry);
  return Object.fromEntries(entries);
}

function misfit(value: unknown, schema: object): string {
  return `${describe(value)} where ${kind(schema)} is due`;
}

function coerce(schema: TSchema, value: unknown, log: DriftLog): unknown {
  const bent = (result: unknown): unknown => {
    log.note(misfit(value, schema));
    return result;
  };
  switch ('type' in schema ? schema.type : undefined) {
    case 'object':
      return asObject(value, log) ?? impossible;
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

/** Characters of the longest text that may be a number, a yes or a declared word, with the space around it. */
const LONGEST_WORD = 256;

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_WORD;
}

function coerceNumber(schema: TSchema, value: unknown): unknown {
  if (typeof value === 'boolean') return kind(schema) === 'integer' ? Number(value) : value;
  const number = isWord(value) && /^\s*[-+]?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value;
  const isTime = 'format' in schema && schema.format === 'epoch-seconds';
  if (!isTime || typeof number !== 'number') return number;
  return Math.floor(number >= MILLISECONDS_FROM ? number / 1000 : number);
}

/** The declared word that a text is but for its case and the space around it, a number or a yes; else the value as it is. */
function declaredWord(schema: object, value: unknown): unknown {
  if (!('enum' in schema && Array.isArray(schema.enum))) return value;
  const words: readonly unknown[] = schema.enum;
  if (words.includes(value)) return value;
  if (!isWord(value) && typeof value !== 'number' && typeof value !== 'boolean') return value;
  const named = (text: string) => words.find((word) => String(word).toLowerCase() === text.trim().toLowerCase());
  return named(String(value)) ?? (typeof value === 'boolean' ? named(String(Number(value))) : undefined) ?? value;
}

function coerceBoolean(value: unknown, bent: (result: boolean) => unknown): unknown {
  if (typeof value === 'boolean') return value;
  const word = isWord(value) ? value.trim().toLowerCase() : value;
  if (word === 1 || word === '1' || word === 'true' || word === 'on') return bent(true);
  if (word === 0 || word === '0' || word === 'false' || word === 'off') return bent(false);
  return impossible;
}

interface LeafSchema {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly unknown[];
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
