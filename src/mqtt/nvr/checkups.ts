import { type Clock, type Disk, type Nvr, type Timer } from '../../shared/index.js';
import { type Checkup, checkUp, proveRecording, type RecordingProof, toldDisk } from './health.js';

/** ms between two looks at clock, certificate and logins. */
const CHECKUP = 10 * 60_000;
/** Record maps are read each so many times only. */
const PROOF = 6;
/** ms in which several changes of it are told as one. */
const PAUSE = 5000;

/** What the driver counted of an NVR. */
export interface EventCounts {
  readonly received: number;
  readonly dropped: number;
}

export interface CheckupsOptions {
  readonly clock: Clock;
  readonly https: boolean;
  /** Whose recordings are proven. */
  readonly channels: () => readonly number[];
  readonly counts: () => EventCounts;
  readonly publish: (health: string) => void;
}

/** The health of one NVR: asked for now and then, and told when it is another. */
export class Checkups {
  readonly #nvr: Nvr;
  readonly #options: CheckupsOptions;
  readonly #end = new AbortController();
  /** None: not read yet. */
  #disks: readonly Disk[] | undefined;
  #checkup: Checkup = {};
  #recording: RecordingProof | undefined;
  #turn = 0;
  #timer: Timer | undefined;
  #telling: Timer | undefined;

  constructor(nvr: Nvr, options: CheckupsOptions) {
    this.#nvr = nvr;
    this.#options = options;
  }

  /** Begins; called again it does nothing. */
  start(): void {
    if (!this.#timer) void this.#check();
  }

  disks(disks: readonly Disk[]): void {
    this.#disks = disks;
    this.tell();
  }

  /** Something of it is another. */
  tell(): void {
    this.#telling ??= this.#options.clock.after(PAUSE, () => this.#tell());
  }

  stop(): void {
    this.#end.abort();
    this.#timer?.cancel();
    this.#telling?.cancel();
  }

  async #check(): Promise<void> {
    const { clock, https, channels } = this.#options;
    const { signal } = this.#end;
    this.#timer = clock.after(CHECKUP, () => void this.#check());
    if (this.#nvr.state.connection.is !== 'connected') return;
    const checkup = await checkUp(this.#nvr, clock, https, signal).catch(() => undefined);
    if (signal.aborted) return;
    this.#checkup = checkup ?? {};
    const all = channels();
    if (this.#turn % PROOF === 0 && all.length > 0) {
      // A user without the right to search has no proof; nor does a recorder that cannot be asked just now.
      this.#recording = await proveRecording(this.#nvr, all, clock, this.#checkup.clockAhead ?? 0, signal).catch(
        () => undefined,
      );
      if (signal.aborted) return;
    }
    if (all.length > 0) this.#turn += 1;
    this.#tell();
  }

  #tell(): void {
    this.#telling?.cancel();
    this.#telling = undefined;
    const { clock, counts, publish } = this.#options;
    const health = {
      time: new Date(clock.wall()).toISOString(),
      ...(this.#disks && { disks: this.#disks.map(toldDisk) }),
      ...this.#checkup,
      ...(this.#recording && { recording: this.#recording }),
      events: counts(),
      limits: this.#nvr.limits.hits.map(({ limit, count }) => ({ limit, count })),
    };
    publish(JSON.stringify(health));
  }
}
