import { colours } from '../../editor/call-node.js';
import { chips, heardChips, listedChips } from '../../editor/chips.js';
import { loading } from '../../editor/forms.js';
import { allNvrs, chooseOnlyNvr, keepFirstNvr, nvrProperty, prepareNvrRow } from '../../editor/nvr-row.js';
import { field } from '../../editor/fields.js';
import { type EditedNode, isDeployed, type NodeType } from '../../editor/red.js';
import { note, t, translated } from '../../editor/texts.js';

interface NvrEventConfig {
  name: string;
  nvr: string;
  kinds: string;
  types: string;
  alarmInputs: string;
  initial: boolean;
  version: number;
}

/** What a new node sends. */
const usualKinds = 'connection, disk, exception';

/** Who names inputs wants their messages: those of a new node alone, where nobody has chosen kinds. */
function wantInputs(isNew: boolean): void {
  const kinds = String(field('kinds').val());
  if (field('alarmInputs').val() === '' || kinds.trim() === '' || /\binput\b/i.test(kinds)) return;
  const others = isNew && kinds === usualKinds ? '' : `${kinds}, `;
  field('kinds').val(`${others}input`).trigger('change');
}

function prepare(node: EditedNode<NvrEventConfig>): void {
  for (const name of ['kinds', 'alarmInputs', 'types', 'initial'])
    $(`label[for="node-input-${name}"]`).text(t(`nvr-event.${name}`));
  field('kinds').attr('placeholder', t('nvr-event.kindsHint'));
  field('alarmInputs')
    .attr('placeholder', t('nvr-event.alarmInputsHint'))
    .on('change', () => wantInputs(!isDeployed(node.id)));
  field('types')
    .attr('placeholder', t('nvr-event.typesHint'))
    .after(note(t('nvr-event.typesNote')));
  prepareNvrRow(node, allNvrs);
  listedChips($('#everfocus-inputs'), field('alarmInputs'), 'alarm-in');
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
    kinds: { value: usualKinds },
    types: { value: '' },
    alarmInputs: {
      value: '',
      validate: (inputs: string | undefined) =>
        /^\$\{.+\}$/.test(inputs ?? '') ||
        (inputs ?? '').split(',').every((word) => /^(?:(?:DI ?)?[1-9]\d{0,8})?$/i.test(word.trim())),
    },
    initial: { value: false },
    version: { value: 1 },
  },
  label() {
    const pins = (this.alarmInputs ?? '').replaceAll(/DI ?/gi, '');
    const labelOf = (kind: string) => kindLabel(kind) + (kind === 'input' && pins ? ` (DI ${pins})` : '');
    const kinds = (this.kinds ?? '').split(',').flatMap((kind) => (kind.trim() === '' ? [] : [labelOf(kind.trim())]));
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
