import { type OpenSocket, sendOver } from '../link/socket-connector.js';
import { type Clock, inSeconds, type Timer } from '../clock.js';
import { BusyError, ClosedError, InvalidParameterError, NvrTimeoutError, NvrUnreachableError } from '../errors.js';
import { encodeFrame } from '../codec/frame.js';
import { limits } from '../limits.js';
import { TALK_FRAME_LENGTH, TalkQueue } from './talk-queue.js';

/** ms of one frame. */
const FRAME_DURATION = 20;
/** ms that sound is sent before it is due: covers the jitter of timers and network, and is not heard as a delay. */
const LEAD = 60;
/** bytes that wait here before `write` does: 1 s. */
const MAX_WAITING = 8000;
/** bytes that `write` takes at a time. */
const PIECE = 10 * TALK_FRAME_LENGTH;
/** Frames that the network has not taken: 1 s. */
const MAX_UNSENT = 50;
/** ms between pings. */
const HEARTBEAT = 15_000;

/** Somebody who waits until something is true. */
interface Waiter {
  readonly until: () => boolean;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Sound towards a camera, or the NVR itself (SDK 3.2): G.711 µ-law, 8 kHz, mono. It is sent in real time as frames of
 * 20 ms. When the connection is lost the talk is over: sound that is late is worth nothing.
 */
export class Talk implements AsyncDisposable {
  readonly #name: string;
  readonly #socket: OpenSocket;
  readonly #clock: Clock;
  readonly #owner: AbortSignal;
  readonly #closed: () => void;
  readonly #queue = new TalkQueue();
  readonly #abort = () => this.#end(this.#owner.reason as Error);
  #waiters: Waiter[] = [];
  /** Bytes of the writes that wait in line. */
  #inLine = 0;
  /** Writes wait in line, so that their sound does not mix. */
  #turn: Promise<unknown> = Promise.resolve();
  /** When all that was sent will have been heard, ms as `now` counts them. */
  #heard: number;
  /** Add this to `now` to get the date for the frames: it goes on evenly, whatever happens to the machine's. ms */
  readonly #date: number;
  /** Somebody wants the rest sent, whole frame or not. */
  #flushing = false;
  #unsent = 0;
  #timer: Timer | undefined;
  #beat: Timer | undefined;
  #answersPings = false;
  #answered = false;
  #error: Error | undefined;

