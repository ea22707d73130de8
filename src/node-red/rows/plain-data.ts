import { types } from 'node:util';
import { limits } from '../../shared/internal.js';

/**
 * Whether a value is what JSON, Dates and bytes are made of, so that it can be looked at like any other: no getters, proxies or
 * symbols, nothing that only says that it is a Date or a Buffer, and no deeper than replies are.
 */
export function isPlainData(value: unknown): boolean {
  let left: number = limits.json.values;

  const isPlain = (part: unknown, depth: number): boolean => {
    left -= 1;
    if (typeof part === 'symbol' || typeof part === 'bigint' || typeof part === 'function') return false;
    if (typeof part !== 'object' || part === null || types.isDate(part) || ArrayBuffer.isView(part)) return true;
    if (types.isProxy(part) || part instanceof Date || part instanceof Uint8Array) return false;
    if (depth >= limits.json.depth || left <= 0) return false;
    return Object.values(Object.getOwnPropertyDescriptors(part)).every((property) => {
      return 'value' in property && isPlain(property.value, depth + 1);
    });
  };
  return isPlain(value, 0);
}
