import { Refusal } from '../nvr/refusal.js';
import { type Handlers, done } from './handler.js';

export const playback: Pick<Handlers, 'playbackControl'> = {
  playbackControl: ({ session, ...command }, { nvr, faults }) => {
    if (faults.textControlOnly) throw new Refusal('not supported');
    nvr.playbacks.control(session, command);
    return done();
  },
};
