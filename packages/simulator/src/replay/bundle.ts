import { readFile, stat } from 'node:fs/promises';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { limits } from '../../../../src/shared/limits.js';

/** A file that is no capture, or one that cannot be replayed. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
  readonly code = 'INVALID_BUNDLE';
}

const MiB = 1024 * 1024;
/** ms; no capture takes a day. */
const time = Type.Number({ minimum: 0, maximum: 86_400_000 });
const text = Type.String({ maxLength: MiB });
const status = Type.Integer({ minimum: 100, maximum: 599 });
/** What Node sends (RFC 9110, 5.5 and 5.6.2). */
const headers = Type.Array(
  Type.Tuple([
    Type.String({ pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$" }),
    Type.String({ pattern: '^[\\t\\x20-\\x7e\\x80-\\xff]*$', maxLength: limits.reply.headers }),
  ]),
  { maxItems: 256 },
);
const answer = { status, reason: Type.String({ pattern: '^[\\t\\x20-\\x7e\\x80-\\xff]*$', maxLength: 256 }), headers };
const path = Type.String({ pattern: '^/[!-~]*$', maxLength: 4096 });
const base64 = Type.String({ pattern: '^[A-Za-z0-9+/=]*$', maxLength: 2 * limits.reply.picture });

const body = Type.Union([
  Type.Object({ text, latin1: Type.Optional(Type.Literal(true)) }),
  Type.Object({
    bytes: Type.Integer({ minimum: 0, maximum: limits.reply.picture }),
    magic: Type.String({ pattern: '^([0-9a-f]{2}){0,4}$' }),
    base64: Type.Optional(base64),
  }),
]);

const asked = { method: Type.Enum(['GET', 'POST']), path, body: Type.Optional(text) };

const exchange = Type.Union([
  Type.Object({ ...asked, ...answer, reply: body }),
  Type.Object({ ...asked, failure: Type.String({ maxLength: 64 }) }),
]);

const message = Type.Object({
  at: time,
  text: Type.Optional(text),
  parts: Type.Optional(
    Type.Array(
      Type.Union([
        Type.String({ pattern: '^([0-9a-f]{2}){1,20}$' }),
        Type.Integer({ minimum: 0, maximum: limits.socket.frames }),
      ]),
      { maxItems: limits.frame.perMessage },
    ),
  ),
  base64: Type.Optional(Type.Array(base64, { maxItems: limits.frame.perMessage })),
});

const socket = Type.Object({
  path,
  at: time,
  ...answer,
  messages: Type.Array(message, { maxItems: limits.capture.messages }),
  closed: Type.Optional(Type.Object({ at: time, code: Type.Integer({ minimum: 0, maximum: 4999 }) })),
});

const bundle = Type.Object({
  format: Type.Literal('everfocus-capture'),
  version: Type.Literal(1),
  source: Type.Enum(['recorder', 'simulator']),
  made: Type.String({ maxLength: 64 }),
  length: time,
  account: Type.Object({ username: Type.String({ maxLength: 256 }), password: Type.String({ maxLength: 256 }) }),
  dialect: Type.Object({
    loginUri: Type.Optional(Type.String({ maxLength: 256 })),
    frames: Type.Optional(Type.Object({ headerCounted: Type.Boolean() })),
  }),
  exchanges: Type.Array(exchange, { maxItems: limits.capture.exchanges }),
  sockets: Type.Array(socket, { maxItems: limits.capture.exchanges }),
});

/** What of a capture is replayed. The driver writes it (`src/shared/diagnosis/capture`), docs/capture.md describes it. */
export type Bundle = Static<typeof bundle>;
export type Exchange = Static<typeof exchange>;
export type Body = Static<typeof body>;
export type CapturedSocket = Static<typeof socket>;
export type CapturedMessage = Static<typeof message>;

/** Reads a file. @throws {@link BundleError}, and what keeps the file from being read */
export async function loadBundle(path: string): Promise<Bundle> {
  const found = await stat(path);
  // A pipe or a device tells no size, and may have no end.
  if (!found.isFile()) throw new BundleError('it is no plain file');
  if (found.size > limits.capture.bundle) throw tooLarge();
  return readBundle(await readFile(path));
}

function tooLarge(): BundleError {
  return new BundleError(`it is larger than ${limits.capture.bundle} bytes`);
}

/** Reads a capture that anybody may have written. @throws {@link BundleError} */
export function readBundle(file: Buffer): Bundle {
  if (file.length > limits.capture.bundle) throw tooLarge();
  let document: unknown;
  try {
    document = JSON.parse(file.toString('utf8'));
  } catch {
    throw new BundleError('it is no JSON: is the file whole?');
  }
  const { format, version } = (document ?? {}) as { readonly format?: unknown; readonly version?: unknown };
  if (format !== 'everfocus-capture') throw new BundleError('it is no capture of everfocus');
  if (version !== 1) throw new BundleError(`its version is ${String(version).slice(0, 20)}, and only 1 is known here`);
  const [problem] = Value.Errors(bundle, document);
  if (problem) throw new BundleError(`${problem.instancePath || '/'} ${problem.message}`.slice(0, 200));
  return document as Bundle;
}
