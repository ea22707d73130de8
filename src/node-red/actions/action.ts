import type { TSchema } from 'typebox';
import type { Nvr } from '../../shared/index.js';
import type { Effect, Reply } from '../../shared/sdk/index.js';

/** One parameter of an action: one row of its form. */
export interface Parameter {
  readonly name: string;
  readonly schema: TSchema;
  readonly required: boolean;
}

/** What an action can tell besides its reply. */
export interface ActionCall {
  /** Adds to `msg.everfocus`, or says it better than the node knows. */
  note(fields: Readonly<Record<string, unknown>>): void;
}

/** Something that a call node can do: one entry of its picker. */
export interface Action {
  readonly id: string;
  /** Section of the SDK document, where it is one of its operations. */
  readonly section?: string;
  readonly title: string;
  readonly description: string;
  /** Words besides that people search for it with. */
  readonly words?: string;
  /** Groups the entries of a picker. */
  readonly domain: string;
  readonly effect: Effect;
  /** Refused unless the node's confirm box is ticked. */
  readonly needsConfirmation: boolean;
  readonly parameters: readonly Parameter[];
  /** Shape of the reply, where it is known. */
  readonly reply?: Reply;
  readonly run: (
    client: Nvr,
    params: Record<string, unknown>,
    signal: AbortSignal,
    call: ActionCall,
  ) => Promise<unknown>;
}
