import { asDeclared } from './as-declared.js';
import { readJson, readText } from './read-text.js';
import type { Shape } from './shape.js';

/** What a row holds itself, as the declaration of its parameter says. @throws NoJsonError */
export function readRow(schema: Shape, { type, value }: { readonly type: string; readonly value: string }): unknown {
  return type === 'json' ? asDeclared(schema, readJson(value)) : readText(schema, value);
}
