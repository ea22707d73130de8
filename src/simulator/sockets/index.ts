import type { SocketId } from '../api/routes.js';
import { addEventSocket } from './add-event-socket.js';
import { cameraStatusHook } from './camera-status-hook.js';
import { eventHook } from './event-hook.js';
import { live } from './live.js';
import type { SocketHandler } from './socket-handler.js';

/** What lives at each WebSocket path, by the id of its declaration. */
export const socketHandlers: Readonly<Record<SocketId, SocketHandler>> = {
  addEventSocket,
  cameraStatusHook,
  eventHook,
  live,
};
