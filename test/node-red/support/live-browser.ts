import { createServer, type IncomingMessage, request, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NodeAPI } from 'node-red';

let server: Server | undefined;

/** Node-RED's own HTTP root on a socket, as its runtime serves it. Loaded in front of the palette. */
export function httpRoot(settings: object = {}): (RED: NodeAPI) => void {
  return (RED) => {
    Object.assign(RED.settings, { httpNodeMiddleware: undefined, dashboard: undefined }, settings);
    server?.close();
    server = createServer(RED.httpNode as unknown as RequestListener).listen(0, '127.0.0.1');
  };
}

/** Where it is. */
export function rootUrl(): string {
  return `http://127.0.0.1:${((server as Server).address() as AddressInfo).port}`;
}

export function closeRoot(): void {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
}

/** An answer that is still being sent. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** What has come so far. */
  bytes(): Buffer;
  /** Resolves when nothing comes any more. */
  readonly ended: Promise<void>;
  leave(): void;
}

/** Asks below the root, as a browser does. */
export async function browse(path: string): Promise<Answer> {
  const { port } = (server as Server).address() as AddressInfo;
  const parts: Buffer[] = [];
  const asked = request({ host: '127.0.0.1', port, path, agent: false });
  asked.end();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.once('response', resolve).once('error', reject);
  });
  asked.on('error', () => undefined);
  response.on('error', () => undefined).on('data', (chunk: Buffer) => parts.push(chunk));
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    bytes: () => Buffer.concat(parts),
    ended: new Promise((resolve) => response.once('close', () => resolve())),
    leave: () => void asked.destroy(),
  };
}

/** Whole boxes of an MP4 that is still being sent. */
export function wholeBoxes(bytes: Buffer): Buffer {
  let at = 0;
  while (at + 8 <= bytes.length && at + bytes.readUInt32BE(at) <= bytes.length) at += bytes.readUInt32BE(at);
  return bytes.subarray(0, at);
}

/** JPEGs of a multipart answer, by the lengths that it tells. */
export function jpegsIn(bytes: Buffer): Buffer[] {
  const jpegs: Buffer[] = [];
  for (let at = 0; ;) {
    const end = bytes.indexOf('\r\n\r\n', at);
    const length = Number(/Content-Length: (\d+)/.exec(bytes.toString('latin1', at, Math.max(at, end)))?.[1]);
    if (end < 0 || !length || end + 4 + length > bytes.length) return jpegs;
    jpegs.push(bytes.subarray(end + 4, end + 4 + length));
    at = end + 4 + length;
  }
}
