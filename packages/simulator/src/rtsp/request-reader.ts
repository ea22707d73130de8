import { RtspRefusal } from './rtsp-refusal.js';

/** One request of a client (RFC 2326 section 6). */
export interface RtspRequest {
  readonly method: string;
  readonly uri: string;
  readonly version: string;
  /** Names in lower case; fields that come twice are joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** Binary data between the requests (RFC 2326 section 10.12): what a client sends there is RTCP. */
export interface Interleaved {
  readonly channel: number;
  readonly data: Buffer;
}

/** bytes */
const MAX_HEAD = 8 * 1024;
/** bytes; a playback command is some tens. */
const MAX_BODY = 16 * 1024;
const DOLLAR = 0x24;
const END_OF_HEAD = '\r\n\r\n';

/** Takes apart what a client sends over its connection. */
export class RequestReader {
  #bytes: Buffer = Buffer.alloc(0);

  /** What is complete with these bytes. @throws {@link RtspRefusal} where the rest of the connection makes no sense */
  *read(chunk: Buffer): Generator<RtspRequest | Interleaved> {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    for (let next = this.#next(); next; next = this.#next()) yield next;
  }

  #next(): RtspRequest | Interleaved | undefined {
    this.#skipEmptyLines();
    return this.#bytes[0] === DOLLAR ? this.#interleaved() : this.#request();
  }

  /** Some clients end a body with one. */
  #skipEmptyLines(): void {
    let at = 0;
    while (this.#bytes[at] === 0x0d || this.#bytes[at] === 0x0a) at += 1;
    this.#bytes = this.#bytes.subarray(at);
  }

  #interleaved(): Interleaved | undefined {
    if (this.#bytes.length < 4) return undefined;
    const end = 4 + this.#bytes.readUInt16BE(2);
    if (this.#bytes.length < end) return undefined;
    return { channel: this.#bytes.readUInt8(1), data: this.#take(end).subarray(4) };
  }

  #request(): RtspRequest | undefined {
    const end = this.#bytes.indexOf(END_OF_HEAD);
    if (end > MAX_HEAD || (end === -1 && this.#bytes.length > MAX_HEAD)) {
      throw new RtspRefusal(400, `more than ${MAX_HEAD} bytes of head`);
    }
    if (end === -1) return undefined;
    const head = readHead(this.#bytes.toString('utf8', 0, end));
    const length = head.headers.get('content-length') ?? '0';
    if (!/^\d+$/.test(length)) throw new RtspRefusal(400, `Content-Length: ${length}`);
    if (Number(length) > MAX_BODY) throw new RtspRefusal(413, `more than ${MAX_BODY} bytes of body`);
    const begin = end + END_OF_HEAD.length;
    if (this.#bytes.length < begin + Number(length)) return undefined;
    return { ...head, body: this.#take(begin + Number(length)).subarray(begin) };
  }

  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }
}

function readHead(text: string): Omit<RtspRequest, 'body'> {
  const [first = '', ...lines] = text.split('\r\n');
  const [, method, uri, version] = /^([A-Z_]{1,32}) (\S+) (RTSP\/\d\.\d)$/.exec(first) ?? [];
  if (method === undefined || uri === undefined || version === undefined) {
    throw new RtspRefusal(400, 'the first line is no RTSP request');
  }
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /^([\w-]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new RtspRefusal(400, 'a header line without a name');
    const key = name.toLowerCase();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return { method, uri, version, headers };
}
