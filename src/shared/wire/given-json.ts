import { InvalidParameterError, ReplyTooLargeError } from '../errors.js';
import { checkJsonBudget } from '../json-budget.js';

/**
 * What a caller gave, as it would travel: a flow or a file may hold circles, lists without end and what is no JSON, and
 * whoever walks through it must come back.
 *
 * @param path what it is called
 * @throws {@link InvalidParameterError}
 */
export function givenJson(path: string, value: unknown): unknown {
  try {
    // Megabytes of them would be taken apart first.
    if (ArrayBuffer.isView(value)) throw new TypeError('it is bytes');
    const text = JSON.stringify(value) as string | undefined;
    // Counted first: what is to be looked at value by value must not be without end.
    if (text !== undefined) checkJsonBudget(text);
    const checked = JSON.stringify(value, onlyJson) as string | undefined;
    return checked === undefined ? undefined : (JSON.parse(checked) as unknown);
  } catch (error) {
    if (error instanceof ReplyTooLargeError) throw new InvalidParameterError(path, error.message);
    const words = error instanceof RangeError ? 'it is nested too deeply' : (error as Error).message;
    throw new InvalidParameterError(path, `cannot be sent as JSON: ${words}`);
  }
}

/** What JSON would leave out, make `null` or take apart without a word. */
function onlyJson(this: unknown, name: string, value: unknown): unknown {
  const original = (this as Readonly<Record<string, unknown>>)[name];
  const isNoNumber = typeof value === 'number' && !Number.isFinite(value);
  const isNone = isNoNumber || ['bigint', 'function', 'symbol'].includes(typeof value);
  if (isNone || ArrayBuffer.isView(original)) {
    throw new TypeError(`${name || 'it'} is ${isNoNumber ? String(value) : isNone ? `a ${typeof value}` : 'bytes'}`);
  }
  return value;
}
