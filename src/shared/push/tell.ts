import type { Logger } from '../logger.js';

/** Tells each listener; one that throws is logged and hurts neither the others nor the connection. */
export function tell<Listener>(
  listeners: Iterable<Listener>,
  logger: Logger,
  action: (listener: Listener) => void,
): void {
  for (const listener of [...listeners]) {
    try {
      action(listener);
    } catch (error) {
      logger.error(`a listener failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
}
