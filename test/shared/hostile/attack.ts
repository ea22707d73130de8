import type { OperationId } from '../../../src/shared/sdk/index.js';

/** The call that the attacked process is to make. */
export interface Attack {
  readonly operation: OperationId | 'raw';
  readonly params?: Readonly<Record<string, unknown>>;
}

/** What the message says that comes last, in the words of each hook. */
export const LAST = { ChannelID: 4000, Type: 'last', State: 'once', exception: 'last', message: 'last' } as const;

/** What came of it. */
export interface Damage {
  /** `a reply`, the code of an error, or what must not be. */
  readonly outcome: string;
  /** ms of work at a time, in which nobody else has a turn. */
  readonly blocked: number;
  /** MB beyond what the process had before. */
  readonly memory: number;
  /** What it wrote into the log. */
  readonly lines: readonly string[];
}
