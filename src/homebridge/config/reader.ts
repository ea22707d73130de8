import type { TObject } from 'typebox';
import { inEnglish, listed, type Said, say } from '../../shared/internal.js';
import type { OptionHints } from './options.js';
import type { Problem, ProblemCode } from './problem.js';

/** What a schema of the options may hold. */
interface OptionSchema extends OptionHints {
  readonly type?: string;
  readonly title?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
}

/** Where an object stands in the configuration. */
export interface Place {
  /** `nvrs[0]`; empty at the top. */
  readonly path: string;
  /** `NVR 1 "Garage"`; empty at the top. */
  readonly label: string;
}

/** Homebridge's own keys of a platform's section, and keys that people use for comments. */
const FOREIGN = /^(_.*|\/\/.*|#.*|\$schema|platform|comment)$/;

/**
 * Reads one object of the configuration by its declaration, forgiving what has one meaning only: blanks around a text,
 * digits in quotes, an emptied field. Whatever else can't be used is a problem, whatever is not known is told.
 */
export class ObjectReader {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #options: Readonly<Record<string, OptionSchema>>;
  readonly #required: ReadonlySet<string>;
  readonly #place: Place;
  readonly problems: Problem[] = [];
  /** What is told, though everything can be used. */
  readonly advice: Problem[] = [];

  constructor(schema: TObject, raw: unknown, place: Place) {
    this.#fields = isObject(raw) ? raw : {};
    this.#options = schema.properties;
    this.#required = new Set(schema.required);
    this.#place = place;
    if (!isObject(raw) && raw !== undefined) {
      this.problems.push({ code: 'WRONG_TYPE', ...labelled(place), ...messageOf(say`must be an object {…}.`) });
    }
    for (const key of Object.keys(this.#fields)) this.#tellUnknown(key);
  }

  /** Whether something is written there. */
  has(key: string): boolean {
    return !isAbsent(this.#fields[key]);
  }

  problem(code: ProblemCode, key: string, message: Said): void {
    this.problems.push(this.#at(code, key, message));
  }

  advise(code: ProblemCode, key: string, message: Said): void {
    this.advice.push(this.#at(code, key, message));
  }

  /** What belongs there, in words. */
  wanted(key: string): Said {
    return say(this.#option(key).write ?? 'something');
  }

  text(key: string): string | undefined {
    const value = this.#written(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') return this.#wrong(key, say`must be text in quotes: ${this.wanted(key)}.`);
    const { verbatim = false } = this.#option(key);
    if (verbatim) {
      if (value !== value.trim()) this.advise('INVALID', key, say`begins or ends with a blank: is that meant?`);
      return value;
    }
    return value.trim();
  }

  number(key: string): number | undefined {
    const value = this.#written(key);
    if (value === undefined) return undefined;
    const { type, minimum = -Infinity, maximum = Infinity } = this.#option(key);
    const whole = type === 'integer';
    const expected = whole
      ? say`must be a whole number from ${minimum} to ${maximum}.`
      : say`must be a number from ${minimum} to ${maximum}.`;
    const number = typeof value === 'string' ? fromDigits(value) : value;
    if (typeof number !== 'number' || Number.isNaN(number) || (whole && !Number.isInteger(number))) {
      return this.#wrong(key, expected);
    }
    if (number >= minimum && number <= maximum) return number;
    this.problem('OUT_OF_RANGE', key, expected);
    return undefined;
  }

  /** What its declaration says where nothing is written, or nothing that can be used. */
  flag(key: string): boolean {
    const value = this.#written(key);
    const otherwise = this.#option(key).default === true;
    if (value === undefined) return otherwise;
    if (typeof value === 'boolean') return value;
    const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
    if (word === 'true' || word === 'false') return word === 'true';
    this.#wrong(key, say`must be true or false, without quotes.`);
    return otherwise;
  }

  /** One of the words that the option allows. */
  choice(key: string): string | undefined {
    const word = this.text(key)?.toLowerCase();
    if (word === undefined || this.#option(key).enum?.includes(word)) return word;
    this.problem('INVALID', key, say`must be ${this.wanted(key)}.`);
    return undefined;
  }

  /** The entries of a list; none where it is absent. */
  list(key: string): readonly unknown[] {
    const value = this.#written(key);
    if (value === undefined || Array.isArray(value)) return value ?? [];
    this.#wrong(key, say`must be a list [{…}]: write ${this.wanted(key)}.`);
    return [];
  }

  /** The object that is written there; where it is absent, none. */
  object(key: string): Readonly<Record<string, unknown>> | undefined {
    const value = this.#written(key);
    if (value === undefined || isObject(value)) return value;
    return this.#wrong(key, say`must be an object {…}.`);
  }

  #written(key: string): unknown {
    const value = this.#fields[key];
    if (!isAbsent(value)) return value;
    if (this.#required.has(key)) {
      this.problem('MISSING', key, say`is missing: write ${this.wanted(key)}.`);
    }
    return undefined;
  }

  #wrong(key: string, message: Said): undefined {
    this.problem('WRONG_TYPE', key, message);
  }

  #tellUnknown(key: string): void {
    if (Object.hasOwn(this.#options, key) || FOREIGN.test(key)) return;
    const names = Object.keys(this.#options);
    const meant = names.find((name) => isLike(name, key));
    const known = listed(names);
    const message = meant
      ? say`is not known: do you mean "${meant}"? There are ${known}.`
      : say`is not known, and not used. There are ${known}.`;
    this.advise('UNKNOWN', key, message);
  }

  #option(key: string): OptionSchema {
    return this.#options[key] ?? {};
  }

  #at(code: ProblemCode, key: string, message: Said): Problem {
    const { path, label } = this.#place;
    const title = this.#option(key).title ?? key;
    return {
      code,
      path: path === '' ? key : `${path}.${key}`,
      label: label === '' ? title : `${label}, ${title}`,
      ...messageOf(message),
    };
  }
}

/** What is wrong, for people and for who says it in another language. */
export function messageOf(said: Said): Pick<Problem, 'message' | 'said'> {
  return { message: inEnglish(said), said };
}

export function isObject(raw: unknown): raw is Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

function labelled({ path, label }: Place): Pick<Problem, 'path' | 'label'> {
  return { path, ...(label !== '' && { label }) };
}

/** The settings page writes an emptied field as an empty text. */
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function fromDigits(text: string): number | undefined {
  return /^\s*\d{1,9}(\.\d{1,9})?\s*$/.test(text) ? Number(text) : undefined;
}

/** Whether a key is another spelling of an option: letters and case alike, or an "s" more or less. */
function isLike(name: string, key: string): boolean {
  const bare = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^a-z]/g, '')
      .replace(/s$/, '');
  return bare(name) === bare(key);
}
