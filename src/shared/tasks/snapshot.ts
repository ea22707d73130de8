import { type Clock, sleep } from '../clock.js';
import { ClosedError, InvalidReplyError, NvrRefusedError } from '../errors.js';
import type { CallOptions, NvrCalls } from '../link/caller.js';
import type { ClosingTasks } from '../link/closing-tasks.js';
import type { Logger } from '../logger.js';
import { deleteSnapshot, downloadSnapshot, getSnapshot } from '../sdk/snapshots.js';

/** ms before each further try to fetch a picture that the NVR has named and does not hand out. */
const WRITING = [500, 1500];
/** Pictures for which an NVR that never handed one out is waited for. */
const PATIENCE = 3;

export interface SnapshotsEnvironment {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly closing: Pick<ClosingTasks, 'add'>;
}

/**
 * Fresh pictures as JPEG, by the NVR's own means (SDK 3.6, 3.9), which leave a file on its disk: it is deleted, also where
 * the client closes meanwhile (3.8). "Ask server to get snapshot" does not promise that the file is there with the answer:
 * a while is given to it.
 */
export class Snapshots {
  readonly #client: NvrCalls;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #leaving = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  /** Whether the NVR ever handed out a picture. */
  #given = false;
  /** Pictures that were waited for in vain. */
  #inVain = 0;

  constructor(client: NvrCalls, { clock, logger, closing }: SnapshotsEnvironment) {
    this.#client = client;
    this.#clock = clock;
    this.#logger = logger;
    closing.add(() => this.#finish());
  }

  async take(channel: number, options: CallOptions): Promise<Buffer> {
    return this.#keep(this.#take(channel, options));
  }

  async #take(channel: number, options: CallOptions): Promise<Buffer> {
    const { snapshotPath } = await this.#client.call(getSnapshot, { ChannelID: channel }, options);
    checkSnapshotPath('getSnapshot', snapshotPath);
    const signals = [this.#leaving.signal, ...(options.signal ? [options.signal] : [])];
    try {
      return await this.#fetch(snapshotPath, { ...options, signal: AbortSignal.any(signals) });
    } finally {
      // Nobody waits for it: a picture that is here must not be held up by the deletion of its file.
      void this.#keep(this.#tidy(snapshotPath));
    }
  }

  async #fetch(snapshot: string, options: CallOptions): Promise<Buffer> {
    const waits = this.#given || this.#inVain < PATIENCE ? [...WRITING] : [];
    for (;;) {
      try {
        const jpeg = await this.#client.call(downloadSnapshot, { snapshot }, options);
        this.#given = true;
        return jpeg;
      } catch (error) {
        if (!(error instanceof NvrRefusedError || error instanceof InvalidReplyError)) throw error;
        const wait = waits.shift();
        if (wait === undefined) {
          this.#inVain += 1;
          throw error;
        }
        await sleep(this.#clock, wait, options.signal);
      }
    }
  }

  async #tidy(snapshotPath: string): Promise<void> {
    try {
      await this.#client.call(deleteSnapshot, { snapshotPath });
    } catch (error) {
      this.#logger.warn(`a snapshot stays on the NVR (${snapshotPath}): ${String(error)}`);
    }
  }

  #keep<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    const done = () => this.#underWay.delete(work);
    work.then(done, done);
    return work;
  }

  /** Waits no more, and resolves when no file is left. */
  async #finish(): Promise<void> {
    this.#leaving.abort(new ClosedError('the client is closed'));
    // Whoever gives up a picture has its file to delete.
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }
}

/** @throws {@link InvalidReplyError} where the path that the NVR named can be none of a picture */
export function checkSnapshotPath(operation: string, path: string): void {
  if (path !== '' && !path.split(/[/\\]/).includes('..')) return;
  throw new InvalidReplyError(`${operation}: the NVR named a path that is none: ${path.slice(0, 80)}`);
}
