import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { InvalidParameterError } from '../../../../src/shared/errors.js';
import { readBody } from '../api/read-body.js';
import type { Simulator } from '../simulator.js';
import { command, overview } from './commands.js';

/** The control server: strictly apart from the NVR's own API. JSON in, JSON out. */
export function controlApi(simulator: Simulator): RequestListener {
  return (request, response) => {
    answer(simulator, request, response).catch((error: unknown) => fail(response, error));
  };
}

async function answer(simulator: Simulator, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://control').pathname;
  const body = bodyOf((await readBody(request)).toString());
  if (request.method === 'GET' && path === '/') return reply(response, 200, overview(simulator));
  if (request.method !== 'POST')
    throw new InvalidParameterError(`${request.method} ${path}`, 'GET / tells what there is');
  await command(simulator, path, body);
  reply(response, 200, { ok: true });
}

function bodyOf(text: string): Readonly<Record<string, unknown>> {
  if (text === '') return {};
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
  } catch {
    // Said below.
  }
  throw new InvalidParameterError('body', 'must be a JSON object');
}

function fail(response: ServerResponse, error: unknown): void {
  const bad = error instanceof InvalidParameterError;
  const message = error instanceof Error ? error.message : String(error);
  reply(response, bad ? 400 : 500, { error: message, code: bad ? error.code : 'FAILED' });
}

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(value, undefined, 2)}\n`);
}
