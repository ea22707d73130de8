import type { TSchema } from 'typebox';
import { InvalidParameterError } from '../errors.js';
import { type Fields, isFields } from '../wire/fields.js';

/**
 * Settings with a patch: what it does not name stays as it is.
 *
 * - Of an object, the fields that it names.
 * - Of the outermost list, where its items have keys, the items that it names by them; each must be there.
 * - Of a list of one, whose item nothing need name, that item.
 * - Of another list, every item alike, where it is an object; of one whose items have names (the days of a schedule),
 *   those that it names.
 * - Anything else as a whole.
 *
 * @param keys fields that name an item of a list, such as `channel`
 * @throws `INVALID_PARAMETER` with the path of what is named and not there
 */
export function patched(schema: TSchema | undefined, now: unknown, patch: unknown, keys: Keys, path = ''): unknown {
  const below = (name: string | number) => (path === '' ? `${name}` : `${path}/${name}`);
  if (patch === undefined) return now;
  const names = schema && 'itemNames' in schema ? (schema.itemNames as readonly string[]) : undefined;
  if (names && isFields(patch)) return withNamedItems(now, patch, names, below);
  if (Array.isArray(now) && isFields(patch)) {
    return now.map((item: unknown, index) => patched(itemsOf(schema), item, patch, [], below(index)));
  }
  if (path === '' && keys.length === 0 && isListOfOne(now) && isListOfOne(patch)) {
    return [patched(itemsOf(schema), now[0], patch[0], [], below(0))];
  }
  if (Array.isArray(now) && Array.isArray(patch) && patch.every((item) => keyOf(item, keys) !== undefined)) {
    const changes = new Map(
      patch.map((item, index) => [placeOf(now, item, keys, below(index)), [item, index] as const]),
    );
    return now.map((item: unknown, place) => {
      const [change, index = 0] = changes.get(place) ?? [];
      return change === undefined ? item : patched(itemsOf(schema), item, change, [], below(index));
    });
  }
  if (!isFields(patch) || (now !== undefined && !isFields(now))) return patch;
  const changed = Object.entries(patch).map(([name, value]) => [
    name,
    patched(fieldOf(schema, name), now?.[name], value, keys, below(name)),
  ]);
  return { ...now, ...Object.fromEntries(changed) };
}

/**
 * Whether a patch names fields only that the document or the device has: a device takes what it does not know, and what
 * was meant would go on as it is.
 *
 * @param told what the device tells of that place
 * @throws `INVALID_PARAMETER` with the path of a field that neither has
 */
export function requireFields(schema: TSchema | undefined, told: readonly unknown[], patch: unknown, path = ''): void {
  const below = (name: string | number) => (path === '' ? `${name}` : `${path}/${name}`);
  // A list may be told as its one item, and an object may stand for each item.
  const items = told.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value])).filter(isFields);
  if (Array.isArray(patch)) {
    patch.forEach((item, index) => requireFields(itemsOf(schema), items, item, below(index)));
  } else if (isFields(patch) && !(schema && 'itemNames' in schema)) {
    const shape = schema && 'items' in schema ? itemsOf(schema) : schema;
    const declared = shape && 'properties' in shape ? Object.keys(shape.properties as object) : [];
    const known = new Set([...declared, ...items.flatMap((item) => Object.keys(item))]);
    for (const [name, value] of Object.entries(patch)) {
      // Of what nobody knows anything, anything may be named.
      if (known.size > 0 && !known.has(name)) {
        throw new InvalidParameterError(below(name), 'is no field of these settings');
      }
      const inner = items.map((item) => item[name]);
      requireFields(fieldOf(shape, name), inner, value, below(name));
    }
  }
}

/**
 * Settings as they were saved; what the saved ones do not tell, such as a password, stays as it is.
 *
 * @throws `INVALID_PARAMETER` where they tell nothing of all channels, pins or disks, or of the settings as a whole: that is
 *   no reading to go back to, and all would be gone
 */
export function restored(now: unknown, saved: unknown, keys: Keys, path = ''): unknown {
  if (Array.isArray(now) && Array.isArray(saved)) {
    const isWhole = path === '' || now.some((item) => keyOf(item, keys) !== undefined);
    if (saved.length === 0 && now.length > 0 && isWhole) {
      throw new InvalidParameterError(path || 'saved', 'holds nothing, and all that there is would be deleted');
    }
    const paired = now.length === saved.length;
    return saved.map((item: unknown, index) => {
      const key = keyOf(item, keys);
      const same = key === undefined ? (paired ? index : -1) : now.findIndex((other) => keyOf(other, keys) === key);
      return same < 0 ? item : restored(now[same], item, [], `${path}/${index}`);
    });
  }
  if (!isFields(now) || !isFields(saved)) return saved;
  const fields = Object.entries(saved)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, restored(now[name], value, keys, path === '' ? name : `${path}/${name}`)]);
  return { ...now, ...Object.fromEntries(fields) };
}

type Keys = readonly string[];

/** What names an item: some devices tell numbers as text. */
function keyOf(item: unknown, keys: Keys): string | undefined {
  if (!isFields(item)) return undefined;
  const key = keys.find((name) => item[name] !== undefined);
  return key && `${key} ${String(item[key])}`;
}

/** @throws {@link InvalidParameterError} */
function placeOf(now: readonly unknown[], item: unknown, keys: Keys, path: string): number {
  const key = keyOf(item, keys);
  const place = now.findIndex((other) => keyOf(other, keys) === key);
  if (place >= 0) return place;
  const [name = '', value = ''] = key?.split(' ') ?? [];
  throw new InvalidParameterError(`${path}/${name}`, `the NVR has no such settings: ${value}`);
}

/** @throws {@link InvalidParameterError} */
function withNamedItems(
  now: unknown,
  patch: Fields,
  names: readonly string[],
  below: (name: string) => string,
): unknown {
  const list = Array.isArray(now) ? [...(now as unknown[])] : [];
  for (const [name, value] of Object.entries(patch)) {
    const index = names.indexOf(name);
    if (index < 0) throw new InvalidParameterError(below(name), `must be one of ${names.join(', ')}`);
    list[index] = value;
  }
  const lacking = names.find((_, index) => list[index] === undefined);
  if (lacking === undefined) return list;
  throw new InvalidParameterError(below(lacking), 'is required: the NVR does not tell what it is now');
}

function isListOfOne(value: unknown): value is readonly [unknown] {
  return Array.isArray(value) && value.length === 1;
}

function itemsOf(schema: TSchema | undefined): TSchema | undefined {
  return schema && 'items' in schema ? (schema.items as TSchema) : undefined;
}

function fieldOf(schema: TSchema | undefined, name: string): TSchema | undefined {
  const { properties = {} } = (schema ?? {}) as { properties?: Readonly<Record<string, TSchema>> };
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}
