import { cleanText, limits } from '../shared/internal.js';

/** Stable codes of what the palette itself refuses; the driver's errors carry their own. */
export type FlowErrorCode =
  'AMBIGUOUS_NVR' | 'CONFIRMATION_REQUIRED' | 'INVALID_OUTPUT' | 'NEWER_VERSION' | 'NOT_CONFIGURED' | 'UNKNOWN_NVR';

/** The flow or its configuration must change before the node can do its work. Nothing was sent. */
export class FlowError extends Error {
  override readonly name = 'FlowError';

  constructor(
    readonly code: FlowErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** The stable code of anything that was thrown; `ERROR` where it has none. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'ERROR';
}

/** What was thrown as an error; JSONata throws plain objects with a message. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new Error(thrown instanceof Object && 'message' in thrown ? String(thrown.message) : String(thrown));
}

/** Whether an error says itself what it is. */
export function isCoded(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string';
}

/** What was thrown as an error with a code, by which Catch nodes go, and one line of bounded length. */
export function codedError(thrown: unknown): Error {
  const error = asError(thrown);
  const message = cleanText(error.message, limits.text.line);
  if (isCoded(error) && message === error.message) return error;
  return Object.assign(new Error(message, { cause: error }), { code: codeOf(error) });
}
