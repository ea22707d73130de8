import type { nvrByMessage as Stored } from '../find-nvr.js';
import type { allNvrs as StoredForAll } from '../every-nvr.js';
import { type Property, RED } from './red.js';
import { t } from './texts.js';

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
  // Node-RED's own buttons have tooltips, and no names.
  $('#node-input-btn-nvr-edit').attr('aria-label', t('form.editNvr'));
  $('#node-input-btn-nvr-add').attr('aria-label', t('form.addNvr'));
  const only = node.nvr === '' ? onlyNvr(node.z) : undefined;
  if (only !== undefined) select().val(only).trigger('change');
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
