import { isFields, isPassword } from '../../shared/internal.js';

/** One value that differs. */
export interface Difference {
  /** Such as `interfaces/0/dhcp`. */
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** How many use a stream now (2.21): inside of what one sets, and nothing that one sets. */
const COUNTED = 'UseCount';

/** Settings, or each of a list of them, without fields of those names; without passwords and counts, however deep. */
export function withoutSecrets(value: unknown, leftOut: readonly string[] = []): unknown {
  return without(value, leftOut, (name) => isPassword(name) || name === COUNTED);
}

/** As {@link withoutSecrets}, of what a person may have written: passwords stay, since they are there on purpose. */
export function withoutUntold(value: unknown, leftOut: readonly string[]): unknown {
  return without(value, leftOut, (name) => name === COUNTED);
}

function without(value: unknown, leftOut: readonly string[], isLeftOut: (name: string) => boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, leftOut, isLeftOut));
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !isLeftOut(name) && !leftOut.includes(name))
      .map(([name, field]) => [name, without(field, [], isLeftOut)]),
  );
}

/** Settings as they are now, with what the file names; lists of the same length item by item, others as a whole. */
export function merged(now: unknown, wanted: unknown): unknown {
  if (Array.isArray(now) && Array.isArray(wanted) && now.length === wanted.length)
    return now.map((item, index) => merged(item, wanted[index]));
  if (!isFields(now) || !isFields(wanted)) return wanted;
  return Object.fromEntries(
    [...new Set([...Object.keys(now), ...Object.keys(wanted)])].map((name) => [
      name,
      name in wanted ? merged(now[name], wanted[name]) : now[name],
    ]),
  );
}

/** Where two values differ, leaf by leaf. */
export function differences(from: unknown, to: unknown, path = ''): Difference[] {
  const below = (name: string) => (path === '' ? name : `${path}/${name}`);
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length) {
    return from.flatMap((item, index) => differences(item, to[index], below(String(index))));
  }
  if (isFields(from) && isFields(to)) {
    return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((name) =>
      differences(from[name], to[name], below(name)),
    );
  }
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path, from, to }];
}
