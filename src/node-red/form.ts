import { sockets } from '../shared/index.js';
import { EventState } from '../shared/sdk/events.js';
import type { Action } from './actions/action.js';
import { byMessage, messageParameters } from './actions/choose.js';
import { actionsByType } from './actions/index.js';

/** An action as the editor needs it: a JSON document. */
export type ActionForm = Omit<Action, 'run'>;

/** Everything that the editor builds its forms and help tables from. */
export interface Forms {
  /** The pickers' entries, by node type. */
  readonly actions: Readonly<Record<string, readonly ActionForm[]>>;
  /** What the picker offers besides: the operation comes with the message. */
  readonly byMessage: { readonly id: string; readonly parameters: Action['parameters'] };
  readonly events: { readonly states: readonly string[]; readonly types: readonly string[] };
}

/** The forms of the whole palette, from the operation declarations. */
export function forms(): Forms {
  const { examples } = sockets.eventHook.message.properties.Type as { examples?: readonly string[] };
  return {
    actions: Object.fromEntries(
      Object.entries(actionsByType).map(([type, actions]) => [type, actions.map((action) => formOf(action))]),
    ),
    byMessage: { id: byMessage, parameters: [messageParameters] },
    events: { states: EventState.enum, types: examples ?? [] },
  };
}

function formOf({ run: _run, ...form }: Action): ActionForm {
  return form;
}
