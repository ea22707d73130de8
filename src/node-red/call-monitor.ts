import type { NodeStatus } from 'node-red';
import { callStatus } from './status.js';

/** Keeps the status of a call node true to the calls under way. */
export class CallMonitor {
  #pending = 0;
  #operation = '';
  #failure: string | undefined;
  #idle: NodeStatus = {};
  #activity: string | undefined;
  #closed = false;

  constructor(private readonly show: (status: NodeStatus) => void) {}

  /** Whether a call is under way. */
  get isBusy(): boolean {
    return this.#pending > 0;
  }

  begun(operation: string): void {
    this.#pending += 1;
    this.#operation = operation;
    this.#failure = undefined;
    this.#update();
  }

  /** @param failure code of the error; absent where the call succeeded */
  ended(failure?: string): void {
    this.#pending -= 1;
    this.#failure = failure;
    this.#update();
  }

  /** What is shown while there is nothing to do, such as the state of a pin. */
  idle(status: NodeStatus): void {
    this.#idle = status;
    this.#update();
  }

  /** What goes on, during a call or after it; `undefined`: nothing does any more. */
  goesOn(activity: string | undefined): void {
    this.#activity = activity;
    if (activity !== undefined) this.#failure = undefined;
    this.#update();
  }

  /** What went on after a call failed. @param failure code of the error */
  failed(failure: string): void {
    this.#failure = failure;
    this.#update();
  }

  /** Shows nothing any more. */
  close(): void {
    this.#closed = true;
  }

  #update(): void {
    if (this.#closed) return;
    const [pending, operation, failure, activity] = [this.#pending, this.#operation, this.#failure, this.#activity];
    const isIdle = pending === 0 && failure === undefined && activity === undefined;
    this.show(isIdle ? this.#idle : callStatus({ pending, operation, failure, activity }));
  }
}
