import type { Readable } from 'node:stream';
import type { FaultSettings } from './fault-table.js';

const LOGIN_PAGE =
  '<!DOCTYPE html><html><head><title>Login</title></head><body><form>Please log in</form></body></html>';

/** A reply as it leaves the NVR. */
export interface WireReply {
  readonly status: number;
  readonly contentType: string;
  /** A stream is sent as it comes. */
  readonly body: Buffer | Readable;
}

/** A reply whose whole body is known. */
export type WholeWireReply = WireReply & { readonly body: Buffer };

/** What the faults leave of a good reply. `login`: one of the operations that open a session, mostly spared. */
export function faultyReply<R extends WireReply>(reply: R, faults: FaultSettings, login: boolean): R | WholeWireReply {
  if (login) return reply;
  if (faults.htmlReplies) return { status: 200, contentType: 'text/html', body: Buffer.from(LOGIN_PAGE) };
  if (faults.errorReplies) return jsonReply(200, { Result: 'Error', Description: 'simulated error' });
  if (faults.brokenReplies && reply.contentType === 'application/json' && Buffer.isBuffer(reply.body)) {
    return { ...reply, body: reply.body.subarray(0, Math.ceil(reply.body.length / 2)) };
  }
  return reply;
}

export function jsonReply(status: number, value: unknown): WholeWireReply {
  return { status, contentType: 'application/json', body: Buffer.from(JSON.stringify(value)) };
}

/** The same value in the words of a sloppier device. */
export function sloppy(value: unknown, faults: FaultSettings): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => sloppy(item, faults));
    const [only] = items;
    return faults.bareReplies && items.length === 1 && typeof only === 'object' ? only : items;
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, sloppy(member, faults)]));
  }
  return faults.stringReplies && (typeof value === 'number' || typeof value === 'boolean') ? String(value) : value;
}
