import type { TSchema } from 'typebox';
import { limits } from '../../limits.js';

/** What becomes of the parts of a document. Schemas are all that may hold for a value; none: the declarations know nothing. */
export interface Rules {
  /** @param name of the field, or of that which holds the list; @param quoted it is a text */
  scalar(value: string, quoted: boolean, name: string, schemas: readonly TSchema[]): string;
  key(name: string, schemas: readonly TSchema[]): string;
}

const CLOSING: Readonly<Record<string, string>> = { '"': '"', "'": "'", '“': '”"', '”': '”"' };

interface Token {
  /** As it stands there. */
  readonly raw: string;
  /** What it says. */
  readonly value: string;
  readonly quote: string;
  readonly ended: boolean;
}

/**
 * Replaces scalars and names within the text of a JSON document and leaves all else as it stands: spaces, order, quotes,
 * what is no strict JSON, and where it is cut off. That spelling is what a capture is made for.
 */
export function scrubJson(text: string, schemas: readonly TSchema[], rules: Rules, depth = 0): string {
  return new Walk(text, rules, depth).document(schemas);
}

class Walk {
  readonly #text: string;
  readonly #rules: Rules;
  /** Documents within documents. */
  readonly #within: number;
  readonly #out: string[] = [];
  #at = 0;

  constructor(text: string, rules: Rules, within: number) {
    this.#text = text;
    this.#rules = rules;
    this.#within = within;
  }

  document(schemas: readonly TSchema[]): string {
    for (this.#gap(); this.#at < this.#text.length; this.#gap()) this.#value('', schemas, this.#within);
    return this.#out.join('');
  }

  get #sign(): string {
    return this.#text.charAt(this.#at);
  }

  #copy(length: number): void {
    this.#out.push(this.#text.slice(this.#at, this.#at + length));
    this.#at += length;
  }

  /** Copies what the pattern finds there. */
  #run(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    this.#copy(pattern.exec(this.#text)?.[0].length ?? 0);
  }

  #gap(): void {
    this.#run(/[\s\0\uFEFF,]*/y);
  }

  #value(name: string, schemas: readonly TSchema[], depth: number): void {
    const sign = this.#sign;
    if ((sign === '{' || sign === '[') && depth < limits.capture.depth) this.#container(name, schemas, depth + 1);
    else if ('{['.includes(sign)) this.#run(/[{[]+/y);
    else if (']}:'.includes(sign)) this.#copy(1);
    else this.#scalar(this.#token(), name, schemas);
  }

  #container(name: string, schemas: readonly TSchema[], depth: number): void {
    const isObject = this.#sign === '{';
    // A device may send a list of one bare, or a list where none is due.
    const items = schemas.flatMap((schema) => itemsOf(schema) ?? [schema]);
    this.#copy(1);
    for (this.#gap(); this.#at < this.#text.length; this.#gap()) {
      const sign = this.#sign;
      if (sign === '}' || sign === ']') return this.#copy(1);
      if (!isObject || '{[:'.includes(sign)) this.#value(name, isObject ? [] : items, depth);
      else this.#member(items, depth);
    }
  }

  #member(schemas: readonly TSchema[], depth: number): void {
    const key = this.#token();
    const space = /\s*:/y;
    space.lastIndex = this.#at;
    const colon = space.exec(this.#text)?.[0].length;
    if (colon === undefined) return this.#scalar(key, '', []);
    this.#write(key, this.#rules.key(key.value, schemas));
    this.#copy(colon);
    this.#run(/\s*/y);
    // A name without value.
    if (this.#at < this.#text.length && !',}]'.includes(this.#sign))
      this.#value(
        key.value,
        schemas.flatMap((schema) => fieldOf(schema, key.value) ?? []),
        depth,
      );
  }

  #scalar(token: Token, name: string, schemas: readonly TSchema[]): void {
    const { value, quote } = token;
    // The document calls many a reply a "JSON string": perhaps one that holds the document.
    const holdsJson = quote !== '' && /^\s*[[{]/.test(value) && this.#within < 3;
    this.#write(
      token,
      holdsJson
        ? scrubJson(value, schemas, this.#rules, this.#within + 1)
        : this.#rules.scalar(value, quote !== '', name, schemas),
    );
  }

  /** What stays is written as it stood there; what does not, with the same kind of escapes. */
  #write({ raw, value, quote, ended }: Token, text: string): void {
    if (text === value) this.#out.push(raw);
    else if (quote === '') this.#out.push(text);
    else {
      let escaped = JSON.stringify(text).slice(1, -1);
      if (raw.includes('\\/')) escaped = escaped.replaceAll('/', '\\/');
      if (/\\u[0-9a-f]{4}/i.test(raw))
        escaped = escaped.replace(
          /[\u0080-\uffff]/g,
          (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
      this.#out.push(raw.charAt(0) + escaped + (ended ? raw.slice(-1) : ''));
    }
  }

  /** A text in quotes, which may be cut off, or what stands up to the next sign; at least one sign long. */
  #token(): Token {
    const quote = this.#sign;
    const closing = CLOSING[quote];
    if (closing === undefined) {
      const bare = /[^\s\0,:{}[\]"'“”]+|[^]/y;
      bare.lastIndex = this.#at;
      const raw = bare.exec(this.#text)?.[0] ?? '';
      this.#at += raw.length;
      return { raw, value: raw, quote: '', ended: true };
    }
    let end = this.#at + 1;
    while (end < this.#text.length && !closing.includes(this.#text.charAt(end)))
      end += this.#text.charAt(end) === '\\' ? 2 : 1;
    const ended = end < this.#text.length;
    const raw = this.#text.slice(this.#at, ended ? end + 1 : end);
    this.#at += raw.length;
    return { raw, value: unescaped(raw.slice(1, ended ? -1 : undefined)), quote, ended };
  }
}

function unescaped(inner: string): string {
  if (!inner.includes('\\')) return inner;
  try {
    return JSON.parse(`"${inner.replaceAll(/(?<!\\)"/g, '\\"')}"`) as string;
  } catch {
    return inner.replace(/\\(.)/g, '$1');
  }
}

/** Of an array by its declaration. */
function itemsOf(schema: TSchema): readonly TSchema[] | undefined {
  if ('anyOf' in schema) return (schema.anyOf as TSchema[]).flatMap((one) => itemsOf(one) ?? [one]);
  return 'items' in schema ? [schema.items as TSchema] : undefined;
}

function fieldOf(schema: TSchema, name: string): readonly TSchema[] | undefined {
  if ('anyOf' in schema) return (schema.anyOf as TSchema[]).flatMap((one) => fieldOf(one, name) ?? []);
  if ('properties' in schema && Object.hasOwn(schema.properties as object, name))
    return [(schema.properties as Record<string, TSchema>)[name] as TSchema];
  const patterns = Object.entries(
    ('patternProperties' in schema ? schema.patternProperties : {}) as Record<string, TSchema>,
  );
  return patterns.flatMap(([pattern, field]) => (new RegExp(pattern).test(name) ? [field] : []));
}

/** Whether the declarations know a name at that place. */
export function isDeclared(name: string, schemas: readonly TSchema[]): boolean {
  return schemas.some((schema) => (fieldOf(schema, name)?.length ?? 0) > 0);
}
