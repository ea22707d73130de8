import type { LimitName } from '../limits.js';
import type { Operation, Pace } from '../sdk/declaration.js';
import { parametersOf } from '../sdk/parameters.js';
import { passwordsIn } from './passwords.js';
import { judgeReply, roomFor, type Verdict, type WholeReply } from './reply.js';
import { buildRequest, type WireRequest } from './request.js';

/** How to make one request and judge its reply. */
export interface Call {
  /** For messages: the operation's id, or method and path. */
  readonly name: string;
  readonly wire: WireRequest;
  readonly effect: Operation['effect'];
  readonly pace?: Pace | undefined;
  readonly anonymous?: boolean | undefined;
  /** What it must keep its order with. */
  readonly orderKey?: string | undefined;
  /** It does not wait long for its turn. */
  readonly urgent?: boolean | undefined;
  /** What the NVR may repeat in its own words, and nobody else should. */
  secrets(): readonly string[];
  /** First bytes (hexadecimal) of a reply that is handed on as a stream. */
  readonly streamMagic?: string | undefined;
  /** Which limit a reply has, by its status and its first bytes. */
  readonly roomFor: (status: number, head: Buffer) => LimitName;
  /** @throws `REPLY_TOO_LARGE` */
  judge(reply: WholeReply): Verdict;
}

/** The call that an operation and the caller's parameters make. @throws {@link InvalidParameterError} */
export function operationCall(operation: Operation, params: Readonly<Record<string, unknown>>): Call {
  const { id, effect, pace, anonymous, urgent, reply: due } = operation;
  const streamMagic = due.as === 'stream' ? due.magic : undefined;
  return {
    ...{ name: id, effect, pace, anonymous, urgent, streamMagic },
    wire: buildRequest(operation, params),
    orderKey: orderKeyOf(operation, params),
    secrets: () => passwordsIn(params),
    roomFor: (status, head) => roomFor(due, status, head),
    judge: (reply) => judgeReply(operation, reply),
  };
}

/** What the order of changes is kept for. */
const targets: ReadonlySet<unknown> = new Set(['channel', 'alarm-out']);

/** SDK 3.6, 3.8 */
const ON_PICTURES: readonly string[] = ['getSnapshot', 'deleteSnapshot'];

/**
 * What a call must keep its order with: changes to one channel or pin, or changes of one kind to the NVR. `undefined` for what
 * changes nothing that a later call could meet; taking a picture is no change to the camera.
 */
export function orderKeyOf(operation: Operation, params: Readonly<Record<string, unknown>>): string | undefined {
  if (operation.effect === 'read' || ON_PICTURES.includes(operation.id)) return undefined;
  for (const { name, schema } of parametersOf(operation)) {
    const number = params[name];
    if (typeof number === 'number' && 'picks' in schema && targets.has(schema.picks)) {
      return `${String(schema.picks)} ${number}`;
    }
  }
  return operation.domain;
}
