import { InvalidParameterError } from '../errors.js';
import type { PlaybackCommand } from '../sdk/playback.js';

export type Direction = 'forward' | 'backward';

/** ms without a frame that are normal: recorders have keyframes every 10 s and more, and backward shows only those. */
const SILENCE = { forward: 10_000, backward: 30_000 };
/** A number of ms below this is a time before 1973: surely seconds were meant. */
const FIRST_MILLISECONDS = 1e11;

/** Which way the pictures go that a command brings; `undefined` where it brings none, or any. */
export function directionOf({ command }: PlaybackCommand): Direction | undefined {
  switch (command) {
    case 'play':
    case 'forward':
    case 'fast_forward':
    case 'slow_forward':
    case 'step_forward':
      return 'forward';
    case 'backward':
    case 'fast_backward':
    case 'slow_backward':
    case 'step_backward':
      return 'backward';
    case 'stop':
    case 'pause':
    case 'seek':
      return undefined;
  }
}

/** Whether pictures keep coming after that command. */
export function moves(command: PlaybackCommand): boolean {
  return directionOf(command) !== undefined && !command.command.startsWith('step_');
}

/**
 * Whether each picture that comes after that command needs the one before it. What is stepped to, sought, or shown
 * backward is a picture by itself, or never could be decoded: a lost one changes nothing.
 */
export function followsOn(command: PlaybackCommand): boolean {
  return directionOf(command) !== 'backward' && !command.command.startsWith('step_') && command.command !== 'seek';
}

/** The command that changes nothing after that one. */
export function continuing(command: PlaybackCommand): PlaybackCommand {
  return moves(command) ? command : { command: 'pause' };
}

/** ms without a frame after which something is to be said; `undefined` where silence is normal. */
export function silenceLimit(command: PlaybackCommand): number | undefined {
  if (!moves(command)) return undefined;
  const slowness = command.command.startsWith('slow_') ? (command.speed ?? 16) : 1;
  return SILENCE[directionOf(command) ?? 'forward'] * slowness;
}

/**
 * Whole seconds since 1970 UTC, as the NVR wants them.
 * @param time a Date, or ms since 1970 UTC
 * @throws {@link InvalidParameterError}
 */
export function secondsOf(name: string, time: Date | number): number {
  const ms = Number(time);
  if (!Number.isFinite(ms) || ms < 0) throw new InvalidParameterError(name, 'must be a time');
  if (ms < FIRST_MILLISECONDS) throw new InvalidParameterError(name, 'must be in ms since 1970, not in seconds');
  return Math.floor(ms / 1000);
}
