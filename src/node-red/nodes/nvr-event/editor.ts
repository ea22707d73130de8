import { colours } from '../../editor/call-node.js';
import { chips, heardChips } from '../../editor/chips.js';
import { loading } from '../../editor/forms.js';
import { allNvrs, chooseOnlyNvr, keepFirstNvr, nvrProperty, prepareNvrRow } from '../../editor/nvr-row.js';
import { field } from '../../editor/fields.js';
import type { EditedNode, NodeType } from '../../editor/red.js';
import { note, t, translated } from '../../editor/texts.js';

interface NvrEventConfig {
  name: string;
  nvr: string;
  kinds: string;
  types: string;
  initial: boolean;
  version: number;
}

function prepare(node: EditedNode<NvrEventConfig>): void {
  for (const name of ['kinds', 'types', 'initial']) $(`label[for="node-input-${name}"]`).text(t(`nvr-event.${name}`));
  field('kinds').attr('placeholder', t('nvr-event.kindsHint'));
  field('types')
    .attr('placeholder', t('nvr-event.typesHint'))
    .after(note(t('nvr-event.typesNote')));
  prepareNvrRow(node, allNvrs);
  heardChips($('#everfocus-types'), field('types'), { list: 'nvr-event', none: t('nvr-event.noTypes') });
  void loading.then(({ nvrKinds }) => {
    const listed = nvrKinds.map((kind) => ({ value: kind, label: kindLabel(kind) }));
    chips($('#everfocus-kinds'), field('kinds'), listed);
  });
}

function kindLabel(kind: string): string {
  return t(`nvr-event.kind_${kind}`, kind);
}

export default {
  category: 'EverFocus',
  color: colours.hook,
  icon: 'everfocus-nvr-event.svg',
  inputs: 0,
  outputs: 1,
  paletteLabel: 'NVR event',
  words: 'recorder lost found disk hdd alarm doorbell input error health status message metadata',
  defaults: {
    name: { value: '' },
    nvr: nvrProperty,
    kinds: { value: 'connection, disk, exception' },
    types: { value: '' },
    initial: { value: false },
    version: { value: 1 },
  },
  label() {
    const kinds = (this.kinds ?? '').split(',').flatMap((kind) => (kind.trim() === '' ? [] : [kindLabel(kind.trim())]));
    return this.name || (kinds.length > 0 ? `NVR: ${kinds.join(', ')}` : translated('NVR event'));
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  onadd: chooseOnlyNvr,
  oneditprepare() {
    prepare(this);
  },
  oneditsave() {
    keepFirstNvr();
    this.version = 1;
  },
} satisfies NodeType<NvrEventConfig>;
