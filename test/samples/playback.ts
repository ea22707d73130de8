import type { Sample } from './sample.js';

/** 3.5 describes its fields only. */
const session = 'c1f0e8b2a4';
/** Two hours ago the simulator recorded, or soon after. */
const socket = `/playback/1/0?time=${Math.floor(Date.now() / 1000) - 7200}&session=${session}`;

export const playbackSamples: readonly Sample[] = [
  {
    operation: 'playbackControl',
    params: { session, command: 'seek', time: 1568000000 },
    query: `session=${session}`,
    body: { command: 'seek', time: 1568000000 },
    socket,
    reply: { Result: 'OK' },
  },
  {
    operation: 'playbackControl',
    params: { session, command: 'fast_backward', speed: 16 },
    query: `session=${session}`,
    body: { command: 'fast_backward', speed: 16 },
    socket,
    reply: { Result: 'OK' },
  },
];
