import { InvalidReplyError, NvrRefusedError, NvrUnavailableError } from '../errors.js';
import type { Operation } from '../sdk/declaration.js';
import { parametersOf } from '../sdk/parameters.js';
import { type Fields, isFields, pick } from './fields.js';
import { buildRequest } from './request.js';

/** The answer of a write that answers with nothing else. */
const DONE = { Result: 'OK' };

/** Carries out a read. */
type Ask = (read: Operation, params: Fields) => Promise<unknown>;

/** How an NVR answers that does not show it; whoever does not answer at all need not be asked to change anything. */
const CANNOT_SHOW = [NvrRefusedError, NvrUnavailableError, InvalidReplyError] as const;

/**
 * What the NVR showed before a write that makes something new; absent where nobody will need it, or knows.
 *
 * @throws {@link InvalidParameterError} before anything is asked, and whatever a read throws where the NVR is not there
 */
export async function lookBefore(
  operation: Operation,
  params: Fields,
  ask: Ask,
): Promise<{ reply: unknown } | undefined> {
  const readBack = operation.readBack?.();
  if (!readBack?.compares) return undefined;
  buildRequest(operation, params);
  try {
    return { reply: await ask(readBack.by, commonParameters(readBack.by, params)) };
  } catch (error) {
    // An NVR that cannot list them may still make one: only a lost answer stays lost then.
    if (CANNOT_SHOW.some((kind) => error instanceof kind)) return undefined;
    throw error;
  }
}

/**
 * The answer to a write that was lost, where the NVR shows that it has taken effect.
 *
 * @param before what {@link lookBefore} saw
 * @returns `undefined` also where it cannot be told, such as of a password that the NVR keeps to itself
 */
export async function lostAnswer(
  operation: Operation,
  params: Fields,
  before: { readonly reply: unknown } | undefined,
  ask: Ask,
): Promise<object | undefined> {
  const readBack = operation.readBack?.();
  if (!readBack) return undefined;
  const { by, asks, shows, compares } = readBack;
  const common = commonParameters(by, params);
  try {
    if (compares) {
      if (!before) return undefined;
      return compares(before.reply as never, (await ask(by, common)) as never, params as never);
    }
    for (const { params: asked, holds } of asks?.(params as never) ?? []) {
      if (!holdsAll(await ask(by, asked), holds)) return undefined;
    }
    if (asks) return DONE;
    const reply = await ask(by, common);
    const shown = shows ? shows(reply as never, params as never) : contains(reply, setBy(operation, params));
    return shown ? DONE : undefined;
  } catch {
    // Then nobody knows.
    return undefined;
  }
}

/** Those that the write and its read-back both know. */
function commonParameters(by: Operation, params: Fields): Fields {
  const known = parametersOf(by).map(({ name }) => name);
  return pick(params, known);
}

/** Whether the reply holds each of them, in whatever order. */
function holdsAll(reply: unknown, due: readonly unknown[]): boolean {
  return Array.isArray(reply) && due.every((item) => reply.some((other) => contains(other, item)));
}

/** What the body of a write sets. */
function setBy(operation: Operation, params: Fields): unknown {
  const inBody = parametersOf(operation).filter(
    ({ in: place, name }) => place === 'body' && Object.hasOwn(params, name),
  );
  const [only] = inBody;
  if (only?.wire.length === 0) return params[only.name];
  return Object.fromEntries(inBody.map(({ name, wire }) => [wire.at(-1) ?? name, params[name]]));
}

/** Whether every value stands in the reply; numbers and booleans may be written as text. */
function contains(reply: unknown, set: unknown): boolean {
  if (Array.isArray(set)) {
    return Array.isArray(reply) && reply.length === set.length && set.every((item, at) => contains(reply[at], item));
  }
  if (isFields(set)) {
    return isFields(reply) && Object.entries(set).every(([name, value]) => contains(reply[name], value));
  }
  return reply === set || (isPlain(reply) && isPlain(set) && String(reply) === String(set));
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
