import { Value } from 'typebox/value';
import { type Fields, isFields } from '../wire/fields.js';

/**
 * Settings as they travel back to the device that sent them: what did not change exactly as it came, unknown or odd
 * fields included, and what changed in the types that the device uses (`"1"` where it says `"0"`, `1` where it says `0`).
 *
 * @param raw as the device sent them
 * @param before the same, brought into the declared shape
 * @param wanted `before`, changed
 */
export function mergeSettings(raw: unknown, before: unknown, wanted: unknown): unknown {
  if (Value.Equal(before, wanted)) return raw;
  if (isFields(raw) && isFields(before) && isFields(wanted)) return mergeFields(raw, before, wanted);
  if (Array.isArray(before) && Array.isArray(wanted)) {
    if (Array.isArray(raw)) return mergeLists(raw, before, wanted);
    // A list of one that came bare goes back bare.
    if (before.length === 1 && wanted.length === 1) return mergeSettings(raw, before[0], wanted[0]);
  }
  return inTypesOf(raw, wanted);
}

function mergeFields(raw: Fields, before: Fields, wanted: Fields): Fields {
  const merged: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (wanted[name] !== undefined) merged[name] = mergeSettings(value, before[name], wanted[name]);
    // The caller never saw what nothing could be made of; what was seen and is gone was taken out.
    else if (before[name] === undefined) merged[name] = value;
  }
  for (const [name, value] of Object.entries(wanted)) {
    // A default that stands in for what the device did not send is no change.
    if (!Object.hasOwn(raw, name) && !Value.Equal(before[name], value)) merged[name] = value;
  }
  return merged;
}

function mergeLists(raw: readonly unknown[], before: readonly unknown[], wanted: readonly unknown[]): unknown[] {
  const paired = raw.length === before.length;
  return wanted.map((item, index) => {
    const same = before.findIndex((other) => Value.Equal(other, item));
    if (paired && same >= 0) return raw[same];
    if (paired && wanted.length === before.length) return mergeSettings(raw[index], before[index], item);
    return inTypesOf(raw[0], item);
  });
}

/** A value with the types of another one like it. */
function inTypesOf(like: unknown, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => inTypesOf(Array.isArray(like) ? like[0] : undefined, item));
  if (isFields(value)) {
    const fields = isFields(like) ? like : {};
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, inTypesOf(fields[name], field)]));
  }
  switch (typeof like) {
    case 'string':
      return typeof value === 'boolean' ? wordFor(like, value) : typeof value === 'number' ? String(value) : value;
    case 'number':
      return typeof value === 'boolean' || isNumeric(value) ? Number(value) : value;
    case 'boolean':
      return value === 0 || value === 1 ? value === 1 : value;
    default:
      return value;
  }
}

const WORDS = [
  ['true', 'false'],
  ['1', '0'],
  ['on', 'off'],
] as const;

/** Yes or no in the words of the device. */
function wordFor(like: string, value: boolean): string | boolean {
  const pair = WORDS.find((words) => words.some((word) => word === like.trim().toLowerCase()));
  return pair ? pair[value ? 0 : 1] : value;
}

function isNumeric(value: unknown): boolean {
  return typeof value === 'string' && String(Number(value)) === value;
}