  /**
   * @param name for messages
   * @param socket open at the audio backchannel
   * @param owner ends the talk when it is aborted
   * @param closed called when the talk is over
   * @internal
   */
  constructor(name: string, socket: OpenSocket, clock: Clock, owner: AbortSignal, closed: () => void) {
    this.#name = name;
    this.#socket = socket;
    this.#clock = clock;
    this.#owner = owner;
    this.#closed = closed;
    this.#heard = clock.now();
    this.#date = clock.wall() - clock.now();
    owner.addEventListener('abort', this.#abort);
    socket.on('error', (error: Error) => this.#end(new NvrUnreachableError(`${name}: ${error.message}`)));
    socket.on('close', () => this.#end(new NvrUnreachableError(`${name}: the NVR closed the connection`)));
    socket.on('pong', () => (this.#answersPings = this.#answered = true));
    this.#scheduleBeat();
  }

  /**
   * Resolves when there is room for more (about 1 s of sound waits at most): who awaits it never runs ahead.
   *
   * @param audio µ-law, of any length
   * @throws `INVALID_PARAMETER`, `BUSY` where a quarter of an hour of sound waits already, `NVR_UNREACHABLE` or `NVR_TIMEOUT` once the connection is lost, `CLOSED`
   */
  async write(audio: Buffer): Promise<void> {
    if (!Buffer.isBuffer(audio)) throw new InvalidParameterError('audio', 'must be a Buffer of µ-law samples');
    if (this.#inLine + audio.length > limits.talk.waiting) {
      throw new BusyError(`${this.#name}: more than ${limits.talk.waiting} bytes of sound wait already`);
    }
    // The caller may use its buffer again.
    const copy = Buffer.from(audio);
    this.#inLine += copy.length;
    return this.#inTurn(async () => {
      this.#inLine -= copy.length;
      for (let at = 0; at < copy.length; at += PIECE) {
        this.#queue.push(copy.subarray(at, at + PIECE));
        await this.#pumpUntil(() => this.#queue.length <= MAX_WAITING);
      }
    });
  }

  /** Resolves when all that was written has been sent and is due to have been heard; half a frame is filled with silence. @throws like {@link write} */
  async flush(): Promise<void> {
    return this.#inTurn(async () => {
      this.#flushing = true;
      await this.#pumpUntil(() => this.#queue.length === 0 && this.#unsent === 0 && this.#heard <= this.#clock.now());
    });
  }

  /** At once: what waits is not sent. Idempotent. */
  close(): void {
    this.#end(new ClosedError(`${this.#name} is closed`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(async () => {
      if (this.#error) throw this.#error;
      await work();
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  #pumpUntil(until: () => boolean): Promise<void> {
    if (this.#error) return Promise.reject(this.#error);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ until, resolve, reject });
      this.#pump();
    });
  }

  /** Sends what is due, wakes who waited for that, and comes again when more is due. */
  #pump(): void {
    this.#timer?.cancel();
    if (this.#error) return;
    const now = this.#clock.now();
    // Nothing is being heard: time begins anew.
    if (this.#heard < now) this.#heard = now;
    while (this.#heard + FRAME_DURATION - now <= LEAD) {
      const data = this.#queue.take(this.#flushing);
      if (!data) break;
      this.#send(data);
    }
    if (this.#queue.length === 0) this.#flushing = false;
    this.#wake();
    this.#schedule(now);
  }

  #send(data: Buffer): void {
    if (this.#unsent >= MAX_UNSENT) {
      return this.#end(new NvrTimeoutError(`${this.#name}: the NVR takes no more sound`));
    }
    const timestamp = Math.round(this.#heard + this.#date);
    const frame = encodeFrame({ kind: 'audio', codec: 'pcmu', timestamp, data });
    this.#heard += FRAME_DURATION;
    this.#unsent += 1;
    sendOver(this.#socket, frame, this.#name).then(
      () => {
        this.#unsent -= 1;
        this.#wake();
      },
      (error: unknown) => this.#end(error as Error),
    );
  }

  #schedule(now: number): void {
    const ready = this.#queue.length >= (this.#flushing ? 1 : TALK_FRAME_LENGTH);
    if (ready) this.#timer = this.#clock.after(this.#heard + FRAME_DURATION - LEAD - now, () => this.#pump());
    // A flush waits until the last of it has been heard.
    else if (this.#waiters.length > 0 && this.#heard > now)
      this.#timer = this.#clock.after(this.#heard - now, () => this.#pump());
  }

  #wake(): void {
    const all = this.#waiters;
    this.#waiters = all.filter(({ until }) => !until());
    for (const waiter of all) if (!this.#waiters.includes(waiter)) waiter.resolve();
  }

  /** An NVR that has ever answered a ping must go on doing so. */
  #scheduleBeat(): void {
    this.#answered = false;
    this.#socket.ping();
    this.#beat = this.#clock.after(HEARTBEAT, () => {
      if (!this.#answersPings || this.#answered) return this.#scheduleBeat();
      this.#end(new NvrTimeoutError(`${this.#name}: no answer to a ping within ${inSeconds(HEARTBEAT)}`));
    });
  }

  #end(error: Error): void {
    if (this.#error) return;
    this.#error = error;
    this.#timer?.cancel();
    this.#beat?.cancel();
    this.#owner.removeEventListener('abort', this.#abort);
    this.#queue.clear();
    this.#socket.terminate();
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
    this.#closed();
  }
}
