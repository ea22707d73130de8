import { sendMessage } from './send-message.js';
import type { SocketHandler } from './socket-handler.js';

/** Every event that is thrown (SDK 4.2). */
export const eventHook: SocketHandler =
  (_, { nvr, faults }) =>
  (socket) =>
    nvr.events.listen(({ channel, type, state }) =>
      sendMessage(socket, { ChannelID: channel, Type: type, State: state }, faults),
    );
