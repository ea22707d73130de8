import type { Clock, Nvr } from '../../shared/index.js';
import { limits } from '../../shared/internal.js';
import type { Incoming } from '../broker/broker.js';
import type { AllowedCommands } from '../config/read.js';
import type { CommandTarget } from '../topics.js';
import { CommandGate } from './command-gate.js';
import { carryOut, failureOf, type Outcome, outcomeWithoutReply, readCommand } from './commands.js';

export interface CommandHandlerOptions {
  readonly allowed: AllowedCommands;
  readonly clock: Clock;
  /** Ends what is under way. */
  readonly signal: AbortSignal;
  /** Takes a picture and publishes it. */
  readonly snapshot: (channel: number) => Promise<void>;
  readonly publish: (outcome: string) => void;
  readonly warn: (line: string) => void;
}

/** What comes to one NVR's topics of commands: looked at, carried out, and its outcome told. */
export class CommandHandler {
  readonly #nvr: Nvr;
  readonly #options: CommandHandlerOptions;
  readonly #gate: CommandGate;

  constructor(nvr: Nvr, options: CommandHandlerOptions) {
    this.#nvr = nvr;
    this.#options = options;
    this.#gate = new CommandGate(options.clock);
  }

  /** @param base what the NVR's topics begin with */
  take(base: string, target: CommandTarget, { topic, payload, retained, stale }: Incoming): void {
    const { allowed, clock, signal, snapshot, warn } = this.#options;
    if (!this.#gate.admits()) {
      this.#nvr.limits.hit('broker.commands', topic, 'commands are passed over');
      return;
    }
    const reading = readCommand({ target, payload, retained, stale }, allowed);
    const command = topic.slice(base.length + 1);
    const about = { id: reading.id, time: new Date(clock.wall()).toISOString(), command };
    if ('refused' in reading) {
      if (reading.limit) this.#nvr.limits.hit(reading.limit, topic, 'commands are refused');
      warn(`a command to ${command} is refused: it ${reading.refused}`);
      this.#tell({ ...about, ok: false, code: 'REFUSED', message: reading.refused });
      return;
    }
    const pins = this.#nvr.state.pins?.outputs;
    if (target.is === 'output' && pins && !pins.includes(target.pin)) {
      this.#tell({ ...about, ok: false, code: 'REFUSED', message: 'is no alarm output of the NVR' });
      return;
    }
    const work = this.#gate.begin();
    if (!work) {
      this.#nvr.limits.hit('broker.underWay', topic, 'commands are refused');
      this.#tell({ ...about, ok: false, code: 'BUSY', message: 'too many commands are under way' });
      return;
    }
    work(() => carryOut(this.#nvr, reading.command, snapshot, signal)).then(
      (reply) => this.#tell({ ...about, ok: true, reply }),
      (error: unknown) => {
        if (!signal.aborted) this.#tell({ ...about, ...failureOf(error) });
      },
    );
  }

  #tell(outcome: Outcome): void {
    const whole = JSON.stringify(outcome);
    const isTooLong = whole.length > limits.broker.outcome;
    if (isTooLong) this.#nvr.limits.hit('broker.outcome', outcome.command, 'its reply is left out');
    this.#options.publish(isTooLong ? outcomeWithoutReply(outcome, whole.length) : whole);
  }
}
