import { Check } from 'typebox/schema';
import type { Shape } from './shape.js';

/** Texts for yes and no, folded. */
const yesAndNo: Readonly<Record<string, boolean>> = {
  ...{ true: true, on: true, '1': true },
  ...{ false: false, off: false, '0': false },
};

/**
 * A value as people and flows have it, as its declaration wants it: `true` and `"on"` where the wire has 1, `1` where
 * it has `true`, `"5"` where it has 5, `"main"` where it has 0. What fits already, and what cannot be made to fit, comes
 * back as it is, for the driver to take or to refuse.
 */
export function asDeclared(schema: Shape, value: unknown): unknown {
  if (value === undefined || value === null || fits(schema, value)) return value;
  const { type, enum: options, anyOf, items, properties } = schema;
  if (anyOf) return anyOf.map((each) => asDeclared(each, value)).find((made) => fits(schema, made)) ?? value;
  if ('const' in schema) return value;
  if (options) return options.find((option) => isWritable(value) && String(option) === String(value)) ?? value;
  switch (type) {
    case 'integer':
    case 'number':
      return asNumber(schema, value);
    case 'boolean':
      return asYesOrNo(value) ?? value;
    case 'string':
      return typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
    case 'array':
      return items && Array.isArray(value) ? value.map((item) => asDeclared(items, item)) : value;
    case 'object':
      return properties && isRecord(value) ? mapFields(properties, value) : value;
    default:
      return value;
  }
}

/** Whether a value is what its declaration wants. */
export function fits(schema: Shape, value: unknown): boolean {
  return Check(schema, value);
}

function asNumber(schema: Shape, value: unknown): unknown {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (typeof word === 'string' && word !== '' && Number.isFinite(Number(word))) return Number(word);
  if (schema.words) return typeof word === 'string' && Object.hasOwn(schema.words, word) ? schema.words[word] : value;
  const isSwitch = schema.minimum === 0 && schema.maximum === 1;
  const answer = isSwitch ? asYesOrNo(word) : undefined;
  return answer === undefined ? value : Number(answer);
}

function asYesOrNo(value: unknown): boolean | undefined {
  if (!isWritable(value)) return undefined;
  const word = String(value).trim().toLowerCase();
  return Object.hasOwn(yesAndNo, word) ? yesAndNo[word] : undefined;
}

function mapFields(properties: Readonly<Record<string, Shape>>, value: Readonly<Record<string, unknown>>): object {
  const fields = Object.entries(value).map(([name, field]) => {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return [name, schema ? asDeclared(schema, field) : field] as const;
  });
  return Object.fromEntries(fields);
}

function isWritable(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
