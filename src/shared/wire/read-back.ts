import type { Operation } from '../sdk/declaration.js';
import { parametersOf } from '../sdk/parameters.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Whether a write whose answer was lost has taken effect, as the NVR shows it.
 *
 * @param ask carries out the read
 * @returns `false` also where it cannot be told, such as of a password that the NVR keeps to itself
 */
export async function hasTakenEffect(
  operation: Operation,
  params: Fields,
  ask: (read: Operation, params: Fields) => Promise<unknown>,
): Promise<boolean> {
  const readBack = operation.readBack?.();
  if (!readBack) return false;
  const { by, shows } = readBack;
  const known = parametersOf(by).filter(({ name }) => Object.hasOwn(params, name));
  try {
    const reply = await ask(by, Object.fromEntries(known.map(({ name }) => [name, params[name]])));
    return shows ? shows(reply as never, params as never) : contains(reply, setBy(operation, params));
  } catch {
    // Then nobody knows.
    return false;
  }
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

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
