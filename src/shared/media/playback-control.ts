import type { NvrCalls } from '../link/caller.js';
import { buildMessage } from '../wire/request.js';
import type { DialectMemory } from '../link/dialect.js';
import { NvrRefusedError } from '../errors.js';
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
  readonly #logger: Logger;

  constructor(nvr: NvrCalls, dialect: DialectMemory, logger: Logger) {
    this.#nvr = nvr;
    this.#dialect = dialect;
    this.#logger = logger;
  }

  /**
   * @param present what the playback does anyway: tells whether it is the command or HTTP that the NVR refuses
   * @throws `NVR_REFUSED` for what the NVR will not do, and whatever a write may end with
   */
  async command(target: ControlTarget, command: PlaybackCommand, present: PlaybackCommand): Promise<void> {
    const { playbackControl: path } = await this.#dialect.recall();
    if (path === 'text') return this.text(target, command);
    try {
      await this.#post(target, command);
    } catch (error) {
      if (!(error instanceof NvrRefusedError) || path === 'http' || (await this.#obeys(target, present))) throw error;
      await this.text(target, command);
      await this.#dialect.learn({ playbackControl: 'text' });
      this.#logger.info('the NVR does not control playback over HTTP: it is told by text messages, unacknowledged');
    }
  }

  /** Unacknowledged (SDK 3.4). */
  async text(target: ControlTarget, command: PlaybackCommand): Promise<void> {
    await target.send(buildMessage(playback, command));
  }

  async #obeys(target: ControlTarget, present: PlaybackCommand): Promise<boolean> {
    try {
      await this.#post(target, present);
      return true;
    } catch (error) {
      if (error instanceof NvrRefusedError) return false;
      throw error;
    }
  }

  async #post({ session }: ControlTarget, command: PlaybackCommand): Promise<void> {
    await this.#nvr.call(playbackControl, { session, ...command });
    await this.#dialect.learn({ playbackControl: 'http' });
  }
}
