import type { NodeStatus } from 'node-red';
import { callStatus } from './status.js';

/** Keeps the status of a call node true to the calls under way. */
export class CallMonitor {
  #pending = 0;
  #operation = '';
  #failure: string | undefined;
  #idle: NodeStatus = {};
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

  /** Shows nothing any more. */
  close(): void {
    this.#closed = true;
  }

  #update(): void {
    if (this.#closed) return;
    const [pending, operation, failure] = [this.#pending, this.#operation, this.#failure];
    this.show(pending === 0 && failure === undefined ? this.#idle : callStatus({ pending, operation, failure }));
  }
}
