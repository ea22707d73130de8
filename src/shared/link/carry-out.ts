import { OutcomeUnknownError } from '../errors.js';
import type { LimitName } from '../limits.js';
import type { Operation } from '../sdk/declaration.js';
import { lookBefore, lostAnswer } from '../wire/read-back.js';
import { buildRequest } from '../wire/request.js';
import { askInParts } from '../wire/splitting.js';

type Fields = Readonly<Record<string, unknown>>;

export interface CarryOutMeans {
  /** Makes one call. */
  readonly ask: (operation: Operation, params: Fields) => Promise<unknown>;
  /** ms since 1970 UTC */
  readonly wall: () => number;
  readonly warn: (problem: string) => void;
  readonly exceeds: (limit: LimitName, what: string) => void;
}

/**
 * Carries out an operation as its declaration has it: in parts where the NVR would cut the answer off, and with a look at
 * what it set where the answer was lost.
 */
export async function carryOut(
  operation: Operation,
  params: Fields,
  { ask, wall, warn, exceeds }: CarryOutMeans,
): Promise<unknown> {
  const { split } = operation;
  if (split) {
    // Parts of what does not fit may fit, or be none at all.
    buildRequest(operation, params);
    return askInParts(split, params, { ask: (part) => ask(operation, part), wall, warn, exceeds });
  }
  const before = await lookBefore(operation, params, ask);
  try {
    return await ask(operation, params);
  } catch (error) {
    if (!(error instanceof OutcomeUnknownError)) throw error;
    const answer = await lostAnswer(operation, params, before, ask);
    if (!answer) throw error;
    return answer;
  }
}
