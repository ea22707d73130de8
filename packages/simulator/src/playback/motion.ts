import type { PlaybackCommand } from '../../../../src/shared/sdk/playback.js';

/** How a playback moves. */
export interface Motion {
  readonly direction: 1 | -1;
  /** Recorded time to real time. */
  readonly speed: number;
  /** Backward, and from 4-fold speed on, only keyframes are shown. */
  readonly keyframesOnly: boolean;
  /** Sound is heard at its natural speed only. */
  readonly sound: boolean;
}

/** Where the document names no speed. */
const DEFAULT_SPEED = 2;
const KEYFRAMES_FROM = 4;

export const NORMAL = forward(1);

/** What a command makes the playback do from now on; `undefined`: it stands still. */
export function motionAfter({ command, speed = DEFAULT_SPEED }: PlaybackCommand): Motion | undefined {
  switch (command) {
    case 'play':
    case 'forward':
      return NORMAL;
    case 'fast_forward':
      return forward(speed);
    case 'slow_forward':
      return forward(1 / speed);
    case 'backward':
      return backward(1);
    case 'fast_backward':
      return backward(speed);
    case 'slow_backward':
      return backward(1 / speed);
    default:
      return undefined;
  }
}

function forward(speed: number): Motion {
  return { direction: 1, speed, keyframesOnly: speed >= KEYFRAMES_FROM, sound: speed === 1 };
}

function backward(speed: number): Motion {
  return { direction: -1, speed, keyframesOnly: true, sound: false };
}
