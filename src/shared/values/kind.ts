import { isPlain, type Shape, textOf } from './shape.js';

/** The texts to choose from, where the declaration lists them. */
export function optionsOf({ type, enum: options, anyOf, const: constant }: Shape): readonly string[] | undefined {
  if (options) return options.map(textOf);
  if (type === 'boolean') return ['true', 'false'];
  if (constant !== undefined) return [textOf(constant)];
  const alternatives = anyOf?.map(optionsOf);
  if (!alternatives?.every((each) => each !== undefined)) return undefined;
  return [...new Set(alternatives.flat())];
}

/** How a value is written: `lines` are text of several, `list` is one of plain values. */
export type Kind = 'choice' | 'number' | 'text' | 'lines' | 'list' | 'json';

/** How a value is written into a form. */
export function kindOf(schema: Shape): Kind {
  const { type, items, pattern = '', upload, anyOf } = schema;
  if (optionsOf(schema)) return 'choice';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'string') return upload !== undefined || pattern.startsWith('-----BEGIN') ? 'lines' : 'text';
  if (type === 'array' && isPlain(items)) return 'list';
  return anyOf?.every(isPlain) ? 'text' : 'json';
}
