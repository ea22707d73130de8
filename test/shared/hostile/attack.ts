import type { OperationId } from '../../../src/shared/sdk/index.js';

/** What the attacked process is to do: a call, or to listen for a while. */
export type Attack =
  | { readonly operation: OperationId | 'raw'; readonly params?: Readonly<Record<string, unknown>> }
  | { readonly seconds: number };

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
