import { sockets } from '../shared/index.js';
import { closed, EventState } from '../shared/sdk/index.js';
import type { Action, Parameter } from './actions/action.js';
import { byMessage, messageParameters } from './actions/choose.js';
import { actionsByType } from './actions/index.js';
import { kinds } from './nodes/camera-event/wanted.js';
import { nvrKinds } from './nodes/nvr-event/wanted.js';
import { exampleText } from './rows/example.js';

/** A parameter as the editor needs it. */
export interface ParameterForm extends Parameter {
  /** As its row would hold it. */
  readonly example?: string | undefined;
}

/** An action as the editor needs it: a JSON document. */
export interface ActionForm extends Omit<Action, 'run' | 'parameters'> {
  readonly parameters: readonly ParameterForm[];
}

/** Everything that the editor builds its forms and help tables from. */
export interface Forms {
  readonly actions: readonly ActionForm[];
  /** Ids of the pickers' entries, by node type. */
  readonly pickers: Readonly<Record<string, readonly string[]>>;
  /** What the picker offers besides: the operation comes with the message. */
  readonly byMessage: { readonly id: string; readonly parameters: readonly ParameterForm[] };
  readonly events: {
    readonly states: readonly string[];
    readonly types: readonly string[];
    /** What messages call the types that every NVR knows, and the changes of a camera's status. */
    readonly kinds: readonly string[];
  };
  /** What an NVR event is of. */
  readonly nvrKinds: readonly string[];
}

/** The forms of the whole palette, from the operation declarations. */
export function forms(): Forms {
  const { examples } = sockets.eventHook.message.properties.Type as { examples?: readonly string[] };
  return {
    actions: [...new Set<Action>(Object.values(actionsByType).flat())].map((action) => formOf(action)),
    pickers: Object.fromEntries(
      Object.entries(actionsByType).map(([type, actions]) => [type, actions.map(({ id }) => id)]),
    ),
    byMessage: { id: byMessage, parameters: [messageParameters] },
    events: { states: EventState.enum, types: examples ?? [], kinds: Object.keys(kinds) },
    nvrKinds,
  };
}

function formOf({ run: _run, parameters, ...form }: Action): ActionForm {
  return {
    ...form,
    parameters: parameters.map((parameter) => ({
      ...parameter,
      // The editor checks with it, so it is what the driver will check with.
      schema: closed(parameter.schema),
      example: exampleText(parameter.schema),
    })),
  };
}
