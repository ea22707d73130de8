import type { CallOptions, ClosesAfter } from '../link/caller.js';
import { abortable, type Clock, sleep, systemClock } from '../clock.js';
import { ClosedError, endsConnection, NvrError, OutcomeUnknownError } from '../errors.js';

/** ms that the answer to the begin may come after the end is due. */
const ANSWER_GRACE = 2000;
/** ms that one try to end it may take. */
const END_TIMEOUT = 3000;
/** Tries to end it, and the pauses between them, ms. */
const END_TRIES = 4;
const END_PAUSE = 500;
/** ms after which it is ended once more where its begin may have reached the NVR late. */
const SECOND_END = 1000;

/** What would go on by itself, such as a camera that moves. */
export interface Timed {
  /** What it is about: a later one of the same name takes over. Also for messages. */
  readonly subject: string;
  /** What is the matter where it cannot be ended, such as `may still be moving`. */
  readonly danger: string;
  /** ms */
  readonly duration: number;
  begin(options: CallOptions): Promise<unknown>;
  end(options: CallOptions): Promise<unknown>;
}

export interface TimedOptions {
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined;
  readonly clock?: Clock | undefined;
}

type Client = ClosesAfter;

/** What ends one without a command, since the next brings its own; by client and subject. */
const running = new WeakMap<Client, Map<string, () => void>>();

/**
 * Begins something, and ends it after its time. Whatever happens, the end is sent: also where the begin fails or its
 * answer is lost, and where the signal or the end of the client cuts it short. Resolves when the NVR has confirmed the
 * end, or a later one of the same subject has taken over.
 *
 * @throws `OUTCOME_UNKNOWN` where it could not be ended, before any other; what the begin threw; or the signal's reason
 */
export async function runTimed(
  client: Client,
  timed: Timed,
  { signal, clock = systemClock }: TimedOptions,
): Promise<void> {
  signal?.throwIfAborted();
  /** Ends its time; the end is sent. */
  const cut = new AbortController();
  /** Ends pauses. */
  const hurry = new AbortController();
  let takenOver = false;
  const { promise: over, resolve: finish } = Promise.withResolvers<undefined>();
  const forget = client.beforeClose(() => {
    cut.abort(new ClosedError('the client is closed'));
    hurry.abort();
    return over;
  });
  const handOver = () => {
    takenOver = true;
    cut.abort();
    hurry.abort();
  };
  const abort = () => cut.abort(signal?.reason);
  signal?.addEventListener('abort', abort);
  const others = running.get(client) ?? new Map<string, () => void>();
  running.set(client, others);
  // What is under way of the earlier one, the client sends before this one: changes of one lane keep their order.
  const earlier = others.get(timed.subject);
  earlier?.();
  others.set(timed.subject, handOver);
  try {
    const begun = await beginUntilDue(timed, cut, clock);
    const harmless = begun.refused && !earlier;
    if (takenOver) return;
    const goOn = async (ms: number) => {
      await sleep(clock, ms, hurry.signal).catch(() => undefined);
      return !takenOver;
    };
    await end(timed, harmless, () => goOn(END_PAUSE));
    if (begun.mayComeLate && (await goOn(SECOND_END))) await end(timed, harmless, () => goOn(END_PAUSE));
    if (begun.failure !== undefined) throw begun.failure as Error;
  } catch (error) {
    if (!takenOver) throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
    forget();
    if (others.get(timed.subject) === handOver) others.delete(timed.subject);
    finish(undefined);
  }
}

interface Begun {
  readonly failure: unknown;
  /** The NVR has certainly not begun it. */
  readonly refused: boolean;
  readonly mayComeLate: boolean;
}

/** Begins, and waits for the end of its time or a failure. */
async function beginUntilDue(timed: Timed, cut: AbortController, clock: Clock): Promise<Begun> {
  const { promise: due, resolve } = Promise.withResolvers<undefined>();
  const timers = [
    clock.after(timed.duration, () => resolve(undefined)),
    clock.after(timed.duration + ANSWER_GRACE, () =>
      cut.abort(new OutcomeUnknownError(`${timed.subject}: no answer within its time; it is ended`)),
    ),
  ];
  let answered = false;
  let failure: unknown;
  try {
    cut.signal.throwIfAborted();
    const answer = timed.begin({ signal: cut.signal }).then(() => {
      answered = true;
    });
    await abortable(Promise.all([answer, due]), cut.signal);
  } catch (error) {
    failure = error;
  } finally {
    for (const timer of timers) timer.cancel();
  }
  const refused = !cut.signal.aborted && failure instanceof NvrError && !(failure instanceof OutcomeUnknownError);
  return { failure, refused, mayComeLate: !answered && !refused };
}

/**
 * @param harmless nothing goes on: one try is enough, however it ends
 * @param goOn pauses, and tells whether to try again
 */
async function end(timed: Timed, harmless: boolean, goOn: () => Promise<boolean>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await timed.end({ timeout: END_TIMEOUT });
      return;
    } catch (error) {
      if (harmless) return;
      const hopeless = error instanceof NvrError && endsConnection(error);
      if (!hopeless && tries < END_TRIES && (await goOn())) continue;
      const reason = error instanceof Error ? error.message : String(error);
      throw new OutcomeUnknownError(`${timed.subject} ${timed.danger}: ${reason}`, { cause: error });
    }
  }
}
