import { readTime } from './time.js';

export type Value = string | number | boolean;

/** The arguments of a command, checked against its declaration. */
export class Given {
  readonly operands: readonly string[];
  /** Options that the first operand brought (`Command.optionsOf`), as text. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly #values: Readonly<Record<string, Value>>;

  constructor(
    operands: readonly string[],
    values: Readonly<Record<string, Value>>,
    parameters: Readonly<Record<string, string>>,
  ) {
    this.operands = operands;
    this.#values = values;
    this.parameters = parameters;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return value === undefined ? undefined : String(value);
  }

  number(name: string): number | undefined {
    const value = this.#values[name];
    return typeof value === 'number' ? value : undefined;
  }

  /** @param now ms since 1970 */
  time(name: string, now: number): Date | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : readTime(`--${name}`, text, now);
  }

  /** The operand at that place; empty where it is optional and left out. */
  operand(index: number): string {
    return this.operands[index] ?? '';
  }
}
