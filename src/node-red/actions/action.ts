import type { TSchema } from 'typebox';
import type { Nvr } from '../../shared/index.js';
import type { Effect, Reply } from '../../shared/sdk/index.js';

/** One parameter of an action: one row of its form. */
export interface Parameter {
  readonly name: string;
  readonly schema: TSchema;
  readonly required: boolean;
}

/** The node that makes a call, as far as an action needs it. */
export interface Caller {
  /** What goes on after the reply belongs to it. */
  readonly node: object;
  /** Where files are that have no full path, as of Node-RED's own file nodes. */
  readonly folder: string;
  /** A message before the reply, or long after it. */
  send(msg: Record<string, unknown>): void;
  /** What the status says while something goes on; `undefined`: nothing does any more. */
  show(text: string | undefined): void;
  /** What went on after the reply failed: for Catch nodes. */
  fail(error: unknown): void;
}

/** What an action can tell besides its reply. */
export interface ActionCall extends Caller {
  /** What messages call the NVR. */
  readonly nvr: string;
  /** Adds to `msg.everfocus`, or says it better than the node knows. */
  note(fields: object): void;
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
  /** What is done with the settings that the title names. */
  readonly verb?: 'read' | 'change' | 'restore';
  /** What else a search finds it by. */
  readonly keywords?: string;
  /** Groups the entries of a picker. */
  readonly domain: string;
  readonly effect: Effect;
  /** Refused unless the node's confirm box is ticked. */
  readonly needsConfirmation: boolean;
  /** It leaves something behind, or goes on after its reply: it is nothing to be tried out of a form. */
  readonly onlyInFlow?: true;
  readonly parameters: readonly Parameter[];
  /** Shape of the reply, where it is known. */
  readonly reply?: Reply;
  /** @param signal ends with the node, not with the call: what goes on after the reply may keep it */
  readonly run: (
    client: Nvr,
    params: Record<string, unknown>,
    signal: AbortSignal,
    call: ActionCall,
  ) => Promise<unknown>;
}

/** Whether the editor may run an action out of its form: it reads, and what it answers with is no download. */
export function isTried({ effect, needsConfirmation, onlyInFlow, reply }: Omit<Action, 'run' | 'parameters'>): boolean {
  return effect === 'read' && !needsConfirmation && !onlyInFlow && reply?.as !== 'stream' && reply?.as !== 'file';
}
