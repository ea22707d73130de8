import type { TSchema } from 'typebox';
import { cleanText, limits } from '../../shared/internal.js';

/** Something in the configuration that cannot be used. Never holds a written value: that may be a secret. */
export interface Fault {
  /** Where: `nvrs[0].host`; empty: the file as a whole. */
  readonly path: string;
  /** What to do about it. */
  readonly message: string;
}

/** What a schema of the options may say. */
interface Option {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly items?: TSchema;
  readonly default?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly write?: string;
}

/** Keys of files that people comment, or that an editor checks. */
const FOREIGN = /^(_|\/\/|#|\$schema$|comment$)/;

/** What is wrong with a value by its declaration, {@link limits.bridge.faults} at most. */
export function faultsOf(schema: TSchema, value: unknown): readonly Fault[] {
  const faults: Fault[] = [];
  check(schema, value, '', (path, message) => {
    if (faults.length < limits.bridge.faults) faults.push({ path, message });
  });
  return faults;
}

/** The value with what its declaration adds where nothing is written. */
export function withDefaults(schema: TSchema, value: unknown): unknown {
  const { properties, items, default: fallback } = schema as Option;
  if (value === undefined) return fallback;
  if (Array.isArray(value)) return items ? value.map((item) => withDefaults(items, item)) : value;
  if (!properties) return value;
  const written = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(properties)
      .map(([name, option]) => [name, withDefaults(option, written[name])] as const)
      .filter(([, each]) => each !== undefined),
  );
}

function check(option: Option, value: unknown, path: string, tell: (path: string, message: string) => void): void {
  const wrong = (message: string) => tell(path, `${message}${option.write ? `: write ${option.write}` : ''}`);
  if (option.enum) return option.enum.includes(value) ? undefined : wrong('must be one of those that there are');
  switch (option.type) {
    case 'object':
      return isObject(value) ? checkFields(option, value, path, tell) : wrong('must be an object {…}');
    case 'array':
      if (!Array.isArray(value)) return wrong('must be a list […]');
      if (value.length < (option.minItems ?? 0)) return wrong('is empty');
      if (value.length > (option.maxItems ?? Infinity)) return wrong(`has more than ${option.maxItems} entries`);
      for (const [index, item] of value.entries()) check(option.items as Option, item, `${path}[${index}]`, tell);
      return;
    case 'string':
      if (typeof value !== 'string') return wrong('must be text in quotes');
      if (value.length < (option.minLength ?? 0)) return wrong('is empty');
      if (value.length > (option.maxLength ?? 4096)) return wrong('is too long');
      if (option.pattern && !new RegExp(option.pattern).test(value)) return wrong('does not fit');
      return;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : wrong('must be true or false, without quotes');
    default: {
      const { minimum = -Infinity, maximum = Infinity } = option;
      const fits = Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum;
      return fits ? undefined : wrong(`must be a whole number from ${minimum} to ${maximum}, without quotes`);
    }
  }
}

function checkFields(
  { properties = {}, required = [] }: Option,
  value: Readonly<Record<string, unknown>>,
  path: string,
  tell: (path: string, message: string) => void,
): void {
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  const names = Object.keys(properties);
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(properties, name) || FOREIGN.test(name)) continue;
    const meant = names.find((known) => bare(known) === bare(name));
    // The name may be anything, and as long as it likes.
    tell(
      at(cleanText(name, limits.text.name)),
      `is not known: ${meant ? `do you mean "${meant}"?` : `there are ${names.join(', ')}`}`,
    );
  }
  for (const [name, option] of Object.entries(properties)) {
    if (Object.hasOwn(value, name)) check(option, value[name], at(name), tell);
    else if (required.includes(name)) tell(at(name), `is missing: write ${(option as Option).write ?? 'it'}`);
  }
}

/** Letters alike, or an "s" more or less, is a slip of the pen. */
function bare(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z]/g, '')
    .replace(/s$/, '');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
