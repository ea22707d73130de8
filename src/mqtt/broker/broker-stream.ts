import type { Socket } from 'node:net';
import type { Clock } from '../../shared/index.js';
import { type LimitCounters, limits, type Portion, PortionedStream } from '../../shared/internal.js';
import { PacketGuard } from './packet-guard.js';

export interface BrokerStreamOptions {
  readonly clock: Clock;
  readonly limits: LimitCounters;
}

/** Packets that are dealt with before others have their turn. */
const PORTION = 500;

/** Where a limit is hit, for who reads of it. */
export const BROKER = 'the broker';

/**
 * A connection to the broker as the MQTT library sees it: only what a broker may send, in portions between which everything
 * else has its turn, and no faster than can be dealt with: beyond, the broker has to wait.
 */
export class BrokerStream extends PortionedStream {
  readonly #options: BrokerStreamOptions;
  readonly #guard = new PacketGuard(limits.broker.packet);
  /** Packets that may still be handed on at once, and when that was. */
  #credit: number = limits.broker.packets;
  #creditAt: number;

  constructor(socket: Socket, options: BrokerStreamOptions) {
    super(socket);
    this.#options = options;
    this.#creditAt = options.clock.now();
  }

  protected override portion(chunk: Buffer, from: number): Portion | undefined {
    const { packet, packets: burst, packetsPerSecond } = limits.broker;
    const { clock, limits: counters } = this.#options;
    const next = this.#guard.next(chunk, from, PORTION);
    if (!next) {
      counters.hit('broker.packet', BROKER, 'the connection is given up');
      this.destroy(new Error(`the broker sends what no broker may, or a packet of more than ${packet} bytes`));
      return undefined;
    }
    const now = clock.now();
    this.#credit = Math.min(burst, this.#credit + ((now - this.#creditAt) / 1000) * packetsPerSecond) - next.packets;
    this.#creditAt = now;
    if (this.#credit < 0) counters.hit('broker.packets', BROKER, 'packets come faster than they can be dealt with');
    return { end: next.end, pause: Math.max(0, (-this.#credit / packetsPerSecond) * 1000) };
  }

  protected override later(pause: number, then: () => void): () => void {
    const timer = this.#options.clock.after(pause, then);
    return () => timer.cancel();
  }
}
