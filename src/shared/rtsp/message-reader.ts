import { cleanText } from '../clean-text.js';
import { InvalidReplyError, type NvrError, ReplyTooLargeError } from '../errors.js';
import { limits } from '../limits.js';
import { ByteQueue, unpinned } from '../codec/byte-queue.js';
import type { Exceeds } from './session-description.js';

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

const DOLLAR = 0x24;
const RTSP = Buffer.from('RTSP/');
const LINE_ENDS = [Buffer.from('\n\r\n'), Buffer.from('\n\n')];
/** What has no place in a line; what is read is sent back, and shown. */
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\0-\x08\x0a-\x1f\x7f]/;

/** A message, and where it ends. */
interface Read {
  /** `undefined` for one that needs no answer. */
  readonly message?: RtspReply | Interleaved;
  readonly end: number;
}

/** Takes apart what comes over an RTSP connection, however it is cut. Holds no more than one message. */
export class MessageReader {
  readonly #waiting = new ByteQueue();
  readonly #exceeds: Exceeds;
  /** Bytes that must be there before another look is worth it. */
  #needed = 0;

  /** @param exceeds is told what is passed over */
  constructor(exceeds: Exceeds = () => undefined) {
    this.#exceeds = exceeds;
  }

  /** What is complete with these bytes. @throws {@link NvrError} where the rest of the connection makes no sense */
  *read(chunk: Buffer): Generator<RtspReply | Interleaved> {
    const alone = this.#waiting.length === 0;
    if (!alone) this.#waiting.put(chunk);
    const bytes = alone ? chunk : this.#waiting.bytes;
    let at = 0;
    let replies = 0;
    while (bytes.length >= this.#needed) {
      while (bytes[at] === 0x0d || bytes[at] === 0x0a) at += 1;
      const rest = bytes.subarray(at);
      this.#needed = 0;
      const isReply = rest[0] !== DOLLAR;
      const read = isReply ? this.#reply(rest) : this.#interleaved(rest);
      if (!read) break;
      if (isReply && ++replies > limits.rtsp.replies) {
        throw new ReplyTooLargeError(`RTSP: more than ${limits.rtsp.replies} replies at once`, 'rtsp.replies');
      }
      at += read.end;
      if (read.message) yield read.message;
    }
    if (alone || at > 0) this.#waiting.keep(bytes.subarray(at));
  }

  #interleaved(bytes: Buffer): Read | undefined {
    const end = bytes.length < 4 ? 4 : 4 + bytes.readUInt16BE(2);
    if (bytes.length < end) return this.#waitFor(end);
    return { message: { channel: bytes.readUInt8(1), data: unpinned(bytes.subarray(4, end)) }, end };
  }

  /** Also passes over requests of the NVR: none of them needs an answer for the stream to go on. */
  #reply(bytes: Buffer): Read | undefined {
    const head = endOfHead(bytes);
    if (head === undefined) return undefined;
    const [first = '', ...lines] = bytes.toString('utf8', 0, head).trimEnd().split(/\r?\n/);
    const headers = readHeaders(lines, this.#exceeds);
    const length = Number(headers.get('content-length')?.[0] ?? 0);
    if (!Number.isInteger(length) || length < 0) throw new InvalidReplyError('RTSP: Content-Length is no number');
    if (length > limits.rtsp.body) {
      throw new ReplyTooLargeError(`RTSP: more than ${limits.rtsp.body} bytes of body`, 'rtsp.body');
    }
    const end = head + length;
    if (bytes.length < end) return this.#waitFor(end);
    const [, status, words = ''] = /^RTSP\/\d\.\d +(\d{3})(?: +(.*))?$/.exec(first) ?? [];
    if (status === undefined && !/^[A-Z_]+ \S+ RTSP\/\d\.\d$/.test(first)) throw notRtsp();
    if (status === undefined) return { end };
    const reason = cleanText(words, limits.text.words);
    const body = Buffer.from(bytes.subarray(head, end));
    return { message: { status: Number(status), reason, headers, body }, end };
  }

  #waitFor(length: number): undefined {
    this.#needed = length;
  }
}

function endOfHead(bytes: Buffer): number | undefined {
  const { head } = limits.rtsp;
  const ends = LINE_ENDS.map((end) => [bytes.subarray(0, head).indexOf(end), end.length] as const);
  const found = ends.filter(([at]) => at !== -1).map(([at, length]) => at + length);
  if (found.length > 0) return Math.min(...found);
  if (bytes.length < head) return undefined;
  if (bytes.subarray(0, RTSP.length).equals(RTSP))
    throw new ReplyTooLargeError(`RTSP: more than ${head} bytes of head`, 'rtsp.head');
  throw notRtsp();
}

/** Lines without a name, or with what has no place in them, are passed over. */
function readHeaders(lines: readonly string[], exceeds: Exceeds): ReadonlyMap<string, readonly string[]> {
  if (lines.length > limits.rtsp.fields) {
    throw new ReplyTooLargeError(`RTSP: more than ${limits.rtsp.fields} fields`, 'rtsp.fields');
  }
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (line.length > limits.rtsp.line) exceeds('rtsp.line', 'a field of a reply is passed over');
    if (colon === -1 || line.length > limits.rtsp.line || CONTROLS.test(line)) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return headers;
}

function notRtsp(): NvrError {
  return new InvalidReplyError('RTSP: what came is none; does the port speak something else?');
}
