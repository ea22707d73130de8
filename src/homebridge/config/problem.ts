import { cleanText, limits, type Said } from '../../shared/internal.js';

/** Stable codes of what can be wrong in the configuration. */
export type ProblemCode = 'MISSING' | 'WRONG_TYPE' | 'OUT_OF_RANGE' | 'INVALID' | 'DUPLICATE' | 'UNKNOWN';

/** Something in the configuration that can't be used as it is written. Never holds a configured value that may be secret. */
export interface Problem {
  readonly code: ProblemCode;
  /** Where: `nvrs[0].host`. */
  readonly path: string;
  /** What the user knows the place by: `NVR 1 "Garage", Address`; absent where it is the whole section. */
  readonly label?: string;
  /** What to do about it. */
  readonly message: string;
  /** The message, taken apart. */
  readonly said: Said;
}

/** As the log has it: `NVR 1 "Garage", Address (nvrs[0].host) is missing: …`. */
export function describeProblem({ path, label, message }: Omit<Problem, 'said'>): string {
  const where = label === undefined ? path : path === '' ? label : `${label} (${path})`;
  return `Configuration: ${where === '' ? 'the section of this plugin' : where} ${message}`;
}

/** The first of them, a line each, and how many more there are: a mistake may be made once for each of thousands of entries. */
export function describeProblems(problems: readonly Omit<Problem, 'said'>[]): string[] {
  const told = problems.slice(0, limits.log.problems);
  const lines = told.map((problem) => cleanText(describeProblem(problem), limits.text.line));
  const more = problems.length - told.length;
  return more === 0 ? lines : [...lines, `Configuration: and ${more} more, which are told once these are mended`];
}
