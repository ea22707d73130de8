import type { NodeStatus } from 'node-red';
import type { Clock, Timer } from '../../../shared/index.js';
import { failureStatus } from '../../status.js';

/** ms between two looks: a stream must not become a storm of editor messages. */
const PACE = 1000;
/** Looks without a picture after which none is coming. */
const PATIENCE = 5;

/** Keeps the status of a live node true: pictures a second, what was left out, who watches. */
export class LiveMonitor {
  readonly #show: (status: NodeStatus) => void;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #runs = false;
  #failure: string | undefined;
  #viewers = 0;
  #pictures = 0;
  #dropped = 0;
  #empty = 0;
  #fps: number | undefined;
  #shown = '';

  constructor(show: (status: NodeStatus) => void, clock: Clock) {
    this.#show = show;
    this.#clock = clock;
    this.#update();
  }

  /** Pictures that were left out since the deploy. */
  get dropped(): number {
    return this.#dropped;
  }

  started(): void {
    this.#runs = true;
    this.#failure = undefined;
    this.#fps = undefined;
    this.#empty = 0;
    this.#pictures = 0;
    this.#timer?.cancel();
    this.#timer = this.#clock.after(PACE, () => this.#look());
    this.#update();
  }

  stopped(): void {
    this.#runs = false;
    this.#timer?.cancel();
    this.#update();
  }

  /** @param code of what keeps it from going on */
  failed(code: string): void {
    this.#failure = code;
    this.#update();
  }

  /** A picture has come. */
  picture(): void {
    this.#pictures += 1;
  }

  drop(): void {
    this.#dropped += 1;
  }

  watched(viewers: number): void {
    this.#viewers = viewers;
    if (!this.#runs) this.#update();
  }

  /** Shows nothing any more. */
  close(): void {
    this.#timer?.cancel();
    this.#shown = 'closed';
  }

  #look(): void {
    this.#timer = this.#clock.after(PACE, () => this.#look());
    this.#empty = this.#pictures > 0 ? 0 : this.#empty + 1;
    if (this.#pictures > 0) this.#failure = undefined;
    this.#fps = this.#empty >= PATIENCE ? undefined : this.#pictures;
    this.#pictures = 0;
    this.#update();
  }

  #update(): void {
    if (this.#shown === 'closed') return;
    const status = this.#status;
    const shown = JSON.stringify(status);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#show(status);
  }

  get #status(): NodeStatus {
    const watching = this.#viewers > 0 ? `${this.#viewers} watching` : '';
    if (this.#failure !== undefined) return failureStatus(this.#failure);
    if (!this.#runs) return { fill: watching ? 'green' : 'grey', shape: 'ring', text: watching || 'stopped' };
    if (this.#fps === undefined) return { fill: 'yellow', shape: 'ring', text: 'connecting' };
    const dropped = this.#dropped > 0 ? `${this.#dropped} dropped` : '';
    return { fill: 'green', shape: 'dot', text: [`${this.#fps} fps`, dropped, watching].filter(Boolean).join(', ') };
  }
}
