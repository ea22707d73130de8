import {
  ClosedError,
  InvalidParameterError,
  InvalidReplyError,
  type NvrError,
  NvrTimeoutError,
  NvrUnreachableError,
  OutcomeUnknownError,
  SessionLostError,
} from '../errors.js';
import type { Logger } from '../logger.js';
import type { Operation, Pace } from '../sdk/declaration.js';
import { judgeReply, type Verdict, type WholeReply } from './reply.js';
import type { WireRequest } from './request.js';
import { type Failure, remedyFor } from './retry-policy.js';
import type { Session } from './session.js';
import { AnswerLost, type Transport } from './transport.js';

/** ms by pace: for the whole call, or for a download between its parts. */
const TIMEOUTS: Readonly<Record<Pace, number>> = { call: 10_000, scan: 60_000, download: 60_000 };

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** ms for each attempt; for a download between its parts. Default 10,000; 60,000 for scans and downloads. */
  readonly timeout?: number | undefined;
}

/** How to make one request and judge its reply. */
export interface Call {
  /** For messages: the operation's id, or method and path. */
  readonly name: string;
  readonly wire: WireRequest;
  readonly effect: Operation['effect'];
  readonly pace?: Pace | undefined;
  readonly anonymous?: boolean | undefined;
  /** First bytes (hexadecimal) of a reply that is handed on as a stream. */
  readonly streamMagic?: string | undefined;
  judge(reply: WholeReply): Verdict;
}

type Attempt =
  { readonly value: unknown } | { readonly failure: Failure; readonly error: NvrError; readonly generation: number };

/** Carries out calls within the session: logs in, repeats what may be repeated, and names what went wrong. */
export class Caller {
  readonly #transport: Transport;
  readonly #session: Session;
  readonly #logger: Logger;
  readonly #drifted = new Set<string>();
  readonly #closing = new AbortController();

  constructor(transport: Transport, session: Session, logger: Logger) {
    this.#transport = transport;
    this.#session = session;
    this.#logger = logger;
  }

  /** Ends every call in flight with {@link ClosedError}. */
  close(): void {
    this.#closing.abort(new ClosedError('the client is closed'));
  }

  async carryOut(call: Call, options: CallOptions): Promise<unknown> {
    const timeout = options.timeout ?? TIMEOUTS[call.pace ?? 'call'];
    if (!(timeout > 0 && timeout < 2 ** 31)) throw new InvalidParameterError('timeout', 'must be positive, ms');
    const signal = options.signal ? AbortSignal.any([options.signal, this.#closing.signal]) : this.#closing.signal;
    const spent = new Set<string>();
    for (;;) {
      signal.throwIfAborted();
      const attempt = await this.#attempt(call, signal, timeout);
      if ('value' in attempt) return attempt.value;
      const { failure, error, generation } = attempt;
      const kind = failure.startsWith('session') ? 'session' : 'connection';
      const remedy = remedyFor(failure, call.effect, spent.has(kind));
      spent.add(kind);
      if (remedy === 'fail') throw error;
      if (remedy === 'outcome-unknown') {
        throw new OutcomeUnknownError(`${call.name}: ${error.message}; it may or may not have taken effect`);
      }
      if (remedy === 'login-and-repeat') await abortable(this.#session.renew(generation), signal);
    }
  }

  async #attempt(call: Call, signal: AbortSignal, timeout: number): Promise<Attempt> {
    if (!call.anonymous) await abortable(this.#session.ensure(), signal);
    const { generation } = this.#session;
    try {
      const reply = await this.#transport.send(
        { ...call.wire, headers: { ...call.wire.headers, ...this.#session.headers } },
        { timeout, signal, freshConnection: call.effect === 'destructive', streamMagic: call.streamMagic },
      );
      this.#session.store(reply.setCookies);
      const verdict = call.judge(reply);
      if (verdict.is === 'error') throw verdict.error;
      if (verdict.is === 'session-lost') {
        return verdict.certain
          ? { failure: 'session-refused', error: new SessionLostError(`${call.name}: no session`), generation }
          : { failure: 'session-doubtful', error: new InvalidReplyError(`${call.name}: got a web page`), generation };
      }
      this.#noteDrift(call, verdict.drift);
      return { value: reply.stream ?? verdict.value };
    } catch (error) {
      if (error instanceof AnswerLost) return { failure: lossOf(error), error: error.reason, generation };
      if (isUnreachable(error)) return { failure: 'not-sent', error, generation };
      throw error;
    }
  }

  /** A device that differs from the document says so once per operation. */
  #noteDrift(call: Call, drift: readonly { path: string; problem: string }[]): void {
    if (drift.length === 0 || this.#drifted.has(call.name)) return;
    this.#drifted.add(call.name);
    const [first] = drift;
    this.#logger.debug(
      `${call.name}: the reply differs from the document in ${drift.length} places, such as ${first?.path}: ${first?.problem}`,
    );
  }
}

/** The call that an operation and its request make. */
export function operationCall(operation: Operation, wire: WireRequest): Call {
  const { id, effect, pace, anonymous, reply: due } = operation;
  const streamMagic = due.as === 'stream' ? due.magic : undefined;
  return { name: id, wire, effect, pace, anonymous, streamMagic, judge: (reply) => judgeReply(operation, reply) };
}

function lossOf({ reason }: AnswerLost): Failure {
  return reason instanceof NvrTimeoutError ? 'timed-out' : 'lost';
}

function isUnreachable(error: unknown): error is NvrError {
  return error instanceof NvrUnreachableError;
}

/** The promise, or the signal's reason once it is aborted; the promise itself goes on for others. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
