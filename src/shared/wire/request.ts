import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { InvalidParameterError } from '../errors.js';
import { limits } from '../limits.js';
import type { Operation, Socket } from '../sdk/declaration.js';
import { closed } from '../sdk/closed.js';
import { alwaysSent, constantsOf, placesOf, travelsAsText, uploadName } from '../sdk/parameters.js';
import { multipartBody, UploadedFile } from './multipart.js';

/** A request as it travels. */
export interface WireRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/**
 * The request that an operation and the caller's parameters make.
 *
 * @throws {@link InvalidParameterError} for a missing, unknown or ill-typed parameter
 */
export function buildRequest(operation: Operation, params: Readonly<Record<string, unknown>>): WireRequest {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) {
    throw new InvalidParameterError('', 'parameters must be an object of names and values');
  }
  const query: [string, unknown][] = [];
  // Without prototype: a device may name a setting "__proto__".
  const body: Record<string, unknown> = Object.assign(Object.create(null) as object, constantsOf(operation));
  let wholeBody: unknown;

  const parameters = placesOf(operation);
  for (const name of Object.keys(params)) {
    if (parameters.some((parameter) => parameter.name === name)) continue;
    if (!isOpen(operation.body)) {
      const known = [...new Set(parameters.map((parameter) => parameter.name))].join(', ') || 'none';
      throw new InvalidParameterError(name, `${operation.id} has no such parameter (it has: ${known})`);
    }
    body[name] = params[name];
  }
  for (const { name, wire, in: place, schema, required } of parameters) {
    const value = params[name] ?? alwaysSent(schema);
    if (value === undefined) {
      if (required) throw new InvalidParameterError(name, 'is required');
      continue;
    }
    checkValue(name, schema, value);
    const sent = asSent(schema, value);
    if (place === 'query') query.push([wire.join(), sent]);
    else if (wire.length === 0) wholeBody = sent;
    else put(body, wire, sent);
  }
  const misfit = operation.check?.(params as never);
  if (misfit) throw new InvalidParameterError(misfit.path, misfit.problem);
  if (operation.nested !== undefined) body[operation.nested] ??= {};
  if (operation.repeated !== undefined) wholeBody = [params[operation.repeated]];

  return {
    method: operation.method,
    path: operation.path + queryString(query),
    ...((operation.body ?? operation.repeated) !== undefined && encodeBody(operation, wholeBody ?? body)),
  };
}

/**
 * Path and query of a WebSocket.
 *
 * @throws {@link InvalidParameterError}
 */
export function socketPath(socket: Socket, params: Readonly<Record<string, unknown>> = {}): string {
  for (const schema of [socket.pathParameters, socket.query]) {
    const required = new Set(schema?.required);
    for (const [name, field] of Object.entries(schema?.properties ?? {})) {
      if (params[name] !== undefined || required.has(name)) checkValue(name, field, params[name]);
    }
  }
  const path = socket.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const query = Object.keys(socket.query?.properties ?? {}).flatMap((name) =>
    params[name] === undefined ? [] : [[name, params[name]] as const],
  );
  return path + queryString(query);
}

/**
 * One message to a WebSocket as JSON.
 *
 * @throws {@link InvalidParameterError}
 */
export function buildMessage(socket: Socket, fields: Readonly<Record<string, unknown>>): string {
  if (socket.message) checkValue('', socket.message, fields);
  const misfit = socket.check?.(fields as never);
  if (misfit) throw new InvalidParameterError(misfit.path, misfit.problem);
  return JSON.stringify(fields);
}

/** `?a=1&b=2`, percent-encoded; empty where there is nothing. @throws {@link InvalidParameterError} */
export function queryString(fields: readonly (readonly [string, unknown])[]): string {
  if (fields.length === 0) return '';
  return `?${fields.map(([name, value]) => `${percentEncoded(name, name)}=${queryValue(name, value)}`).join('&')}`;
}

/** A list is joined by bare commas, as the document has it (6.4). */
function queryValue(name: string, value: unknown): string {
  return [value]
    .flat()
    .map((item) => percentEncoded(name, String(item)))
    .join(',');
}

function percentEncoded(name: string, text: string): string {
  if (text.isWellFormed()) return encodeURIComponent(text);
  throw new InvalidParameterError(name, 'must be whole Unicode characters');
}

function asSent(schema: TSchema, value: unknown): unknown {
  if (typeof value === 'number' && travelsAsText(schema)) return String(value);
  const file = uploadName(schema);
  if (file === undefined) return value;
  return new UploadedFile(file, value instanceof Uint8Array ? value : String(value));
}

function put(body: Record<string, unknown>, [outer = '', inner]: readonly string[], value: unknown): void {
  if (inner === undefined) body[outer] = value;
  else body[outer] = { ...(body[outer] as object | undefined), [inner]: value };
}

/** Settings that a device has beyond the document are written back with the others. */
function isOpen(body: TSchema | undefined): boolean {
  return body !== undefined && 'additionalProperties' in body && body.additionalProperties === true;
}

/** @throws {@link InvalidParameterError} with the path of what does not fit, which begins with the name */
export function checkValue(name: string, schema: TSchema, value: unknown): void {
  if (value instanceof Uint8Array && uploadName(schema) !== undefined) return;
  const [problem] = Value.Errors(closed(schema), value);
  if (!problem) return;
  const { path = '', words } = explain(problem);
  throw new InvalidParameterError((name + problem.instancePath + path).replace(/^\//, ''), words);
}

/** Words for a problem, and the field below the place where it was found. */
function explain({ message, keyword, params }: { message: string; keyword: string; params: object }) {
  if (keyword === 'enum' && 'allowedValues' in params) {
    return { words: `must be one of ${(params.allowedValues as unknown[]).join(', ')}` };
  }
  if (keyword === 'required' && 'requiredProperties' in params) {
    return { path: `/${(params.requiredProperties as string[])[0]}`, words: 'is required' };
  }
  // The schema of a field that must not be there is `false`.
  if (keyword === 'boolean') return { words: 'is not a field of this operation' };
  return { words: message };
}

function encodeBody(operation: Operation, body: unknown): Pick<WireRequest, 'headers' | 'body'> {
  if (operation.bodyEncoding === 'multipart') return multipartBody(body as Record<string, unknown>);
  return { headers: { 'content-type': 'application/json' }, body: toJson('', body) };
}

/** @throws {@link InvalidParameterError} where it is none, or has more values than a reply may have */
export function toJson(path: string, value: unknown): string {
  try {
    checkWritable(value);
    return JSON.stringify(value);
  } catch (error) {
    throw new InvalidParameterError(path, `cannot be written as JSON: ${(error as Error).message}`);
  }
}

/** Bytes become a list of numbers in JSON, which no NVR wants, and some megabytes of them take seconds to write. */
function checkWritable(value: unknown): void {
  const seen = new Set<object>();
  const waiting: unknown[] = [value];
  let count = 1;
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    if (ArrayBuffer.isView(next) || next instanceof ArrayBuffer) throw new Error('it holds a Buffer');
    seen.add(next);
    const inner: readonly unknown[] = Array.isArray(next) ? next : Object.values(next);
    count += inner.length;
    if (count > limits.json.values) throw new Error(`it has more than ${limits.json.values} values`);
    for (const each of inner) waiting.push(each);
  }
}
