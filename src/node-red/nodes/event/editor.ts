import { colours } from '../../editor/call-node.js';
import { loading } from '../../editor/forms.js';
import type { NodeType } from '../../editor/red.js';
import { t, translated } from '../../editor/texts.js';

interface EventConfig {
  name: string;
  nvr: string;
  channels: string;
  types: string;
  state: string;
  initial: boolean;
  version: number;
}

/** Options and hints come with the declarations. */
async function prepare(state: string): Promise<void> {
  for (const name of ['channels', 'types', 'state'])
    $(`#node-input-${name}`)
      .siblings('label')
      .text(t(`event.${name}`));
  $('#everfocus-event-initial').text(t('event.initial'));
  $('#node-input-channels').attr('placeholder', t('event.channelsHint'));
  const { events } = await loading;
  $('#node-input-types').attr('placeholder', t('event.typesHint', undefined, { types: events.types.join(', ') }));
  const options = [['', t('event.anyState')], ...events.states.map((each) => [each, each])];
  for (const [value = '', text = ''] of options) $('<option>').val(value).text(text).appendTo('#node-input-state');
  $('#node-input-state').val(state);
}

export default {
  // `everfocus-camera-event` does more: this one is for flows that have it, and not offered any more.
  category: 'deprecated',
  color: colours.hook,
  icon: 'everfocus-event.svg',
  inputs: 0,
  outputs: 1,
  paletteLabel: 'event',
  defaults: {
    name: { value: '' },
    nvr: { value: '', type: 'everfocus-nvr', required: true },
    channels: { value: '', validate: (channels: string | undefined) => /^[\d,\s]*$|\$\{/.test(channels ?? '') },
    types: { value: '' },
    state: { value: '' },
    initial: { value: false },
    version: { value: 1 },
  },
  label() {
    return (
      this.name || [this.types || translated('event'), this.channels && `(${this.channels})`].filter(Boolean).join(' ')
    );
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    void prepare(this.state);
  },
  oneditsave() {
    this.version = 1;
  },
} satisfies NodeType<EventConfig>;
