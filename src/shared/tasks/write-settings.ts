import { Type, type TObject, type TSchema } from 'typebox';
import { buildRequest } from '../wire/request.js';
import { InvalidParameterError } from '../errors.js';
import type { Operation } from '../sdk/declaration.js';
import { checkDifference } from './check-difference.js';
import { type Fields, changedFields, isFields, omit, pick } from '../wire/fields.js';

/**
 * Whether a change fits the write. What the device itself says is not held against the caller.
 *
 * @throws {@link InvalidParameterError}
 */
export function checkChange(write: Operation, params: Fields, before: unknown, wanted: unknown): void {
  const { body } = write;
  const declared = omit(write, ['query', 'check']);
  if (!body) buildRequest(declared, { body: wanted });
  else if (!isObject(body) || !isFields(before) || !isFields(wanted)) checkDifference('body', body, before, wanted);
  else {
    const unknown = changedFields(before, wanted).filter((name) => !Object.hasOwn(body.properties, name));
    buildRequest({ ...declared, body: { ...body, required: [] } }, pick(wanted, unknown));
    checkDifference('', body, before, wanted);
    const misfit = write.check?.({ ...params, ...wanted } as never);
    if (misfit && !write.check?.({ ...params, ...before } as never)) {
      throw new InvalidParameterError(misfit.path, misfit.problem);
    }
  }
}

/**
 * The write as an operation that takes its body as it is, and the parameters of that operation. Where the write wants a
 * list of one, and the read told the bare object (10.6, 10.7), the write gets its list.
 */
export function writeAsItIs(write: Operation, params: Fields, bare: unknown): readonly [Operation, Fields] {
  const named = pick(params, Object.keys(write.query?.properties ?? {}));
  const settings = isList(write.body) && isFields(bare) ? [bare] : bare;
  return [
    { ...omit(write, ['check']), body: Type.Unknown() },
    { ...named, body: settings },
  ];
}

/** Fields that the read declares and the write does not have, such as the `status` of 7.7 and the options of 2.21. */
export function readOnlyFields({ reply }: Operation, { body }: Operation): readonly string[] {
  if (!('schema' in reply)) return [];
  const [told, set] = isList(reply.schema) && isList(body) ? [reply.schema.items, body.items] : [reply.schema, body];
  if (!isObject(told) || !isObject(set)) return [];
  return Object.keys(told.properties).filter((name) => !Object.hasOwn(set.properties, name));
}

/** Fields that go on by themselves, such as the clock: by the time that they are written, what was read is past. */
export function passingFields({ body }: Operation): readonly string[] {
  if (!isObject(body)) return [];
  return Object.entries(body.properties).flatMap(([name, field]) => ('passing' in field ? [name] : []));
}

function isList(schema: TSchema | undefined): schema is TSchema & { readonly items: TSchema } {
  return schema !== undefined && 'items' in schema;
}

function isObject(schema: TSchema | undefined): schema is TObject {
  return schema !== undefined && 'properties' in schema;
}
