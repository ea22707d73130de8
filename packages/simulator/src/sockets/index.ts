import type { SocketId } from '../api/routes.js';
import { addEventSocket, addMetaSocket } from './add-sockets.js';
import { audioBackchannel } from './audio-backchannel.js';
import { cameraStatusHook } from './camera-status-hook.js';
import { eventHook, metaHook } from './event-hooks.js';
import { live } from './live.js';
import { exceptionListen, messageListen } from './notices.js';
import { playback } from './playback.js';
import type { SocketHandler } from './socket-handler.js';

/** What lives at each WebSocket path, by the id of its declaration. */
export const socketHandlers: Readonly<Record<SocketId, SocketHandler>> = {
  addEventSocket,
  addMetaSocket,
  audioBackchannel,
  cameraStatusHook,
  eventHook,
  exceptionListen,
  live,
  messageListen,
  metaHook,
  playback,
};
