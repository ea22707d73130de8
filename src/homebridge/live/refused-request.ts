/** What a phone asks for and must not or cannot get; the message names the field and what is wrong with it. */
export class RefusedRequest extends Error {
  constructor(field: string, problem: string) {
    super(`${field} ${problem}`);
    this.name = 'RefusedRequest';
  }
}

/** The number, where it is an integer within these bounds. @throws {@link RefusedRequest} */
export function integer(field: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RefusedRequest(field, `must be an integer from ${min} to ${max}, not ${shown(value)}`);
}

/** The value, where it is one of these. @throws {@link RefusedRequest} */
export function oneOf<T>(field: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw new RefusedRequest(field, `must be ${allowed.join(' or ')}, not ${shown(value)}`);
}

/** @throws {@link RefusedRequest} where it is not so many bytes */
export function bytes(field: string, value: unknown, length: number): Buffer {
  if (Buffer.isBuffer(value) && value.length === length) return value;
  throw new RefusedRequest(field, `must have ${length} bytes`);
}

/** Keys are Buffers: what else may stand here is a number, a short text or nothing. */
function shown(value: unknown): string {
  return typeof value === 'number' || value === undefined ? String(value) : typeof value;
}
