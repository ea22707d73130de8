import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { InvalidParameterError } from '../../../../src/shared/errors.js';
import { readBody } from '../api/read-body.js';
import { ALARM_IN, ALARM_OUT } from '../nvr/pins.js';
import { command, type Controlled, overview } from './commands.js';
import { controlPage } from './page.js';

/**
 * The control server: strictly apart from the NVR's own API. JSON in, JSON out, and a page for browsers.
 *
 * @param tell is told what was done, a line each
 */
export function controlApi(simulator: Controlled, tell: (line: string) => void): RequestListener {
  return (request, response) => {
    answer(simulator, tell, request, response).catch((error: unknown) => fail(response, error));
  };
}

async function answer(
  simulator: Controlled,
  tell: (line: string) => void,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  checkOrigin(request);
  const path = new URL(request.url ?? '/', 'http://control').pathname;
  const body = bodyOf((await readBody(request)).toString());
  if (request.method === 'GET') return show(simulator, path, request, response);
  if (request.method !== 'POST')
    throw new InvalidParameterError(`${request.method} ${path}`, 'GET / tells what there is');
  const done = await command(simulator, path, body);
  tell(done);
  reply(response, 200, { ok: true, done });
}

function show(simulator: Controlled, path: string, request: IncomingMessage, response: ServerResponse): void {
  const channel = Number(/^\/still\/(\d{1,3})\.jpg$/.exec(path)?.[1]);
  if (simulator.channels.includes(channel)) {
    const headers = { 'content-type': 'image/jpeg', 'cache-control': 'no-store' };
    return void response.writeHead(200, headers).end(simulator.still(channel));
  }
  if (path !== '/') throw new InvalidParameterError(`GET ${path}`, 'GET / tells what there is');
  if (!request.headers.accept?.includes('text/html')) return reply(response, 200, overview(simulator));
  const { host, port, channels } = simulator;
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const { html, policy } = controlPage({ address, channels, inputs: ALARM_IN, outputs: ALARM_OUT });
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }).end(html);
}

/** Pages of other sites must not reach it through a browser on this machine, nor by a name that leads here. */
function checkOrigin({ headers: { host = '', origin } }: IncomingMessage): void {
  const { hostname } = new URL(`http://${host || 'none'}`);
  const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  if (isHere && (origin === undefined || origin === `http://${host}`)) return;
  throw new InvalidParameterError('origin', 'only pages of this server may ask it');
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
