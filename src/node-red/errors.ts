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
