import type { Timer } from '../../../../src/shared/clock.js';
import { channelStatus } from '../handlers/cameras.js';
import { sendMessage } from './send-message.js';
import type { SocketHandler } from './socket-handler.js';

/** Status of all channels, sent at every full second (SDK 2.8). */
export const cameraStatusHook: SocketHandler =
  (_, { nvr, faults, clock }) =>
  (socket) => {
    let timer: Timer;
    const wait = () => {
      timer = clock.after(1000 - (clock.wall() % 1000), () => {
        sendMessage(socket, channelStatus(nvr), faults);
        wait();
      });
    };
    wait();
    return () => timer.cancel();
  };
