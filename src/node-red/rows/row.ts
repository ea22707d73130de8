import { types } from 'node:util';
import { InvalidParameterError, NvrError } from '../../shared/index.js';
import type { Parameter } from '../actions/action.js';
import { asError } from '../errors.js';
import { asDeclared, isTime, readRow as readOwn, readText, type Shape, timeIn } from '../../shared/values/index.js';

/** Where a row takes its value from: its own text, or one of Node-RED's sources. */
export type RowSource = 'literal' | StandardType | NodeSource;

/** Node-RED's own names for text that a row holds itself: flows made by programs have them. */
type StandardType = 'str' | 'num' | 'bool' | 'json';

/** What Node-RED is asked for; `date` is the time now. */
type NodeSource = 'msg' | 'flow' | 'global' | 'env' | 'jsonata' | 'date';

/** One parameter as the form stores it. Only the row decides where the value comes from. */
export interface Row {
  readonly type: RowSource;
  /** The literal, the property's path, the variable's name or the expression. */
  readonly value: string;
}

/** Rows by parameter; a parameter without a row is not sent. */
export type Rows = Readonly<Record<string, Row>>;

/** Reads one of Node-RED's sources for the message at hand. */
export type ReadSource = (source: NodeSource, value: string) => Promise<unknown>;

const nodeSources = ['msg', 'flow', 'global', 'env', 'jsonata', 'date'] as const satisfies NodeSource[];
const sources: readonly unknown[] = ['literal', 'str', 'num', 'bool', 'json', ...nodeSources] satisfies RowSource[];

/**
 * The rows of a stored configuration; one that was written by hand may hold anything.
 *
 * @throws InvalidParameterError
 */
export function checkRows(stored: unknown): Rows {
  if (!isRecord(stored)) throw new InvalidParameterError('params', 'must be an object of rows');
  const rows = Object.entries(stored).map(([name, row]): [string, Row] => {
    const { type, value = '' } = isRecord(row) ? row : {};
    const readable = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (!readable || !sources.includes(type)) throw new InvalidParameterError(name, 'is no row');
    return [name, { type: type as RowSource, value: String(value) }];
  });
  return Object.fromEntries(rows);
}

/**
 * Reads every row. What comes out is checked by the driver, except that a value must have been readable at all.
 *
 * @throws InvalidParameterError for a row that no parameter has, or that cannot be read
 */
export async function readRows(
  parameters: readonly Parameter[],
  rows: Rows,
  read: ReadSource,
): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [name, row] of Object.entries(rows)) {
    const parameter = parameters.find((other) => other.name === name);
    if (!parameter) throw new InvalidParameterError(name, 'is not a parameter of this operation');
    const value = await readRow(parameter, row, read);
    if (value !== undefined) values[name] = value;
  }
  return values;
}

async function readRow({ name, schema }: Parameter, row: Row, read: ReadSource): Promise<unknown> {
  const source = nodeSources.find((each) => each === row.type);
  if (!source) return orInvalid(name, () => readOwn(schema, row));
  let value: unknown;
  try {
    value = await read(source, row.value);
  } catch (error) {
    if (error instanceof NvrError) throw error;
    throw new InvalidParameterError(name, `${source} '${row.value}' cannot be read: ${asError(error).message}`);
  }
  // Environment variables are text, whatever the parameter is.
  const isText = source === 'env' && typeof value === 'string';
  return orInvalid(name, () =>
    isText ? readText(schema, value as string) : asDeclared(schema, inUnitOf(schema, value, source)),
  );
}

/** @throws InvalidParameterError in place of what was thrown */
function orInvalid<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new InvalidParameterError(name, asError(error).message);
  }
}

/** A time as its parameter counts it: from a Date, from the time now, which Node-RED gives in ms, or without a fraction. */
export function inUnitOf(schema: Shape, value: unknown, source?: NodeSource): unknown {
  if (!isTime(schema)) return value;
  if (types.isDate(value)) return timeIn(schema, value.getTime());
  if (typeof value !== 'number') return value;
  return source === 'date' ? timeIn(schema, value) : Math.floor(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
