import type { ParameterForm } from '../form.js';
import { isTime, type Shape } from '../../shared/values/index.js';
import { t, translated } from './texts.js';

function rangeOf({ minimum, maximum, unit, format }: Shape): string {
  if (format === 'epoch-seconds') return t('form.epochSeconds');
  if (format === 'epoch-milliseconds') return t('form.epochMilliseconds');
  return [rangeBetween(minimum, maximum), unit && translated(unit)].filter(Boolean).join(' ');
}

function rangeBetween(minimum: number | undefined, maximum: number | undefined): string {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} – ${maximum}`;
  if (minimum !== undefined) return `≥ ${minimum}`;
  return maximum === undefined ? '' : `≤ ${maximum}`;
}

/** Range, unit and default of a value; in a row of a form a time is written as people have it. */
function limitsOf(schema: Shape, inRow = false): string {
  if (inRow && isTime(schema)) return t('form.times');
  const { default: preset, items } = schema;
  const defaultText = preset === undefined ? '' : `${t('form.default')}: ${JSON.stringify(preset)}`;
  return [items && rangeOf(items), rangeOf(schema), defaultText].filter(Boolean).join('; ');
}

/** What a declaration says of a value, its choices included. */
export function describe(schema: Shape, inRow = false): string {
  const choices = schema.enum ?? schema.items?.enum;
  return [schema.description && translated(schema.description), choices?.join(' | '), limitsOf(schema, inRow)]
    .filter(Boolean)
    .join(' ');
}

/** The type of a value. */
export function shapeOf({ type, enum: options, items, anyOf, const: constant }: Shape): string {
  if (type === 'array') return `${t('form.listOf')} ${items ? shapeOf(items) : 'any'}`;
  if (anyOf) return [...new Set(anyOf.map(shapeOf))].join(' | ');
  return type ?? (options || constant !== undefined ? typeof (options?.[0] ?? constant) : 'any');
}

/** Title of a parameter, and what is to be said below its field. */
export function wordsFor({ name, schema }: Pick<ParameterForm, 'name' | 'schema'>): { title: string; details: string } {
  const { title = name, headings = [], description = '', items, format } = schema as Shape;
  const choices = items?.enum?.join(' | ');
  const secret = format === 'password' && t('form.secret');
  const details = [translated(description), choices, limitsOf(schema, true), secret];
  return { title: [...headings, title].map(translated).join(': '), details: details.filter(Boolean).join(' ') };
}
