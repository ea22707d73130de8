import type { WebSocket } from 'ws';
import type { FaultSettings } from '../faults/fault-table.js';
import { sloppy } from '../faults/reply-faults.js';

/** Sends a hook's message as JSON text, as the faults have it. */
export function sendMessage(socket: WebSocket, message: unknown, faults: FaultSettings): void {
  if (!faults.halfOpenSockets) socket.send(JSON.stringify(sloppy(message, faults)));
}
