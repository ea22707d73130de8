import type { Operation } from '../sdk/declaration.js';
import { parametersOf } from '../sdk/parameters.js';

/** What the order of changes is kept for. */
const targets: ReadonlySet<unknown> = new Set(['channel', 'alarm-out']);

/** SDK 3.6, 3.8 */
const ON_PICTURES: readonly string[] = ['getSnapshot', 'deleteSnapshot'];

/**
 * What a call must keep its order with: changes to one channel or pin, or changes of one kind to the NVR. `undefined` for what
 * changes nothing that a later call could meet; taking a picture is no change to the camera.
 */
export function laneOf(operation: Operation, params: Readonly<Record<string, unknown>>): string | undefined {
  if (operation.effect === 'read' || ON_PICTURES.includes(operation.id)) return undefined;
  for (const { name, schema } of parametersOf(operation)) {
    const number = params[name];
    if (typeof number === 'number' && 'picks' in schema && targets.has(schema.picks)) {
      return `${String(schema.picks)} ${number}`;
    }
  }
  return operation.domain;
}
