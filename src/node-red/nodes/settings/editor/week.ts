/** A week of half-hours, as the SDK has it: a line for each day, `+` where it is scheduled (6.1). */
export type Week = readonly string[];

/** What is to change of a week: lines by the names of their days. */
export type WeekPatch = Readonly<Record<string, string>>;

/** Half-hours in a day. */
export const SLOTS = 48;

const NEVER = '-'.repeat(SLOTS);

/** The line of a day, with its change; `undefined` where nobody has said what it is. */
export function lineOf(
  day: number,
  names: readonly string[],
  base: Week | undefined,
  patch: WeekPatch,
): string | undefined {
  return patch[names[day] ?? ''] ?? base?.[day];
}

/**
 * The patch with a rectangle painted. A day that is then as the NVR has it is no change; one of which nothing is known
 * begins empty.
 *
 * @param days those that it covers: the order in which they are shown is not that of the week
 */
export function painted(
  {
    names,
    base,
    patch,
  }: { readonly names: readonly string[]; readonly base: Week | undefined; readonly patch: WeekPatch },
  days: readonly number[],
  [from, to]: readonly [number, number],
  on: boolean,
): WeekPatch {
  const changed: Record<string, string> = { ...patch };
  for (const day of days) {
    const name = names[day] ?? '';
    const line = lineOf(day, names, base, patch) ?? NEVER;
    changed[name] = line.slice(0, from) + (on ? '+' : '-').repeat(to - from) + line.slice(to);
  }
  return withoutSame(changed, names, base);
}

function withoutSame(patch: WeekPatch, names: readonly string[], base: Week | undefined): WeekPatch {
  return Object.fromEntries(Object.entries(patch).filter(([name, line]) => base?.[names.indexOf(name)] !== line));
}

/** What a row holds as JSON: a whole week, or some days; nothing where it is neither. */
export function readWeek(text: string, names: readonly string[]): WeekPatch {
  try {
    const value: unknown = JSON.parse(text);
    const entries: [string, unknown][] = Array.isArray(value)
      ? value.map((line, day) => [names[day] ?? '', line])
      : Object.entries(value as object);
    return Object.fromEntries(
      entries.filter(
        (entry): entry is [string, string] =>
          names.includes(entry[0]) && typeof entry[1] === 'string' && /^[-+]{48}$/.test(entry[1]),
      ),
    );
  } catch {
    return {};
  }
}

/** As a row holds it: empty where nothing is to change; days in the order of the week. */
export function writeWeek(patch: WeekPatch, names: readonly string[]): string {
  const days = names.filter((name) => patch[name] !== undefined).map((name) => [name, patch[name]]);
  return days.length === 0 ? '' : JSON.stringify(Object.fromEntries(days));
}

/** A week as a reading has it. */
export function asWeek(value: unknown): Week | undefined {
  const isWeek = Array.isArray(value) && value.length === 7 && value.every((line) => typeof line === 'string');
  return isWeek ? value : undefined;
}

/** `07:30` */
export function timeOf(slot: number): string {
  return `${String(Math.floor(slot / 2)).padStart(2, '0')}:${slot % 2 === 0 ? '00' : '30'}`;
}

/** What a line covers, for people: `22:00–24:00`. */
export function rangesOf(line: string): string {
  return [...line.matchAll(/\++/g)]
    .map(({ 0: run, index }) => `${timeOf(index)}–${timeOf(index + run.length)}`)
    .join(', ');
}
