import { Type, type Static } from 'typebox';
import { limits } from '../../limits.js';

/* The format of captures, declared once: what is written is of these types, what is replayed is checked against them. */

const MiB = 1024 * 1024;
/** ms from the begin of the capture; none takes a day. */
const time = Type.Number({ minimum: 0, maximum: 86_400_000 });
const text = Type.String({ maxLength: MiB });
const words = Type.String({ maxLength: 256 });
const count = Type.Integer({ minimum: 0 });
/** What Node sends (RFC 9110, 5.5 and 5.6.2). */
const headers = Type.Array(
  Type.Tuple([
    Type.String({ pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$" }),
    Type.String({ pattern: '^[\\t\\x20-\\x7e\\x80-\\xff]*$', maxLength: limits.reply.headers }),
  ]),
  { maxItems: 256 },
);
const answer = {
  status: Type.Integer({ minimum: 100, maximum: 599 }),
  reason: Type.String({ pattern: '^[\\t\\x20-\\x7e\\x80-\\xff]*$', maxLength: 256 }),
  headers,
};
/** Path and query. */
const path = Type.String({ pattern: '^/[!-~]*$', maxLength: 4096 });
const base64 = Type.String({ pattern: '^[A-Za-z0-9+/=]*$', maxLength: 2 * limits.reply.picture });

const body = Type.Union([
  /** Bytes as text: UTF-8 where they are that, else Latin-1, a character for each byte. `cut`: bytes left out at its end. */
  Type.Object({ text, latin1: Type.Optional(Type.Literal(true)), cut: Type.Optional(count) }),
  /** Bytes that are not shown: their number, what they begin with (hexadecimal), and with `--pictures` all of them. */
  Type.Object({
    bytes: Type.Integer({ minimum: 0, maximum: limits.reply.picture }),
    magic: Type.String({ pattern: '^([0-9a-f]{2}){0,4}$' }),
    base64: Type.Optional(base64),
  }),
]);

const asked = {
  /** Id of its declaration. */
  operation: Type.Optional(words),
  method: Type.Enum(['GET', 'POST']),
  path,
  body: Type.Optional(text),
  at: time,
  /** ms that it took. */
  ms: time,
};

/** A request and its answer, or why there was none: the code of the error. */
const exchange = Type.Union([
  Type.Object({ ...asked, ...answer, reply: body }),
  Type.Object({ ...asked, failure: Type.String({ maxLength: 64 }) }),
]);

const message = Type.Object({
  at: time,
  text: Type.Optional(text),
  /** Of a message in frames: the first 20 bytes of headers (hexadecimal), and numbers of bytes that are not shown. */
  parts: Type.Optional(
    Type.Array(
      Type.Union([
        Type.String({ pattern: '^([0-9a-f]{2}){1,20}$' }),
        Type.Integer({ minimum: 0, maximum: limits.socket.frames }),
      ]),
      { maxItems: limits.frame.perMessage },
    ),
  ),
  /** The payloads of those numbers, with `--pictures`. */
  base64: Type.Optional(Type.Array(base64, { maxItems: limits.frame.perMessage })),
});

/** One WebSocket, from its upgrade on; `closed`: how the NVR closed it, where it did. */
const socket = Type.Object({
  path,
  at: time,
  ...answer,
  messages: Type.Array(message, { maxItems: limits.capture.messages }),
  closed: Type.Optional(Type.Object({ at: time, code: Type.Integer({ minimum: 0, maximum: 4999 }) })),
});

/** A capture, as it is written; docs/capture.md describes it. What else stands in a file is passed over. */
export const bundleSchema = Type.Object({
  format: Type.Literal('everfocus-capture'),
  version: Type.Literal(1),
  source: Type.Enum(['recorder', 'simulator']),
  /** Of the program that made it. */
  by: words,
  /** ISO 8601 */
  made: Type.String({ maxLength: 64 }),
  length: time,
  /** What stands for the account that was used. */
  account: Type.Object({ username: words, password: words }),
  dialect: Type.Object({
    loginUri: Type.Optional(words),
    playbackControl: Type.Optional(words),
    frames: Type.Optional(Type.Object({ byteOrder: words, headerCounted: Type.Boolean() })),
  }),
  /** How many different secrets of each kind have been replaced. */
  replaced: Type.Record(Type.String({ maxLength: 64 }), count),
  /** What is not in it, and why. */
  leftOut: Type.Array(text, { maxItems: limits.capture.exchanges }),
  exchanges: Type.Array(exchange, { maxItems: limits.capture.exchanges }),
  sockets: Type.Array(socket, { maxItems: limits.capture.exchanges }),
});

/** What a file may hold before it is read. */
export const bundleBudget = { depth: limits.json.depth, values: limits.capture.values } as const;

type Fixed<T> = T extends object ? { readonly [Name in keyof T]: Fixed<T[Name]> } : T;

export type Bundle = Fixed<Static<typeof bundleSchema>>;
export type Exchange = Fixed<Static<typeof exchange>>;
export type Body = Fixed<Static<typeof body>>;
export type CapturedSocket = Fixed<Static<typeof socket>>;
export type CapturedMessage = Fixed<Static<typeof message>>;
