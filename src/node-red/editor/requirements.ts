import type { Parameter } from '../actions/action.js';
import type { Row, Rows } from '../rows/row.js';
import {
  fits,
  isTime,
  picksCamera,
  readRow,
  readTime,
  type Shape,
  timeIn,
  utcClock,
} from '../../shared/values/index.js';

/** Whether a row holds a value as text, and not where to find it. */
export function isLiteral({ type }: Row): boolean {
  return type === 'literal' || type === 'str' || type === 'num' || type === 'bool';
}

/** Whether a parameter must be given: always, or as another row says. */
export function isNeeded({ required, schema }: Parameter, rows: Rows): boolean {
  if (required) return true;
  const { neededWith = {} } = schema as Shape;
  return Object.entries(neededWith).some(([name, values]) => {
    const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
    return row !== undefined && isLiteral(row) && values.some((value) => String(value) === row.value);
  });
}

/** Whether a parameter goes with what the other rows say; what a message will bring may be anything. */
export function isOfUse({ schema }: Parameter, rows: Rows): boolean {
  const { onlyWith = {} } = schema as Shape;
  return Object.entries(onlyWith).every(([name, values]) => {
    const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
    return row !== undefined && (!isLiteral(row) || values.some((value) => String(value) === row.value));
  });
}

/** Whether a literal is what the declaration asks for. */
export function literalFits({ schema }: Parameter, text: string, needed: boolean): boolean {
  return text === '' ? !needed : rowFits(schema, { type: 'literal', value: text });
}

/** The parameters whose rows cannot be sent as they are. What a message brings is checked when it comes. */
export function misfits(parameters: readonly Parameter[], rows: Rows): readonly Parameter[] {
  return parameters.filter((parameter) => {
    const row = rows[parameter.name] ?? { type: 'literal', value: '' };
    if (isLiteral(row)) return !literalFits(parameter, row.value, isNeeded(parameter, rows));
    return row.type === 'json' && !rowFits(parameter.schema, row);
  });
}

function rowFits(schema: Shape, row: Row): boolean {
  try {
    const value = readRow(schema, row);
    return isTime(schema) ? isTimeOf(schema, value) : fits(withNames(schema), value);
  } catch {
    return false;
  }
}

/** For what is checked before it is known when it will be read. */
const someTime = Date.UTC(2026, 0);

/** Whether it is a time, whenever and in whatever zone it will be read. */
function isTimeOf(schema: Shape, value: unknown): boolean {
  const span = readTime(value, { now: someTime, clock: utcClock });
  return span !== undefined && fits(schema, timeIn(schema, span.from));
}

/** A camera may stand there by its name too, whatever that is. */
function withNames(schema: Shape): Shape {
  if (schema.picks === 'channel') return { anyOf: [schema, { type: 'string', pattern: '\\S' }] };
  return schema.items && picksCamera(schema) ? { ...schema, items: withNames(schema.items) } : schema;
}
