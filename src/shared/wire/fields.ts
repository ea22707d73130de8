import { Value } from 'typebox/value';

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of those names that there are. */
export function pick(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

/** Everything but the fields of those names. */
export function omit<T extends object, Name extends keyof T>(fields: T, names: readonly Name[]): Omit<T, Name> {
  const others = Object.entries(fields).filter(([name]) => !names.includes(name as Name));
  return Object.fromEntries(others) as unknown as Omit<T, Name>;
}

/** Names of the fields that differ, whichever realm made them (flows run in one of their own). */
export function changedFields(before: Fields, wanted: Fields): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(wanted)]);
  return [...names].filter((name) => !Value.Equal(before[name], wanted[name]));
}
