import { parseJson } from '../wire/parse-json.js';
import { judgeFault } from '../wire/reply.js';
import { buildMessage } from '../wire/request.js';
import type { Clock, Timer } from '../clock.js';
import {
  ClosedError,
  InvalidParameterError,
  type NvrError,
  NvrRefusedError,
  NvrTimeoutError,
  NvrUnreachableError,
  OutcomeUnknownError,
} from '../errors.js';
import { playback, type PlaybackCommand } from '../sdk/playback.js';
import type { RtspCourse } from './rtp-continuity.js';
import type { RtspConnection } from './rtsp-connection.js';
import { type Prepared, succeed } from './rtsp-handshake.js';
import type { RtspTrack } from './session-description.js';

/** A packet as it came. */
export interface RtspPacket {
  readonly track: RtspTrack;
  readonly kind: 'rtp' | 'rtcp';
  readonly data: Buffer;
}

/** ms that leaving may take */
const TEARDOWN_LIMIT = 1000;

/** One stream of the NVR over an RTSP connection of its own. */
export class RtspStream implements AsyncDisposable {
  /** What the NVR sends. */
  readonly tracks: readonly RtspTrack[];
  /** Why it ended; `undefined` where it was closed here. Never rejects. */
  readonly ended: Promise<NvrError | undefined>;
  readonly #connection: RtspConnection;
  readonly #clock: Clock;
  readonly #prepared: Prepared;
  readonly #isPlayback: boolean;
  readonly #course: RtspCourse;
  #keepAlive: Timer | undefined;
  #over = false;
  #closing: Promise<void> | undefined;

  /** Made by `client.rtsp.open`. @internal */
  constructor(connection: RtspConnection, clock: Clock, prepared: Prepared, isPlayback: boolean, course: RtspCourse) {
    this.#course = course;
    this.#connection = connection;
    this.#clock = clock;
    this.#prepared = prepared;
    this.#isPlayback = isPlayback;
    this.tracks = [...prepared.tracks.values()];
    this.ended = connection.ended.then((why) => {
      this.#over = true;
      this.#keepAlive?.cancel();
      return why instanceof ClosedError ? undefined : why;
    });
    this.#stayAlive();
  }

  /**
   * Tells the playback what to do (SDK 3.4, SET_PARAMETER). The NVR confirms that it was understood.
   *
   * @throws {@link InvalidParameterError} also for a live stream; {@link NvrRefusedError};
   * {@link OutcomeUnknownError} where the connection broke before the answer
   */
  async control(command: PlaybackCommand): Promise<void> {
    if (!this.#isPlayback) throw new InvalidParameterError('command', 'only a playback can be controlled');
    const body = buildMessage(playback, command);
    await this.#course.change(command, () => this.#order(command, body));
  }

  /** Video packets that were not handed on because they need missing ones. */
  get withheld(): number {
    return this.#course.withheld;
  }

  async #order(command: PlaybackCommand, body: string): Promise<void> {
    const headers = { 'Content-Type': 'application/json' };
    try {
      const reply = await this.#ask('SET_PARAMETER', headers, body);
      const text = reply.body.toString('utf8').trim();
      const fault = judgeFault(reply.status, text, parseJson(text));
      if (fault && 'words' in fault) {
        throw new NvrRefusedError('RTSP SET_PARAMETER', this.#connection.wordsOf(fault.words));
      }
    } catch (error) {
      if (error instanceof NvrTimeoutError || error instanceof NvrUnreachableError) {
        throw new OutcomeUnknownError(`playback command ${command.command}: ${error.message}`);
      }
      throw error;
    }
  }

  /** Says good-bye (within 1 s) and closes the connection. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#keepAlive?.cancel();
    const limit = this.#clock.after(TEARDOWN_LIMIT, () => this.#connection.close());
    // Whatever is wrong: the connection is closed next.
    await this.#ask('TEARDOWN').catch(() => undefined);
    limit.cancel();
    this.#connection.close();
    await this.ended;
  }

  /** The NVR ends a session without signs of life (RFC 2326 section 12.37); no answer means that the NVR is gone. */
  #stayAlive(): void {
    if (this.#over) return;
    const interval = (this.#prepared.session.timeout * 1000) / 2;
    this.#keepAlive = this.#clock.after(interval, () => {
      // A refusal is a sign of life too.
      void this.#ask(this.#prepared.ping)
        .catch(() => undefined)
        .then(() => this.#stayAlive());
    });
  }

  #ask(method: string, headers: Readonly<Record<string, string>> = {}, body = '') {
    const { uri, session } = this.#prepared;
    return succeed(this.#connection, { method, uri, headers: { Session: session.id, ...headers }, body });
  }
}
