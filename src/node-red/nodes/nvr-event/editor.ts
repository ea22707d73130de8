import { colours } from '../../editor/call-node.js';
import { chips, heardChips, listedChips } from '../../editor/chips.js';
import { loading } from '../../editor/forms.js';
import { allNvrs, chooseOnlyNvr, keepFirstNvr, nvrProperty, prepareNvrRow } from '../../editor/nvr-row.js';
import { field } from '../../editor/fields.js';
import { type EditedNode, isDeployed, type NodeType } from '../../editor/red.js';
import { note, t, translated } from '../../editor/texts.js';
import { inputPin } from '../../../shared/values/index.js';

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

/** As the buttons name them; an environment variable stays as it is. */
function numbers(inputs: string): string {
  return inputs.startsWith('${') ? inputs : inputs.replaceAll(/\bDI ?/gi, '');
}

/** Who names inputs wants their messages: those of a new node alone, where nobody has chosen kinds. @param before as they were */
function wantInputs(isNew: boolean, before: string): string {
  const text = String(field('alarmInputs').val());
  const named = numbers(text);
  if (named !== text) field('alarmInputs').val(named);
  // The form tells of each row when it opens, too.
  if (named === before) return before;
  const kinds = String(field('kinds').val());
  if (named !== '' && kinds.trim() !== '' && !/\binput\b/i.test(kinds)) {
    const others = isNew && kinds === usualKinds ? '' : `${kinds}, `;
    field('kinds').val(`${others}input`).trigger('change');
  }
  return named;
}

function prepare(node: EditedNode<NvrEventConfig>): void {
  for (const name of ['kinds', 'alarmInputs', 'types', 'initial'])
    $(`label[for="node-input-${name}"]`).text(t(`nvr-event.${name}`));
  field('kinds').attr('placeholder', t('nvr-event.kindsHint'));
  let named = numbers(node.alarmInputs ?? '');
  field('alarmInputs')
    .attr('placeholder', t('nvr-event.alarmInputsHint'))
    .on('change', () => (named = wantInputs(!isDeployed(node.id), named)));
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
        (inputs ?? '').split(',').every((word) => word.trim() === '' || inputPin.test(word.trim())),
    },
    initial: { value: false },
    version: { value: 1 },
  },
  label() {
    const pins = numbers(this.alarmInputs ?? '');
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
