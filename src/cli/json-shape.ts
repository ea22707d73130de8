import type { TSchema } from 'typebox';

/** What is read of a schema here. */
type Known = TSchema & {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly TSchema[];
  readonly items?: TSchema;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, TSchema>>;
};

/** A schema as TypeScript would write its values: `{ channel: integer, taken?: string }[]`. */
export function shapeOf(schema: TSchema): string {
  const { type, const: only, enum: words, anyOf, items, properties, required, patternProperties } = schema as Known;
  if (only !== undefined) return JSON.stringify(only);
  if (words) return words.map((word) => JSON.stringify(word)).join(' | ');
  if (anyOf) return anyOf.map(shapeOf).join(' | ');
  if (items) {
    const item = shapeOf(items);
    return item.includes(' | ') && !item.startsWith('{') ? `(${item})[]` : `${item}[]`;
  }
  if (properties) {
    const fields = Object.entries(properties).map(
      ([name, field]) => `${name}${required?.includes(name) ? '' : '?'}: ${shapeOf(field)}`,
    );
    return `{ ${fields.join(', ')} }`;
  }
  const [value] = Object.values(patternProperties ?? {});
  if (value) return `{ […]: ${shapeOf(value)} }`;
  return type ?? 'unknown';
}
