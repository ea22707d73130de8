import { InvalidParameterError } from '../errors.js';

/** A range of time; numbers are ms since 1970-01-01 UTC. */
export interface TimeRange {
  readonly from: Date | number;
  /** Not included. */
  readonly to: Date | number;
}

/** The whole seconds that a range touches. @throws {@link InvalidParameterError} */
export function secondsOf({ from, to }: TimeRange): { readonly from: number; readonly to: number } {
  const range = { from: Math.floor(Number(from) / 1000), to: Math.ceil(Number(to) / 1000) };
  if (!(range.from >= 0)) throw new InvalidParameterError('from', 'must be a time after 1970');
  if (!(range.to > range.from && range.to < Infinity)) throw new InvalidParameterError('to', 'must be after "from"');
  return range;
}
