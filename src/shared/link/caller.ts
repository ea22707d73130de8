import {
  ClosedError,
  InvalidParameterError,
  InvalidReplyError,
  type NvrError,
  NvrRefusedError,
  NvrTimeoutError,
  NvrUnavailableError,
  NvrUnreachableError,
  OutcomeUnknownError,
  ReplyTooLargeError,
} from '../errors.js';
import { cleanText } from '../clean-text.js';
import { FirstTimes } from '../limit-counters.js';
import type { LimitCounters } from '../limit-counters.js';
import { limits } from '../limits.js';
import { redact } from '../redact.js';
import type { Operation, Pace, ParamsOf, ReplyOf } from '../sdk/declaration.js';
import type { Call } from '../wire/call.js';
import { abortable, within } from '../clock.js';
import type { ClientSettings } from './options.js';
import type { Verdict } from '../wire/reply.js';
import { type Priority, type Release, RequestQueue } from './request-queue.js';
import { type Failure, remedyFor } from './retry-policy.js';
import type { Recovery } from './recovery.js';
import { type Asked, keyOf, type Read, type Refusals } from './refusals.js';
import type { Session } from './session.js';
import { AnswerLost, type Transport } from './transport.js';

/** ms by pace: for the whole call, login included, or for a download also between its parts. */
const TIMEOUTS: Readonly<Record<Pace, number>> = { call: 10_000, scan: 60_000, download: 60_000 };

/** ms that a read may take which shows whether the session holds. */
const CHECK_TIMEOUT = 3000;

/** ms that what ends a danger waits for the answer to an earlier change, which may never come. */
const PATIENCE = 1000;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** `poll` for what is asked again and again: it lets others go first. Default: `user`. */
  readonly priority?: Priority | undefined;
  /**
   * ms for the whole call, login and waiting for its turn included; for a download until it begins, and then between its parts.
   * What is asked for in several requests has it for each.
   * Default 10,000; 60,000 for scans and downloads.
   */
  readonly timeout?: number | undefined;
}

/** Parameters may be left out where none is required. */
export type CallArguments<O extends Operation> =
  object extends ParamsOf<O>
    ? [params?: ParamsOf<O>, options?: CallOptions]
    : [params: ParamsOf<O>, options?: CallOptions];

/** Whoever carries out operations: what tasks and media need of an NVR. */
export interface NvrCalls {
  call<O extends Operation>(operation: O, ...args: CallArguments<O>): Promise<ReplyOf<O>>;
  /** What the NVR runs into. */
  readonly limits?: LimitCounters;
}

/** Whoever does something before it closes. */
export interface ClosesAfter {
  /** @returns what takes it back */
  beforeClose(task: () => Promise<unknown>): () => void;
}

/** How long a call may take, and what is left of it, ms. */
interface CallTime {
  readonly timeout: number;
  readonly remaining: () => number;
}

/** What a call that was never sent waited for. */
const WAITED_FOR = {
  login: 'it was waiting for the login',
  turn: 'it was waiting for earlier requests, and was not sent',
} as const;

type Attempt = { readonly value: unknown } | { readonly failure: Failure; readonly error: NvrError };

/** Carries out calls within the session: logs in, repeats what may be repeated, and names what went wrong. */
export class Caller {
  readonly #transport: Transport;
  readonly #session: Session;
  readonly #settings: ClientSettings;
  readonly #drifted = new FirstTimes();
  readonly #refusals: Refusals;
  readonly #recovery: Recovery;
  readonly #queue: RequestQueue;
  readonly #closing = new AbortController();

  constructor(
    transport: Transport,
    session: Session,
    settings: ClientSettings,
    refusals: Refusals,
    recovery: Recovery,
  ) {
    this.#transport = transport;
    this.#session = session;
    this.#refusals = refusals;
    this.#recovery = recovery;
    this.#settings = settings;
    this.#queue = new RequestQueue(settings.clock);
  }

