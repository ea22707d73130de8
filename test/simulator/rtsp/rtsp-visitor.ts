import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { Simulator } from '../../../packages/simulator/src/index.js';
import { until } from '../../support/until.js';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

export interface Reply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A client of the RTSP port, by hand: what it sends is what the test says. */
export class RtspVisitor {
  /** Interleaved packets: the channel, and the rest. */
  readonly packets: { channel: number; data: Buffer }[] = [];
  readonly replies: Reply[] = [];
  readonly socket: Socket;
  session = '';
  #bytes = Buffer.alloc(0);
  #cseq = 0;
  readonly #origin: string;
  #nonce = '';

  private constructor(socket: Socket, origin: string) {
    this.socket = socket;
    this.#origin = origin;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  static async of({ rtspPort = 0 }: Simulator): Promise<RtspVisitor> {
    const socket = connect(rtspPort, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    return new RtspVisitor(socket, `rtsp://127.0.0.1:${rtspPort}`);
  }

  /** Likewise, knowing the nonce. */
  static async challenged(simulator: Simulator): Promise<RtspVisitor> {
    const visitor = await RtspVisitor.of(simulator);
    const { headers } = await visitor.raw('DESCRIBE', '/live/1/0', {});
    visitor.#nonce = /nonce="(.*?)"/.exec(headers['www-authenticate'] ?? '')?.[1] ?? '';
    return visitor;
  }

  /** A request with a right login and the session. */
  ask(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Reply> {
    const session = this.session === '' ? {} : { Session: this.session };
    const authorization = this.authorization(method, path);
    return this.raw(method, path, { Authorization: authorization, ...session, ...headers }, body);
  }

  /** Without qop, as RFC 2069 has it. */
  authorization(method: string, path: string, username = 'admin', password = 'admin123', nonce = this.#nonce): string {
    const response = md5(`${md5(`${username}:xnvr:${password}`)}:${nonce}:${md5(`${method}:${this.#origin}${path}`)}`);
    return `Digest username="${username}", realm="xnvr", nonce="${nonce}", uri="${this.#origin}${path}", response="${response}"`;
  }

  async raw(method: string, path: string, headers: Record<string, string>, body = ''): Promise<Reply> {
    const number = headers['CSeq'] ?? String(++this.#cseq);
    const length = body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const lines = Object.entries({ ...headers, CSeq: number, ...length }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    this.socket.write(
      `${method} ${path.startsWith('/') ? this.#origin : ''}${path} RTSP/1.0\r\n${lines.join('')}\r\n${body}`,
    );
    const answer = () => this.replies.find(({ headers: { cseq } }) => cseq === number);
    const reply = await until(`an answer to ${method}`, answer);
    this.session = reply.headers['session']?.split(';')[0] ?? this.session;
    return reply;
  }

  /** Sets both tracks up and plays. */
  async play(
    path: string,
    transports = ['RTP/AVP/TCP;interleaved=0-1', 'RTP/AVP/TCP;interleaved=2-3'],
  ): Promise<Reply[]> {
    const [bare = '', query] = path.split('?');
    const replies: Reply[] = [];
    for (const [track, Transport] of transports.entries()) {
      const address = `${bare}/trackID=${track}${query === undefined ? '' : `?${query}`}`;
      replies.push(await this.ask('SETUP', address, { Transport }));
    }
    return [...replies, await this.ask('PLAY', path)];
  }

  leave(): void {
    this.socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      if (this.#bytes[0] === 0x24) {
        const end = this.#bytes.length < 4 ? Infinity : 4 + this.#bytes.readUInt16BE(2);
        if (this.#bytes.length < end) return;
        this.packets.push({ channel: this.#bytes.readUInt8(1), data: this.#bytes.subarray(4, end) });
        this.#bytes = this.#bytes.subarray(end);
        continue;
      }
      const end = this.#bytes.indexOf('\r\n\r\n');
      if (end === -1) return;
      const [first = '', ...lines] = this.#bytes.toString('utf8', 0, end).split('\r\n');
      const headers = Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
      );
      const stop = end + 4 + Number(headers['content-length'] ?? 0);
      if (this.#bytes.length < stop) return;
      this.replies.push({
        status: Number(first.split(' ')[1]),
        headers,
        body: this.#bytes.toString('utf8', end + 4, stop),
      });
      this.#bytes = this.#bytes.subarray(stop);
    }
  }
}
