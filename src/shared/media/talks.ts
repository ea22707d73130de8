import { abortable } from '../clock.js';
import { socketPath } from '../wire/request.js';
import type { OpenSocket } from '../link/socket-connector.js';
import { BusyError, InvalidParameterError, type NvrError } from '../errors.js';
import { type SocketEnvironment, tellUnheard } from '../link/reconnecting-socket.js';
import { audioBackchannel } from '../sdk/streaming.js';
import { Talk } from './talk.js';

/** A camera by its channel (from 1), or the NVR's own loudspeaker. */
export type TalkTarget = number | 'nvr';

/** The talks of one client: one at a time with each target. */
export class Talks {
  readonly #environment: SocketEnvironment;
  readonly #owner: AbortSignal;
  readonly #busy = new Set<TalkTarget>();

  /** @param owner ends all talks when it is aborted */
  constructor(environment: SocketEnvironment, owner: AbortSignal) {
    this.#environment = environment;
    this.#owner = owner;
  }

  /** @throws `INVALID_PARAMETER`, `BUSY`, `CLOSED`, errors of the connection, or the signal's reason */
  async open(target: TalkTarget, signal?: AbortSignal): Promise<Talk> {
    const path = socketPath(audioBackchannel, { ChannelID: channelOf(target) });
    const either = signal ? AbortSignal.any([signal, this.#owner]) : this.#owner;
    either.throwIfAborted();
    const name = target === 'nvr' ? 'talk with the NVR' : `talk with channel ${target}`;
    if (this.#busy.has(target)) throw new BusyError(`${name}: is going on already`);
    this.#busy.add(target);
    const release = () => void this.#busy.delete(target);
    const { promise, resolve, reject } = Promise.withResolvers<Talk>();
    const opened = (socket: OpenSocket) => {
      if (!either.aborted) return resolve(new Talk(name, socket, this.#environment.clock, either, release));
      socket.terminate();
    };
    const triedAt = this.#environment.clock.now();
    const connected = this.#environment.connect(path, { opened, message: () => undefined }, either);
    abortable(connected, either).catch((error: unknown) => {
      if (!either.aborted) tellUnheard(this.#environment, path, triedAt, error as NvrError);
      reject(error);
    });
    promise.catch(release);
    return promise;
  }
}

/** @returns `undefined` for the NVR itself: only whoever asks for it may speak there */
function channelOf(target: TalkTarget): number | undefined {
  if (target === 'nvr') return undefined;
  if (typeof target === 'number') return target;
  throw new InvalidParameterError('target', 'must be the number of a channel, or "nvr"');
}
