import {
  abortable,
  BusyError,
  ClosedError,
  type Clock,
  type Nvr,
  sleep,
  systemClock,
  type Talk,
  type TalkTarget,
} from '../../../shared/index.js';

/** Messages that wait for others to be heard. */
const MAX_WAITING = 50;
/** Bytes that are written at a time: 200 ms of sound, after which an end is noticed. */
const PIECE = 1600;
/** ms without a further message after which the sound is over: pieces of a stream come closer together. */
const PAUSE = 300;

/** One message's sound. */
interface Sentence {
  /** Some of it may have been heard. */
  isBegun: boolean;
  readonly signal: AbortSignal;
}

const speakers = new WeakMap<Nvr, Map<TalkTarget, Speaker>>();

/** The one speaker of an NVR's camera, whatever nodes use it: the NVR takes one talk at a time. */
export function speakerOf(client: Nvr, target: TalkTarget): Speaker {
  const all = speakers.get(client) ?? new Map<TalkTarget, Speaker>();
  speakers.set(client, all);
  const speaker = all.get(target) ?? new Speaker((signal) => client.talk(target, { signal }));
  all.set(target, speaker);
  return speaker;
}

/** Says one thing after the other at one camera, and hangs up when there is no more. */
export class Speaker {
  readonly #open: (signal: AbortSignal) => Promise<Talk>;
  readonly #clock: Clock;
  #talk: Promise<Talk> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  /** Who was asked last to say something. */
  #last: Sentence | undefined;
  #stop = new AbortController();

  constructor(open: (signal: AbortSignal) => Promise<Talk>, clock: Clock = systemClock) {
    this.#open = open;
    this.#clock = clock;
  }

  /**
   * Resolves when it has been heard, or something else is to be said behind it.
   *
   * @param sound made when it is its turn; the signal ends it
   * @throws `BUSY` where too much waits already, or the NVR is talked to by somebody else; what `sound` throws; errors of
   *   the connection
   */
  async say(sound: (signal: AbortSignal) => AsyncIterable<Buffer>, signal: AbortSignal): Promise<void> {
    if (this.#waiting >= MAX_WAITING) throw new BusyError(`${MAX_WAITING} sounds wait already to be heard there`);
    const either = AbortSignal.any([signal, this.#stop.signal]);
    const mine: Sentence = { isBegun: false, signal: either };
    this.#last = mine;
    this.#waiting += 1;
    const said = this.#turn.then(() => this.#say(sound, mine)).finally(() => (this.#waiting -= 1));
    this.#turn = said.catch(() => undefined);
    try {
      await said;
      await sleep(this.#clock, PAUSE, either);
    } catch (error) {
      // What others have said before is heard all the same.
      await this.#end(mine).catch(() => undefined);
      throw error;
    }
    await this.#end(mine);
  }

  /** Ends what is being said and what waits, at once. */
  stop(): void {
    this.#stop.abort(new ClosedError('the talk was ended by another message'));
    this.#stop = new AbortController();
    this.#hangUp();
  }

  async #say(sound: (signal: AbortSignal) => AsyncIterable<Buffer>, sentence: Sentence): Promise<void> {
    const { signal } = sentence;
    signal.throwIfAborted();
    const pieces = sound(signal)[Symbol.asyncIterator]();
    try {
      // Whoever is next does not wait for a conversion that nobody wants any more.
      for (;;) {
        const piece = await abortable(pieces.next(), signal);
        if (piece.done) return;
        await this.#write(piece.value, sentence);
      }
    } finally {
      void pieces.return?.().catch(() => undefined);
    }
  }

  async #write(samples: Buffer, sentence: Sentence): Promise<void> {
    const { signal } = sentence;
    try {
      // The camera is called only when there is something to say.
      const talk = await (this.#talk ??= this.#open(this.#stop.signal));
      sentence.isBegun = true;
      for (let at = 0; at < samples.length; at += PIECE) {
        signal.throwIfAborted();
        await abortable(talk.write(samples.subarray(at, at + PIECE)), signal);
      }
    } catch (error) {
      // Whoever is next calls anew.
      this.#hangUp();
      throw error;
    }
  }

  /** Hangs up when all has been heard, unless something else is to be said. */
  async #end(sentence: Sentence): Promise<void> {
    const { signal, isBegun } = sentence;
    if (this.#last !== sentence) return;
    try {
      const isCut = signal.aborted && isBegun;
      if (!isCut) await abortable((await this.#talk)?.flush() ?? Promise.resolve(), this.#stop.signal);
    } finally {
      if (this.#last === sentence) this.#hangUp();
    }
  }

  #hangUp(): void {
    const talk = this.#talk;
    this.#talk = undefined;
    talk?.then(
      (open) => open.close(),
      () => undefined,
    );
  }
}