  /** Ends every call in flight with {@link ClosedError}. */
  close(): void {
    this.#closing.abort(new ClosedError('the client is closed'));
  }

  async carryOut(call: Call, options: CallOptions): Promise<unknown> {
    const timeout = options.timeout ?? TIMEOUTS[call.pace ?? 'call'];
    if (!(timeout > 0 && timeout < 2 ** 31)) throw new InvalidParameterError('timeout', 'must be positive, ms');
    const signal = options.signal ? AbortSignal.any([options.signal, this.#closing.signal]) : this.#closing.signal;
    const { clock } = this.#settings;
    const end = clock.now() + timeout;
    const time: CallTime = { timeout, remaining: () => Math.max(1, Math.ceil(end - clock.now())) };
    if (call.orderKey === undefined) return this.#inTurn(call, options.priority, signal, time);
    const { orderKey } = call;
    const patience = call.urgent ? PATIENCE : undefined;
    const release = await this.#wait(
      call,
      'turn',
      (either) => this.#queue.turn(orderKey, either, patience),
      signal,
      time,
    );
    try {
      return await this.#inTurn(call, options.priority, signal, time);
    } finally {
      release();
    }
  }

  async #inTurn(call: Call, priority: Priority = 'user', signal: AbortSignal, time: CallTime): Promise<unknown> {
    const kind = (call.pace ?? 'call') === 'call' ? priority : 'slow';
    const spent = new Set<string>();
    for (;;) {
      signal.throwIfAborted();
      if (!call.anonymous && !this.#session.isOpen) {
        const loggedIn = (either: AbortSignal) => abortable(this.#session.ensure(), either).then(() => undefined);
        await this.#wait(call, 'login', loggedIn, signal, time);
      }
      const release = await this.#wait(call, 'turn', (either) => this.#queue.place(kind, either), signal, time);
      if (!call.anonymous && !this.#session.isOpen) {
        // It ended meanwhile: of a write that is sent all the same nobody might know the outcome.
        release();
        continue;
      }
      const { generation } = this.#session;
      const attempt = await this.#attempt(call, generation, signal, time.remaining()).finally(release);
      if ('value' in attempt) return attempt.value;
      const { failure, error } = attempt;
      const lost = failure === 'no-session' || failure === 'web-page' ? 'login' : 'connection';
      const again = spent.has(lost);
      spent.add(lost);
      const worthwhile =
        lost === 'connection'
          ? !again
          : await within(
              this.#settings.clock,
              time.remaining(),
              (either) => this.#refusals.judge(askedBy(call), generation, again, either),
              () => false,
              signal,
            );
      const remedy = remedyFor(failure, call.effect, !worthwhile);
      if (remedy === 'outcome-unknown') {
        throw new OutcomeUnknownError(`${error.message}; it may or may not have taken effect`);
      }
      if (remedy === 'fail') throw error;
    }
  }

  /** Waits as long as the call has time. @throws {@link NvrTimeoutError}: nothing was sent */
  async #wait<T extends Release | undefined>(
    call: Call,
    what: keyof typeof WAITED_FOR,
    begin: (either: AbortSignal) => Promise<T>,
    signal: AbortSignal,
    { timeout, remaining }: CallTime,
  ): Promise<T> {
    const late = () => {
      throw new NvrTimeoutError(`${call.name}: the NVR did not answer in ${timeout / 1000} s: ${WAITED_FOR[what]}`);
    };
    // What is given up in the moment in which its turn comes hands it to the next.
    return within(this.#settings.clock, remaining(), begin, late, signal, (release) => release?.());
  }

  async #attempt(call: Call, generation: number, signal: AbortSignal, timeout: number): Promise<Attempt> {
    const headers = { ...call.wire.headers, ...this.#session.headers };
    // Writes do not go over kept connections: the NVR might be closing one just now, and a write is not repeated.
    // Downloads do not either: they would hold up everybody else.
    const options = {
      timeout,
      signal,
      freshConnection: call.effect !== 'read' || call.streamMagic !== undefined,
      streamMagic: call.streamMagic,
      roomFor: call.roomFor,
    };
    try {
      const reply = await this.#transport.send({ ...call.wire, headers }, options);
      const verdict = call.judge(reply);
      if (verdict.is === 'no-session' || verdict.is === 'web-page') return this.#failure(call, verdict);
      this.#session.store(reply.setCookies, generation);
      if (verdict.is !== 'value') return this.#failure(call, verdict);
      if (!call.anonymous) {
        this.#refusals.succeeded(askedBy(call), generation, this.#readOf(call, reply.body.length));
      }
      this.#recovery.heard();
      this.#noteDrift(call, verdict.drift);
      return { value: reply.stream ?? verdict.value };
    } catch (error) {
      if (error instanceof AnswerLost) {
        return { failure: error.reason instanceof NvrTimeoutError ? 'timed-out' : 'lost', error: error.reason };
      }
      if (error instanceof NvrUnreachableError) return { failure: 'not-sent', error };
      // It came, and what was asked for may have been done.
      if (error instanceof ReplyTooLargeError) return { failure: 'unclear', error: this.#tooLarge(call, error) };
      throw error;
    }
  }

  /** How to ask it again, where that costs and changes nothing. */
  #readOf(call: Call, size: number): Read | undefined {
    if (call.effect !== 'read' || call.pace !== undefined || call.streamMagic !== undefined) return undefined;
    return {
      size,
      ask: async (withinWhat) => {
        const headers = { ...call.wire.headers, ...(withinWhat === 'session' && this.#session.headers) };
        const options = { timeout: CHECK_TIMEOUT, signal: this.#closing.signal };
        try {
          const { is } = call.judge(
            await this.#transport.send({ ...call.wire, headers }, { ...options, roomFor: call.roomFor }),
          );
          if (is === 'value') return 'answered';
          return is === 'no-session' || is === 'web-page' ? 'refused' : 'unclear';
        } catch {
          return 'unclear';
        }
      },
    };
  }

  /** @throws {@link NvrRefusedError}: nothing that a repetition could change */
  #failure(call: Call, verdict: Exclude<Verdict, { is: 'value' }>): Attempt {
    const words = 'words' in verdict ? this.#wordsFor(call, verdict.words) : '';
    switch (verdict.is) {
      case 'refused':
        throw new NvrRefusedError(call.name, words);
      case 'no-session':
        return { failure: 'no-session', error: new NvrRefusedError(call.name, words) };
      case 'web-page':
        return { failure: 'web-page', error: new InvalidReplyError(`${call.name}: got a web page`) };
      case 'unavailable':
        return { failure: 'unclear', error: new NvrUnavailableError(`${call.name}: ${words}`) };
      case 'invalid':
        if (verdict.limit) this.#settings.limits.hit(verdict.limit, call.name, `its reply is ${words}, and not read`);
        return { failure: 'unclear', error: new InvalidReplyError(`${call.name}: got ${words}`) };
    }
  }

  #tooLarge(call: Call, { message, limit = 'reply.list' }: ReplyTooLargeError): NvrError {
    this.#settings.limits.hit(limit, call.name, `${message}; it is refused`);
    return new ReplyTooLargeError(`${call.name}: ${message}`, limit);
  }

  #wordsFor(call: Call, words: string): string {
    return cleanText(redact(this.#settings.hide(words), call.secrets()), limits.text.words);
  }

  /** A device that differs from the document says so once per operation. */
  #noteDrift(call: Call, drift: readonly { path: string; problem: string }[]): void {
    const [first] = drift;
    if (!first || !this.#drifted.isFirst(call.name)) return;
    const places = drift.length < limits.json.drift ? drift.length : `${drift.length} or more`;
    this.#settings.logger.debug(
      `${call.name}: the reply differs from the document in ${places} places, such as ${first.path}: ${first.problem}`,
    );
  }
}

function askedBy({ name, wire }: Call): Asked {
  return { name, key: keyOf(wire) };
}
