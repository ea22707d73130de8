import { playback as declaration, type PlaybackCommand } from '../../../../src/shared/sdk/playback.js';
import { checkMessage } from '../api/check.js';
import { Refusal } from '../nvr/refusal.js';
import { PlaybackSocket } from '../playback/playback-socket.js';
import { Player } from '../playback/player.js';
import { Tape } from '../playback/tape.js';
import type { SocketHandler } from './socket-handler.js';

/** Recorded video and audio, controlled by text messages (SDK 3.3, 3.4). */
export const playback: SocketHandler = ({ ChannelID, StreamID, time, session }, { nvr, media, faults, clock }) => {
  const source = media.source(Number(ChannelID), Number(StreamID));
  if (!source) throw new Refusal(`ChannelID=${String(ChannelID)}: no such channel`);
  nvr.playbacks.checkFree(String(session));
  const tape = new Tape(source, nvr.recordings);
  const [first] = tape.groupAt(Number(time));
  return (socket, refuse) => {
    const player = new Player(tape, first, new PlaybackSocket(socket, faults), clock);
    const forget = nvr.playbacks.add(String(session), {
      do(command) {
        player.do(command);
        if (command.command === 'stop' && faults.stopClosesPlayback) socket.close();
      },
    });
    socket.on('message', (data, binary) => {
      try {
        if (binary) throw new Refusal('commands are text');
        const command = checkMessage(declaration.message, (data as Buffer).toString()) as PlaybackCommand;
        nvr.playbacks.control(String(session), command);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refuse(error.message);
      }
    });
    player.start();
    return () => {
      forget();
      player.close();
    };
  };
};
