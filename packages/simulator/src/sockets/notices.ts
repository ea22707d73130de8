import { sendMessage } from './send-message.js';
import type { SocketHandler } from './socket-handler.js';

/** What goes wrong at the NVR itself, as an array of one (SDK 10.13). */
export const exceptionListen: SocketHandler =
  (_, { nvr, faults }) =>
  (socket) =>
    nvr.notices.listen('exception', (exception) => sendMessage(socket, [exception], faults));

/** Changes of settings, as an array of one (SDK 10.14). */
export const messageListen: SocketHandler =
  (_, { nvr, faults }) =>
  (socket) =>
    nvr.notices.listen('message', (message) => sendMessage(socket, [message], faults));
