import type { Parameter } from '../actions/action.js';
import type { Row, Rows } from '../rows/row.js';
import { fits, picksCamera, readRow, type Shape } from '../../shared/values/index.js';

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
    return fits(withNames(schema), readRow(schema, row));
  } catch {
    return false;
  }
}

/** A camera may stand there by its name too, whatever that is. */
function withNames(schema: Shape): Shape {
  if (schema.picks === 'channel') return { anyOf: [schema, { type: 'string', pattern: '\\S' }] };
  return schema.items && picksCamera(schema) ? { ...schema, items: withNames(schema.items) } : schema;
}
