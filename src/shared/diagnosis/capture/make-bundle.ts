import { isUtf8 } from 'node:buffer';
import { limits } from '../../limits.js';
import type { Operation, Socket } from '../../sdk/declaration.js';
import { operations, sockets } from '../../sdk/index.js';
import { constantsOf } from '../../sdk/parameters.js';
import { isFields } from '../../wire/fields.js';
import { parseJson } from '../../wire/parse-json.js';
import type { WireRequest } from '../../wire/request.js';
import type { Body, CapturedMessage, CapturedSocket, Exchange } from './bundle.js';
import { FrameSplitter } from './frame-parts.js';
import type { Recorder, SeenSocket } from './recorder.js';
import type { Scrubber } from './scrubber.js';

/** Bytes that prove what a file is. */
const MAGIC = 4;

/** What was noted, scrubbed. @param begun `Clock.now()` */
export function scrubbed(recorder: Recorder, scrubber: Scrubber, begun: number, pictures: boolean) {
  const seen = new Set<string>();
  const exchanges = recorder.exchanges
    .map((exchange) => scrubExchange(exchange, scrubber, begun, pictures))
    // The same again tells nothing.
    .filter((exchange) => {
      const text = JSON.stringify({ ...exchange, at: 0, ms: 0, headers: [] });
      return !seen.has(text) && seen.add(text);
    });
  return { exchanges, sockets: recorder.sockets.map((socket) => scrubSocket(socket, scrubber, begun, pictures)) };
}

function scrubExchange(
  seen: Recorder['exchanges'][number],
  scrubber: Scrubber,
  begun: number,
  pictures: boolean,
): Exchange {
  const { request, at, ms } = seen;
  const operation = operationOf(request);
  const asked = {
    ...(operation && { operation: operation.id }),
    method: request.method,
    path: scrubber.path(request.path, operation?.query),
    ...(typeof request.body === 'string' && { body: scrubber.request(request.body, operation) }),
    at: Math.round(at - begun),
    ms: Math.round(ms),
  };
  if (seen.is === 'failure') return { ...asked, failure: seen.code };
  const { status, reason, headers, body, cut } = seen;
  return {
    ...asked,
    status,
    reason: scrubber.reason(reason, status),
    headers: scrubber.headers(headers),
    reply: bodyOf(body, pictures, (text) => scrubber.reply(text, operation), cut),
  };
}

function scrubSocket(seen: SeenSocket, scrubber: Scrubber, begun: number, pictures: boolean): CapturedSocket {
  const { path, at, status, reason, headers, closed } = seen;
  const socket = socketOf(path);
  const splitter = new FrameSplitter();
  const messages = seen.messages.map(({ at: came, data, binary }): CapturedMessage => {
    const when = { at: Math.round(came - begun) };
    if (!socket?.traffic.startsWith('frames-in') || !binary) {
      const body = bodyOf(data, false, (text) => scrubber.message(text, socket));
      return { ...when, ...('text' in body ? { text: body.text } : { parts: [body.bytes] }) };
    }
    const { parts, payloads } = splitter.split(data);
    return { ...when, parts, ...(pictures && { base64: payloads.map((payload) => payload.toString('base64')) }) };
  });
  return {
    ...{ path: scrubber.path(path, socket?.query), at: Math.round(at - begun), status },
    ...{ reason: scrubber.reason(reason, status), headers: scrubber.headers(headers), messages },
    ...(closed && { closed: { at: Math.round(closed.at - begun), code: closed.code } }),
  };
}

/** Text is shown, anything else counted: a NUL is what text has none of, but for padding at its end. */
function bodyOf(bytes: Buffer, pictures: boolean, scrub: (text: string) => string, missing = 0): Body {
  const shown = bytes.subarray(0, limits.capture.body);
  const text = shown.toString(isUtf8(shown) ? 'utf8' : 'latin1');
  if (/\0[^\0]/.test(text) || /^\xff\xd8/.test(text)) {
    const magic = bytes.toString('hex', 0, MAGIC);
    return { bytes: bytes.length + missing, magic, ...(pictures && { base64: bytes.toString('base64') }) };
  }
  const cut = bytes.length + missing - shown.length;
  return { text: scrub(text), ...(!isUtf8(shown) && { latin1: true }), ...(cut > 0 && { cut }) };
}

/** The operation that a request of the driver's own means; a constant of the body tells those of one path apart (2.9–2.16). */
export function operationOf({ method, path, body }: WireRequest): Operation | undefined {
  const [bare] = path.split('?', 1);
  const found = Object.values<Operation>(operations).filter((one) => one.method === method && one.path === bare);
  if (found.length < 2) return found[0];
  const sent = typeof body === 'string' ? parseJson(body) : undefined;
  return found.find((one) =>
    Object.entries(constantsOf(one)).every(([name, value]) => isFields(sent) && sent[name] === value),
  );
}

function socketOf(path: string): Socket | undefined {
  const [bare = ''] = path.split('?', 1);
  return Object.values<Socket>(sockets).find(
    ({ path: template, traffic }) =>
      !traffic.startsWith('messages-out') && new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(bare),
  );
}
