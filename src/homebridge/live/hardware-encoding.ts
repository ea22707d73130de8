import type { Clock, Logger } from '../../shared/index.js';
import {
  type Children,
  type Ffmpeg,
  firstProven,
  type HardwareEncoder,
  hardwareEncoders,
  PROVEN_AT_ONCE,
} from '../../shared/ffmpeg/index.js';

/** One that has failed is left alone for so long. ms */
export const LEFT_ALONE = 3_600_000;

/** What a host could encode by, best first. */
export type Candidates = (encoders: ReadonlySet<string>) => readonly HardwareEncoder[];

export interface HardwareProof {
  readonly ffmpeg: Ffmpeg;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

const ofHosts = new WeakMap<Children, HardwareEncoding>();

/** The encoder by hardware of a host, if it has one that has been proven. Its cameras share it. */
export class HardwareEncoding {
  readonly #candidates: Candidates;
  #encoder: HardwareEncoder | undefined;
  /** A proof has come to its end. */
  #settled = false;
  #proving = false;
  /** Calls off the proof that is to come, or is running. */
  #comingProof: AbortController | undefined;
  #notBefore = -Infinity;
  #running = 0;

  constructor(candidates: Candidates = hardwareEncoders) {
    this.#candidates = candidates;
  }

  /** @param candidates of a host that is not known yet */
  static of(children: Children, candidates?: Candidates): HardwareEncoding {
    const known = ofHosts.get(children);
    if (known) return known;
    const hardware = new HardwareEncoding(candidates);
    ofHosts.set(children, hardware);
    return hardware;
  }

  /** For one more stream; whoever takes it gives it back. `undefined`: software it is. */
  take(): HardwareEncoder | undefined {
    if (!this.#encoder || this.#running >= PROVEN_AT_ONCE) return undefined;
    this.#running += 1;
    return this.#encoder;
  }

  giveBack(): void {
    this.#running -= 1;
  }

  /** It ended in mid-stream, or gave nothing: it is not used, and not proven again, for an hour. */
  failed(now: number): void {
    this.#encoder = undefined;
    this.#settled = false;
    this.#notBefore = now + LEFT_ALONE;
  }

  /** Nothing is known of it yet. */
  isUnknown(now: number): boolean {
    return !this.#settled && now >= this.#notBefore;
  }

  /**
   * Proves in `ms` what there is, in place of what was to be proven before.
   *
   * @returns once that is done or called off: no process is left then
   */
  async proveIn(ms: number, proof: HardwareProof): Promise<void> {
    this.callOff();
    const calledOff = (this.#comingProof = new AbortController());
    const signal = AbortSignal.any([proof.signal, calledOff.signal]);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    let proving: Promise<void> | undefined;
    const timer = proof.clock.after(ms, () => {
      proving = this.prove({ ...proof, signal });
      resolve(undefined);
    });
    signal.addEventListener('abort', () => {
      timer.cancel();
      resolve(undefined);
    });
    await promise;
    await proving;
  }

  /** A stream is to be converted: nothing is proven beside it. */
  callOff(): void {
    this.#comingProof?.abort();
  }

  /** Proves what there is, unless that was done. Never rejects; where it is aborted, nothing is known as before. */
  async prove(proof: HardwareProof): Promise<void> {
    if (this.#proving || !this.isUnknown(proof.clock.now())) return;
    this.#proving = true;
    this.#settled = await this.#tryEach(proof);
    this.#proving = false;
  }

  /** @returns whether it came to its end */
  async #tryEach({ ffmpeg, clock, logger, signal }: HardwareProof): Promise<boolean> {
    const candidates = this.#candidates(ffmpeg.encoders);
    const encoder = await firstProven(candidates, { ffmpeg, clock, signal }, ({ name }, fault) =>
      logger.debug(`encoder ${name} is not used: ${fault}`),
    );
    if (signal.aborted) return false;
    this.#encoder = encoder;
    if (encoder) logger.info(`live views that must be converted are encoded by hardware from now on (${encoder.name})`);
    return true;
  }
}
