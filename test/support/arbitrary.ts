import fc from 'fast-check';
import type { TSchema } from 'typebox';

/** What a schema of the declarations may say; anything else is a mistake of this file. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly default?: unknown;
}

/** Text of any characters but halves of a pair. fast-check's unit `binary` would list all 1.1 million of them first: 2 s. */
export function anyText(maxLength?: number): fc.Arbitrary<string> {
  const character = fc
    .nat(0x10ffff)
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCodePoint(code));
  return fc.string({ unit: character, ...(maxLength !== undefined && { maxLength }) });
}

/** Values that a schema allows; what it leaves open is text. */
export function arbitraryOf(schema: TSchema): fc.Arbitrary<unknown> {
  return from(schema);
}

function from(schema: Schema): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(from));
  switch (schema.type) {
    case 'object':
      return objects(schema);
    case 'array':
      return (schema.uniqueItems ? fc.uniqueArray : fc.array)(from(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? 3, 8)),
      });
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1_000_000, max: Math.min(schema.maximum ?? 2 ** 31 - 1, 2 ** 50) });
    case 'number':
      return fc
        .double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true })
        .map((value) => value || 0);
    case 'boolean':
      return fc.boolean();
    case 'string':
      return texts(schema);
    case undefined:
      return texts({});
    default:
      throw new Error(`no values for type ${schema.type}`);
  }
}

function objects({ properties = {}, required = [], patternProperties, additionalProperties }: Schema) {
  const fields = Object.entries(properties);
  // Where a default stands in, a missing field would come back with it.
  const optional = fields
    .filter(([name, field]) => !required.includes(name) && !('default' in field))
    .map(([name]) => name);
  const declared = fc.record(Object.fromEntries(fields.map(([name, field]) => [name, from(field)])), {
    requiredKeys: fields.map(([name]) => name).filter((name) => !optional.includes(name)),
  });
  const [pattern] = Object.entries(patternProperties ?? {});
  if (pattern)
    return fc
      .tuple(declared, fc.dictionary(fc.stringMatching(new RegExp(pattern[0])), from(pattern[1]), { maxKeys: 3 }))
      .map(([a, b]) => ({ ...b, ...a }));
  if (additionalProperties !== true) return declared;
  return fc
    .tuple(declared, fc.boolean())
    .map(([fieldsOf, more]) => (more ? { ...fieldsOf, NobodyKnows: [1, null] } : fieldsOf));
}

function texts({ pattern, format, minLength = 0, maxLength = 30 }: Schema): fc.Arbitrary<string> {
  if (format === 'ipv4') return fc.ipV4();
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ unit: 'grapheme', minLength, maxLength });
}
