import { type CallConfig, callNode } from '../../editor/call-node.js';
import type { NodeType } from '../../editor/red.js';
import { labelled, note, t } from '../../editor/texts.js';

interface PictureConfig extends CallConfig {
  perMinute: string;
}

const options = {
  paletteLabel: 'camera picture',
  operation: 'currentPicture',
  words: 'photo image jpeg snapshot still',
};
const call = callNode('picture', options) as unknown as NodeType<PictureConfig>;

export default {
  ...call,
  defaults: {
    ...call.defaults,
    perMinute: {
      value: '',
      validate: (value: string | undefined) =>
        /^\$\{.+\}$/.test(value ?? '') || (Number(value ?? '') >= 0 && Number(value ?? '') <= 60),
    },
  },
  label() {
    const camera = this.operation === 'currentPicture' ? this.params?.['camera'] : undefined;
    const named = camera && ['literal', 'str', 'num'].includes(camera.type) ? camera.value : '';
    return this.name || (named ? `${t('picture.of')} ${named}` : (call.label.call(this) ?? ''));
  },
  oneditprepare() {
    call.oneditprepare?.call(this);
    const field = $('<input type="text" id="node-input-perMinute" inputmode="decimal">').val(this.perMinute ?? '');
    field.attr('placeholder', t('picture.perMinuteHint'));
    $('#everfocus-call').after(labelled(t('picture.perMinute'), field), note(t('picture.perMinuteNote')));
  },
} satisfies NodeType<PictureConfig>;
