import { randomUUID } from 'node:crypto';
import { abortable, inSeconds, within } from '../clock.js';
import type { CallOptions } from '../link/caller.js';
import type { ClientSettings } from '../link/options.js';
import {
  ClosedError,
  InvalidReplyError,
  LoginRejectedError,
  NvrRefusedError,
  NvrTimeoutError,
  ReplyTooLargeError,
} from '../errors.js';
import { type LimitName, limits } from '../limits.js';
import { tell } from '../push/tell.js';
import { type RtspTarget, rtspAddress } from './rtsp-address.js';
import { RtspConnection } from './rtsp-connection.js';
import { type Prepared, prepareStream, succeed } from './rtsp-handshake.js';
import { RtspCourse } from './rtp-continuity.js';
import { type RtspPacket, RtspStream } from './rtsp-stream.js';

export type RtspOptions = Pick<CallOptions, 'signal'>;

export interface RtspOpenOptions extends RtspOptions {
  /** Also the video packets that follow missing ones, up to the next keyframe. Default: false. */
  readonly all?: boolean | undefined;
}

/** Where a limit is hit, for who reads of it. */
const RTSP = 'RTSP';

/** The port that the NVR tells (SDK 7.9); `undefined` where its answer lacks it. */
type AskPort = (options: RtspOptions) => Promise<number | undefined>;

/** The streams of one NVR by RTSP: addresses for players, and playback that this process controls. */
export class Rtsp {
  readonly #settings: ClientSettings;
  readonly #askPort: AskPort;
  readonly #streams = new Set<RtspStream>();
  readonly #closing = new AbortController();
  #rejected: LoginRejectedError | undefined;

  /** @internal */
  constructor(settings: ClientSettings, askPort: AskPort) {
    this.#settings = settings;
    this.#askPort = askPort;
  }

  /**
   * Address of a stream for a player (SDK 3.1, 3.3); asks the NVR for its port. A playback without
   * {@link RtspTarget.session} gets a random one.
   *
   * @param options `credentials`: puts user name and password into the address, for players that ask nobody; whoever
   * sees the address then knows them. Default: false
   * @throws {@link InvalidParameterError}; {@link NvrRefusedError} where RTSP is off; what `Nvr.call` throws
   */
  async address(target: RtspTarget, options: RtspOptions & { readonly credentials?: boolean } = {}): Promise<string> {
    const whole = withSession(target);
    // Before the NVR is asked anything.
    rtspAddress(this.#settings.host, 1, whole);
    const port = await this.#port(options);
    return rtspAddress(this.#settings.host, port, whole, options.credentials ? this.#settings : undefined);
  }

  /**
   * Plays a stream over a connection of its own, which carries the commands too (SDK 3.4). RTSP is not encrypted: the
   * password does not show, what is to be seen does.
   *
   * @param packet is handed RTP and RTCP as they come, in the order of each track; after missing packets of video those
   * that need them are left out, unless they are shown one by one or backward
   * @throws {@link LoginRejectedError}, after which no further login is tried; {@link NvrError}, or the signal's reason
   */
  async open(
    target: RtspTarget,
    packet: (packet: RtspPacket) => void,
    { signal, all = false }: RtspOpenOptions = {},
  ): Promise<RtspStream> {
    const either = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
    either.throwIfAborted();
    if (this.#rejected) throw this.#rejected;
    const { host, clock } = this.#settings;
    const whole = withSession(target);
    rtspAddress(host, 1, whole);
    const port = await this.#port({ signal: either });

    const course = new RtspCourse();
    const late = () => {
      this.#settings.limits.hit('rtsp.opening', RTSP, 'a stream does not play and is given up');
      throw new NvrTimeoutError(`RTSP: the stream does not play within ${inSeconds(limits.rtsp.opening)}`);
    };
    const work = (ending: AbortSignal) =>
      this.#start(rtspAddress(host, port, whole), port, packet, { course, all }, ending);
    const { connection, prepared } = await within(clock, limits.rtsp.opening, work, late, either, (opened) =>
      opened.connection.close(),
    );
    const stream = new RtspStream(connection, clock, prepared, target.from !== undefined, course);
    this.#streams.add(stream);
    void stream.ended.then(() => this.#streams.delete(stream));
    return stream;
  }

  async #start(
    address: string,
    port: number,
    packet: (packet: RtspPacket) => void,
    { course, all }: { readonly course: RtspCourse; readonly all: boolean },
    signal: AbortSignal,
  ): Promise<{ readonly connection: RtspConnection; readonly prepared: Prepared }> {
    const { host, clock, logger, limits: counters } = this.#settings;
    const exceeds = (limit: LimitName, what: string) => counters.hit(limit, RTSP, what);
    let prepared: Prepared | undefined;
    const connection = await RtspConnection.open(
      { host, port, clock, login: this.#settings, exceeds },
      ({ channel, data }) => {
        const rtcp = prepared !== undefined && !prepared.tracks.has(channel);
        const track = prepared?.tracks.get(rtcp ? channel - 1 : channel);
        if (!track || (!rtcp && !course.isDecodable(track, data) && !all)) return;
        tell([packet], logger, (listener) => listener({ track, kind: rtcp ? 'rtcp' : 'rtp', data }));
      },
      signal,
    );
    void connection.ended.then((why) => {
      if (!(why instanceof ReplyTooLargeError) || why.limit === undefined) return;
      exceeds(why.limit, 'the connection is closed');
    });
    try {
      prepared = await abortable(prepareStream(connection, address, exceeds), signal);
      const { uri, session } = prepared;
      const play = succeed(connection, { method: 'PLAY', uri, headers: { Session: session.id } });
      await abortable(play, signal);
      signal.throwIfAborted();
    } catch (error) {
      connection.close();
      if (error instanceof LoginRejectedError) this.#rejected = error;
      throw error;
    }
    return { connection, prepared };
  }

  /** Ends every stream. Idempotent. @internal */
  async close(): Promise<void> {
    this.#closing.abort(new ClosedError('the client is closed'));
    await Promise.all([...this.#streams].map((stream) => stream.close()));
  }

  async #port(options: RtspOptions): Promise<number> {
    const port = await this.#askPort(options);
    if (port === undefined) throw new InvalidReplyError('getPort: the NVR does not tell its RTSP port');
    if (port === 0) throw new NvrRefusedError('RTSP', 'it is off (getPort tells port 0)');
    return port;
  }
}

/** The id is a secret: who knows it controls the playback. */
function withSession(target: RtspTarget): RtspTarget {
  return target.from === undefined ? target : { session: randomUUID(), ...target };
}
