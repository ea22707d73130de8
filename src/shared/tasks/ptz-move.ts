import type { ClosesAfter, NvrCalls } from '../link/caller.js';
import { buildRequest } from '../wire/request.js';
import { InvalidParameterError } from '../errors.js';
import type { Operation } from '../sdk/declaration.js';
import { panLeft, panRight, stopMove, tiltDown, tiltUp, zoomIn, zoomOut } from '../sdk/ptz.js';
import { runTimed, type TimedOptions } from './dead-man.js';

/** Named after the operations. */
export type PtzDirection = 'tiltUp' | 'tiltDown' | 'panLeft' | 'panRight' | 'zoomIn' | 'zoomOut';

const moves = { tiltUp, tiltDown, panLeft, panRight, zoomIn, zoomOut } as const satisfies Record<
  PtzDirection,
  Operation
>;

/** ms; a day, far below what a timer can hold */
const MAX_DURATION = 86_400_000;

export interface PtzMove {
  /** From 1. */
  readonly channel: number;
  readonly direction: PtzDirection;
  /** ms, 1–86,400,000 */
  readonly duration: number;
  /** Default: 0.5. */
  readonly speed?: number | undefined;
}

/**
 * Moves a camera for some time (SDK 2.9). Whatever happens, a stop is sent: also where the move fails or its answer is
 * lost, and where the signal or the end of the client cuts it short. A later move of the same camera takes over: the
 * earlier one resolves then, and the camera is stopped once. Resolves when the NVR has confirmed the stop.
 *
 * @throws `OUTCOME_UNKNOWN` where the camera may still be moving, before any other; `INVALID_PARAMETER` before anything
 *   is sent; what `call` throws; or the signal's reason
 */
export async function movePtz(
  client: NvrCalls & ClosesAfter,
  move: PtzMove,
  options: TimedOptions = {},
): Promise<void> {
  checkMove(move);
  const { channel, direction, duration } = move;
  await runTimed(
    client,
    {
      subject: `the camera of channel ${channel}`,
      danger: 'may still be moving',
      duration,
      begin: (callOptions) => client.call(moves[direction], paramsOf(move), callOptions),
      end: (callOptions) => client.call(stopMove, { ChannelID: channel }, callOptions),
    },
    options,
  );
}

/** A move that cannot be sent must not end another one. @throws {@link InvalidParameterError} */
function checkMove(move: PtzMove): void {
  const { direction, duration } = move;
  if (!Object.hasOwn(moves, direction)) {
    throw new InvalidParameterError('direction', `must be one of ${Object.keys(moves).join(', ')}`);
  }
  if (!(duration >= 1 && duration <= MAX_DURATION)) {
    throw new InvalidParameterError('duration', `must be from 1 to ${MAX_DURATION}, ms`);
  }
  buildRequest(moves[direction], paramsOf(move));
}

function paramsOf({ channel, speed }: PtzMove) {
  return { ChannelID: channel, ...(speed !== undefined && { speed }) };
}
