import type { Dialect } from '../../link/dialect.js';
import type { HeaderFields } from '../../link/tap.js';
import type { FrameReading } from '../../media/frame-reassembler.js';

/** Bytes as text: UTF-8 where they are that, else Latin-1, a character for each byte. */
export interface TextBody {
  readonly text: string;
  readonly latin1?: true;
  /** Bytes that were left out at its end. */
  readonly cut?: number;
}

/** Bytes that are not shown: their number, what they begin with (hexadecimal), and with `--pictures` all of them. */
export interface HiddenBody {
  readonly bytes: number;
  readonly magic: string;
  readonly base64?: string;
}

export type Body = TextBody | HiddenBody;

interface Asked {
  /** Id of its declaration. */
  readonly operation: string | undefined;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly body?: string;
  /** ms from the begin of the capture to the end of this. */
  readonly at: number;
  /** ms that it took. */
  readonly ms: number;
}

/** A request and its answer, or why there was none. */
export type Exchange = Asked &
  (
    | { readonly status: number; readonly reason: string; readonly headers: HeaderFields; readonly reply: Body }
    | { readonly failure: string }
  );

/** `at` is ms from the begin of the capture. */
export interface CapturedMessage {
  readonly at: number;
  readonly text?: string;
  /** Of a message in frames: the first 20 bytes of headers (hexadecimal), and numbers of bytes that are not shown. */
  readonly parts?: readonly (string | number)[];
  /** The payloads of those numbers, with `--pictures`. */
  readonly base64?: readonly string[];
}

/** One WebSocket, from its upgrade on. */
export interface CapturedSocket {
  readonly path: string;
  readonly at: number;
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderFields;
  readonly messages: readonly CapturedMessage[];
  /** How the NVR closed it, where it did. */
  readonly closed?: { readonly at: number; readonly code: number };
}

/** A capture, as it is written; docs/capture.md describes it. */
export interface Bundle {
  readonly format: 'everfocus-capture';
  readonly version: 1;
  readonly source: 'recorder' | 'simulator';
  /** Of the program that made it. */
  readonly by: string;
  /** ISO 8601 */
  readonly made: string;
  /** ms that it took. */
  readonly length: number;
  /** What stands for the account that was used. */
  readonly account: { readonly username: string; readonly password: string };
  readonly dialect: Dialect & { readonly frames?: FrameReading };
  /** How many different secrets of each kind have been replaced. */
  readonly replaced: Readonly<Record<string, number>>;
  /** What is not in it, and why. */
  readonly leftOut: readonly string[];
  readonly exchanges: readonly Exchange[];
  readonly sockets: readonly CapturedSocket[];
}
