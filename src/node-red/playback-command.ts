import { InvalidParameterError, type PlaybackSpeed } from '../shared/index.js';

/** What a message tells a playback to do. */
export type PlayerCommand =
  | { readonly do: 'start' }
  | { readonly do: 'play' | 'pause' | 'stop' | 'step' | 'stepBack' | 'backward' }
  /** Negative: backward; a fraction such as 0.25: slower. */
  | { readonly do: 'speed'; readonly speed: number }
  | { readonly do: 'seek'; readonly time: unknown };

const words = {
  start: 'start',
  play: 'play',
  resume: 'play',
  forward: 'play',
  pause: 'pause',
  stop: 'stop',
  step: 'step',
  'step back': 'stepBack',
  backward: 'backward',
} as const;

/** What the driver calls a speed. */
export interface Course {
  readonly direction: 'forward' | 'backward';
  readonly pace: 'normal' | 'fast' | 'slow';
  readonly factor: PlaybackSpeed;
}

/**
 * The command in a message: a word, a word with its value (`speed 4`, `seek yesterday 14:00`), `true` and `false`, or an
 * object (`{ command: 'seek', time }`). Anything else, such as the time that an Inject node sends, starts a playback.
 *
 * @throws InvalidParameterError for a text or an object that is none
 */
export function readCommand(value: unknown): PlayerCommand {
  if (value === false) return { do: 'stop' };
  if (typeof value === 'string' && value.trim() !== '') return ofText(value.trim());
  if (typeof value !== 'object' || value === null || !('command' in value)) return { do: 'start' };
  const { command, speed, time } = value as { command: unknown; speed?: unknown; time?: unknown };
  if (command === 'speed') return { do: 'speed', speed: checkSpeed(speed) };
  if (command === 'seek') return { do: 'seek', time };
  if (typeof command === 'string') return ofText(command.trim());
  throw unknown(command);
}

function ofText(text: string): PlayerCommand {
  const folded = text.toLowerCase();
  if (Object.hasOwn(words, folded)) return { do: words[folded as keyof typeof words] };
  const [, word = '', rest = ''] = /^(\w+)\s+(.{1,64})$/.exec(text) ?? [];
  if (word.toLowerCase() === 'seek') return { do: 'seek', time: rest };
  if (word.toLowerCase() === 'speed') return { do: 'speed', speed: checkSpeed(rest) };
  throw unknown(text.slice(0, 64));
}

/** 4, -2, 0.25, `1/4`, `4x`. @throws InvalidParameterError */
function checkSpeed(value: unknown): number {
  const [, top, bottom = '1'] = /^(-?\d{1,2}(?:\.\d{1,4})?)(?:\/(\d{1,2}))?x?$/.exec(String(value).trim()) ?? [];
  const speed = Number(top) / Number(bottom);
  courseOf(speed);
  return speed;
}

/** @throws InvalidParameterError for a speed that the NVR does not know */
export function courseOf(speed: number): Course {
  const direction = speed < 0 ? 'backward' : 'forward';
  const size = Math.abs(speed);
  const factor = size < 1 ? 1 / size : size;
  if (![1, 2, 4, 8, 16].includes(factor)) {
    throw new InvalidParameterError('speed', 'must be 1, 2, 4, 8 or 16, or one part of that (1/4), or - for backward');
  }
  return { direction, pace: size === 1 ? 'normal' : size > 1 ? 'fast' : 'slow', factor: factor as PlaybackSpeed };
}

function unknown(command: unknown): InvalidParameterError {
  const known = [...Object.keys(words), 'speed 4', 'seek -1h'].join(', ');
  return new InvalidParameterError('command', `"${String(command)}" is none of ${known}`);
}
