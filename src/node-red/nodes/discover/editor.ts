import { colours } from '../../editor/call-node.js';
import { addPaletteWords } from '../../editor/palette-words.js';
import { field, select } from '../../editor/fields.js';
import type { EditedNode, NodeType } from '../../editor/red.js';
import { t } from '../../editor/texts.js';

interface DiscoverConfig {
  name: string;
  seconds: string;
  output: string;
  address: string;
  version: number;
}

const isTime = (text: string | undefined) => (text ?? '') === '' || (Number(text) > 0 && Number(text) <= 600);

function prepare(node: EditedNode<DiscoverConfig>): void {
  for (const name of ['seconds', 'output', 'address']) $(`label[for="node-input-${name}"]`).text(t(`discover.${name}`));
  field('seconds').attr('placeholder', '3');
  field('address').attr('placeholder', t('discover.everywhere'));
  const options = [
    ['list', t('discover.list')],
    ['each', t('discover.each')],
  ] as const;
  select('output', options, node.output || 'list');
}

const words = { type: 'everfocus-discover', words: 'find search scan network nvr ip address' };

export default {
  category: 'EverFocus',
  color: colours.call,
  icon: 'everfocus-discover.svg',
  inputs: 1,
  outputs: 1,
  paletteLabel: 'NVR discover',
  defaults: {
    name: { value: '' },
    seconds: { value: '', validate: isTime },
    output: { value: 'list' },
    address: { value: '' },
    version: { value: 1 },
  },
  label() {
    return this.name || t('discover.label');
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  onpaletteadd() {
    addPaletteWords(words.type, words.words);
  },
  oneditprepare() {
    prepare(this);
  },
  oneditsave() {
    this.version = 1;
  },
} satisfies NodeType<DiscoverConfig>;
