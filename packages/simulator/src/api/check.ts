import { type TObject, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { closed } from '../../../../src/shared/sdk/closed.js';
import { Refusal } from '../nvr/refusal.js';

type Values = Readonly<Record<string, unknown>>;

/** The fields of a query or a path, with the types that the document gives them. @throws {@link Refusal} */
export function checkFields(schema: TObject | undefined, fields: Iterable<[string, string]>): Values {
  const values: Record<string, unknown> = {};
  for (const [name, text] of fields) {
    if (Object.hasOwn(values, name)) throw new Refusal(`${name}: given twice`);
    const field: TSchema | undefined = schema?.properties[name];
    if (!field) throw new Refusal(`${name}: unknown parameter`);
    values[name] = valueOf(field, text);
  }
  if (schema) checkValue(schema, values);
  return values;
}

/** A message of a WebSocket as the document has it. @throws {@link Refusal} */
export function checkMessage(schema: TSchema, text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('the message is no JSON');
  }
  checkValue(schema, value);
  return value;
}

/** Text from a URL carries no type: the first reading that fits the field. */
function valueOf(field: TSchema, text: string): unknown {
  // A list is joined by commas (6.4).
  if (Type.IsArray(field)) return text.split(',').map((item) => valueOf(field.items, item));
  const readings: unknown[] = [text];
  if (/^-?\d+(\.\d+)?$/.test(text)) readings.push(Number(text));
  if (text === 'true' || text === 'false') readings.push(text === 'true');
  const validator = Compile(field);
  return readings.find((reading) => validator.Check(reading)) ?? readings.at(-1);
}

/** @throws {@link Refusal} where a value is not exactly what the document says */
export function checkValue(schema: TSchema, value: unknown): void {
  const validator = strictly(schema);
  if (validator.Check(value)) return;
  const [error] = validator.Errors(value);
  const where = error?.instancePath.slice(1) ?? '';
  const detail = error?.keyword === 'required' ? `: ${error.params.requiredProperties.join(', ')}` : '';
  throw new Refusal(`${where === '' ? '' : `${where}: `}${error?.message ?? 'wrong'}${detail}`);
}

const strictValidators = new WeakMap<TSchema, ReturnType<typeof Compile>>();

function strictly(schema: TSchema): ReturnType<typeof Compile> {
  const known = strictValidators.get(schema);
  if (known) return known;
  const validator = Compile(closed(schema));
  strictValidators.set(schema, validator);
  return validator;
}
