import { InvalidReplyError, type NvrError, ReplyTooLargeError } from '../errors.js';

/** A reply of the NVR (RFC 2326 section 7). */
export interface RtspReply {
  readonly status: number;
  /** In the NVR's words. */
  readonly reason: string;
  /** Names in lower case; a field may come several times. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
}

/** Binary data between the replies: RTP and RTCP (RFC 2326 section 10.12). */
export interface Interleaved {
  readonly channel: number;
  readonly data: Buffer;
}

/** bytes */
const MAX_HEAD = 16 * 1024;
/** bytes; session descriptions are some hundreds. */
const MAX_BODY = 64 * 1024;
const DOLLAR = 0x24;
const LINE_ENDS = [Buffer.from('\n\r\n'), Buffer.from('\n\n')];

/** Takes apart what comes over an RTSP connection, however it is cut. Holds no more than one message. */
export class MessageReader {
  #bytes: Buffer = Buffer.alloc(0);

  /** What is complete with these bytes. @throws {@link NvrError} where the rest of the connection makes no sense */
  *read(chunk: Buffer): Generator<RtspReply | Interleaved> {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    for (;;) {
      this.#skipEmptyLines();
      const before = this.#bytes.length;
      const message = this.#bytes[0] === DOLLAR ? this.#interleaved() : this.#reply();
      if (message) yield message;
      if (this.#bytes.length === before) return;
    }
  }

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

  /** Also passes over requests of the NVR: none of them needs an answer for the stream to go on. */
  #reply(): RtspReply | undefined {
    const end = this.#endOfHead();
    if (end === undefined) return undefined;
    const [first = '', ...lines] = this.#bytes.toString('utf8', 0, end).trimEnd().split(/\r?\n/);
    const headers = readHeaders(lines);
    const length = Number(headers.get('content-length')?.[0] ?? 0);
    if (!Number.isInteger(length) || length < 0) throw new InvalidReplyError('RTSP: Content-Length is no number');
    if (length > MAX_BODY) throw new ReplyTooLargeError(`RTSP: more than ${MAX_BODY} bytes of body`);
    if (this.#bytes.length < end + length) return undefined;
    const body = this.#take(end + length).subarray(end);
    const [, status, reason = ''] = /^RTSP\/\d\.\d +(\d{3})(?: +(.*))?$/.exec(first) ?? [];
    if (status === undefined && !/^[A-Z_]+ \S+ RTSP\/\d\.\d$/.test(first)) throw notRtsp();
    return status === undefined ? undefined : { status: Number(status), reason, headers, body };
  }

  #endOfHead(): number | undefined {
    const ends = LINE_ENDS.map((end) => [this.#bytes.subarray(0, MAX_HEAD).indexOf(end), end.length] as const);
    const found = ends.filter(([at]) => at !== -1).map(([at, length]) => at + length);
    if (found.length > 0) return Math.min(...found);
    if (this.#bytes.length >= MAX_HEAD) throw notRtsp();
    return undefined;
  }

  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }
}

/** Lines without a name are passed over. */
function readHeaders(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon === -1) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return headers;
}

function notRtsp(): NvrError {
  return new InvalidReplyError('RTSP: what came is none; does the port speak something else?');
}
