import { t } from './texts.js';

/** What the runtime serves, once it is loaded. */
let forms;
let actionsById = new Map();

export const loading = $.getJSON('everfocus-nvr/forms').then((data) => {
  forms = data;
  actionsById = new Map(data.actions.map((action) => [action.id, action]));
  return data;
});

/** Actions that the picker of a node type offers. */
export function actionsOf(type) {
  return (forms?.pickers[type] ?? []).map((id) => actionsById.get(id));
}

export function findAction(type, id) {
  return forms?.pickers[type]?.includes(id) ? actionsById.get(id) : undefined;
}

/** The entry of the picker that leaves the operation to the message. */
export function byMessage() {
  return forms.byMessage;
}

export function titleOf({ id, title }) {
  return t(`operations.${id}.title`, title);
}

export function descriptionOf({ id, description }) {
  return t(`operations.${id}.description`, description);
}
