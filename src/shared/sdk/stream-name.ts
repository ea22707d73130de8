import { InvalidParameterError } from '../errors.js';

/** `main` is stream 0 of the document, `sub` stream 1. */
export type StreamName = 'main' | 'sub';

/** The number by which sockets and clips know a stream (SDK 3.1, 3.3, 9.12). @throws {@link InvalidParameterError} */
export function streamNumber(stream: StreamName): 0 | 1 {
  if (stream === 'main') return 0;
  if (stream === 'sub') return 1;
  throw new InvalidParameterError('stream', 'must be main or sub');
}
