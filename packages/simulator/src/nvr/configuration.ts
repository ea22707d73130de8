import { createHash } from 'node:crypto';
import { Refusal } from './refusal.js';

/** Groups of settings that have defaults to load (SDK 10.10: the document's examples). */
export const CATEGORIES = ['channels', 'record', 'alarm', 'network', 'device', 'system'] as const;

export type Category = (typeof CATEGORIES)[number];

/** Settings as JSON, wherever they live. */
export interface Keeper<T = unknown> {
  get(): T;
  set(value: T): void;
}

interface Group {
  readonly category: Category;
  readonly keeper: Keeper;
  /** As it was when the group was added, as JSON. */
  readonly initial: string;
}

const HEADER = 'EverFocus NVR configuration 1';

/**
 * Everything that is set at the NVR and outlives a restart: a model adds its settings once, by name, and so has them in
 * the configuration file (10.11, 10.12) and reset to what they were at first (10.10).
 */
export class Configuration {
  readonly #groups = new Map<string, Group>();

  keep<T>(name: string, category: Category, keeper: Keeper<T>): void {
    const group = { category, keeper: keeper as Keeper, initial: JSON.stringify(keeper.get()) };
    this.#groups.set(name, group);
  }

  /** @throws {@link Refusal} for a category that there is not */
  loadDefault(categories: readonly string[]): void {
    const unknown = categories.find((category) => !CATEGORIES.some((known) => known === category));
    if (unknown !== undefined) throw new Refusal(`${unknown}: no such category`);
    for (const { category, keeper, initial } of this.#groups.values()) {
      if (categories.includes(category)) keeper.set(JSON.parse(initial));
    }
  }

  /** The configuration file: a line for each group, and a checksum. */
  backup(): string {
    const groups = [...this.#groups].map(([name, { keeper }]) => `${name} ${JSON.stringify(keeper.get())}`);
    return sealed([HEADER, ...groups]);
  }

  /**
   * Sets everything as a configuration file has it, or nothing.
   * @throws {@link Refusal} where it is not exactly what {@link backup} makes
   */
  restore(file: string): void {
    const lines = file.split('\n').slice(0, -2);
    if (lines[0] !== HEADER || sealed(lines) !== file) throw new Refusal('the configuration file is damaged');
    const entries = lines.slice(1).map((line): [string, unknown] => {
      const [name = ''] = line.split(' ', 1);
      return [name, JSON.parse(line.slice(name.length + 1))];
    });
    for (const [name, value] of entries) this.#groups.get(name)?.keeper.set(value);
  }
}

function sealed(lines: readonly string[]): string {
  const text = lines.map((line) => `${line}\n`).join('');
  return `${text}sha256 ${createHash('sha256').update(text).digest('hex')}\n`;
}
