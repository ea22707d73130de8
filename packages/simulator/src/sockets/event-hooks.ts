import { sendMessage } from './send-message.js';
import type { SocketHandler } from './socket-handler.js';

/** Every event that is thrown (SDK 4.2). */
export const eventHook: SocketHandler =
  (_, { nvr, faults }) =>
  (socket) =>
    nvr.events.listen(({ channel, type, state }) =>
      sendMessage(socket, { ChannelID: channel, Type: type, State: state }, faults),
    );

/** All metadata that are thrown (SDK 4.4). */
export const metaHook: SocketHandler =
  (_, { nvr, faults }) =>
  (socket) =>
    nvr.meta.listen(({ channel, type, data }) =>
      sendMessage(socket, { ChannelID: channel, Type: type, Data: data }, faults),
    );
