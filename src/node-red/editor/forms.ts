import type { ActionForm, Forms } from '../form.js';
import { t } from './texts.js';

let forms: Forms | undefined;
let actionsById: ReadonlyMap<string, ActionForm> = new Map();

/** What the runtime serves, once it is loaded. */
export const loading: Promise<Forms> = Promise.resolve($.getJSON('everfocus-nvr/forms') as PromiseLike<Forms>).then(
  (data) => {
    forms = data;
    actionsById = new Map(data.actions.map((action) => [action.id, action]));
    return data;
  },
);

/** Actions that the picker of a node type offers. */
export function actionsOf(type: string): readonly ActionForm[] {
  return (forms?.pickers[type] ?? []).flatMap((id) => actionsById.get(id) ?? []);
}

export function findAction(type: string, id: string): ActionForm | undefined {
  return forms?.pickers[type]?.includes(id) ? actionsById.get(id) : undefined;
}

/** The entry of the picker that leaves the operation to the message. */
export function byMessage(): Forms['byMessage'] {
  return forms?.byMessage ?? { id: '', parameters: [] };
}

export function titleOf({ id, title }: Pick<ActionForm, 'id' | 'title'>): string {
  return t(`operations.${id}.title`, title);
}

export function descriptionOf({ id, description }: Pick<ActionForm, 'id' | 'description'>): string {
  return t(`operations.${id}.description`, description);
}
