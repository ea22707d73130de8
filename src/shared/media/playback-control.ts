import { type Clock, within } from '../clock.js';
import type { NvrCalls } from '../link/caller.js';
import { buildMessage } from '../wire/request.js';
import type { DialectMemory } from '../link/dialect.js';
import { NvrRefusedError, OutcomeUnknownError } from '../errors.js';
import type { Logger } from '../logger.js';
import { playback, playbackControl, type PlaybackCommand } from '../sdk/playback.js';

/** What a command needs to reach its playback. */
export interface ControlTarget {
  /** Of the open connection. */
  readonly session: string;
  /** Sends a text message over the playback's own socket. */
  send(text: string): Promise<void>;
}

/**
 * Sends commands to playbacks. HTTP (SDK 3.5) is acknowledged, so it comes first; an NVR that knows the text messages
 * of 3.4 only is remembered. One for each NVR.
 */
export class PlaybackControl {
  readonly #nvr: NvrCalls;
  readonly #dialect: DialectMemory;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(nvr: NvrCalls, dialect: DialectMemory, clock: Clock, logger: Logger) {
    this.#nvr = nvr;
    this.#clock = clock;
    this.#dialect = dialect;
    this.#logger = logger;
  }

  /**
   * @param present what the playback does anyway: tells whether it is the command or HTTP that the NVR refuses
   * @param remaining ms that it may still take
   * @throws `NVR_REFUSED` for what the NVR will not do, and whatever a write may end with
   */
  async command(
    target: ControlTarget,
    command: PlaybackCommand,
    present: PlaybackCommand,
    remaining: () => number,
  ): Promise<void> {
    const { playbackControl: path } = await this.#dialect.recall();
    if (path === 'text') return this.text(target, command, remaining());
    try {
      await this.#post(target, command, remaining());
    } catch (error) {
      if (!(error instanceof NvrRefusedError) || path === 'http') throw error;
      if (await this.#obeys(target, present, remaining())) throw error;
      await this.text(target, command, remaining());
      await this.#dialect.learn({ playbackControl: 'text' });
      this.#logger.info('the NVR does not control playback over HTTP: it is told by text messages, unacknowledged');
    }
  }

  /**
   * Unacknowledged (SDK 3.4).
   *
   * @param limit ms
   */
  async text(target: ControlTarget, command: PlaybackCommand, limit: number): Promise<void> {
    await within(this.#clock, limit, target.send(buildMessage(playback, command)), () => {
      throw new OutcomeUnknownError(`playback command ${command.command}: the network did not take it in time`);
    });
  }

  async #obeys(target: ControlTarget, present: PlaybackCommand, limit: number): Promise<boolean> {
    try {
      await this.#post(target, present, limit);
      return true;
    } catch (error) {
      if (error instanceof NvrRefusedError) return false;
      throw error;
    }
  }

  async #post({ session }: ControlTarget, command: PlaybackCommand, timeout: number): Promise<void> {
    await this.#nvr.call(playbackControl, { session, ...command }, { timeout });
    await this.#dialect.learn({ playbackControl: 'http' });
  }
}
