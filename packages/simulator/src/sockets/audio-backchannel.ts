import { Refusal } from '../nvr/refusal.js';
import { Loudspeaker } from '../talk/loudspeaker.js';
import type { SocketHandler } from './socket-handler.js';

/** Sound towards a camera, or towards the NVR itself (SDK 3.2). */
export const audioBackchannel: SocketHandler = ({ ChannelID = 0 }, { nvr, faults, clock }) => {
  const channel = Number(ChannelID);
  if (channel !== 0) nvr.cameras.online(channel);
  nvr.talks.checkFree(channel);
  return (socket, refuse) => {
    const end = nvr.talks.begin(channel);
    const loudspeaker = new Loudspeaker(nvr.talks.record(channel), clock);
    socket.on('message', (data, binary) => {
      try {
        if (!binary) throw new Refusal('talk is binary');
        loudspeaker.take(data as Buffer);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refuse(error.message);
      }
    });
    if (faults.rejectTalk) socket.close();
    return end;
  };
};
