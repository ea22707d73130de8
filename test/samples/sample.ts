import type { OperationId } from '../../src/shared/sdk/index.js';

/** An example of the SDK document: one request and its reply, artefacts (smart quotes, trailing commas) repaired. */
export interface Sample {
  readonly operation: OperationId;
  /** What a caller hands over. */
  readonly params?: Parameters;
  /** What must travel: query in the order of the document, and the body. */
  readonly query?: string;
  readonly body?: unknown;
  /** What the document has the NVR answer. Left out where the document shows none; bytes for pictures and clips. */
  readonly reply?: unknown;
  /** What the caller gets, where that is not the reply itself. */
  readonly decoded?: unknown;
  /** Calls that must go before on the simulator, such as adding what is then deleted. */
  readonly before?: readonly { readonly operation: OperationId; readonly params?: Parameters }[];
  /** Path of a WebSocket that must be open at the simulator. */
  readonly socket?: string;
  /** Parameters for the simulator (4 cameras, as it starts) where the sample's own do not fit it. */
  readonly simulated?: Parameters | ((repliesBefore: readonly unknown[]) => Parameters);
}

type Parameters = Readonly<Record<string, unknown>>;
