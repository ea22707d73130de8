import { createHash } from 'node:crypto';
import { type FormData, request } from 'undici';
import { WebSocket } from 'ws';
import type { WireRequest } from '../../src/shared/wire/request.js';
import type { Simulator } from '../../packages/simulator/src/index.js';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
  /** `undefined` where the body is no JSON. */
  readonly json: unknown;
}

/** Forms as browsers send them, too. */
type VisitorRequest = Omit<WireRequest, 'body'> & { readonly body?: WireRequest['body'] | FormData };

/** A client of the NVR that knows the SDK document and nothing of our driver. */
export class Visitor {
  cookie = '';
  readonly #origin: string;
  readonly #sockets = new Set<WebSocket>();

  constructor(simulator: Simulator) {
    this.#origin = `127.0.0.1:${simulator.port}`;
  }

  static async loggedIn(simulator: Simulator): Promise<Visitor> {
    const visitor = new Visitor(simulator);
    const { json } = await visitor.login();
    if ((json as { Result: string }).Result !== 'OK') throw new Error(`login: ${JSON.stringify(json)}`);
    return visitor;
  }

  async get(path: string): Promise<Answer> {
    return this.send('GET', path);
  }

  async post(path: string, body: unknown): Promise<Answer> {
    return this.send('POST', path, JSON.stringify(body));
  }

  async send(method: string, path: string, body?: string): Promise<Answer> {
    return this.carry({ method: method as 'GET' | 'POST', path, ...(body !== undefined && { body }) });
  }

  /** Sends a request as it is; undici's, since GETs of this API may have a body. */
  async carry({ method, path, headers, body }: VisitorRequest): Promise<Answer> {
    const response = await request(`http://${this.#origin}${path}`, {
      method,
      headers: { ...headers, cookie: this.cookie },
      body: body ?? null,
      // A connection that waits for the next request may be closed by the server at the moment when that comes.
      reset: true,
    });
    const cookie = response.headers['set-cookie'];
    this.cookie = [cookie].flat()[0]?.split(';')[0] ?? this.cookie;
    const bytes = Buffer.from(await response.body.arrayBuffer());
    const contentType = String(response.headers['content-type'] ?? '');
    return { status: response.statusCode, contentType, body: bytes, json: jsonOf(bytes) };
  }

  /** SDK 10.1 and 10.2; `nonce` in place of the one that the NVR gave. */
  async login(username = 'admin', password = 'admin123', uri = '/admin/login', nonce?: string): Promise<Answer> {
    const { json } = await this.get('/admin/login');
    const challenge = json as { realm: string; qop: string; nonce: string };
    return this.answer(nonce ?? challenge.nonce, username, password, uri);
  }

  async answer(nonce: string, username = 'admin', password = 'admin123', uri = '/admin/login'): Promise<Answer> {
    const [nc, cnonce] = ['00000001', '0a4f113b'];
    const secret = md5(`${username}:xnvr:${password}`);
    const response = md5(`${secret}:${nonce}:${nc}:${cnonce}:auth:${md5(`POST:${uri}`)}`);
    return this.post('/admin/login', { username, nc, cnonce, response });
  }

  /** Opens a WebSocket and keeps what it says. @throws where the upgrade is refused */
  async socket(path: string): Promise<OpenSocket> {
    const socket = new WebSocket(`ws://${this.#origin}${path}`, { headers: { cookie: this.cookie } });
    this.#sockets.add(socket);
    const messages: Buffer[] = [];
    socket.on('message', (data) => messages.push(data as Buffer));
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return { socket, messages };
  }

  leave(): void {
    for (const socket of this.#sockets) socket.terminate();
  }
}

export interface OpenSocket {
  readonly socket: WebSocket;
  /** Everything that came, in order. */
  readonly messages: Buffer[];
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
