import type { Static } from 'typebox';
import { type ParameterProblem, Type, defineOperation, defineSocket, status } from './declaration.js';
import { ChannelID, StreamID, epochSeconds, maybe } from './fields.js';

/** What a playback can be told to do (3.4, 3.5). */
const CommandName = Type.Enum(
  [
    'stop',
    'play',
    'pause',
    'forward',
    'backward',
    'fast_forward',
    'fast_backward',
    'slow_forward',
    'slow_backward',
    'step_forward',
    'step_backward',
    'seek',
  ],
  { title: 'Command', description: 'What the playback shall do.' },
);

/** The command as it travels: the text message of 3.4 and the body of 3.5 are the same. */
const command = Type.Object({
  command: CommandName,
  time: maybe(
    Type.Integer({
      ...epochSeconds('Time', 'With "seek" only: it shows the picture of that time and then pauses.'),
      neededWith: { command: ['seek'] },
    }),
  ),
  speed: maybe(
    Type.Enum([1, 2, 4, 8, 16], {
      title: 'Speed',
      description: 'With the "fast_" and "slow_" commands only: how many times faster, or slower, than real time.',
    }),
  ),
});

/** A command to a playback. */
export type PlaybackCommand = Static<typeof command>;

/** Time belongs to "seek", which needs it; speed to the fast and slow commands. */
export function misfit({ command, time, speed }: PlaybackCommand): ParameterProblem | undefined {
  if (command === 'seek' && time === undefined) return { path: 'time', problem: 'is required with the command seek' };
  if (command !== 'seek' && time !== undefined) return { path: 'time', problem: 'goes with the command seek only' };
  if (speed === undefined || /^(fast|slow)_/.test(command)) return undefined;
  return { path: 'speed', problem: 'goes with the commands fast_… and slow_… only' };
}

const session = Type.String({
  minLength: 1,
  title: 'Session',
  description: 'Unique text that the client made up when it opened the playback. Who knows it controls the playback.',
});

export const playback = defineSocket({
  id: 'playback',
  section: '3.3',
  title: 'Playback',
  description: 'Recorded video and audio as frames, like live ones. Commands (3.4) are sent as text messages.',
  path: '/playback/{ChannelID}/{StreamID}',
  pathParameters: Type.Object({ ChannelID, StreamID }),
  query: Type.Object({ time: epochSeconds('Start', 'Where the playback starts.'), session }),
  traffic: 'frames-in-messages-out',
  message: command,
  check: misfit,
});

export const playbackControl = defineOperation({
  id: 'playbackControl',
  section: '3.5',
  title: 'Control a playback',
  description: 'Plays, pauses, winds, steps or seeks in a playback that is running.',
  domain: 'recording',
  method: 'POST',
  path: '/device/playbackControl',
  query: Type.Object({ session }),
  body: command,
  check: misfit,
  reply: status,
  effect: 'write',
});

export const playbackOperations = { playbackControl } as const;

export const playbackSockets = { playback } as const;
