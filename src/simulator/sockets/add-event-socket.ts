import { checkBody } from '../api/check.js';
import { addEventSocket as declaration } from '../../shared/sdk/events.js';
import type { ThrownEvent } from '../nvr/events.js';
import { Refusal } from '../nvr/refusal.js';
import type { SocketHandler } from './socket-handler.js';

interface Message {
  readonly ChannelID: number;
  readonly Type: string;
  readonly State: ThrownEvent['state'];
}

/** Takes events, one a message, and answers nothing (SDK 4.1). */
export const addEventSocket: SocketHandler =
  (_, { nvr }) =>
  (socket, refuse) => {
    const take = (data: unknown) => {
      try {
        const { ChannelID, Type, State } = checkBody(declaration.message, String(data)) as Message;
        nvr.events.throw({ channel: ChannelID, type: Type, state: State });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refuse(error.message);
      }
    };
    socket.on('message', take);
    return () => socket.off('message', take);
  };
