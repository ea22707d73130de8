import type { Operation } from '../../shared/sdk/declaration.js';
import type { OperationId } from '../../shared/sdk/index.js';
import type { FaultSettings } from '../faults/fault-table.js';
import { type WireReply, jsonReply, sloppy } from '../faults/reply-faults.js';
import type { Context, Handler } from '../handlers/handler.js';
import { handlers } from '../handlers/index.js';
import { Refusal } from '../nvr/refusal.js';
import { checkBody, checkFields } from './check.js';

/** Checks a request against its declaration and does it. @throws {@link Refusal} */
export function perform(id: OperationId, operation: Operation, query: URLSearchParams, body: string, context: Context) {
  const params = {
    ...checkFields(operation.query, query),
    ...parametersOf(operation, checkBody(operation.body, body)),
  };
  // The declaration that typed the handler has just been checked.
  const handler = handlers[id] as Handler<OperationId>;
  return wireReply(operation, handler(params, context), context.faults);
}

/** `{Result: "Error"}` as every operation may answer (HTTP status 200 where the document names none). */
export function refusalReply(refusal: Refusal, status = 200): WireReply {
  return jsonReply(status, { Result: 'Error', Description: refusal.message });
}

/** Neither HTTP nor a WebSocket does anything for a stranger. */
export function notLoggedIn(): WireReply {
  return refusalReply(new Refusal('not logged in'), 401);
}

function parametersOf({ body: schema, renamed = {} }: Operation, body: unknown): object {
  if (!schema) return {};
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { body };
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [renamed[name] ?? name, value]));
}

function wireReply({ reply }: Operation, value: unknown, faults: FaultSettings): WireReply {
  if (Buffer.isBuffer(value) && 'mediaType' in reply) {
    return { status: 200, contentType: reply.mediaType, body: value };
  }
  return jsonReply(200, sloppy(reply.as === 'result' ? { Result: value } : value, faults));
}
