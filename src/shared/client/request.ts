import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { FormData } from 'undici';
import { InvalidParameterError } from '../errors.js';
import type { Operation, Socket } from '../sdk/declaration.js';
import { constantsOf, parametersOf } from '../sdk/parameters.js';

/** A request as it travels. */
export interface WireRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | FormData;
}

/**
 * The request that an operation and the caller's parameters make.
 *
 * @throws {@link InvalidParameterError} for a missing, unknown or ill-typed parameter
 */
export function buildRequest(operation: Operation, params: Readonly<Record<string, unknown>>): WireRequest {
  const query: [string, unknown][] = [];
  const body: Record<string, unknown> = { ...constantsOf(operation) };
  let wholeBody: unknown;

  const parameters = parametersOf(operation);
  for (const name of Object.keys(params)) {
    if (!parameters.some((parameter) => parameter.name === name)) {
      const known = parameters.map((parameter) => parameter.name).join(', ') || 'none';
      throw new InvalidParameterError(name, `${operation.id} has no such parameter (it has: ${known})`);
    }
  }
  for (const { name, wire, in: place, schema, required } of parameters) {
    const value = params[name];
    if (value === undefined) {
      if (required) throw new InvalidParameterError(name, 'is required');
      continue;
    }
    check(name, schema, value);
    if (place === 'query') query.push([wire, value]);
    else if (wire === '') wholeBody = value;
    else body[wire] = value;
  }

  return {
    method: operation.method,
    path: operation.path + queryString(query),
    ...(operation.body && encodeBody(operation, wholeBody ?? body)),
  };
}

/**
 * Path and query of a WebSocket.
 *
 * @throws {@link InvalidParameterError}
 */
export function socketPath(socket: Socket, params: Readonly<Record<string, unknown>> = {}): string {
  for (const schema of [socket.pathParameters, socket.query]) {
    for (const [name, field] of Object.entries(schema?.properties ?? {})) check(name, field, params[name]);
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
export function buildMessage({ message }: Socket, fields: Readonly<Record<string, unknown>>): string {
  if (message) check('', message, fields);
  return JSON.stringify(fields);
}

/** `?a=1&b=2`, percent-encoded; empty where there is nothing. */
export function queryString(fields: readonly (readonly [string, unknown])[]): string {
  if (fields.length === 0) return '';
  return `?${fields.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`).join('&')}`;
}

function check(name: string, schema: TSchema, value: unknown): void {
  const [problem] = Value.Errors(schema, value);
  if (problem) throw new InvalidParameterError((name + problem.instancePath).replace(/^\//, ''), explain(problem));
}

function explain(problem: { message: string; keyword: string; params: object }): string {
  if (problem.keyword === 'enum' && 'allowedValues' in problem.params) {
    return `must be one of ${(problem.params.allowedValues as unknown[]).join(', ')}`;
  }
  return problem.message;
}

function encodeBody(operation: Operation, body: unknown): Pick<WireRequest, 'headers' | 'body'> {
  if (operation.bodyEncoding === 'multipart') {
    const form = new FormData();
    for (const [name, value] of Object.entries(body as Record<string, unknown>)) form.append(name, String(value));
    return { body: form };
  }
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
