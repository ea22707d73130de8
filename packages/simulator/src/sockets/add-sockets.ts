import type { Static, TSchema } from 'typebox';
import { checkMessage } from '../api/check.js';
import { addEventSocket as addEvent, addMetaSocket as addMeta } from '../../../../src/shared/sdk/events.js';
import type { Nvr } from '../nvr/nvr.js';
import { Refusal } from '../nvr/refusal.js';
import type { SocketHandler } from './socket-handler.js';

/** Takes events, one a message, and answers nothing (SDK 4.1). */
export const addEventSocket = taking(addEvent.message, ({ ChannelID, Type, State }, nvr) =>
  nvr.events.throw({ channel: ChannelID, type: Type, state: State }),
);

/** The same with metadata (SDK 4.3). */
export const addMetaSocket = taking(addMeta.message, ({ ChannelID, Type, Data }, nvr) =>
  nvr.meta.throw(ChannelID, Type, Data),
);

/** @param take may throw a {@link Refusal} */
function taking<S extends TSchema>(schema: S, take: (message: Static<S>, nvr: Nvr) => void): SocketHandler {
  return (_, { nvr }) =>
    (socket, refuse) => {
      const receive = (data: unknown) => {
        try {
          take(checkMessage(schema, String(data)) as Static<S>, nvr);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          refuse(error.message);
        }
      };
      socket.on('message', receive);
      return () => socket.off('message', receive);
    };
}
