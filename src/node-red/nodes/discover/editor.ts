import type { Found } from '../../admin/discovery.js';
import type { Ran } from '../../admin/run-now.js';
import { postJson } from '../../editor/ask.js';
import { colours } from '../../editor/call-node.js';
import { field, select } from '../../editor/fields.js';
import { addRunPanel } from '../../editor/run-now.js';
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

/** Everywhere: what the form restricts is what a flow restricts. */
async function find(): Promise<Ran> {
  const { devices, problems, ms } = await postJson<Found>('everfocus-nvr/discover', {});
  const payload = devices.length > 0 || problems.length === 0 ? devices : problems;
  return { payload, everfocus: { ms } };
}

function prepare(node: EditedNode<DiscoverConfig>): void {
  for (const name of ['seconds', 'output', 'address']) $(`label[for="node-input-${name}"]`).text(t(`discover.${name}`));
  field('seconds').attr('placeholder', '3');
  field('address').attr('placeholder', t('discover.everywhere'));
  const options = [
    ['list', t('discover.list')],
    ['each', t('discover.each')],
  ] as const;
  select('output', options, node.output || 'list');
  addRunPanel({
    container: $('.everfocus-form'),
    output: () => 'payload',
    ask: () => ({ send: find }),
  });
}

export default {
  category: 'EverFocus',
  color: colours.call,
  icon: 'everfocus-discover.svg',
  inputs: 1,
  outputs: 1,
  paletteLabel: 'NVR discover',
  words: 'find search scan network nvr ip address',
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
  oneditprepare() {
    prepare(this);
  },
  oneditsave() {
    this.version = 1;
  },
} satisfies NodeType<DiscoverConfig>;
