import { Refusal } from '../nvr/refusal.js';
import type { SocketHandler } from './socket-handler.js';

/** Live video and audio (SDK 3.1). */
export const live: SocketHandler = ({ ChannelID, StreamID }, { nvr, media }) => {
  const stream = media.stream(Number(ChannelID), Number(StreamID));
  if (!stream) throw new Refusal(`ChannelID=${String(ChannelID)}: no such channel`);
  return (socket) => {
    stream.add(socket);
    const forget = nvr.cameras.onLeave((channel) => {
      if (channel === ChannelID) socket.close();
    });
    return () => {
      forget();
      stream.remove(socket);
    };
  };
};
