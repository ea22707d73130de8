/** Stable codes of what can be wrong in the configuration. */
export type ProblemCode = 'MISSING' | 'WRONG_TYPE' | 'OUT_OF_RANGE' | 'INVALID' | 'DUPLICATE';

/** Something in the configuration that can't be used. Never holds a configured value that may be secret. */
export interface Problem {
  readonly code: ProblemCode;
  /** Where: `nvrs[0].host`. */
  readonly path: string;
  /** What to do about it. */
  readonly message: string;
}

/** Reads the fields of one object of the configuration and notes what is wrong with them. */
export class ConfigurationReader {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #problems: Problem[];

  constructor(raw: unknown, path: string, problems: Problem[]) {
    const isObject = typeof raw === 'object' && raw !== null && !Array.isArray(raw);
    this.#fields = isObject ? (raw as Record<string, unknown>) : {};
    this.#path = path;
    this.#problems = problems;
    if (!isObject && raw !== undefined) problems.push({ code: 'WRONG_TYPE', path, message: 'must be an object {…}.' });
  }

  problem(code: ProblemCode, key: string, message: string): void {
    this.#problems.push({ code, path: this.#path === '' ? key : `${this.#path}.${key}`, message });
  }

  has(key: string): boolean {
    return !this.#absent(key);
  }

  text(key: string, meaning: string): string | undefined {
    if (this.#absent(key)) return this.#missing(key, meaning);
    return this.optionalText(key, meaning);
  }

  optionalText(key: string, meaning: string): string | undefined {
    if (this.#absent(key)) return undefined;
    const value = this.#fields[key];
    if (typeof value === 'string') return value;
    this.problem('WRONG_TYPE', key, `must be text in quotes: ${meaning}.`);
    return undefined;
  }

  integer(key: string, minimum: number, maximum: number, meaning: string): number | undefined {
    if (this.#absent(key)) return this.#missing(key, meaning);
    return this.optionalInteger(key, minimum, maximum);
  }

  optionalInteger(key: string, minimum: number, maximum: number): number | undefined {
    const value = this.optionalNumber(key, minimum, maximum);
    if (value === undefined || Number.isInteger(value)) return value;
    this.problem('WRONG_TYPE', key, `must be a whole number from ${minimum} to ${maximum}.`);
    return undefined;
  }

  optionalNumber(key: string, minimum: number, maximum: number): number | undefined {
    if (this.#absent(key)) return undefined;
    const value = this.#fields[key];
    const expected = `must be a number from ${minimum} to ${maximum}, without quotes.`;
    if (typeof value !== 'number') this.problem('WRONG_TYPE', key, expected);
    else if (!(value >= minimum && value <= maximum)) this.problem('OUT_OF_RANGE', key, expected);
    else return value;
    return undefined;
  }

  optionalFlag(key: string): boolean | undefined {
    if (this.#absent(key)) return undefined;
    const value = this.#fields[key];
    if (typeof value === 'boolean') return value;
    this.problem('WRONG_TYPE', key, 'must be true or false, without quotes.');
    return undefined;
  }

  /** The entries of a list; none where it is absent. */
  list(key: string): readonly unknown[] {
    const value = this.#fields[key];
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    this.problem('WRONG_TYPE', key, 'must be a list [{…}].');
    return [];
  }

  /** The settings page writes an emptied field as an empty text. */
  #absent(key: string): boolean {
    const value = this.#fields[key];
    return value === undefined || value === null || value === '';
  }

  #missing(key: string, meaning: string): undefined {
    this.problem('MISSING', key, `is missing: write ${meaning}.`);
  }
}
