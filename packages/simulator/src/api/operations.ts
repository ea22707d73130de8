import { Readable } from 'node:stream';
import type { Operation } from '../../../../src/shared/sdk/declaration.js';
import type { OperationId } from '../../../../src/shared/sdk/index.js';
import type { FaultSettings } from '../faults/fault-table.js';
import { type WholeWireReply, type WireReply, jsonReply, sloppy } from '../faults/reply-faults.js';
import type { Context, Handler } from '../handlers/handler.js';
import { handlers } from '../handlers/index.js';
import { tellClients } from '../handlers/notices.js';
import { noteOf } from '../nvr/log-notes.js';
import { Refusal } from '../nvr/refusal.js';
import { carriedOut } from './request-log.js';

/** Does an operation whose parameters were checked against its declaration. @throws {@link Refusal} */
export async function perform(id: OperationId, operation: Operation, params: object, context: Context) {
  // The declaration that typed the handler has just been checked.
  const handler = handlers[id] as unknown as (params: object, context: Context) => ReturnType<Handler<OperationId>>;
  const value = await handler(params, context);
  carriedOut.publish(id);
  const note = noteOf(operation);
  if (note) context.nvr.logs.note(note);
  tellClients(id, params, context);
  return wireReply(operation, value, context.faults);
}

/** `{Result: "Error"}` as every operation may answer (HTTP status 200 where the document names none). */
export function refusalReply(refusal: Refusal, status = 200): WholeWireReply {
  return jsonReply(status, { Result: 'Error', Description: refusal.message });
}

/** Neither HTTP nor a WebSocket does anything for a stranger. */
export function notLoggedIn(): WholeWireReply {
  return refusalReply(new Refusal('not logged in'), 401);
}

/** The user may log in, and not do that (SDK 10.6). */
export function notAllowed(): WholeWireReply {
  return refusalReply(new Refusal('no permission'), 403);
}

function wireReply({ reply }: Operation, value: unknown, faults: FaultSettings): WireReply {
  if ((Buffer.isBuffer(value) || value instanceof Readable) && 'mediaType' in reply) {
    return { status: 200, contentType: reply.mediaType, body: value };
  }
  return jsonReply(200, sloppy(reply.as === 'result' ? { Result: value } : value, faults));
}
