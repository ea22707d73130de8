import type { WebSocket } from 'ws';
import type { FaultSettings } from '../faults/fault-table.js';
import { sloppy } from '../faults/reply-faults.js';

/** bytes that may wait for a client; one that does not read is cut off */
const MAX_WAITING = 8 * 1024 * 1024;

/** Whether a client takes nothing: what is sent to it fills the memory. */
export function isDeaf({ bufferedAmount }: Pick<WebSocket, 'bufferedAmount'>): boolean {
  return bufferedAmount > MAX_WAITING;
}

/** Sends a hook's message as JSON text, as the faults have it. */
export function sendMessage(socket: WebSocket, message: unknown, faults: FaultSettings): void {
  if (faults.halfOpenSockets) return;
  if (isDeaf(socket)) socket.terminate();
  else socket.send(JSON.stringify(sloppy(message, faults)));
}
