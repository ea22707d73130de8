import { STATUS_CODES } from 'node:http';
import type { TSchema } from 'typebox';
import type { HeaderFields } from '../../link/tap.js';
import type { Operation, Socket } from '../../sdk/declaration.js';
import { isPassword } from '../../wire/passwords.js';
import { isDeclared, type Rules, scrubJson } from './scrub-json.js';
import { type Secret, secretIn, type StandIns } from './stand-ins.js';
import { replaceWords } from './vocabulary.js';

/** Header fields whose values tell of the device only. */
const PLAIN_HEADERS = new Set(
  (
    'content-type content-length content-encoding content-language connection transfer-encoding date expires last-modified ' +
    'cache-control pragma keep-alive server upgrade vary allow accept-ranges x-frame-options ' +
    'x-content-type-options x-xss-protection'
  ).split(' '),
);

/** UTF-16 units of a text that may stay, unless it is a map or a mask. */
const LONGEST = 128;

/**
 * Replaces everything that the declarations do not know as harmless. It is used twice: what is a secret in one place is
 * one in all, also in those that came before.
 */
export class Scrubber {
  readonly #standIns: StandIns;
  readonly #rules: Rules = {
    scalar: (value, quoted, name, schemas) => this.#scalar(value, quoted, name, schemas),
    key: (name, schemas) => this.#key(name, schemas),
  };

  constructor(standIns: StandIns) {
    this.#standIns = standIns;
  }

  /** What a request asks for: path and query. */
  path(path: string, query: TSchema | undefined): string {
    const at = path.indexOf('?');
    if (at < 0) return path;
    const fields = path.slice(at + 1).split('&');
    const scrubbed = fields.map((field) => {
      const [name = '', value = ''] = field.split('=', 2);
      const schemas = fieldsOf(query, name);
      // A list is joined by commas (6.4).
      const parts = value
        .split(',')
        .map((part) => encodeURIComponent(this.#scalar(plainOf(part), true, name, schemas)));
      return `${name}=${parts.join(',')}`;
    });
    return `${path.slice(0, at)}?${scrubbed.join('&')}`;
  }

  request(body: string, operation: Operation | undefined): string {
    return scrubJson(body, operation?.body ? [operation.body] : [], this.#rules);
  }

  reply(text: string, operation: Operation | undefined): string {
    return this.#text(text, repliedBy(operation));
  }

  message(text: string, socket: Socket | undefined): string {
    return this.#text(text, socket?.message ? [socket.message] : []);
  }

  reason(reason: string, status: number): string {
    return reason.toLowerCase() === STATUS_CODES[status]?.toLowerCase() ? reason : this.#words(reason);
  }

  headers(fields: HeaderFields): HeaderFields {
    return fields.map(([name, value]) => {
      const shown =
        /^[\w-]{1,64}$/.test(name) && !this.#standIns.betrays(name) ? name : this.#standIns.of(name, 'other texts');
      return [shown, this.#header(name.toLowerCase(), value)];
    });
  }

  #header(name: string, value: string): string {
    if (name === 'set-cookie') return this.#cookie(value);
    // No digest or token either.
    const isOdd = value.length > LONGEST || /boundary|name=|@|[0-9a-f]{16}|[\w+/]{24}/i.test(value);
    const isPlain = PLAIN_HEADERS.has(name) && !isOdd;
    return isPlain && !this.#standIns.betrays(value) ? value : this.#words(value, name);
  }

  #cookie(value: string): string {
    const [pair = '', ...attributes] = value.split(';');
    const at = pair.indexOf('=');
    const name = at < 0 ? pair : pair.slice(0, at);
    const shown = [
      this.#key(name, [], /^[\w.-]{1,64}$/) + (at < 0 ? '' : `=${this.#standIns.of(pair.slice(at + 1), 'sessions')}`),
      ...attributes.map((attribute) =>
        /^\s*(httponly|secure|path=\/|max-age=-?\d+|samesite=\w+|expires=[\w ,:+-]{0,40})\s*$/i.test(attribute)
          ? attribute
          : this.#words(attribute),
      ),
    ];
    return shown.join(';');
  }

  /** JSON by its declaration, anything else word by word. */
  #text(text: string, schemas: readonly TSchema[]): string {
    return /^[\s\0\uFEFF]*[[{"'“]/.test(text) ? scrubJson(text, schemas, this.#rules) : this.#words(text);
  }

  #words(text: string, name = ''): string {
    return replaceWords(text, (word) => this.#standIns.of(word, secretIn(name, word)));
  }

  /** Names of fields are what a device has beyond the document; what is no name is data. */
  #key(name: string, schemas: readonly TSchema[], shape = /^[a-z_$][\w$-]{0,63}$/i): string {
    if (isDeclared(name, schemas)) return name;
    const isName = shape.test(name) && !/^[0-9a-f]{12,}$/i.test(name);
    return isName && !this.#standIns.betrays(name) ? name : this.#standIns.of(name, secretIn('name', name));
  }

  #scalar(value: string, quoted: boolean, name: string, schemas: readonly TSchema[]): string {
    if (!quoted && /^(true|false|null)$/i.test(value)) return value;
    if (/^(result|description)$/i.test(name)) return this.#words(value);
    if (!this.#isSecret(value, name, schemas)) return value;
    const secret: Secret = schemas.some(isHidden) ? 'passwords' : secretIn(name, value);
    return this.#standIns.of(value, secret);
  }

  #isSecret(value: string, name: string, schemas: readonly TSchema[]): boolean {
    const kinds = schemas.flatMap((schema) => ('anyOf' in schema ? (schema.anyOf as TSchema[]) : [schema]));
    if (kinds.some((schema) => isOneOf(schema, value) || isValue(schema, value))) return false;
    if (isPassword(name) || kinds.some(isHidden) || !kinds.some((schema) => 'harmless' in schema)) return true;
    // What the document itself prints as an example is no secret there, even if it is the name of something here.
    if (kinds.some((schema) => 'examples' in schema && (schema.examples as unknown[]).includes(value))) return false;
    const isLong = value.length > LONGEST && !/^[-+\dA-F]+$/i.test(value);
    return isLong || /@|([0-9a-f]{2}[:-]){5}/i.test(value) || this.#standIns.betrays(value);
  }
}

function isHidden(schema: TSchema): boolean {
  return 'format' in schema && schema.format === 'password';
}

/** Whether the declaration lists that word, whatever its case. */
function isOneOf(schema: TSchema, value: string): boolean {
  const words = 'enum' in schema ? (schema.enum as unknown[]) : 'const' in schema ? [schema.const] : [];
  return words.some((word) => String(word).toLowerCase() === value.trim().toLowerCase());
}

/** A number where one is due, or a yes, however it is written. */
function isValue(schema: TSchema, value: string): boolean {
  switch ('type' in schema && schema.type) {
    case 'integer':
    case 'number':
      return /^\s*([-+]?\d{1,20}(\.\d{1,20})?(e[-+]?\d{1,3})?|true|false)\s*$/i.test(value);
    case 'boolean':
      return /^\s*(true|false|on|off|yes|no|0|1)\s*$/i.test(value);
    default:
      return false;
  }
}

/** What may stand in a reply; an envelope or not (2.17). */
function repliedBy(operation: Operation | undefined): readonly TSchema[] {
  const reply = operation?.reply;
  if (!reply || !('schema' in reply)) return [];
  const envelope = { properties: { Result: reply.schema, result: reply.schema } } as unknown as TSchema;
  return reply.as === 'result' ? [envelope, reply.schema] : [reply.schema];
}

function fieldsOf(query: TSchema | undefined, name: string): readonly TSchema[] {
  const fields = query && 'properties' in query ? (query.properties as Readonly<Record<string, TSchema>>) : {};
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return field ? [field, ...('items' in field ? [field.items as TSchema] : [])] : [];
}

function plainOf(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
