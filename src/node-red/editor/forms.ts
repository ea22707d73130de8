import type { ActionForm, Forms, FormsDocument } from '../form.js';
import { RED } from './red.js';
import { t, translated } from './texts.js';
import { wholeForms } from './whole-forms.js';

let forms: Forms | undefined;
let actionsById: ReadonlyMap<string, ActionForm> = new Map();

/** What the runtime serves, once it is loaded. */
export const loading: Promise<Forms> = Promise.resolve(
  $.getJSON('everfocus-nvr/forms') as PromiseLike<FormsDocument>,
).then((document) => {
  const data = wholeForms(document);
  forms = data;
  actionsById = new Map(data.actions.map((action) => [action.id, action]));
  drawAnew();
  return data;
});

/** What labels, marks and buttons say comes of the forms: a flow may have been drawn before they came. */
function drawAnew(): void {
  const nodes: object[] = [];
  RED.nodes.eachNode((node) => void (node.type.startsWith('everfocus-') && nodes.push(node)));
  for (const node of nodes) {
    RED.editor.validateNode(node);
    Object.assign(node, { dirty: true, resize: true });
  }
  if (nodes.length > 0) RED.view.redraw();
}

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

export function titleOf({ title, verb }: Pick<ActionForm, 'title' | 'verb'>): string {
  return verb ? `${translated(title)}: ${t(`settings.${verb}`)}` : translated(title);
}

export function descriptionOf({ description }: Pick<ActionForm, 'description'>): string {
  return translated(description);
}
