import type { nvrByMessage as Stored } from '../find-nvr.js';
import type { allNvrs as StoredForAll } from '../every-nvr.js';
import { addNvrs } from './add-nvrs.js';
import { prepareFind } from './find.js';
import { fillFirstNvr, firstField, noNvr, typedFirstNvr } from './first-nvr.js';
import { type Property, RED } from './red.js';
import { row, t } from './texts.js';

/** The NVR comes with the message. */
export const nvrByMessage: typeof Stored = 'msg.nvr';

/** All that are deployed. */
export const allNvrs: typeof StoredForAll = '*';

/** Ids of the NVRs that a flow can use. */
function nvrsOf(flow: unknown): string[] {
  const ids: string[] = [];
  RED.nodes.eachConfig(({ id, type, z }) => {
    if (type === 'everfocus-nvr' && (!z || z === flow)) ids.push(id);
  });
  return ids;
}

/** The one NVR that there is. */
function onlyNvr(flow: unknown): string | undefined {
  const [only, other] = nvrsOf(flow);
  return other === undefined ? only : undefined;
}

/** What a node that is new on the canvas does: nobody should have to choose from one. */
export function chooseOnlyNvr(this: { nvr: string; readonly z?: unknown }): void {
  if (this.nvr === '') this.nvr = onlyNvr(this.z) ?? '';
}

/** The property `nvr` of a node that may leave it to each message. */
export const nvrProperty: Property<{ nvr: string }, string> = {
  value: '',
  type: 'everfocus-nvr',
  required: true,
  // Node-RED itself would look for a configuration node of that id.
  validate(nvr, _options) {
    if (nvr === nvrByMessage || nvr === allNvrs) return true;
    // What is typed below the row will be added.
    if (nvr === noNvr && typedFirstNvr()) return true;
    const node = nvr ? RED.nodes.node(nvr) : undefined;
    return (node !== null && node !== undefined && node['valid'] !== false) || t('form.nvrWrong');
  },
};

const select = () => $<HTMLSelectElement>('#node-input-nvr');

/**
 * Prepares the row of the NVR: the one that there is is chosen, and one more entry offered.
 *
 * @param offered what there is to choose besides: the NVR of each message, for sources all of them, or nothing
 */
export function prepareNvrRow(
  node: { nvr: string; readonly z?: unknown },
  offered: typeof nvrByMessage | typeof allNvrs | false = nvrByMessage,
): void {
  // Node-RED's own buttons have tooltips, no names, and are not reached by keyboard.
  for (const [name, text] of [
    ['edit', t('form.editNvr')],
    ['add', t('form.addNvr')],
  ] as const) {
    $(`#node-input-btn-nvr-${name}`)
      .attr({ role: 'button', tabindex: 0, 'aria-label': text })
      .on('keydown', ({ key, currentTarget }) => void (key === 'Enter' && $(currentTarget).trigger('click')));
  }
  const only = node.nvr === '' ? onlyNvr(node.z) : undefined;
  if (only !== undefined) select().val(only).trigger('change');
  if (nvrsOf(node.z).length === 0) addFirstNvr();
  if (offered === false) return;
  const text = offered === allNvrs ? t('form.allNvrs') : t('form.nvrByMessage');
  const offer = () => {
    if (
      select()
        .find('option')
        .filter((_, option) => $(option).val() === offered).length > 0
    )
      return;
    // For the editor's buttons it is like an environment variable: nothing to be edited.
    $('<option>').val(offered).text(text).data('env', offered).appendTo(select());
  };
  offer();
  if (node.nvr === offered) select().val(offered).trigger('change');
  const [element] = select();
  // Whenever an NVR was added or renamed, Node-RED fills the list anew.
  if (element) new MutationObserver(offer).observe(element, { childList: true });
}

/** Rows for the first NVR of a flow, as far as most need them: its own form has the rest. */
function addFirstNvr(): void {
  const button = $('<button type="button" class="red-ui-button">');
  const place = $('<div class="everfocus-result">');
  const rows = ['host', 'username', 'password'].map((name) => {
    const id = `everfocus-first-${name}`;
    const [type, autocomplete] = name === 'password' ? ['password', 'new-password'] : ['text', 'off'];
    const label = $('<label>')
      .attr('for', id)
      .text(t(`nvr.${name}`));
    return row().append(label, ' ', $('<input>').attr({ id, type, autocomplete }));
  });
  rows[0]?.addClass('everfocus-find').append(' ', button, place);
  const block = $('<div id="everfocus-first">').append(rows).insertAfter(select().closest('.form-row'));
  firstField('username').val('admin');
  const host = firstField('host');
  const find = prepareFind({
    ...{ button, place, password: firstField('password') },
    // Of this form: another may be open when the search has ended.
    isFree: () => host.val() === '',
    fill: (device) => void fillFirstNvr(host, device),
  });
  const show = () => block.toggle(select().val() === noNvr && select().find('option').first().val() === noNvr);
  select().on('change', show);
  show();
  // What asks the NVR asks what is typed by now.
  block.on('change', () => void select().trigger('change'));
  find();
}

/** Makes an NVR of what was typed into the rows for the first one: called when the form is done. */
export function keepFirstNvr(): void {
  const nvr = select().val() === noNvr ? typedFirstNvr() : undefined;
  if (nvr) select().val(addNvrs([nvr])[0] ?? noNvr);
}
